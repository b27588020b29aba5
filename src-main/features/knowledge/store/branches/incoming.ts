import { resolveOnBranch } from '#shared/domain/knowledge/branch.ts';
import { resolve } from '#shared/domain/knowledge/merge.ts';
import { embeddedReferences } from '#shared/domain/knowledge/references.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { flagsOf } from '../state.ts';
import type { Store } from '../store.ts';
import { chunkHash, type Incoming, type Judgement, type Known, lineOf, type Memory, remember, stamped } from '../writer.ts';
import { sha256, writesOf } from './writes.ts';

/** Objects of one operation. */
const CHUNK = 2_000;

/** What is known of an object on a branch: main's writes and the branch's, and what they come to. */
export function memoryOnBranch(store: Store, id: string, branch: number): Memory {
  const key = store.rows.keyOf(id);
  if (key === undefined) return remember([]);
  const { main, branch: own } = writesOf(store.database, key, { branch });
  const wholes = [...main.wholes, ...own.wholes].map(
    ({ object, partial, merge, key: op }): Known => ({ object: object as StixObject, partial, merge: merge === true, op }),
  );
  const { object, edited } = resolveOnBranch(main, own, sha256);
  const shown = object as StixObject | undefined;
  // What stands comes first, as the row does on main.
  return remember(shown && edited ? [{ object: shown, partial: false, merge: false, derived: true, op: 0 }, ...wholes] : wholes);
}

/** What would become of an object that comes to a branch. Changes nothing. */
export function judgeOnBranch(store: Store, incoming: Incoming, memory: Memory): Judgement {
  const judged = store.writer.judge(incoming, -1, memory);
  // Main keeps every version in its history; a branch holds what it changes.
  return judged.what === undefined ? judged : { ...judged, what: `${judged.what.slice(0, judged.what.lastIndexOf(': '))}: left out` };
}

/** Writes whole objects to a branch as one action of an import, within the caller's transaction; an id may come more than once. */
export function writeIncoming(
  store: Store,
  items: readonly Incoming[],
  to: { readonly branch: number; readonly import: { readonly key: number; readonly uuid: string }; readonly now: number },
): string {
  const insertVersion = prepared(store.database, 'INSERT INTO version (object, op, flags, body) VALUES (?, ?, ?, ?)');
  const { rows, log, operations } = store;
  let action: string | undefined;
  let waiting = items;
  while (waiting.length > 0) {
    const op = log.nextKey();
    const later: Incoming[] = [];
    const objects = new Map<string, StixObject>();
    for (const incoming of waiting) {
      const { id } = incoming.object;
      if (objects.has(id) || objects.size >= CHUNK) {
        later.push(incoming);
        continue;
      }
      const created = incoming.stamp && !incoming.merge ? memoryOnBranch(store, id, to.branch).standing?.object['created'] : undefined;
      const object = stamped(incoming, to.now, created);
      const key = rows.keyOf(id) ?? (object.type === 'relationship' ? rows.placeRelationship(id, op, object) : rows.ensure(id, op));
      insertVersion.run(key, op, flagsOf(incoming), JSON.stringify(object));
      objects.set(id, object);
    }
    for (const object of objects.values()) operations.ensureNamed(object, op);
    const written = log.append({
      kind: 'put',
      hash: chunkHash([...objects.values()].map(lineOf)),
      count: objects.size,
      branch: to.branch,
      import: to.import,
      ...(action !== undefined && { action }),
    });
    action ??= written.action;
    waiting = later;
  }
  return action as string;
}

/** Whether anything describes an object on main or on the branch. */
export function isKnownOnBranch(store: Store, id: string, branch: number): boolean {
  const key = store.rows.keyOf(id);
  if (key === undefined) return false;
  const { main, branch: own } = writesOf(store.database, key, { branch });
  return resolve({ ...main, wholes: [...main.wholes, ...own.wholes] }).object !== undefined;
}

/** What an object names: path and id. */
export function namedBy(object: StixObject): { path: string; id: string }[] {
  const ends = object.type === 'relationship' ? (['source_ref', 'target_ref'] as const) : [];
  return [
    ...ends.map((path) => ({ path, id: String(object[path]) })),
    ...embeddedReferences(object).map(({ property, target }) => ({ path: property, id: target })),
  ];
}
