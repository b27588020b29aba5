import type { Backups, RestorePreview } from '#shared/contract/admin.ts';
import type { RedoubtContract } from '#shared/contract/index.ts';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import type { Emit } from '#shared/transport/serve.ts';
import type { BackupDoor } from '#main/features/admin/index.ts';
import { chainAt, changeCount } from '#main/features/knowledge/index.ts';
import type { BackupKeeper } from '#main/platform/backup/backups.ts';
import type { Copier } from '#main/platform/backup/copier.ts';
import { copyFile, removeDatabase, requireRoom } from '#main/platform/backup/durable.ts';
import { readDescription } from '#main/platform/backup/folder.ts';
import { createSchedule } from '#main/platform/backup/schedule.ts';
import type { SwapJournal } from '#main/platform/backup/swap.ts';
import { readAcknowledged } from '#main/platform/database/acknowledged.ts';
import { openDatabase } from '#main/platform/database/database.ts';
import type { Host } from '#main/platform/host.ts';
import type { JobHandle, Jobs } from '#main/platform/jobs/jobs.ts';
import type { Keyring } from '#main/platform/secrets/keyring.ts';
import { type CompactionDoor, createCompaction } from './compaction.ts';
import type { OpenWorkspace } from './compose.ts';
import type { Held } from './held.ts';
import { fileDoor, spoken } from './files.ts';
import type { Places } from './places.ts';

/** What the work on copies sees of the workspace and may do with it. */
export interface CopyTerms {
  readonly host: Host;
  readonly jobs: Jobs;
  readonly emit: Emit<RedoubtContract>;
  readonly places: Places;
  readonly keeper: BackupKeeper;
  readonly copier: Copier;
  current(): OpenWorkspace | undefined;
  held(): Held | undefined;
  standingKeyring(): Keyring | undefined;
  /** Whether damage showed: what stands cannot be copied, so it is set aside whole. */
  isBroken(): boolean;
  stamp(): string;
  /** `last` runs when nobody can write any more but before anything is closed; where it throws nothing is done. */
  swap(journal: Omit<SwapJournal, 'format'>, keys: Held, exceptJob: string, last?: () => void): Promise<void>;
  adopt(keys: Held): void;
  tell(): void;
}

export interface Exclusive {
  /** Starts a job on copies; only one runs at a time. */
  start<T>(title: string, work: (job: JobHandle) => Promise<T>): { jobId: string };
}

