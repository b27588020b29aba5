import type { Database } from '#main/platform/database/database.ts';
import { damagedOr } from '#main/platform/database/database.ts';
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
}

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

  /** All of `work` or nothing of it; what it changed in the graph is told once it stands. */
  const transact = <T>(work: () => T): T => {
    let result: T;
    try {
      result = database.transaction(work).immediate();
    } catch (error) {
      rows.reset();
      log.reset();
      throw damagedOr(error);
    }
    const delta = rows.takeDelta();
    if (delta.added.length + delta.removed.length + delta.nodes.length > 0) options.onDelta?.(delta);
    return result;
  };

  return { database, terms, rows, log, materializer, writer, operations, exchange, transact };
}
