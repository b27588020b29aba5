import { join } from 'node:path';
import type { Backup, BackupReason, BackupSettings } from '#shared/contract/admin.ts';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import { type Keyring, readKeyring, writeKeyring } from '#main/platform/secrets/keyring.ts';
import type { Copier } from './copier.ts';
import { sizeOf } from './copier.ts';
import { databaseFiles, freeBytes, hashFile, removeFolder, requireRoom } from './durable.ts';
import {
  beginCopy,
  copyPaths,
  type CopyPaths,
  type Description,
  described,
  finishCopy,
  isBackupId,
  listCopies,
  newBackupId,
  readDescription,
  writeDescription,
} from './folder.ts';
import type { CheckOutcome, CopyOutcome } from './messages.ts';
import { expendable } from './retention.ts';
import { readSettings, writeSettings } from './settings.ts';

/** The open or opening database that a copy is made of. */
export interface Original {
  readonly path: string;
  readonly key: Uint8Array;
  readonly keyring: Keyring;
  /** The chain's link at an operation of the database that is open, to compare the copy's end with. */
  readonly chainAt?: (operation: number) => string | undefined;
}

export interface MakeTerms {
  /** A copy that is in use and stays, whatever the settings keep. */
  readonly spare?: string;
  readonly reason: BackupReason;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((fraction: number | undefined, detail?: string) => void) | undefined;
}

export interface BackupKeeper {
  settings(): { settings: BackupSettings; problem?: string };
  setSettings(settings: BackupSettings): void;
  folder(): string;
  free(): number | undefined;
  list(keyring: Keyring | undefined): Backup[];
  newestVerified(keyring: Keyring | undefined): Backup | undefined;
  /** Copies, checks the copy, and says what was found; a copy that fails its check stays, marked. Then removes what the settings no longer keep. */
  make(original: Original, terms: MakeTerms): Promise<Backup>;
  /** Checks a copy again, all of it. */
  verify(
    backupId: string,
    original: Pick<Original, 'key' | 'keyring'>,
    signal?: AbortSignal,
  ): Promise<{ backup: Backup; found: CheckOutcome }>;
  remove(backupId: string): void;
  paths(backupId: string): CopyPaths;
  /** The keyrings that copies hold, newest first: where the workspace's own is lost. */
  keyrings(): Keyring[];
  /** A changed passphrase holds for the copies in the folder too. */
  rewrap(keyring: Keyring): void;
}

/** Of the room that is asked for beside the copy itself. */
const SPARE_BYTES = 16 * 1024 * 1024;

