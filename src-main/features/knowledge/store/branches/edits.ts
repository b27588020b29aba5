import type { ChangeKey } from '#shared/contract/knowledge.ts';
import { mergedValue } from '#shared/domain/knowledge/branch.ts';
import type { Json, StixObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Store } from '../store.ts';
import { type BranchRecord, branchRecord, MOST_OBJECTS, objectsOfBranch, openBranch } from './branches.ts';
import { changesOf, type KnownChange, wordOf } from './changes.ts';

/** What is said to a branch as a whole. All run within the caller's transaction. */
export function createBranch(store: Store, id: string, number: number, name: string, description: string | undefined): BranchRecord {
  refuseName(store, name, undefined);
  store.operations.tellBranch('branch', number, 'create', { id, name, ...(description !== undefined && { description }) });
  return branchRecord(store.database, id);
}

export function renameBranch(store: Store, id: string, name: string, description: string | undefined): BranchRecord {
  const record = branchRecord(store.database, id);
  refuseName(store, name, id);
  const kept = description ?? record.description;
  store.operations.tellBranch('branch', record.number, 'rename', { name, ...(kept !== undefined && { description: kept }) });
  return branchRecord(store.database, id);
}

/** Two branches of one name are a matter of devices that did not know of each other, not of one person's slip. */
function refuseName(store: Store, name: string, id: string | undefined) {
  const same = [...store.branches().values()].find(
    (other) => other.id !== id && other.name.toLowerCase() === name.toLowerCase() && !other.closed,
  );
  if (same) throw new ContractError('conflict', `There is an open branch called “${name}” already; choose another name.`);
}

export function proposeBranch(store: Store, id: string): BranchRecord {
  const record = openBranch(store.database, id);
  if (record.state === 'proposed') return record;
  if (changesOf(store.database, record).length === 0)
    throw new ContractError('conflict', `The branch “${record.name}” changes nothing yet; there is nothing to review.`);
  store.operations.tellBranch('branch', record.number, 'propose', {});
  return branchRecord(store.database, id);
}

export function reopenBranch(store: Store, id: string): BranchRecord {
  const record = openBranch(store.database, id);
  if (record.state === 'proposed') store.operations.tellBranch('branch', record.number, 'reopen', {});
  return branchRecord(store.database, id);
}

export function discardBranch(store: Store, id: string): { action: string; record: BranchRecord } {
  const record = openBranch(store.database, id);
  const { action } = store.operations.tellBranch('branch', record.number, 'discard', {});
  return { action, record: branchRecord(store.database, id) };
}

/** The branch that an edit goes to; refused where it is closed or as large as one may be. */
export function branchToEdit(store: Store, id: string | undefined, keys: readonly number[] = []): number {
  if (id === undefined) return 0;
  const record = openBranch(store.database, id);
  const objects = new Set(objectsOfBranch(store.database, record.number));
  for (const key of keys) objects.add(key);
  if (objects.size > MOST_OBJECTS)
    throw new ContractError(
      'too_large',
      `A branch holds changes of at most ${MOST_OBJECTS.toLocaleString('en')} objects; merge this one, then go on.`,
    );
  return record.number;
}

export interface Decision {
  readonly decision: 'accepted' | 'rejected' | 'undecided';
  readonly reason?: string | undefined;
  readonly take?: 'branch' | 'main' | 'value' | undefined;
  readonly value?: Json | undefined;
}

