import { isContractError, ContractError } from '#shared/transport/errors.ts';
import { type Database, damagedOr } from '../database.ts';
import type { ReadOptions, Readers } from './readers.ts';
import { type ReadRegistry, runRead } from './run-read.ts';

/**
 * The same interface over a connection of this process, for tests and for reads that are over in
 * milliseconds. Nothing can end a statement here: signal and deadline are looked at before it only.
 */
export function inProcessReaders(registry: ReadRegistry, database: Database): Readers {
  let closed = false;
  return {
    async read<T>(name: string, params: unknown, options: ReadOptions = {}): Promise<T> {
      if (closed) throw new ContractError('unavailable', 'The workspace was closed; open it again.');
      if (options.signal?.aborted) throw new ContractError('cancelled', 'Cancelled before reading began; nothing was changed.');
      try {
        // Cloned as if it had crossed, so that what works here works between processes too.
        return structuredClone(runRead(registry, database, name, structuredClone(params))) as T;
      } catch (error) {
        throw isContractError(error) ? error : damagedOr(error);
      }
    },
    async close() {
      closed = true;
    },
  };
}
