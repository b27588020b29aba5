import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import type { AuditPage, Damage, LedgerEntry, WorkspaceState } from '#shared/contract/admin.ts';
import type { RedoubtContract } from '#shared/contract/index.ts';
import type { Json } from '#shared/domain/knowledge/stix.ts';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import type { Emit } from '#shared/transport/serve.ts';
import type { WorkspaceDoor } from './features/admin/index.ts';
import { createBackups } from './platform/backup/backups.ts';
import { createCopier } from './platform/backup/copier.ts';
import { removeDatabase } from './platform/backup/durable.ts';
import { decideSwap, endSwap, type SwapJournal } from './platform/backup/swap.ts';
import { readAcknowledged } from './platform/database/acknowledged.ts';
import { damagedOr, isDatabaseDamage } from './platform/database/database.ts';
import { lockWorkspace } from './platform/database/workspace-lock.ts';
import type { Host } from './platform/host.ts';
import { onRefusal } from './platform/http/guard.ts';
import type { Jobs } from './platform/jobs/jobs.ts';
import { createKeyring, type Keyring, withPassphrase, withRecoveryCode } from './platform/secrets/keyring.ts';
import { createKeyringFiles } from './platform/secrets/keyring-files.ts';
import { createAuditChecks } from './workspace/audit-check.ts';
import { freeIn } from './workspace/compaction.ts';
import { compose, type OpenWorkspace } from './workspace/compose.ts';
import { createBackupDoor } from './workspace/copies.ts';
import { damageOf } from './workspace/damage.ts';
import { fromKeychain, type Held, holdBy, keyringsOf, secretName, toKeychain } from './workspace/held.ts';
import { makeDatabase, makeFolder, openStanding, writable } from './workspace/opening.ts';
import { placesIn, stampOf } from './workspace/places.ts';
import { sizesOf } from './workspace/sizes.ts';
import { countEntries, refusalEntry } from './workspace/refusals.ts';

export type { OpenWorkspace } from './workspace/compose.ts';
export { migrations } from './workspace/migrations.ts';

export interface Workspace extends WorkspaceDoor {
  isOpen(): boolean;
  current(): OpenWorkspace;
  /** Looks at every failure that someone was told: damage that shows while the workspace is open is remembered. */
  noteFailure(error: unknown): void;
  close(): Promise<void>;
}

