import type { Database } from '#main/platform/database/database.ts';
import { damagedOr } from '#main/platform/database/database.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { branchRecords } from './branches/branches.ts';
import { createExchange } from './exchange.ts';
import { createLog } from './log.ts';
import { createMaterializer } from './materialize.ts';
import { createOperations } from './operations.ts';
import { createRows, type GraphDelta } from './rows.ts';
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

export type Store = ReturnType<typeof createStore>;

/** The write side of the graph on one connection; reads run elsewhere (`reads/`). */
export function createStore(database: Database, options: StoreOptions) {
  const terms = createTerms(database);
  const rows = createRows(database, terms);
  const log = createLog(database, options);
  const materializer = createMaterializer(database, rows, terms);
  const writer = createWriter(database, rows, log, materializer);
  const operations = createOperations(database, rows, log, materializer);
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
      if (rows.hasDelta()) countRevision.run();
      return result;
    };
  const keepDelta = () => {
    if (rows.hasDelta()) pending.push(rows.takeDelta());
  };
  const publish = () => {
    for (const delta of pending.splice(0)) options.onDelta?.(delta);
  };
  const forget = () => {
    rows.reset();
    log.reset();
    options.onCommitted?.(log.end());
  };

  /** Ends the shared transaction of `step`; what it changed in the graph is told once it stands. */
  const commitSteps = () => {
    if (stepsOpen === 0) return;
    stepsOpen = 0;
    try {
      database.exec('COMMIT');
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      pending.length = 0;
      generation++;
      forget();
      throw damagedOr(error);
    }
    publish();
  };

  /** All of `work` or nothing of it, committed and on disk when this returns. */
  const transact = <T>(work: () => T): T => {
    commitSteps();
    let result: T;
    try {
      result = database.transaction(counted(work)).immediate();
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
    if (since !== generation)
      throw new ContractError(
        'unavailable',
        'The disk failed while this was written; nothing of it was kept. Check the disk and try again.',
      );
    let result: T;
    try {
      if (stepsOpen === 0) database.exec('BEGIN IMMEDIATE');
      stepsOpen++;
      // Within a transaction this is a savepoint: a step that fails takes only itself back.
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
    exchange,
    transact,
    step,
    commitSteps,
    generation: () => generation,
  };
}
    branches: () => branchRecords(database),
