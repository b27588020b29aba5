import type { BulkChange, BulkReport } from '#shared/contract/knowledge.ts';
import { sameJson } from '#shared/domain/knowledge/canonical.ts';
import { resolveOnBranch } from '#shared/domain/knowledge/branch.ts';
import { type Resolved, resolve } from '#shared/domain/knowledge/merge.ts';
import type { Json, StixObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import type { JobHandle } from '#main/platform/jobs/jobs.ts';
import { breathe } from '../import/breathe.ts';
import { takeBack } from '../import/take-back.ts';
import type { KnowledgeParts } from '../knowledge.ts';
import { sha256, writesOf } from '../store/branches/writes.ts';
import type { Filters } from '../store/reads/filters.ts';
import { noteAbout, refuseBroken, refuseFixed, relationshipBetween, standingOn } from './objects.ts';

/** Objects that one bulk edit may change. */
export const MOST_SELECTED = 50_000;
/** Objects a transaction: about 50 ms, so that calls in between are answered. */
const CHUNK = 250;
const MOST_REPORTED = 1_000;

interface Selection {
  readonly branch: string | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly filter?: Filters | undefined;
}

/** Keys of the objects named, or of all that pass the filters. */
export async function selected(parts: KnowledgeParts, { branch, ids, filter }: Selection, signal: AbortSignal): Promise<number[]> {
  if ((ids === undefined) === (filter === undefined))
    throw new ContractError('invalid_input', 'Say which objects: either a list of ids or a filter.');
  if (ids)
    return [...new Set(ids)].map((id) => {
      const key = parts.store.rows.keyOf(id);
      if (key === undefined) throw new ContractError('not_found', `There is no object ${id} in this workspace.`);
      return key;
    });
  const { keys } = await parts.readOn(branch, 'knowledge.selection', { filter: filter ?? {}, limit: MOST_SELECTED + 1 }, { signal });
  if (keys.length > MOST_SELECTED)
    throw new ContractError('too_large', `More than ${MOST_SELECTED.toLocaleString('en')} objects pass this filter; narrow it.`);
  return keys;
}

type Judgement =
  | { readonly do: 'change'; apply(action: string | undefined): string }
  | { readonly do: 'nothing' }
  | { readonly do: 'refuse'; reason: string };

/** What the change means for one object, without doing it. */
function judge(parts: KnowledgeParts, key: number, change: BulkChange, branch: number): Judgement {
  const { store } = parts;
  const { operations } = store;
  const { main, branch: own } = writesOf(store.database, key, { branch });
  const state: Resolved = branch === 0 ? resolve(main) : resolveOnBranch(main, own, sha256);
  const object = state.object as StixObject | undefined;
  if (!object) return { do: 'refuse', reason: 'nothing is known of it but its id' };
  const at = (action: string | undefined) => ({ branch, ...(action !== undefined && { action }) });
  const write = (made: StixObject, action: string | undefined): string => {
    if (branch !== 0) return operations.writeOnBranch([made], branch, action).action;
    return store.writer.writeChunk([{ object: made, path: 'yours' }], { now: parts.now(), ...(action !== undefined && { action }) })
      .action as string;
  };
  if (change.do === 'tag')
    return state.tags.includes(change.tag)
      ? { do: 'nothing' }
      : { do: 'change', apply: (action) => operations.addTag(object.id, change.tag, at(action)).action };
  if (change.do === 'untag')
    return state.tags.includes(change.tag)
      ? { do: 'change', apply: (action) => operations.removeTag(object.id, change.tag, at(action)).action }
      : { do: 'nothing' };
  if (change.do === 'delete')
    return state.deleted
      ? { do: 'nothing' }
      : { do: 'change', apply: (action) => operations.setDeleted(object.id, true, at(action)).action };
  if (change.do === 'set') {
    const value = change.value === null ? undefined : (change.value as Json);
    if (sameJson(object[change.property], value)) return { do: 'nothing' };
    const next = { ...object };
    if (value === undefined) delete next[change.property];
    else next[change.property] = value;
    try {
      refuseBroken(object, next);
    } catch (error) {
      if (isContractError(error)) return { do: 'refuse', reason: error.message };
      throw error;
    }
    return { do: 'change', apply: (action) => operations.setProperty(object.id, change.property, value, at(action)).action };
  }
  if (change.do === 'note') return { do: 'change', apply: (action) => write(noteAbout(parts, [object.id], change.content), action) };
  if (object.type === 'relationship' || object.id === change.target)
    return { do: 'refuse', reason: object.id === change.target ? 'it cannot be related to itself' : 'a relationship cannot be related' };
  const [source, target] = change.direction === 'out' ? [object.id, change.target] : [change.target, object.id];
  return { do: 'change', apply: (action) => write(relationshipBetween(parts, source, change.relationshipType, target), action) };
}

function refuseSenseless({ store }: KnowledgeParts, change: BulkChange, branch: number) {
  if (change.do === 'set') refuseFixed(change.property);
  if (change.do === 'relate') standingOn(store, change.target, branch);
}

export async function previewBulkEdit(parts: KnowledgeParts, keys: readonly number[], change: BulkChange, branch: number) {
  refuseSenseless(parts, change, branch);
  const counts = { objects: keys.length, changes: 0, unchanged: 0, refused: 0 };
  const reasons = new Set<string>();
  for (const [index, key] of keys.entries()) {
    const one = judge(parts, key, change, branch);
    if (one.do === 'change') counts.changes++;
    else if (one.do === 'nothing') counts.unchanged++;
    else {
      counts.refused++;
      if (reasons.size < 10) reasons.add(one.reason);
    }
    if (index % CHUNK === CHUNK - 1) await breathe();
  }
  return { ...counts, reasons: [...reasons] };
}

/** Changes many objects chunk by chunk as one action. Cancelled or failed: what was written is taken back. */
export async function bulkEdit(
  parts: KnowledgeParts,
  keys: readonly number[],
  change: BulkChange,
  branch: number,
  job: JobHandle,
): Promise<BulkReport> {
  refuseSenseless(parts, change, branch);
  const { store } = parts;
  const report = { changed: 0, unchanged: 0, refused: [] as BulkReport['refused'], refusedTotal: 0 };
  let action: string | undefined;
  try {
    for (let at = 0; at < keys.length; at += CHUNK) {
      if (job.signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
      const done = store.transact(() => {
        const counts = { changed: 0, unchanged: 0, refused: [] as BulkReport['refused'], action };
        for (const key of keys.slice(at, at + CHUNK)) {
          const one = judge(parts, key, change, branch);
          if (one.do === 'change') {
            counts.action = one.apply(counts.action);
            counts.changed++;
          } else if (one.do === 'nothing') counts.unchanged++;
          else counts.refused.push({ id: store.exchange.idOf(key), reason: one.reason });
        }
        return counts;
      });
      action = done.action;
      report.changed += done.changed;
      report.unchanged += done.unchanged;
      report.refusedTotal += done.refused.length;
      for (const one of done.refused) if (report.refused.length < MOST_REPORTED) report.refused.push(one);
      job.progress(Math.min(1, (at + CHUNK) / keys.length), `${Math.min(keys.length, at + CHUNK)} objects`);
      await breathe();
    }
  } catch (error) {
    if (action !== undefined && store.operations.isKnown(action)) await takeBack(store, action, true);
    throw error;
  }
  return { ...report, ...(action !== undefined && { action }) };
}