export function createBackups(terms: {
  readonly dataDir: string;
  readonly copier: Copier;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}): BackupKeeper {
  const { dataDir, copier, now } = terms;
  const settingsPath = join(dataDir, 'backups.json');
  const settings = () => readSettings(settingsPath);
  const folder = () => settings().settings.folder ?? join(dataDir, 'backups');

  const paths = (backupId: string): CopyPaths => {
    if (!isBackupId(backupId)) throw new ContractError('invalid_input', 'That is no name of a copy; take one from the list.');
    const found = copyPaths(join(folder(), backupId));
    if (sizeOf(found.database) === 0 && !readDescription(found.description))
      throw new ContractError('not_found', `There is no copy ${backupId} in ${folder()}; look at the list again.`);
    return found;
  };

  const list = (keyring: Keyring | undefined) => listCopies(folder(), keyring && { workspace: keyring.workspace, keyCheck: keyring.check });
  const newestVerified = (keyring: Keyring | undefined) => list(keyring).find(({ state, foreign }) => state === 'verified' && !foreign);

  const prune = (keyring: Keyring, spare: string | undefined) => {
    for (const backupId of expendable(
      list(keyring).filter(({ foreign }) => !foreign),
      settings().settings,
    ))
      if (backupId !== spare) removeFolder(join(folder(), backupId));
  };

  return {
    settings,
    setSettings: (wanted) => saying(() => writeSettings(settingsPath, wanted)),
    folder,
    free: () => freeBytes(folder()),
    list,
    newestVerified,
    paths,
    async make(original, { reason, signal, progress, spare }) {
      const { path, key, keyring } = original;
      const into = folder();
      const expected = databaseFiles(path).reduce((sum, file) => sum + sizeOf(file), 0);
      requireRoom(into, expected + SPARE_BYTES, 'A copy of the workspace');
      const backupId = newBackupId(now(), terms.randomBytes(3));
      const takenAt = new Date(now()).toISOString();
      const making = saying(() => beginCopy(into, keyring.workspace, backupId));
      try {
        progress?.(0, 'copying');
        const copied = await copier.copy({ path, key }, making.database, {
          signal,
          progress: (bytes) => progress?.(Math.min(0.6, (0.6 * bytes) / Math.max(1, expected)), 'copying'),
        });
        writeKeyring(making.keys, keyring);
        progress?.(0.6, 'checking the copy');
        const found = await copier.check({ path: making.database, key: key.slice() }, { signal }).catch(unlessDamaged);
        const description = await describe(making, keyring, { reason, takenAt }, found, differences(found, copied, original), signal);
        signal?.throwIfAborted();
        writeDescription(making.description, description);
        finishCopy(making, into, backupId);
        if (description.state === 'verified') prune(keyring, spare);
        return described(backupId, description, description.size, keyring.check);
      } catch (error) {
        removeFolder(making.folder);
        if (signal?.aborted) throw new ContractError('cancelled', 'Cancelled; no copy was made.');
        throw spoken(error, into);
      }
    },
    async verify(backupId, { key, keyring }, signal) {
      const copy = paths(backupId);
      const before = readDescription(copy.description);
      const found = await copier.check({ path: copy.database, key: key.slice() }, { signal, newest: 10 }).catch(unlessDamaged);
      const problems: string[] = [];
      if (before) {
        if (before.sha256 !== (await hashFile(copy.database, { signal })))
          problems.push('The copy was changed after it was made: its bytes are not those that were checked.');
        if (found.census && before.operations !== 0 && found.census.head !== before.head)
          problems.push('The end of its audit chain is not the one that was noted.');
      }
      const kept = before ?? {
        reason: 'manual' as const,
        takenAt: listCopies(folder(), undefined).find((one) => one.backupId === backupId)?.takenAt ?? '',
      };
      const described_ = await describe(copy, keyring, kept, found, problems, signal, before?.sha256);
      writeDescription(copy.description, described_);
      return { backup: described(backupId, described_, sizeOf(copy.database), keyring.check), found };
    },
    remove(backupId) {
      removeFolder(paths(backupId).folder);
    },
    keyrings: () =>
      listCopies(folder(), undefined).flatMap(({ backupId }) => {
        try {
          return readKeyring(copyPaths(join(folder(), backupId)).keys) ?? [];
        } catch {
          return [];
        }
      }),
    rewrap(keyring) {
      for (const { backupId, foreign } of list(keyring)) if (!foreign) writeKeyring(copyPaths(join(folder(), backupId)).keys, keyring);
    },
  };

  async function describe(
    copy: CopyPaths,
    keyring: Keyring,
    { reason, takenAt }: { reason: BackupReason; takenAt: string },
    found: CheckOutcome,
    more: readonly string[],
    signal: AbortSignal | undefined,
    sha256?: string,
  ): Promise<Description> {
    const [problem] = [...more, ...found.problems];
    const { census } = found;
    return {
      format: 'redoubt-copy/1',
      workspace: keyring.workspace,
      keyCheck: keyring.check,
      takenAt,
      reason,
      size: sizeOf(copy.database),
      // What was noted once stays noted, so that a copy that was changed does not become right by a second check.
      sha256: sha256 ?? (await hashFile(copy.database, { signal })),
      state: problem === undefined ? 'verified' : 'failed',
      ...(problem !== undefined && { problem: problem.slice(0, 500) }),
      verifiedAt: new Date(now()).toISOString(),
      schema: found.schema,
      operations: census?.operations ?? 0,
      ledgerEntries: census?.ledgerEntries ?? 0,
      objects: census?.objects ?? 0,
      relationships: census?.relationships ?? 0,
      head: census?.head ?? '',
    };
  }
}

/** What the check found against what the original held while it was copied. */
function differences({ census }: CheckOutcome, { before, after }: CopyOutcome, original: Original): string[] {
  if (!before || !after || !census) return [];
  const problems: string[] = [];
  if (census.operations < before.operations || census.operations > after.operations)
    problems.push(`The copy has ${census.operations} operations; the workspace had ${before.operations}.`);
  const untouched = before.head === after.head && before.ledgerEntries === after.ledgerEntries;
  if (untouched && JSON.stringify(sorted(census)) !== JSON.stringify(sorted(before)))
    problems.push('The copy does not hold as many objects as the workspace.');
  const there = original.chainAt?.(census.operations);
  if (original.chainAt && there !== census.head) problems.push('The copy’s audit chain does not end as the workspace’s does.');
  return problems;
}

const sorted = (value: object) => Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));

/** A copy that cannot be read is a finding, not a failure of the check. */
function unlessDamaged(error: unknown): CheckOutcome {
  if (isContractError(error) && (error.code === 'damaged' || error.code === 'not_found'))
    return { schema: 0, problems: ['The copy’s database is damaged: a page does not match its checksum.'], newest: [] };
  throw error;
}

function saying<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw spoken(error, '');
  }
}

/** What the system says of a folder or disk, in one sentence. */
function spoken(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOSPC')
    return new ContractError(
      'unavailable',
      'The disk is full; nothing was written. Free some space, or choose another folder for copies.',
      {
        cause: error,
      },
    );
  if (/^(?:EACCES|EROFS|EPERM|ENOTDIR|ENOENT|EIO)$/.test(code))
    return new ContractError(
      'unavailable',
      folder
        ? `Copies cannot be written to ${folder}; choose another folder, or change its permissions.`
        : 'What belongs to the backups cannot be written; check the disk and the permissions of the folder.',
      {
        cause: error,
      },
    );
  return error;
}
