import type { Database } from '#main/platform/database/database.ts';
import { seenOnMain } from '#shared/domain/knowledge/branch.ts';
import { dotText, resolve } from '#shared/domain/knowledge/merge.ts';
import { embeddedReferences } from '#shared/domain/knowledge/references.ts';
import { type Json, type StixObject, stixType } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { sha256, writesOf } from './branches/writes.ts';
import type { Log, Written } from './log.ts';
import type { Materializer } from './materialize.ts';
import type { Rows } from './rows.ts';
import { chunkHash, lineOf } from './writer.ts';

/** Part of which action, and on which branch (main where absent). */
export interface Where {
  /** What the value replaces, where it decides between several. */
  readonly base?: string | undefined;
  readonly action?: string | undefined;
  readonly branch?: number | undefined;
}

export type Operations = ReturnType<typeof createOperations>;

/** Single operations a user makes: each is one line of the log and can be undone. All run within the caller's transaction. */
export function createOperations(database: Database, rows: Rows, log: Log, materializer: Materializer) {
  const selectLastSet = database.prepare(
    `SELECT op.clock, d.uuid AS device FROM op JOIN device d ON d.id = op.device
     WHERE op.object = ? AND op.property = ? AND op.kind = 'set' AND op.undone = 0 AND op.branch = ? ORDER BY op.clock DESC, d.uuid DESC LIMIT 1`,
  );
  const selectWhole = database.prepare(
    `SELECT op.clock, d.uuid AS device FROM op JOIN device d ON d.id = op.device
     WHERE op.id = coalesce((SELECT op FROM object WHERE id = @key), (SELECT op FROM relationship WHERE id = @key))`,
  );
  const selectTagDots = database.prepare(
    `SELECT op.clock, d.uuid AS device FROM op JOIN device d ON d.id = op.device
     WHERE op.object = ? AND op.property = ? AND op.kind = 'tag' AND op.undone = 0 AND op.branch IN (0, ?)`,
  );
  const selectAny = database.prepare("SELECT 1 FROM op WHERE action = ? AND kind NOT IN ('undo', 'audit') LIMIT 1").pluck();
  const selectAction = database.prepare("SELECT id FROM op WHERE action = ? AND kind NOT IN ('undo', 'audit') ORDER BY id").pluck();
  const selectObject = database.prepare('SELECT object FROM op WHERE id = ?').pluck();
  const setUndone = database.prepare("UPDATE op SET undone = ? WHERE action = ? AND kind <> 'undo'");
  const selectUndo = database.prepare(
    `SELECT op.value FROM op JOIN device d ON d.id = op.device WHERE op.kind = 'undo' AND op.property = ? ORDER BY op.clock DESC, d.uuid DESC LIMIT 1`,
  );
  const selectObjectsOf = database
    .prepare(
      `SELECT id FROM object WHERE op = @key UNION SELECT id FROM relationship WHERE op = @key UNION SELECT object FROM version WHERE op = @key`,
    )
    .pluck();

  const insertVersion = database.prepare('INSERT INTO version (object, op, flags, body) VALUES (?, ?, ?, ?)');
  const target = (id: string) => {
    const key = rows.keyOf(id);
    if (key === undefined) throw new ContractError('not_found', `There is no object ${id} in this workspace.`);
    return { key, id };
  };

  const baseOf = (key: number, property: string, branch: number): string | undefined => {
    type DotRow = { clock: number; device: string } | undefined;
    const last = selectLastSet.get(key, property, branch) as DotRow;
    // The first word of a branch on a property: what it saw on main, so that a conflict is a difference and not only a newer write.
    if (!last && branch !== 0) return seenOnMain(mainOf(key)?.[property], sha256);
    const dot = last ?? (selectWhole.get({ key }) as DotRow);
    return dot && dotText(dot);
  };
  /** Placeholders for what an object on a branch names, so that its edges have ends; they are no dangling references of an import. */
  const ensureNamed = (object: StixObject, op: number) => {
    for (const { target: named } of embeddedReferences(object)) if (stixType(named) !== 'relationship') rows.ensure(named, op);
    rows.takePlaceholders();
  };
  const mainOf = (key: number) => resolve(writesOf(database, key).main).object;

  /** Whether the newest word on an action is "undone"; the same on every device that knows the same operations. */
  const isUndone = (action: string): boolean => {
    const row = selectUndo.get(action) as { value: string } | undefined;
    return row !== undefined && JSON.parse(row.value) === true;
  };

  /** The operations that make an action, in the order of their arrival: a number for up to 2,000 objects of an import. */
  const operationsOf = (action: string) => selectAction.all(action) as number[];

  /** The objects that one operation says something of. */
  const objectsOf = (op: number): number[] => {
    const single = selectObject.get(op) as number | null;
    return single === null ? (selectObjectsOf.all({ key: op }) as number[]) : [single];
  };

  function* keysOf(operations: readonly number[]): Generator<number> {
    for (const op of operations) yield* objectsOf(op);
  }

  /** Makes the effect of all undo operations on one action stand, and answers which objects to write anew, some more than once. */
  const settleUndo = (action: string): Iterable<number> => {
    setUndone.run(isUndone(action) ? 1 : 0, action);
    return keysOf(operationsOf(action));
  };

  return {
    setProperty(id: string, property: string, value: Json | undefined, { action, branch = 0, base: replaced }: Where = {}): Written {
      const object = target(id);
      const base = replaced ?? baseOf(object.key, property, branch);
      const written = log.append({
        kind: 'set',
        object,
        property,
        value: value === undefined ? null : value,
        ...(base && { base }),
        ...(action && { action }),
        branch,
      });
      if (branch === 0) materializer.materialize(object.key);
      else if (value !== undefined)
        ensureNamed({ ...(mainOf(object.key) as StixObject | undefined), id, type: stixType(id), [property]: value }, written.key);
      return written;
    },
    setDeleted(id: string, deleted: boolean, { action, branch = 0 }: Where = {}): Written {
      const object = target(id);
      const base = branch === 0 ? undefined : seenOnMain(mainOf(object.key), sha256);
      const written = log.append({ kind: 'delete', object, value: deleted, ...(base && { base }), ...(action && { action }), branch });
      if (branch === 0) materializer.materialize(object.key);
      return written;
    },
    addTag(id: string, tag: string, { action, branch = 0 }: Where = {}): Written {
      const object = target(id);
      const written = log.append({ kind: 'tag', object, property: tag, ...(action && { action }), branch });
      if (branch === 0) materializer.materialize(object.key);
      return written;
    },
    removeTag(id: string, tag: string, { action, branch = 0 }: Where = {}): Written {
      const object = target(id);
      const seen = (selectTagDots.all(object.key, tag, branch) as { clock: number; device: string }[]).map(dotText);
      const written = log.append({ kind: 'untag', object, property: tag, value: seen, ...(action && { action }), branch });
      if (branch === 0) materializer.materialize(object.key);
      return written;
    },
    /** Whole objects on a branch: their rows on main stay placeholders, their texts are held as versions. */
    writeOnBranch(objects: readonly StixObject[], branch: number, action?: string): Written {
      const op = log.nextKey();
      for (const object of objects) {
        const relationship = object.type === 'relationship';
        const key = rows.keyOf(object.id) ?? (relationship ? rows.placeRelationship(object.id, op, object) : rows.ensure(object.id, op));
        insertVersion.run(key, op, 0, JSON.stringify(object));
      }
      for (const object of objects) ensureNamed(object, op);
      return log.append({ kind: 'put', hash: chunkHash(objects.map(lineOf)), count: objects.length, ...(action && { action }), branch });
    },
    /** A word on a branch itself, or a review of one of its changes. */
    tellBranch(
      kind: 'branch' | 'review',
      branch: number,
      property: string,
      value: Json,
      { action, id }: { action?: string; id?: string } = {},
    ) {
      return log.append({ kind, property, value, branch, ...(action && { action }), ...(id !== undefined && { object: target(id) }) });
    },
    /** Takes back (or, with false, does again) an action. The objects answered are written anew by the caller; of a large action by `settling.ts`. */
    setUndone(action: string, undone: boolean): Iterable<number> {
      if (selectAny.get(action) === undefined) throw new ContractError('not_found', 'This action is not in the history.');
      log.append({ kind: 'undo', property: action, value: undone });
      return settleUndo(action);
    },
    /** Whether an action stands in the log at all. */
    isKnown: (action: string): boolean => selectAny.get(action) !== undefined,
    isUndone,
    ensureNamed,
    settleUndo,
    operationsOf,
    objectsOf,
    /** An event that changes no object but belongs in the chain: an export, a lock, an allowed host. */
    audit(what: string, details: Json): Written {
      return log.append({ kind: 'audit', property: what, value: details });
    },
  };
}
