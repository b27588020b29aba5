import { ContractError, isContractError } from '#shared/transport/errors.ts';
import { type Database, damagedOr } from '../database.ts';
import type { CrossedError } from './messages.ts';

/** Reads by name. Each gets a read-only connection inside one transaction, so that its statements see one state of the graph. */
export type ReadRegistry = Readonly<Record<string, (database: Database, params: never) => unknown>>;

/** Runs one named read inside a read transaction of its own. Throws what the read throws. */
export function runRead(registry: ReadRegistry, database: Database, name: string, params: unknown): unknown {
  const read = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (!read) throw new Error(`no read is called ${name}`);
  // Inside a transaction of the caller (in-process readers) that one is the snapshot.
  return database.inTransaction ? read(database, params as never) : database.transaction(() => read(database, params as never)).deferred();
}

/** An error as it may cross: contract errors keep their sentence, anything else says nothing of the inside. */
export function crossed(error: unknown): CrossedError {
  const known = damagedOr(error);
  if (isContractError(known)) return { code: known.code, message: known.message };
  return {
    code: 'internal',
    message: 'Reading the workspace failed because of a mistake in Redoubt; the log of the engine says where.',
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}

export function arrived(error: CrossedError): ContractError {
  return new ContractError(error.code, error.message);
}
