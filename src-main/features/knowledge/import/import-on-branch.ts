import type { Loss, Rejection } from '#shared/contract/knowledge.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { MOST_OBJECTS, objectsOfBranch, openBranch } from '../store/branches/branches.ts';
import { isKnownOnBranch, judgeOnBranch, memoryOnBranch, namedBy, writeIncoming } from '../store/branches/incoming.ts';
import type { Imports } from '../store/imports.ts';
import type { Store } from '../store/store.ts';
import type { Incoming, Memory } from '../store/writer.ts';
import { breathe } from './breathe.ts';
import { type ImportOutcome, type PartedInput } from './import-items.ts';

/** What went to a branch; no import is recorded where nothing of it was new there. */
export type BranchOutcome = Omit<ImportOutcome, 'importId'> & { readonly importId: string | undefined };

/** Reported one by one; past it the counts go on. */
const MOST_REPORTED = 50_000;

export interface Place {
  /** Its number. */
  readonly branch: number;
  readonly name: string;
  /** How many more objects it may be about. */
  readonly room: number;
  /** Whether it is about this object already. */
  isHeld(id: string): boolean;
}

/** How many more objects a branch may be about; throws `not_found` or, where it is closed, `conflict`. */
export function roomOnBranch(store: Store, id: string): Place {
  const { number, name } = openBranch(store.database, id);
  const held = new Set(objectsOfBranch(store.database, number));
  return { branch: number, name, room: MOST_OBJECTS - held.size, isHeld: (object) => held.has(store.rows.keyOf(object) ?? -1) };
}

export function tooManyForBranch(name: string): ContractError {
  return new ContractError(
    'too_large',
    `A branch holds changes of at most ${MOST_OBJECTS.toLocaleString('en')} objects, and with this the branch “${name}” would hold more. Import it into main, where one undo takes it back, or import a smaller part.`,
  );
}

/**
 * As `importParts`, but to a branch: its reading is checked against what the branch shows, and what is new is then
 * written in one transaction, as one action. Main stays as it is. Cancelled while it is read: nothing was written.
 */
export async function importPartsOnBranch(
  store: Store,
  imports: Imports,
  now: () => number,
  { parts, job, ...start }: PartedInput,
  on: string,
): Promise<BranchOutcome[]> {
  const { branch, name, isHeld, room } = roomOnBranch(store, on);
  let fresh = 0;
  const memories = new Map<string, Memory>();
  const changed: Incoming[] = [];
  const reports = parts.map(({ format }) => ({
    format,
    counts: { created: 0, updated: 0, unchanged: 0 },
    rejected: [] as Rejection[],
    loss: [] as Loss[],
    named: new Map<string, Loss>(),
  }));
  const lose = (report: (typeof reports)[number], loss: Loss) => {
    if (report.loss.length < MOST_REPORTED) report.loss.push(loss);
  };
  let count = 0;
  for (const [index, part] of parts.entries()) {
    const report = reports[index] as (typeof reports)[number];
    for await (const items of part.items) {
      for (const item of items) {
        if (item.kind === 'rejected') {
          if (report.rejected.length < MOST_REPORTED)
            report.rejected.push({ ...(item.id !== undefined && { id: item.id }), path: item.path, reason: item.reason });
          continue;
        }
        if (item.kind === 'loss') {
          lose(report, { ...(item.id !== undefined && { id: item.id }), path: item.path, what: item.what });
          continue;
        }
        const { id } = item.object;
        const before = memories.get(id);
        const memory = before ?? memoryOnBranch(store, id, branch);
        const { fate, what, keep } = judgeOnBranch(store, item, memory);
        report.counts[fate]++;
        count++;
        if (what) lose(report, { id, path: item.path, what });
        if (fate === 'unchanged' && !keep) continue;
        memory.add({ object: item.object, partial: item.partial === true, merge: item.merge === true, op: -1 - changed.length });
        memories.set(id, memory);
        changed.push(item);
        for (const { path, id: named } of namedBy(item.object))
          if (!report.named.has(named)) report.named.set(named, { id, path, what: '' });
        if (!before && !isHeld(id) && ++fresh > room) throw tooManyForBranch(name);
      }
      if (job.signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
      job.progress(undefined, `${count} objects`);
      await breathe();
    }
  }
  const written = store.transact(() => {
    // The reading took its time: the branch may have been closed or filled meanwhile.
    if (roomOnBranch(store, on).room < fresh) throw tooManyForBranch(name);
    if (changed.length === 0) return undefined;
    const record = imports.record(start);
    const action = writeIncoming(store, changed, { branch, import: record, now: now() });
    for (const report of reports) {
      for (const [named, { id, path }] of report.named)
        if (!isKnownOnBranch(store, named, branch))
          lose(report, {
            ...(id !== undefined && { id }),
            path,
            what: `${named} is not on this branch: the reference is kept and shows once the object arrives`,
          });
      imports.count(record.key, report.counts, report.rejected, report.loss);
    }
    imports.finish(record.key, 'done');
    return { importId: record.uuid, action };
  });
  return reports.map(({ format, counts, rejected, loss }) => ({
    file: start.source,
    format,
    ...counts,
    rejected,
    loss,
    importId: written?.importId,
    action: written?.action,
  }));
}