/** Decides changes of a branch: those named, or all that are undecided and no conflict. */
export function reviewChanges(
  store: Store,
  id: string,
  keys: readonly ChangeKey[] | undefined,
  wanted: Decision,
): { action: string; reviewed: number } {
  const record = openBranch(store.database, id);
  const chosen = keys
    ? named(store, record, keys)
    : changesOf(store.database, record).filter(({ change, review }) => !review && change.state !== 'conflicting');
  if (chosen.length === 0) throw new ContractError('not_found', 'There is no change left to decide on this branch.');
  for (const { change, id: object } of chosen) {
    if (wanted.decision !== 'accepted') continue;
    if (change.state === 'conflicting' && wanted.take === undefined)
      throw new ContractError(
        'invalid_input',
        `“${change.name ?? change.kind}” of ${object} conflicts with main; say which value to take.`,
      );
    if (wanted.take === 'value' && (change.kind !== 'property' || wanted.value === undefined))
      throw new ContractError('invalid_input', 'A value of your own can be given for a property only; give it with the decision.');
  }
  let action: string | undefined;
  for (const { change, id: object, stamp } of chosen) {
    const { reason, take, value } = wanted;
    action = store.operations.tellBranch(
      'review',
      record.number,
      wordOf(change.kind, change.name),
      {
        decision: wanted.decision,
        of: stamp,
        ...(reason !== undefined && { reason }),
        ...(take !== undefined && { take }),
        ...(take === 'value' && value !== undefined && { value }),
      },
      { id: object, ...(action !== undefined && { action }) },
    ).action;
  }
  return { action: action as string, reviewed: chosen.length };
}

function named(store: Store, record: BranchRecord, wanted: readonly ChangeKey[]): KnownChange[] {
  const objects = [...new Set(wanted.map(({ id }) => id))].map((id) => store.rows.keyOf(id)).filter((key) => key !== undefined);
  const known = new Map(
    changesOf(store.database, record, objects).map((one) => [`${one.id}|${wordOf(one.change.kind, one.change.name)}`, one]),
  );
  return wanted.map(({ id, kind, name }) => {
    const found = known.get(`${id}|${wordOf(kind, name)}`);
    if (!found) throw new ContractError('not_found', `The branch has no such change of ${id} any more; look at its changes again.`);
    return found;
  });
}

/**
 * Writes what was accepted to main as one action, within the caller's transaction: all of it or nothing.
 * Throws `conflict` while a change is undecided.
 */
export function mergeBranch(
  store: Store,
  id: string,
  now: number,
): { action: string; merged: number; rejected: number; record: BranchRecord } {
  const record = openBranch(store.database, id);
  const changes = changesOf(store.database, record);
  const undecided = changes.filter(({ review }) => !review);
  if (undecided.length > 0) {
    const conflicts = undecided.filter(({ change }) => change.state === 'conflicting').length;
    throw new ContractError(
      'conflict',
      `${undecided.length} of ${changes.length} changes of “${record.name}” are undecided${conflicts > 0 ? `, ${conflicts} of them conflicts` : ''}; accept or reject them first.`,
    );
  }
  const accepted = changes.filter(({ review }) => review?.decision === 'accepted');
  const counts = { merged: accepted.length, rejected: changes.length - accepted.length };
  const { action } = store.operations.tellBranch('branch', record.number, 'merge', counts);
  const whole = accepted.filter(({ change }) => change.kind === 'object');
  let waiting = whole.map(({ change }) => ({ object: change.branch as StixObject, path: 'branch' }));
  while (waiting.length > 0)
    waiting = [...store.writer.writeChunk(waiting, { now, action }).deferred].map(({ object }) => ({ object, path: 'branch' }));
  for (const { id: object, change, review } of accepted) {
    const { operations } = store;
    const take = review?.take ?? 'branch';
    if (change.kind === 'property') {
      const value = mergedValue(change, take, review?.value);
      if (JSON.stringify(value) !== JSON.stringify(change.main)) operations.setProperty(object, change.name as string, value, { action });
    } else if (change.kind === 'tag') {
      if (change.branch === true) operations.addTag(object, change.name as string, { action });
      else operations.removeTag(object, change.name as string, { action });
    } else if (change.kind === 'deletion' && take === 'branch') operations.setDeleted(object, change.branch === true, { action });
  }
  return { action, ...counts, record: branchRecord(store.database, id) };
}
