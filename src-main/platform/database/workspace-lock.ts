import { chmodSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3-multiple-ciphers';
import { ContractError } from '#shared/transport/errors.ts';
import { sqliteCode } from './database.ts';

/**
 * One engine per workspace. The lock is SQLite's own on an empty file beside the database: the
 * system drops it when the process dies, however it dies, so that no stale lock can remain.
 * Throws `in_use` while another process holds it.
 */
export function lockWorkspace(path: string): { release(): void } {
  const lock = new SqliteDatabase(path, { timeout: 0 });
  try {
    lock.pragma('journal_mode=delete');
    lock.pragma('locking_mode=exclusive');
    lock.exec('BEGIN EXCLUSIVE');
    chmodSync(path, 0o600);
  } catch (error) {
    lock.close();
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY'))
      throw new ContractError('in_use', 'This workspace is open in another Redoubt; use that one, or close it and try again.');
    throw error;
  }
  return {
    release() {
      if (lock.open) lock.close();
    },
  };
}
