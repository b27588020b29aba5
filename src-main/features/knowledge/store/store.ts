import type { Database } from '#main/platform/database/database.ts';
import { damagedOr } from '#main/platform/database/database.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { branchRecords } from './branches/branches.ts';
import { createExchange } from './exchange.ts';
import { createLog } from './log.ts';
import { createMaterializer } from './materialize.ts';
import { createOperations } from './operations.ts';
import { createRows, type GraphDelta } from './rows.ts';
import { createSettling } from './settling.ts';
import { createTerms } from './terms.ts';
import { createWriter } from './writer.ts';

export interface StoreOptions {
  /** UUID of this device in the log. */
  readonly device: string;
  readonly actor: string;
  readonly now: () => number;
  /** Told after each committed transaction what changed in the graph. */
  readonly onDelta?: (delta: GraphDelta) => void;
  /** Told after each commit where the log ends, before anyone hears that the change stands. */
  readonly onCommitted?: (end: { readonly key: number; readonly chain: Buffer }) => void;
}

/** Steps that share a commit: with chunks of 2,000 objects about 80 MB of write-ahead log. */
const STEPS_A_COMMIT = 50;

/** Relationships whose index entries may wait: the more, the fewer sweeps over the indexes, and the longer an opening after a cut. */
const LEAST_WAITING = 50_000;
const MOST_WAITING = 400_000;

export type Store = ReturnType<typeof createStore>;

/** The write side of the graph on one connection; reads run elsewhere (`reads/`). */
export function createStore(database: Database, options: StoreOptions) {
  const terms = createTerms(database);
  const rows = createRows(database, terms);
  const log = createLog(database, options);
  const materializer = createMaterializer(database, rows, terms);
  const writer = createWriter(database, rows, log, materializer);
  const operations = createOperations(database, rows, log, materializer);
  const settling = createSettling(database, rows, materializer, operations);
  const exchange = createExchange(database, rows, log, materializer, operations);

  const pending: GraphDelta[] = [];
  let stepsOpen = 0;
  let generation = 0;

  const countRevision = database.prepare(
    "INSERT INTO setting (key, value) VALUES ('graph.revision', '1') ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
  );

  /** A stored adjacency is only taken for the revision it was made from. */
  const counted =
    <T>(work: () => T) =>
    () => {
      const result = work();
      rows.nodes.flush();
      if (rows.hasDelta()) countRevision.run();
      return result;
    };
  const keepDelta = () => {
    if (!rows.hasDelta()) return;
    const delta = rows.takeDelta();
    if (options.onDelta) pending.push(delta);
  };
  const publish = () => {
    options.onCommitted?.(log.end());
    for (const delta of pending.splice(0)) options.onDelta?.(delta);
  };
  const forget = () => {
    rows.reset();
    log.reset();
    settling.reset();
  };

  /** Work within the shared transaction that pauses: whatever comes in between goes on with it first, to its end. */
  let pausing: Generator<void> | undefined;

  const abandon = (error: unknown): never => {
    if (database.inTransaction) database.exec('ROLLBACK');
    pausing = undefined;
    stepsOpen = 0;
    pending.length = 0;
    generation++;
    forget();
    throw damagedOr(error);
  };

  /** One slice of what pauses, or all of it. */
  const goOn = (toTheEnd: boolean) => {
    try {
      while (pausing) {
        if (pausing.next().done) pausing = undefined;
        counted(() => undefined)();
        keepDelta();
        if (!toTheEnd) return;
      }
    } catch (error) {
      abandon(error);
    }
  };

  /** Ends the shared transaction of `step`; what it changed in the graph is told once it stands. */
  const commitSteps = () => {
    if (stepsOpen === 0) return;
    goOn(true);
    stepsOpen = 0;
    try {
      database.exec('COMMIT');
    } catch (error) {
      abandon(error);
    }
    publish();
  };

  /** Runs within the shared transaction, slice by slice, with a pause between two; committed when it returns. */
  const inSlices = async (since: number, work: () => Generator<void>, pause: () => Promise<void>): Promise<void> => {
    refuseAfterFailure(since);
    goOn(true);
    try {
      if (stepsOpen === 0) database.exec('BEGIN IMMEDIATE');
      stepsOpen++;
    } catch (error) {
      abandon(error);
    }
    const mine = (pausing = work());
    while (pausing === mine) {
      goOn(false);
      if (pausing === mine) await pause();
    }
    refuseAfterFailure(since);
    commitSteps();
  };

  const refuseAfterFailure = (since: number) => {
    if (since !== generation)
      throw new ContractError(
        'unavailable',
        'The disk failed while this was written; nothing of it was kept. Check the disk and try again.',
      );
  };

  /**
   * Writes the index entries of relationships that wait, once they are worth it: all with `all`, at the end of an
   * import, else only when there are as many as one sweep over the indexes should take.
   */
  const mergeWaiting = async (since: number, pause: () => Promise<void>, all = false): Promise<void> => {
    if (rows.relations.waiting() >= (all ? 1 : Math.min(MOST_WAITING, Math.max(LEAST_WAITING, rows.relations.indexed() / 4))))
      await inSlices(since, rows.relations.merge, pause);
    if (all && rows.nodes.isBehind()) await inSlices(since, rows.nodes.settle, pause);
  };

  /** All of `work` or nothing of it, committed and on disk when this returns. */
  const transact = <T>(work: () => T): T => {
    commitSteps();
    let result: T;
    const before = rows.relations.waiting();
    try {
      result = database
        .transaction(
          counted(() => {
            const answer = work();
            // What an import has waiting is left to it.
            for (const _ of rows.relations.merge(before)) continue;
            return answer;
          }),
        )
        .immediate();
    } catch (error) {
      forget();
      throw damagedOr(error);
    }
    keepDelta();
    publish();
    return result;
  };

  /**
   * All of `work` or nothing of it, but several steps share one commit: random index pages are then
   * written once for many chunks. Any `transact` in between commits first. `since` is what
   * `generation()` said when the caller began; where a commit failed since, its earlier steps are
   * gone and it must not go on.
   */
  const step = <T>(since: number, work: () => T): T => {
    refuseAfterFailure(since);
    goOn(true);
    let result: T;
    try {
      if (stepsOpen === 0) database.exec('BEGIN IMMEDIATE');
      stepsOpen++;
      // Within a transaction this is a savepoint: a step that fails takes only itself back.
      rows.nodes.hold();
      result = database.transaction(counted(work))();
    } catch (error) {
      if (!database.inTransaction) {
        stepsOpen = 0;
        pending.length = 0;
        generation++;
      }
      forget();
      throw damagedOr(error);
    }
    keepDelta();
    if (stepsOpen >= STEPS_A_COMMIT) commitSteps();
    return result;
  };

  return {
    database,
    terms,
    rows,
    log,
    materializer,
    writer,
    operations,
    settling,
    exchange,
    branches: () => branchRecords(database),
    transact,
    step,
    commitSteps,
    mergeWaiting,
    inSlices,
    generation: () => generation,
  };
}