/** Makes, opens and closes the one workspace of a host's folder. */
export function createWorkspace(host: Host, jobs: Jobs, emit: Emit<RedoubtContract>): Workspace {
  const places = placesIn(host.dataDir);
  const keyringFiles = createKeyringFiles(places.keys, places.secondKeys);
  const copier = createCopier({ spawn: () => host.spawnProcess('backup'), log: host.log });
  const keeper = createBackups({ dataDir: host.dataDir, copier, now: host.now, randomBytes: host.randomBytes });
  const early: LedgerEntry[] = [];
  const startedAt = host.now();
  let current: OpenWorkspace | undefined;
  let lock: { release(): void } | undefined;
  let busy = false;
  /** Also while the database cannot be opened: a copy is then restored with it. */
  let held: Held | undefined;
  /** What is broken, where something is. */
  let broken: string | undefined;
  let notice: string | undefined;

  const stopListening = onRefusal((refusal) => {
    const entry = refusalEntry(refusal);
    host.log.warn('refused a way out', { by: refusal.by, host: refusal.host, port: refusal.port });
    if (current) current.admin.append(entry);
    else if (early.length < 1000) early.push(entry);
    emit('admin.ledgerChanged', countEntries(current ? current.admin.entries() : early));
  });

  const stamp = () => stampOf(host.now(), host.randomBytes(3));

  /** The keyring without a secret, for what may be told while locked; undefined where none can be read. */
  const standingKeyring = (): Keyring | undefined => {
    if (held) return held.keyring;
    try {
      return keyringsOf(keyringFiles, keeper, existsSync(places.database))[0];
    } catch {
      return undefined;
    }
  };

  const hasDatabase = () => [places.database, places.unborn, places.swap.incoming].some((path) => existsSync(path));

  /** What can be seen to be broken without a key. */
  const plainlyBroken = (): string | undefined => {
    try {
      const keyrings = keyringFiles.read();
      if (keyrings.length === 0) return existsSync(places.database) ? 'workspace.db is here but keys.json is not.' : undefined;
    } catch (error) {
      if (isContractError(error) && error.code === 'damaged') return error.message;
      throw error;
    }
    return hasDatabase() ? undefined : 'keys.json is here but workspace.db is not.';
  };

  const damage = (): Damage | undefined => {
    const what = broken ?? (current ? undefined : plainlyBroken());
    if (what === undefined) return undefined;
    const said = readAcknowledged(places.head);
    const acknowledged = current?.knowledge.store.log.end().key ?? (said === 'damaged' ? undefined : said?.operations);
    return damageOf({ what, keeper, keyring: standingKeyring(), acknowledged, canRestore: held !== undefined });
  };

  const state = async (): Promise<WorkspaceState> => {
    const harm = damage();
    const keyring = current || harm ? held?.keyring : standingKeyring();
    const keychain = keyring && host.secrets ? (await fromKeychain(keyring, host)) !== undefined : false;
    return {
      state: current ? 'open' : harm ? 'damaged' : keyringFiles.exists() ? 'locked' : 'none',
      ...(harm && { damage: harm }),
      ...(current && notice !== undefined && { notice }),
      name: host.dataDir,
      keychain,
      keychainAvailable: host.secrets !== undefined,
    };
  };

  /** One opening or closing at a time. */
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    if (busy) throw new ContractError('conflict', 'The workspace is being opened or closed; wait a moment.');
    busy = true;
    try {
      return await work();
    } finally {
      busy = false;
    }
  };

  const tell = async (): Promise<WorkspaceState> => {
    const now = await state();
    emit('admin.workspaceChanged', now);
    return now;
  };

  const lockOrSay = () => {
    try {
      return lockWorkspace(places.lock);
    } catch (error) {
      throw writable(error);
    }
  };

  const refuseAnother = () => {
    if (keyringFiles.exists() || existsSync(places.database))
      throw new ContractError('conflict', 'There is a workspace in this folder already; open it, or choose another folder.');
  };

  /** Takes over the lock, and lets it go where opening fails. */
  const openWith = async (keys: Held, mine: { release(): void }): Promise<OpenWorkspace> => {
    let database: { close(): void } | undefined;
    try {
      const opened = await openStanding(places, keys, keeper, host);
      database = opened.database;
      const { swapped, lost } = opened;
      const open = compose({ host, jobs, emit, places, database: opened.database, ...keys, early: early.splice(0) });
      const { store } = open.knowledge;
      if (swapped) {
        store.transact(() => store.operations.audit(swapped.what, auditOf(swapped)));
        endSwap(places.swap, swapped);
      }
      if (lost !== undefined && lost > 0) store.transact(() => store.operations.audit('lostOperations', { operations: lost }));
      keyringFiles.repair(keys.keyring, stamp());
      lock = mine;
      held = keys;
      broken = undefined;
      notice = opened.notice;
      current = open;
      backups.opened();
      return open;
    } catch (error) {
      database?.close();
      mine.release();
      const known = damagedOr(error);
      if (isContractError(known) && known.code === 'damaged') {
        broken = known.message;
        held = keys;
      }
      throw known;
    }
  };

  /** `keepLock` for what puts another database in its place at once. */
  const shut = async ({ keepLock = false, exceptJob }: { keepLock?: boolean; exceptJob?: string } = {}) => {
    const closing = current;
    current = undefined;
    backups.closed();
    await closing?.close(exceptJob);
    if (keepLock) return;
    lock?.release();
    lock = undefined;
  };

  const requireOpen = (): OpenWorkspace => {
    if (!current) throw new ContractError('locked', 'Unlock a workspace first.');
    return current;
  };

  /** Closes what is open, puts `workspace.db.incoming` in its place and opens that, all under one lock. */
  const swap = (journal: Omit<SwapJournal, 'format'>, keys: Held, exceptJob: string, last?: () => void) =>
    alone(async () => {
      last?.();
      if (current) await shut({ keepLock: true, exceptJob });
      const mine = lock ?? lockOrSay();
      lock = undefined;
      try {
        decideSwap(places.swap, journal);
      } catch (error) {
        mine.release();
        throw writable(error);
      }
      try {
        await openWith(keys, mine);
      } finally {
        await tell();
      }
      emit('knowledge.graphChanged', { revision: 0, reason: 'sync' });
    });

  const auditChecks = createAuditChecks(jobs);

  const backups = createBackupDoor({
    host,
    jobs,
    emit,
    places,
    keeper,
    copier,
    current: () => current,
    held: () => held,
    standingKeyring,
    isBroken: () => broken !== undefined,
    stamp,
    swap,
    /** Makes the keys of a workspace that comes from a file, where there is none. */
    adopt: (keys) => {
      refuseAnother();
      keyringFiles.write(keys.keyring);
    },
    tell: () => void tell(),
  });

  return {
    state,
    backups: backups.door,
    compaction: backups.compaction,
    isOpen: () => current !== undefined,
    current: requireOpen,
    noteFailure(error) {
      if (!current || broken !== undefined || !isDatabaseDamage(error)) return;
      broken = (error as ContractError).message;
      void tell();
    },
    create: (passphrase, remember) =>
      alone(async () => {
        refuseAnother();
        makeFolder(host.dataDir);
        const { keyring, key, recoveryCode } = await createKeyring(passphrase, randomUUID(), host.now(), host.randomBytes);
        const mine = lockOrSay();
        try {
          refuseAnother();
        } catch (error) {
          mine.release();
          throw error;
        }
        try {
          makeDatabase(places, key);
          keyringFiles.write(keyring);
          await openWith({ key, keyring }, mine);
        } catch (error) {
          for (const made of [places.keys, places.secondKeys]) for (const file of [made, `${made}.new`]) rmSync(file, { force: true });
          for (const made of [places.unborn, places.database]) removeDatabase(made);
          mine.release();
          throw writable(damagedOr(error));
        }
        if (remember) await toKeychain({ key, keyring }, host);
        await tell();
        return { recoveryCode };
      }),
    unlock: (by) =>
      alone(async () => {
        const keys = await holdBy(keyringsOf(keyringFiles, keeper, existsSync(places.database)), by, host);
        try {
          if (!current) await openWith(keys, lockOrSay());
        } catch (error) {
          if (held) await tell();
          throw error;
        }
        return tell();
      }),
    lock: () =>
      alone(async () => {
        await shut();
        held = undefined;
        notice = undefined;
        broken = undefined;
        return tell();
      }),
    changePassphrase: (now, next) =>
      alone(async () => {
        const { store } = requireOpen().knowledge;
        const keys = await holdBy(keyringFiles.read().slice(0, 1), { passphrase: now }, host);
        const keyring = await withPassphrase(keys.keyring, keys.key, next, host.randomBytes);
        keyringFiles.write(keyring);
        held = { ...keys, keyring };
        keeper.rewrap(keyring);
        store.transact(() => store.operations.audit('changePassphrase', {}));
      }),
    renewRecoveryCode: (passphrase) =>
      alone(async () => {
        const { store } = requireOpen().knowledge;
        const keys = await holdBy(keyringFiles.read().slice(0, 1), { passphrase }, host);
        const { keyring, recoveryCode } = withRecoveryCode(keys.keyring, keys.key, host.randomBytes);
        keyringFiles.write(keyring);
        held = { ...keys, keyring };
        keeper.rewrap(keyring);
        store.transact(() => store.operations.audit('renewRecoveryCode', {}));
        return { recoveryCode };
      }),
    setKeychain: (remember) =>
      alone(async () => {
        const { store } = requireOpen().knowledge;
        if (!held || !host.secrets)
          throw new ContractError('unavailable', 'This system offers no keychain; the passphrase opens the workspace.');
        if (!remember) await host.secrets.delete(secretName(held.keyring));
        else if (!(await toKeychain(held, host)))
          throw new ContractError(
            'unavailable',
            'The keychain of this system did not take the key; try again, or keep using the passphrase.',
          );
        store.transact(() => store.operations.audit('setKeychain', { remember }));
        return tell();
      }),
    locked: () => (current ? undefined : { early, since: startedAt }),
    open() {
      const { admin, database, knowledge, readers, recordedSince } = requireOpen();
      return {
        store: admin,
        early,
        recordedSince,
        facts: () => ({
          version: host.version,
          folder: host.dataDir,
          createdAt: recordedSince,
          ...sizesOf(places.database, keeper.folder()),
          free: freeIn(database),
        }),
        policyChanged: () => emit('admin.ledgerChanged', countEntries(admin.entries())),
        async auditPage(wanted, signal) {
          const page = await readers.read<Omit<AuditPage, 'workspace' | 'version'>>(
            wanted.of === 'ledger' ? 'admin.ledgerLinks' : 'knowledge.auditLinks',
            wanted,
            { signal },
          );
          return { ...page, workspace: held?.keyring.workspace ?? '', version: host.version };
        },
        checkAudit: () => auditChecks.start(knowledge, readers),
        auditCheck: auditChecks.outcome,
        async verify(signal) {
          const log = await knowledge.read('knowledge.verifyLog', undefined as never, { signal, deadlineMs: 600_000 });
          const ledger = await readers.read<{ entries: number; head: string; problems: string[] }>('admin.verifyLedger', undefined, {
            signal,
          });
          const problems = [...log.problems, ...ledger.problems];
          return { valid: problems.length === 0, operations: log.operations, ledgerEntries: ledger.entries, head: log.head, problems };
        },
        audit: (what: string, details: Json) => void knowledge.store.transact(() => knowledge.store.operations.audit(what, details)),
      };
    },
    async close() {
      stopListening();
      await shut();
      held = undefined;
    },
  };
}

const auditOf = ({ from, before }: SwapJournal): Json => ({ from, ...(before !== undefined && { operationsBefore: before }) });
