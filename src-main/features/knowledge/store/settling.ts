import type { Database } from '#main/platform/database/database.ts';
import { decodeObject, encodeObject } from './codec.ts';
import { createEdgeSweep } from './edge-sweep.ts';
import type { Materializer } from './materialize.ts';
import type { Operations } from './operations.ts';
import type { Rows, StoredObject } from './rows.ts';
import { EDITED, KEPT, LAYER, MISSING, PARTIAL, TOUCHED } from './state.ts';

export type Settling = ReturnType<typeof createSettling>;

/** One action whose objects are being written anew. */
interface Course {
  readonly undone: boolean;
  readonly total: number;
  /** Operations still to come, in the order in which they are taken. */
  readonly operations: readonly number[];
  at: number;
  keys: readonly number[];
  keyAt: number;
  done: number;
  /** The operation whose objects are all written anew, edges apart. */
  passed: number | undefined;
}

const isThrough = ({ at, operations, keyAt, keys }: Course) => at === operations.length && keyAt === keys.length;

/**
 * Writes the objects of an action anew after an undo or redo, operation by operation, with memory that does not grow
 * with their number. What is left is in `undo_left` from the transaction of the undo itself until the last object is
 * through, so that a process that was cut off goes on where it stood. An undo goes from the newest operation to the
 * oldest, so that relationships go before their ends, a redo the other way.
 */
export function createSettling(database: Database, rows: Rows, materializer: Materializer, operations: Operations) {
  const sweep = createEdgeSweep(rows);
  const courses = new Map<string, Course>();
  const insertLeft = database.prepare('INSERT OR REPLACE INTO undo_left (action, op) VALUES (?, NULL)');
  const updateLeft = database.prepare('UPDATE undo_left SET op = ? WHERE action = ?');
  const deleteLeft = database.prepare('DELETE FROM undo_left WHERE action = ?');
  const selectLeft = database.prepare('SELECT op FROM undo_left WHERE action = ?');
  const selectActions = database.prepare('SELECT action FROM undo_left ORDER BY rowid').pluck();
  const selectTotal = database.prepare("SELECT sum(ifnull(count, 1)) FROM op WHERE action = ? AND kind NOT IN ('undo', 'audit')").pluck();
  const selectUndone = database.prepare('SELECT undone FROM op WHERE id = ?').pluck();

  let known = { op: 0, undone: false };
  const isUndone = (op: number): boolean => {
    if (known.op !== op) known = { op, undone: selectUndone.get(op) === 1 };
    return known.undone;
  };

  const totalOf = (action: string): number => (selectTotal.get(action) as number | null) ?? 0;

  const courseOf = (action: string): Course | undefined => {
    const standing = courses.get(action);
    if (standing) return standing;
    const left = selectLeft.get(action) as { op: number | null } | undefined;
    if (!left) return undefined;
    const undone = operations.isUndone(action);
    const all = operations.operationsOf(action);
    if (undone) all.reverse();
    const course: Course = {
      undone,
      total: totalOf(action),
      operations: all,
      at: left.op === null ? 0 : all.indexOf(left.op) + 1,
      keys: [],
      keyAt: 0,
      done: 0,
      passed: left.op ?? undefined,
    };
    courses.set(action, course);
    return course;
  };

  /** The short way for what nothing but its own write was ever said of; else the merge decides. */
  const settle = (key: number): void => {
    const relationship = rows.relationshipEnds(key);
    if (relationship) {
      const { state, op, src, type, dst } = relationship;
      if (state & (TOUCHED | EDITED) || (state & (MISSING | KEPT)) === MISSING) {
        materializer.materialize(key, sweep.push);
        return;
      }
      const undone = isUndone(op);
      if (undone !== ((state & MISSING) !== 0)) rows.setRelationshipState(key, undone ? state | MISSING | KEPT : state & ~(MISSING | KEPT));
      // Always: a process that was cut off may have left its edge as it was.
      sweep.push(key, src, type, dst);
      return;
    }
    const row = rows.object(key) as StoredObject;
    const { state, op } = row;
    if (state & (TOUCHED | EDITED) || (state & (MISSING | KEPT)) === MISSING) {
      materializer.materialize(key, sweep.push);
      return;
    }
    const undone = isUndone(op);
    const kind = state & (PARTIAL | LAYER);
    if (undone === ((state & MISSING) !== 0)) return;
    const object = decodeObject(row);
    if (undone) {
      rows.unindex(key, object);
      rows.keepObject(key, kind, op, object);
    } else {
      const encoded = encodeObject(object);
      rows.updateObject(key, encoded, kind, op);
      rows.index(key, object, encoded.state | kind, op);
    }
  };

  const forget = () => {
    sweep.clear();
    courses.clear();
    known = { op: 0, undone: false };
  };

  return {
    /** After a rollback: what waited is made again from where `undo_left` stands. */
    reset: forget,
    /** Within the transaction that undoes or redoes: all its objects are left to be written anew. */
    begin(action: string) {
      insertLeft.run(action);
      courses.delete(action);
      known = { op: 0, undone: false };
    },
    /** Actions of which something is left, oldest first. */
    left: () => selectActions.all() as string[],
    /** How many objects an action wrote, about. */
    totalOf,
    /** Writes at most `limit` more objects anew, within the caller's transaction. Undefined where nothing is left of the action. */
    next(action: string, limit: number): { readonly done: number; readonly total: number; readonly through: boolean } | undefined {
      const course = courseOf(action);
      if (!course) return undefined;
      let room = limit;
      while (room > 0) {
        if (course.keyAt < course.keys.length) {
          settle(course.keys[course.keyAt++] as number);
          course.done++;
          room--;
          continue;
        }
        if (course.at > 0) course.passed = course.operations[course.at - 1];
        if (course.at === course.operations.length) break;
        course.keys = operations.objectsOf(course.operations[course.at++] as number);
        course.keyAt = 0;
        // An operation that wrote nothing counts as well, or many of them would make one long step.
        room--;
      }
      rows.takePlaceholders();
      return { done: course.done, total: course.total, through: isThrough(course) };
    },
    /** Whether all of it is written anew: another undo or redo may have begun it anew meanwhile. */
    isThrough(action: string): boolean {
      const course = courseOf(action);
      return course === undefined || isThrough(course);
    },
    /** Edges that wait for `sweep`. */
    waiting: sweep.waiting,
    /** Brings the edges that wait into step and notes how far each action is; pauses every some thousand edges. */
    *sweep(): Generator<void> {
      yield* sweep.sweep();
      for (const [action, { passed }] of courses) if (passed !== undefined) updateLeft.run(passed, action);
    },
    /** All of the action is written anew and swept. */
    end(action: string) {
      deleteLeft.run(action);
      courses.delete(action);
    },
  };
}
