import type { FileReport, Loss, Rejection } from '#shared/contract/knowledge.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { JobHandle } from '#main/platform/jobs/jobs.ts';
import type { Item } from '../formats/format.ts';
import { danglingLosses } from '../store/dangling.ts';
import { createGiveWay } from '../store/give-way.ts';
import type { ImportStart, Imports } from '../store/imports.ts';
import type { Store } from '../store/store.ts';
import type { Incoming } from '../store/writer.ts';
import { breathe } from './breathe.ts';
import { takeBack } from './take-back.ts';

export interface ImportInput extends ImportStart {
  readonly items: AsyncIterable<readonly Item[]>;
  readonly job: JobHandle;
}

/** One import of several formats: a folder, an archive. Each part has a report of its own; they are undone together. */
export interface PartedInput extends ImportStart {
  readonly parts: readonly ImportPart[];
  readonly job: JobHandle;
}

export interface ImportPart {
  readonly format: string;
  readonly items: AsyncIterable<readonly Item[]>;
}

export interface ImportOutcome extends FileReport {
  readonly importId: string;
  /** What `undo` takes to take it back; absent where nothing was written. */
  readonly action: string | undefined;
}

/** Objects a transaction: large enough for speed, short enough (about 50 ms) that calls in between are answered. */
const CHUNK = 2_000;
/** Reported one by one; past it the counts go on and the list says so. */
const MOST_REPORTED = 50_000;

/**
 * The app's own import: takes items as a format yields them, writes them chunk by chunk, each chunk
 * one transaction and one operation. Cancelled: what was written is taken back.
 */
export async function importItems(store: Store, imports: Imports, now: () => number, input: ImportInput): Promise<ImportOutcome> {
  const { items, ...start } = input;
  const [outcome] = await importParts(store, imports, now, { ...start, parts: [{ format: input.format, items }] });
  return outcome as ImportOutcome;
}

const nothing = () => ({ created: 0, updated: 0, unchanged: 0, rejected: [] as Rejection[], loss: [] as Loss[] });

/** As `importItems`, part by part: one import, one action, a report for each part in their order. */
export async function importParts(store: Store, imports: Imports, now: () => number, input: PartedInput): Promise<ImportOutcome[]> {
  const started = store.transact(() => imports.begin(input));
  const generation = store.generation();
  const reports: { format: string; report: ReturnType<typeof nothing>; placeholders: number[] }[] = [];
  let report = nothing();
  let placeholders: number[] = [];
  let action = started.action;
  let before = 0;
  let waiting: Incoming[] = [];
  let rejected: Rejection[] = [];
  let losses: Loss[] = [];
  const giveWay = createGiveWay(store);
  /** Objects whose ATT&CK id another carries too. */
  const twins = new Set<number>();

  const flush = () => {
    if (waiting.length + rejected.length + losses.length === 0) return;
    const chunk = waiting;
    waiting = [];
    const outcome = store.step(generation, () => {
      const written = store.writer.writeChunk(chunk, { import: started, now: now(), ...(action && { action }) });
      imports.count(started.key, written, rejected, [...losses, ...written.loss]);
      return written;
    });
    action ??= outcome.action;
    for (const key of giveWay.among(chunk)) twins.add(key);
    waiting.push(...outcome.deferred);
    report.created += outcome.created;
    report.updated += outcome.updated;
    report.unchanged += outcome.unchanged;
    for (const key of outcome.placeholders) placeholders.push(key);
    for (const one of rejected) if (report.rejected.length < MOST_REPORTED) report.rejected.push(one);
    for (const one of [...losses, ...outcome.loss]) if (report.loss.length < MOST_REPORTED) report.loss.push(one);
    rejected = [];
    losses = [];
  };

  const read = async (part: ImportPart) => {
    for await (const items of part.items) {
      if (input.job.signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
      for (const item of items) {
        if (item.kind === 'object') waiting.push(item);
        else if (item.kind === 'rejected')
          rejected.push({ ...(item.id !== undefined && { id: item.id }), path: item.path, reason: item.reason });
        else losses.push({ ...(item.id !== undefined && { id: item.id }), path: item.path, what: item.what });
        if (waiting.length >= CHUNK) {
          flush();
          await breathe();
          await store.mergeWaiting(generation, breathe);
          if (input.job.signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
        }
      }
      input.job.progress(undefined, `${before + report.created + report.updated + report.unchanged + waiting.length} objects`);
    }
    while (waiting.length + rejected.length + losses.length > 0) flush();
  };

  try {
    for (const part of input.parts) {
      report = nothing();
      placeholders = [];
      reports.push({ format: part.format, report, placeholders });
      await read(part);
      before += report.created + report.updated + report.unchanged;
    }
    await store.mergeWaiting(generation, breathe, true);
    const giving = giveWay.run(twins, { import: started, now: now(), ...(action && { action }) });
    while (twins.size > 0) {
      const next = store.step(generation, () => giving.next());
      action ??= next.value ?? undefined;
      if (next.done) break;
      await breathe();
    }
    if (twins.size > 0) await store.mergeWaiting(generation, breathe, true);
    store.commitSteps();
    // Only now: what one part names, a later one may bring.
    const dangling = reports.map((one) => danglingLosses(store, one.placeholders));
    store.transact(() => {
      for (const some of dangling) imports.count(started.key, { created: 0, updated: 0, unchanged: 0 }, [], some);
      imports.finish(started.key, 'done');
    });
    for (const [index, some] of dangling.entries())
      for (const one of some) {
        const { loss } = (reports[index] as (typeof reports)[number]).report;
        if (loss.length < MOST_REPORTED) loss.push(one);
      }
  } catch (error) {
    store.commitSteps();
    if (action && store.operations.isKnown(action)) await takeBack(store, action, true);
    await store.mergeWaiting(store.generation(), breathe, true);
    store.transact(() => imports.finish(started.key, 'undone'));
    throw error;
  } finally {
    imports.live.delete(started.key);
  }
  return reports.map(({ format, report: one }) => ({ file: input.source, format, ...one, importId: started.uuid, action }));
}
