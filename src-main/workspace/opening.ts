import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { chainAt, startNewDevice } from '#main/features/knowledge/index.ts';
import type { BackupKeeper } from '#main/platform/backup/backups.ts';
import { removeDatabase } from '#main/platform/backup/durable.ts';
import { carryOutSwap, type SwapJournal } from '#main/platform/backup/swap.ts';
import { isSealed, readAcknowledged } from '#main/platform/database/acknowledged.ts';
import { type Database, openDatabase } from '#main/platform/database/database.ts';
import { schemaOf } from '#main/platform/database/copy.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import type { Host } from '#main/platform/host.ts';
import type { Keyring } from '#main/platform/secrets/keyring.ts';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import { migrations, newestSchema } from './migrations.ts';
import type { Places } from './places.ts';

export interface Opened {
  readonly database: Database;
  /** What was put in the place of the old database, now or by an opening that was cut off. */
  readonly swapped?: SwapJournal;
  /** For the person: changes that were acknowledged and are not there. */
  readonly notice?: string;
  readonly lost?: number;
}

/**
 * Opens the database of a folder whose lock is held: finishes a swap that was cut off, compares
 * the log's end with what was acknowledged, keeps a copy before the schema changes, and brings it
 * to the newest. Throws `damaged`, `conflict` (a newer Redoubt's).
 */
export async function openStanding(
  places: Places,
  held: { key: Uint8Array; keyring: Keyring },
  keeper: BackupKeeper,
  host: Host,
): Promise<Opened> {
  rmSync(places.transit, { recursive: true, force: true });
  const swapped = carryOutSwap(places.swap);
  // The making was cut off after its last step but one.
  if (!existsSync(places.database) && existsSync(places.unborn)) renameSync(places.unborn, places.database);
  if (!existsSync(places.database))
    throw new ContractError('damaged', 'keys.json is here but workspace.db is not; put the database back from a backup.');
  const database = openDatabase(places.database, held.key);
  try {
    chmodSync(places.database, 0o600);
    const schema = schemaOf(database);
    const lost = schema > 0 ? lostOf(places, held.key, database, host) : undefined;
    if (schema > 0 && schema < newestSchema) await copyFirst(places, held, keeper, host);
    migrate(database, migrations);
    // What was compacted is the same workspace, not a copy that others may have gone on with.
    if (swapped && swapped.what !== 'compactWorkspace') startNewDevice(database, randomUUID());
    return { database, ...(swapped && { swapped }), ...lost };
  } catch (error) {
    database.close();
    throw error;
  }
}

function lostOf({ head }: Places, key: Uint8Array, database: Database, host: Host): { notice: string; lost: number } | undefined {
  const said = readAcknowledged(head);
  if (said === undefined) return undefined;
  if (said === 'damaged') {
    host.log.warn('workspace.head is damaged and is written anew; whether the log ends where it did cannot be told this once');
    return {
      notice:
        'workspace.head, which says how far changes were saved, was damaged and is written anew. The audit check under Ledger tells whether the rest is whole.',
      lost: 0,
    };
  }
  if (isSealed(key, said, chainAt(database, said.operations))) return undefined;
  let there = said.operations;
  while (there > 0 && chainAt(database, there) === undefined) there--;
  const lost = said.operations - there;
  return {
    notice:
      lost > 0
        ? `The last ${lost} saved ${lost === 1 ? 'operation is' : 'operations are'} not in the database any more: the end of its write-ahead log is damaged, or an older database was put in its place. Look at the history for what is missing, and at the backups.`
        : 'The database is not the one that was last open here: its log ends otherwise. Look at the history for what is missing, and at the backups.',
    lost,
  };
}

async function copyFirst(places: Places, held: { key: Uint8Array; keyring: Keyring }, keeper: BackupKeeper, host: Host): Promise<void> {
  const copy = await keeper.make({ path: places.database, ...held }, { reason: 'before-migration' });
  if (copy.state === 'failed')
    throw new ContractError('damaged', `Before the update of its tables the workspace was checked: ${copy.problem ?? 'it is damaged.'}`);
  host.log.info('a copy was made before the schema changes', { backupId: copy.backupId });
}

/** An empty database beside its place, so that a making that is cut off leaves nothing that looks like a workspace. */
export function makeDatabase({ unborn }: Places, key: Uint8Array): void {
  removeDatabase(unborn);
  const database = openDatabase(unborn, key, { create: true });
  try {
    migrate(database, migrations);
  } finally {
    database.close();
  }
}

export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw writable(error);
  }
}

/** No write access, in one sentence. */
export function writable(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (!isContractError(error) && /^(?:EACCES|EROFS|EPERM|ENOTDIR|SQLITE_CANTOPEN|SQLITE_READONLY)/.test(code))
    return new ContractError('unavailable', 'The workspace folder cannot be written to; choose another folder or change its permissions.', {
      cause: error,
    });
  return error;
}
