import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerEntry, WorkspaceState } from '#shared/contract/admin.ts';
import type { RedoubtContract } from '#shared/contract/index.ts';
import type { Json } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Emit } from '#shared/transport/serve.ts';
import { type AdminStore, adminMigrations, createAdminStore, type WorkspaceDoor } from './features/admin/index.ts';
import { createKnowledge, type KnowledgeParts, knowledgeMigrations } from './features/knowledge/index.ts';
import { type Database, damagedOr, openDatabase } from './platform/database/database.ts';
import { migrate } from './platform/database/migrate.ts';
import { createReaders, type Readers } from './platform/database/readers/readers.ts';
import { lockWorkspace } from './platform/database/workspace-lock.ts';
import { createGraphService, type GraphService } from './platform/graph/graph-service.ts';
import type { Host } from './platform/host.ts';
import { onRefusal, type Refusal } from './platform/http/guard.ts';
import type { Jobs } from './platform/jobs/jobs.ts';
import {
  createKeyring,
  type Keyring,
  proven,
  readKeyring,
  unwrapByPassphrase,
  unwrapByRecoveryCode,
  withPassphrase,
  writeKeyring,
} from './platform/secrets/keyring.ts';

export const migrations = [...knowledgeMigrations, ...adminMigrations];

export interface OpenWorkspace {
  readonly database: Database;
  readonly readers: Readers;
  readonly graph: GraphService;
  readonly knowledge: KnowledgeParts;
  readonly admin: AdminStore;
  /** When the workspace was made: the ledger has run since. */
  readonly recordedSince: string;
  close(): Promise<void>;
}

export interface Workspace extends WorkspaceDoor {
  isOpen(): boolean;
  current(): OpenWorkspace;
  close(): Promise<void>;
}

const files = (dataDir: string) => ({
  keys: join(dataDir, 'keys.json'),
  database: join(dataDir, 'workspace.db'),
  /** A database that is being made: it takes its name once keys.json stands. */
  unborn: join(dataDir, 'workspace.db.new'),
  lock: join(dataDir, 'workspace.lock'),
});

