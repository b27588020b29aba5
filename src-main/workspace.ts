import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerEntry, WorkspaceState } from '#shared/contract/admin.ts';
import type { RedoubtContract } from '#shared/contract/index.ts';
import type { Json } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Emit } from '#shared/transport/serve.ts';
import { type AdminStore, adminMigrations, createAdminStore, type WorkspaceDoor } from './features/admin/index.ts';
import { createKnowledge, type KnowledgeParts, knowledgeMigrations } from './features/knowledge/index.ts';
import { type Database, openDatabase } from './platform/database/database.ts';
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
  readonly openedAt: number;
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
    return { state: current ? 'open' : keyring ? 'locked' : 'none', name: host.dataDir, keychain };
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

  const openWith = (key: Uint8Array, keyring: Keyring, create: boolean): OpenWorkspace => {
    const mine = lockWorkspace(path.lock);
    let database: Database | undefined;
    try {
      if (!create && !existsSync(path.database))
        throw new ContractError('damaged', 'keys.json is here but workspace.db is not; put the database back from a backup.');
      database = openDatabase(path.database, key, { create });
      chmodSync(path.database, 0o600);
      migrate(database, migrations);
      lock = mine;
      current = compose(database, key, keyring);
      return current;
    } catch (error) {
      database?.close();
      mine.release();
      throw error;
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
      openedAt: host.now(),
      async close() {
        await jobs.cancelAll();
        knowledge.store.transact(() => knowledge.store.operations.audit('closeWorkspace', {}));
        await knowledge.close();
        await Promise.all([readers.close(), graph.close()]);
        database.pragma('wal_checkpoint(truncate)');
        database.close();
      },
    };
  };

  const requireKeyring = (): Keyring => {
    const keyring = readKeyring(path.keys);
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
        if (readKeyring(path.keys) || existsSync(path.database))
          throw new ContractError('conflict', 'There is a workspace in this folder already; open it, or choose another folder.');
        makeFolder(host.dataDir);
        const { keyring, key, recoveryCode } = await createKeyring(passphrase, randomUUID(), host.now(), host.randomBytes);
        try {
          openWith(key, keyring, true);
          writeKeyring(path.keys, keyring);
        } catch (error) {
          await shut();
          for (const ending of ['', '-wal', '-shm']) rmSync(`${path.database}${ending}`, { force: true });
          throw writable(error);
        }
        if (remember) await host.secrets?.set(secretName(keyring), key);
        await tell();
        return { recoveryCode };
      }),
    unlock: (by) =>
      alone(async () => {
        const keyring = requireKeyring();
        const key = await keyBy(keyring, by);
        if (!current) openWith(key, keyring, false);
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
      const { admin, knowledge, readers, openedAt } = requireOpen();
      return {
        store: admin,
        early,
        openedAt,
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

function makeFolder(path: string) {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw writable(error);
  }
}

/** No write access, in one sentence. */
function writable(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (
    code === 'EACCES' ||
    code === 'EROFS' ||
    code === 'EPERM' ||
    code === 'ENOTDIR' ||
    code === 'SQLITE_CANTOPEN' ||
    code === 'SQLITE_READONLY'
  )
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
