import SqliteDatabase from 'better-sqlite3-multiple-ciphers';
import { ContractError } from '#shared/transport/errors.ts';

export type Database = SqliteDatabase.Database;
export type Statement = SqliteDatabase.Statement;

/** Raw key of the workspace: 32 random bytes, never derived, only wrapped. */
export type WorkspaceKey = Uint8Array;

interface OpenOptions {
  readonly readonly?: boolean;
  readonly create?: boolean;
  /** Page cache in KiB. */
  readonly cacheKiB?: number;
}

/**
 * Opens an encrypted database (AEGIS, authenticated pages). Throws `damaged` where the first
 * pages cannot be read under this key, `not_found` where there is no file.
 */
export function openDatabase(path: string, key: WorkspaceKey, options: OpenOptions = {}): Database {
  let database: Database;
  try {
    database = new SqliteDatabase(path, { readonly: options.readonly ?? false, fileMustExist: !options.create, timeout: 10_000 });
  } catch (error) {
    if (sqliteCode(error) === 'SQLITE_CANTOPEN' && !options.create)
      throw new ContractError('not_found', 'There is no workspace database in this folder; make one first.', { cause: error });
    throw error;
  }
  try {
    database.pragma("cipher='aegis'");
    database.pragma(`key="x'${Buffer.from(key).toString('hex')}'"`);
    // Sorts and temporary tables must not spill to disk in clear.
    database.pragma('temp_store=memory');
    database.pragma(`cache_size=-${options.cacheKiB ?? 65_536}`);
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    // SQLite takes a file that was cut to nothing for a new, empty database.
    if (!options.create && database.pragma('page_count', { simple: true }) === 0) throw damaged();
    if (!options.readonly) {
      database.pragma('journal_mode=wal');
      // Every acknowledged change survives a power cut, not only a killed process.
      database.pragma('synchronous=full');
      database.pragma('journal_size_limit=67108864');
      // Pages are written back in large sweeps: small ones write the same index pages again and again.
      database.pragma('wal_autocheckpoint=16384');
      database.pragma('trusted_schema=off');
    }
    return database;
  } catch (error) {
    database.close();
    throw damagedOr(error);
  }
}

/** Turns what SQLite says of a broken file into one sentence; leaves other errors as they are. */
export function damagedOr(error: unknown): unknown {
  const code = sqliteCode(error);
  if (code?.startsWith('SQLITE_NOTADB') || code?.startsWith('SQLITE_CORRUPT') || code?.startsWith('SQLITE_IOERR_SHORT_READ'))
    return damaged(error);
  if (code === 'SQLITE_FULL')
    return new ContractError('unavailable', 'The disk is full; nothing of this step was written. Free some space and try again.', {
      cause: error,
    });
  if (code?.startsWith('SQLITE_IOERR'))
    return new ContractError(
      'unavailable',
      'The disk failed while the workspace was read or written; nothing of this step was kept. Check the disk and try again.',
      {
        cause: error,
      },
    );
  if (code?.startsWith('SQLITE_READONLY') || code?.startsWith('SQLITE_CANTOPEN'))
    return new ContractError('unavailable', 'The workspace folder cannot be written to; check its permissions.', { cause: error });
  return error;
}

const DAMAGED = 'The workspace database is damaged:';

/** Whether an error, also one that crossed a process, says that pages of a database cannot be read. */
export function isDatabaseDamage(error: unknown): boolean {
  return error instanceof ContractError && error.code === 'damaged' && error.message.startsWith(DAMAGED);
}

function damaged(cause?: unknown): ContractError {
  return new ContractError('damaged', `${DAMAGED} a page does not match its checksum. Nothing was changed; restore it from a backup.`, {
    cause,
  });
}

export function sqliteCode(error: unknown): string | undefined {
  return error instanceof SqliteDatabase.SqliteError ? error.code : undefined;
}