/** Makes, opens and closes the one workspace of a host's folder. */
export function createWorkspace(host: Host, jobs: Jobs, emit: Emit<RedoubtContract>): Workspace {
  const path = files(host.dataDir);
  const early: LedgerEntry[] = [];
  const startedAt = host.now();
  let current: OpenWorkspace | undefined;
  let lock: { release(): void } | undefined;
  let busy = false;

  const stopListening = onRefusal((refusal) => {
    const entry = refusalEntry(refusal);
    host.log.warn('refused a way out', { by: refusal.by, host: refusal.host, port: refusal.port });
    if (current) current.admin.append(entry);
    else if (early.length < 1000) early.push(entry);
    const entries = current ? current.admin.entries() : early;
    emit('admin.ledgerChanged', count(entries));
  });

  const secretName = (keyring: Keyring) => `redoubt-workspace-${keyring.workspace}`;

  const state = async (): Promise<WorkspaceState> => {
    const keyring = readKeyring(path.keys);
    const keychain = keyring && host.secrets ? (await host.secrets.get(secretName(keyring))) !== undefined : false;
    return {
      state: current ? 'open' : keyring ? 'locked' : 'none',
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
      return lockWorkspace(path.lock);
    } catch (error) {
      throw writable(error);
    }
  };

  const refuseAnother = () => {
    if (readKeyring(path.keys) || existsSync(path.database))
      throw new ContractError('conflict', 'There is a workspace in this folder already; open it, or choose another folder.');
  };

  /** Takes over the lock, and lets it go where opening fails. */
  const openWith = (key: Uint8Array, keyring: Keyring, mine: { release(): void }): OpenWorkspace => {
    let database: Database | undefined;
    try {
      // The making was cut off after its last step but one.
      if (!existsSync(path.database) && existsSync(path.unborn)) renameSync(path.unborn, path.database);
      if (!existsSync(path.database))
        throw new ContractError('damaged', 'keys.json is here but workspace.db is not; put the database back from a backup.');
      database = openDatabase(path.database, key);
      chmodSync(path.database, 0o600);
      migrate(database, migrations);
      lock = mine;
      current = compose(database, key, keyring);
      return current;
    } catch (error) {
      database?.close();
      mine.release();
      throw damagedOr(error);
    }
  };

  /** An empty database beside its place, so that a making that is cut off leaves nothing that looks like a workspace. */
  const makeDatabase = (key: Uint8Array) => {
    removeDatabase(path.unborn);
    const database = openDatabase(path.unborn, key, { create: true });
    try {
      migrate(database, migrations);
    } finally {
      database.close();
    }
  };

  const compose = (database: Database, key: Uint8Array, keyring: Keyring): OpenWorkspace => {
    const readers = createReaders({ spawn: () => host.spawnProcess('reader'), log: host.log, path: path.database, key });
    const graph = createGraphService({
      spawn: (data) => host.spawnWorker('graph', data),
      data: { path: path.database, key },
      log: host.log,
    });
    const admin = createAdminStore(database);
    for (const entry of early.splice(0)) admin.append(entry);
    const knowledge = createKnowledge({
      database,
      readers,
      graph,
      jobs,
      actor: personOf(),
      now: host.now,
      newId: () => randomUUID(),
      onChanged: (change) => emit('knowledge.graphChanged', change),
    });
    knowledge.store.transact(() => knowledge.store.operations.audit('openWorkspace', { workspace: keyring.workspace }));
    return {
      database,
      readers,
      graph,
      knowledge,
      admin,
      recordedSince: keyring.createdAt,
      async close() {
        await jobs.cancelAll();
        // A disk that is full or gone must not keep the workspace from being left; what is committed stays in the log beside it.
        try {
          knowledge.store.transact(() => knowledge.store.operations.audit('closeWorkspace', {}));
          await knowledge.close();
        } catch (error) {
          host.log.warn('the workspace could not be written while it was closed', { why: String(error) });
        }
        await Promise.all([readers.close(), graph.close()]);
        try {
          database.pragma('wal_checkpoint(truncate)');
        } catch (error) {
          host.log.warn('the write-ahead log could not be folded in', { why: String(error) });
        }
        database.close();
      },
    };
  };

  const requireKeyring = (): Keyring => {
    const keyring = readKeyring(path.keys);
    if (!keyring && existsSync(path.database))
      throw new ContractError('damaged', 'workspace.db is here but keys.json is not; put keys.json back from a backup.');
    if (!keyring) throw new ContractError('not_found', 'There is no workspace in this folder yet; make one first.');
    return keyring;
  };

  const keyBy = async (keyring: Keyring, by: Parameters<WorkspaceDoor['unlock']>[0]): Promise<Uint8Array> => {
    if ('passphrase' in by) return unwrapByPassphrase(keyring, by.passphrase);
    if ('recoveryCode' in by) return unwrapByRecoveryCode(keyring, by.recoveryCode);
    const key = await host.secrets?.get(secretName(keyring));
    if (!key) throw new ContractError('not_found', 'The keychain of this system has no key for this workspace; use the passphrase.');
    return proven(keyring, key);
  };

  const shut = async () => {
    const closing = current;
    current = undefined;
    if (!closing) return;
    await closing.close();
    lock?.release();
    lock = undefined;
  };

  const requireOpen = (): OpenWorkspace => {
    if (!current) throw new ContractError('locked', 'Unlock a workspace first.');
    return current;
  };

  return {
    state,
    isOpen: () => current !== undefined,
    current: requireOpen,
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
          makeDatabase(key);
          writeKeyring(path.keys, keyring);
          openWith(key, keyring, mine);
        } catch (error) {
          for (const made of [path.keys, `${path.keys}.new`]) rmSync(made, { force: true });
          for (const made of [path.unborn, path.database]) removeDatabase(made);
          mine.release();
          throw writable(damagedOr(error));
        }
        if (remember) await host.secrets?.set(secretName(keyring), key);
        await tell();
        return { recoveryCode };
      }),
    unlock: (by) =>
      alone(async () => {
        const keyring = requireKeyring();
        const key = await keyBy(keyring, by);
        if (!current) openWith(key, keyring, lockOrSay());
        return tell();
      }),
    lock: () =>
      alone(async () => {
        await shut();
        return tell();
      }),
    changePassphrase: (now, next) =>
      alone(async () => {
        const keyring = requireKeyring();
        const key = await unwrapByPassphrase(keyring, now);
        writeKeyring(path.keys, await withPassphrase(keyring, key, next, host.randomBytes));
        requireOpen().knowledge.store.transact(() => requireOpen().knowledge.store.operations.audit('changePassphrase', {}));
      }),
    locked: () => (current ? undefined : { early, since: startedAt }),
    open() {
      const { admin, knowledge, readers, recordedSince } = requireOpen();
      return {
        store: admin,
        early,
        recordedSince,
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
    },
  };
}

function removeDatabase(path: string) {
  for (const ending of ['', '-wal', '-shm']) rmSync(`${path}${ending}`, { force: true });
}

function makeFolder(path: string) {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw writable(error);
  }
}

/** No write access, in one sentence. */
function writable(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (/^(?:EACCES|EROFS|EPERM|ENOTDIR|SQLITE_CANTOPEN|SQLITE_READONLY)/.test(code))
    return new ContractError('unavailable', 'The workspace folder cannot be written to; choose another folder or change its permissions.', {
      cause: error,
    });
  return error;
}

function personOf(): string {
  const { USER, LOGNAME, USERNAME } = process.env;
  return USER || LOGNAME || USERNAME || 'analyst';
}

function refusalEntry({ at, by, host, port }: Refusal): LedgerEntry {
  return {
    at: new Date(at).toISOString(),
    host: host || 'unknown',
    port,
    method: by.slice(0, 100),
    path: '',
    purpose: 'none',
    outcome: 'refused',
    bytesOut: 0,
    bytesIn: 0,
    reason: 'This way out does not pass the network policy.',
  };
}

function count(entries: readonly LedgerEntry[]) {
  const refused = entries.filter(({ outcome }) => outcome === 'refused').length;
  return { requests: entries.length - refused, refused };
}