export function createBackupDoor(terms: CopyTerms): { door: BackupDoor; compaction: CompactionDoor; opened(): void; closed(): void } {
  const { host, jobs, emit, places, keeper } = terms;
  const previews = new Map<string, RestorePreview>();
  let running: string | undefined;
  let problem: string | undefined;

  const list = (): Backups => {
    const { settings, problem: ofSettings } = keeper.settings();
    const said = ofSettings ?? problem;
    const free = keeper.free();
    return {
      backups: keeper.list(terms.standingKeyring()),
      folder: keeper.folder(),
      settings,
      ...(free !== undefined && { free }),
      ...(said !== undefined && { problem: said }),
    };
  };
  const told = () => emit('admin.backupsChanged', list());

  const exclusive: Exclusive = {
    start(title, work) {
      if (running !== undefined && jobs.get(running).state === 'running')
        throw new ContractError('conflict', 'A copy is being made, checked or restored just now; wait until that is done, or cancel it.');
      const jobId = jobs.start(title, async (job) => {
        try {
          return await work(job);
        } finally {
          told();
        }
      });
      running = jobId;
      return { jobId };
    },
  };

  const requireHeld = (): Held => {
    const held = terms.held();
    if (!held) throw new ContractError('locked', 'Enter the passphrase or the recovery code first; a copy opens with the same.');
    return held;
  };

  const original = () => {
    const open = terms.current();
    return { path: places.database, ...requireHeld(), ...(open && { chainAt: (operation: number) => chainAt(open.database, operation) }) };
  };

  /** A copy of what stands, made by a job. A failed one is a sentence in the list, and told. */
  const make = async (job: JobHandle, reason: Parameters<BackupKeeper['make']>[1]['reason']) => {
    try {
      terms.current()?.knowledge.store.commitSteps();
      const backup = await keeper.make(original(), {
        reason,
        signal: job.signal,
        progress: (fraction, detail) => job.progress(fraction, detail),
      });
      if (backup.state === 'failed')
        throw new ContractError('damaged', `The copy was made but failed its check: ${backup.problem ?? 'it is damaged.'}`);
      problem = undefined;
      audit('createBackup', { backup: backup.backupId, reason });
      return backup;
    } catch (thrown) {
      const error = spoken(thrown, keeper.folder());
      if (!job.signal.aborted) {
        problem = `The newest attempt at a copy failed: ${isContractError(error) ? error.message : 'see the engine’s log.'}`;
        host.notify('Redoubt', problem);
      }
      throw error;
    }
  };

  const audit = (what: string, details: { [key: string]: string }) => {
    const open = terms.current();
    if (open) open.knowledge.store.transact(() => open.knowledge.store.operations.audit(what, details));
  };

  const verified = async (backupId: string, job: JobHandle) => {
    const { key, keyring } = requireHeld();
    const outcome = await keeper.verify(backupId, { key, keyring }, job.signal);
    if (outcome.backup.state === 'failed')
      throw new ContractError('damaged', `This copy cannot be used: ${outcome.backup.problem ?? 'it is damaged.'} Choose another.`);
    return outcome;
  };

  const preview = async (backupId: string, job: JobHandle): Promise<RestorePreview> => {
    job.progress(undefined, 'checking the copy');
    const { backup, found } = await verified(backupId, job);
    const open = terms.current();
    const newest = found.newest.map((change) => ({ ...change }));
    if (!open || terms.isBroken()) {
      const missing = terms.standingKeyring() && lacking(open, backup.operations);
      return { backup, newest, ...(missing !== undefined && { missing }) };
    }
    job.progress(undefined, 'comparing it with what stands');
    const common = commonOperations(open, keeper.paths(backupId).database, requireHeld().key, backup.operations);
    const read = { signal: job.signal, deadlineMs: 120_000 };
    const { operations, objects, relationships } = await open.knowledge.read('knowledge.census', undefined as never, read);
    const lost = await open.knowledge.read('knowledge.changesAfter', { operations: common, limit: 10 }, read);
    return { backup, newest, now: { operations, objects, relationships }, lost };
  };

  const lacking = (open: OpenWorkspace | undefined, held: number) => {
    const end = open?.knowledge.store.log.end().key;
    return end === undefined ? terms.standingKeyring() && acknowledgedBeyond(terms, held) : Math.max(0, end - held);
  };

  const restore = async (backupId: string, job: JobHandle): Promise<void> => {
    job.progress(0, 'checking the copy');
    const { backup } = await verified(backupId, job);
    const keys = requireHeld();
    const from = keeper.paths(backupId);
    const sha256 = readDescription(from.description)?.sha256;
    requireRoom(places.dataDir, 2 * backup.size, 'Restoring a copy');
    removeDatabase(places.swap.incoming);
    try {
      job.progress(0.3, 'fetching it');
      const hash = await copyFile(from.database, places.swap.incoming, { signal: job.signal });
      if (hash !== sha256) throw new ContractError('damaged', 'The copy changed while it was fetched; nothing was restored. Try again.');
      const open = terms.current();
      const kept = open && !terms.isBroken() ? await keepPresent(job, 'before-restore', backupId) : undefined;
      job.signal.throwIfAborted();
      job.progress(0.9, 'putting it in place');
      const before = open?.knowledge.store.log.end().key;
      await terms.swap(
        {
          aside: `${kept ? 'replaced' : 'damaged'}-${terms.stamp()}`,
          keepAside: !kept,
          what: 'restoreBackup',
          from: backupId,
          ...(before !== undefined && { before }),
        },
        keys,
        job.jobId,
      );
    } catch (error) {
      if (!terms.isBroken()) removeDatabase(places.swap.incoming);
      throw error;
    }
  };

  /** What stands is kept before something takes its place; the copy that is being restored is not removed meanwhile. */
  const keepPresent = async (job: JobHandle, reason: 'before-restore' | 'before-import', spare?: string) => {
    const backup = await keeper.make(original(), {
      reason,
      signal: job.signal,
      progress: (fraction, detail) => job.progress(0.4 + 0.5 * (fraction ?? 0), `keeping what stands now: ${detail ?? ''}`),
      ...(spare !== undefined && { spare }),
    });
    if (backup.state === 'verified') return backup;
    // What stands is damaged after all: it is set aside as it is.
    host.log.warn('what stands could not be kept as a verified copy and is set aside', { why: backup.problem ?? '' });
    return undefined;
  };

  const schedule = createSchedule({
    due() {
      const open = terms.current();
      const keyring = terms.held()?.keyring;
      if (!open || !keyring || terms.isBroken()) return undefined;
      const { settings } = keeper.settings();
      if (!settings.automatic) return undefined;
      const newest = keeper.newestVerified(keyring);
      // After a restore the log ends elsewhere than in the newest copy: then all that stands counts as changed.
      const since = newest && chainAt(open.database, newest.operations) === newest.head ? newest.operations : 0;
      const changes = changeCount(open.database, since);
      if (changes === 0) return undefined;
      if (!newest || host.now() - Date.parse(newest.takenAt) >= settings.everyHours * 3_600_000) return 'daily';
      return changes >= settings.everyOperations ? 'changes' : undefined;
    },
    make(reason) {
      if (running !== undefined && jobs.get(running).state === 'running') return;
      exclusive.start('Copy the workspace', (job) => make(job, reason));
    },
  });

  const door: BackupDoor = {
    list,
    setSettings(settings) {
      keeper.setSettings(settings);
      audit('setBackupSettings', { folder: settings.folder ?? 'usual', automatic: String(settings.automatic) });
      told();
      return list();
    },
    create: () => exclusive.start('Copy the workspace', (job) => make(job, 'manual')),
    verify(backupId) {
      const { key, keyring } = requireHeld();
      keeper.paths(backupId);
      return exclusive.start('Check a copy', async (job) => {
        const { backup } = await keeper.verify(backupId, { key, keyring }, job.signal);
        if (backup.state === 'failed')
          throw new ContractError('damaged', `This copy cannot be used: ${backup.problem ?? 'it is damaged.'}`);
      });
    },
    remove(backupId) {
      keeper.remove(backupId);
      audit('deleteBackup', { backup: backupId });
      told();
      return list();
    },
    previewRestore(backupId) {
      requireHeld();
      keeper.paths(backupId);
      const { jobId } = exclusive.start('Look into a copy', async (job) => {
        previews.set(job.jobId, await preview(backupId, job));
        for (const old of previews.keys()) {
          if (previews.size <= 5) break;
          previews.delete(old);
        }
      });
      return { jobId };
    },
    restorePreview(jobId) {
      jobs.result(jobId);
      const found = previews.get(jobId);
      if (!found) throw new ContractError('not_found', 'This preview is not here any more; ask for it again.');
      return found;
    },
    restore(backupId) {
      requireHeld();
      keeper.paths(backupId);
      return exclusive.start('Restore a copy', (job) => restore(backupId, job));
    },
    ...fileDoor(terms, { exclusive, requireHeld, keepPresent, audit }),
  };

  return {
    door,
    compaction: createCompaction(terms, { exclusive, requireHeld }),
    opened: () => schedule.start(),
    closed: () => schedule.stop(),
  };
}

/** How many acknowledged operations a copy with so many lacks, told by the file beside the log. */
function acknowledgedBeyond({ places }: CopyTerms, operations: number): number | undefined {
  const said = readAcknowledged(places.head);
  return said === undefined || said === 'damaged' ? undefined : Math.max(0, said.operations - operations);
}

/** How far the logs of the workspace and of a copy are one: chains are equal up to there and nowhere after. */
function commonOperations(open: OpenWorkspace, path: string, key: Uint8Array, operations: number): number {
  const copy = openDatabase(path, key, { readonly: true, cacheKiB: 1024 });
  try {
    let [low, high] = [0, Math.min(operations, open.knowledge.store.log.end().key)];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (chainAt(open.database, middle) === chainAt(copy, middle)) low = middle;
      else high = middle - 1;
    }
    return low;
  } finally {
    copy.close();
  }
}
