import { randomUUID } from 'node:crypto';
import type { LedgerEntry } from '#shared/contract/admin.ts';
import type { RedoubtContract } from '#shared/contract/index.ts';
import type { Emit } from '#shared/transport/serve.ts';
import { type AdminStore, createAdminStore } from '#main/features/admin/index.ts';
import { createKnowledge, type KnowledgeParts } from '#main/features/knowledge/index.ts';
import { type HeadFile, openHeadFile } from '#main/platform/database/acknowledged.ts';
import type { Database } from '#main/platform/database/database.ts';
import { createReaders, type Readers } from '#main/platform/database/readers/readers.ts';
import { createGraphService, type GraphService } from '#main/platform/graph/graph-service.ts';
import type { Host } from '#main/platform/host.ts';
import type { Jobs } from '#main/platform/jobs/jobs.ts';
import type { Keyring } from '#main/platform/secrets/keyring.ts';
import type { Places } from './places.ts';

export interface OpenWorkspace {
  readonly database: Database;
  readonly readers: Readers;
  readonly graph: GraphService;
  readonly knowledge: KnowledgeParts;
  readonly admin: AdminStore;
  /** When the workspace was made: the ledger has run since. */
  readonly recordedSince: string;
  /** Closes all; the work that asks for it goes on, if it is a job. */
  close(exceptJob?: string): Promise<void>;
}

export interface ComposeTerms {
  readonly host: Host;
  readonly jobs: Jobs;
  readonly emit: Emit<RedoubtContract>;
  readonly places: Places;
  readonly database: Database;
  readonly key: Uint8Array;
  readonly keyring: Keyring;
  /** Refusals from before the opening. */
  readonly early: readonly LedgerEntry[];
}

/** Readers, graph and stores over an open database that has the newest schema. */
export function compose({ host, jobs, emit, places, database, key, keyring, early }: ComposeTerms): OpenWorkspace {
  const readers = createReaders({ spawn: () => host.spawnProcess('reader'), log: host.log, path: places.database, key });
  const graph = createGraphService({
    spawn: (data) => host.spawnWorker('graph', data),
    data: { path: places.database, key },
    log: host.log,
  });
  const admin = createAdminStore(database);
  for (const entry of early) admin.append(entry);
  const head = keepHead(places.head, key, host);
  const knowledge = createKnowledge({
    database,
    readers,
    graph,
    jobs,
    actor: personOf(),
    now: host.now,
    newId: () => randomUUID(),
    onCommitted: ({ key: operations, chain }) => head?.write(operations, chain.toString('hex')),
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
    async close(exceptJob) {
      await jobs.cancelAll(exceptJob);
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
      head?.close();
    },
  };
}

/** A disk that takes no more must not keep the workspace from being read; then the end of the log is not watched. */
function keepHead(path: string, key: Uint8Array, host: Host): HeadFile | undefined {
  let file: HeadFile;
  try {
    file = openHeadFile(path, key);
  } catch (error) {
    host.log.warn('how far the log was acknowledged cannot be noted', { why: String(error) });
    return undefined;
  }
  let failed = false;
  return {
    write(operations, head) {
      try {
        file.write(operations, head);
      } catch (error) {
        if (!failed) host.log.warn('how far the log was acknowledged could not be noted', { why: String(error) });
        failed = true;
      }
    },
    close() {
      try {
        file.sync();
      } catch {
        // The disk failed; the newest record may be older than the log, which is no lie.
      }
      file.close();
    },
    sync: () => file.sync(),
  };
}

function personOf(): string {
  const { USER, LOGNAME, USERNAME } = process.env;
  return USER || LOGNAME || USERNAME || 'analyst';
}
