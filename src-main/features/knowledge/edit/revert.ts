import { differencesOf, wordsBetween } from '#shared/domain/knowledge/difference.ts';
import { mostRestrictive } from '#shared/domain/knowledge/tlp.ts';
import type { Json, StixObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Store } from '../store/store.ts';
import { stateAt, versionAt } from '../store/time/moments.ts';
import { conflicts, headsOf } from '../store/time/properties.ts';
import { isFixed, refuseBroken } from './objects.ts';

/** Sets an object back to a moment, within the caller's transaction; the action, or undefined where nothing differs. */
export function revertObject(store: Store, key: number, id: string, at: string, branch: number): string | undefined {
  const wanted = versionAt(store.database, key, at);
  const standing = stateAt(store.database, key, undefined, branch);
  if (!wanted.object) throw new ContractError('not_found', 'Nothing was known of this object then; delete it instead.');
  if (!standing.object) throw new ContractError('conflict', 'The import that wrote this object was taken back; do that again first.');
  const { operations } = store;
  let action: string | undefined;
  const did = (written: { readonly action: string }) => {
    action = written.action;
  };
  if (wanted.deleted !== standing.deleted) did(operations.setDeleted(id, wanted.deleted, { action, branch }));
  for (const { property, after } of differencesOf(standing.object, wanted.object))
    if (!isFixed(property)) did(operations.setProperty(id, property, after, { action, branch }));
  const { added, removed } = wordsBetween(standing.tags, wanted.tags);
  for (const tag of added) did(operations.addTag(id, tag, { action, branch }));
  for (const tag of removed) did(operations.removeTag(id, tag, { action, branch }));
  return action;
}

interface Decided {
  readonly take: 'standing' | 'lost' | 'value';
  readonly operation?: string | undefined;
  readonly value?: Json | undefined;
}

/** Decides between values that were written at the same time, within the caller's transaction. Markings never become less restrictive by it. */
export function resolveConflict(store: Store, id: string, property: string, { take, operation, value }: Decided): string {
  const { rows } = conflicts(store.database, { id, limit: 500, offset: 0 });
  const known = rows.filter((row) => row.property === property);
  const chosen = known.find((row) => operation === undefined || row.operation === operation);
  const key = store.rows.keyOf(id);
  if (!chosen || key === undefined) throw new ContractError('not_found', `No value of “${property}” of ${id} waits for a decision.`);
  if (take === 'lost' && operation === undefined && known.length > 1)
    throw new ContractError('invalid_input', `Several values of “${property}” lost; say which operation's is to stand.`);
  if (take === 'value' && value === undefined) throw new ContractError('invalid_input', 'Give the value that is to stand.');
  const wanted = take === 'standing' ? chosen.standing : take === 'lost' ? chosen.lost : value;
  const next = property === 'object_marking_refs' ? mostRestrictive([wanted, chosen.standing]) : wanted;
  const object = stateAt(store.database, key, undefined).object as StixObject | undefined;
  if (object) {
    const changed = { ...object };
    if (next === undefined) delete changed[property];
    else changed[property] = next;
    refuseBroken(object, changed);
  }
  return store.operations.setProperty(id, property, next, { base: headsOf(store.database, key, property) }).action;
}
