import type { Job } from '#shared/contract/jobs.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Database } from '#main/platform/database/database.ts';
import type { Readers } from '#main/platform/database/readers/readers.ts';
import type { GraphOverlay, GraphService } from '#main/platform/graph/graph-service.ts';
import type { Jobs } from '#main/platform/jobs/jobs.ts';
import { openCollector } from './import/collect.ts';
import { createFileImport, type FileImport } from './import/import-files.ts';
import { breathe } from './import/breathe.ts';
import { importItems } from './import/import-items.ts';
import { settle } from './import/take-back.ts';
import { createImports, type Imports } from './store/imports.ts';
import { createUploads, type Uploads } from './import/uploads.ts';
import type { GraphChange, Knowledge, ReadTerms } from './index.ts';
import { isGraphStored, revisionOf, storeGraph } from './store/load-graph.ts';
import { ownDevice } from './store/log.ts';
import type { ReadAnswer, ReadName, ReadParams } from './store/reads/index.ts';
import { createStore, type Store } from './store/store.ts';

export interface KnowledgeParts extends Knowledge {
  readonly store: Store;
  readonly imports: Imports;
  readonly uploads: Uploads;
  readonly files: FileImport;
  readonly graph: GraphService;
  readonly jobs: Jobs;
  readonly now: () => number;
  readonly newId: () => string;
  /** Name of the person who works here. */
  readonly actor: string;
  /** A read on main, or over a branch. */
  readOn<N extends ReadName>(branch: string | undefined, name: N, params: ReadParams<N>, terms?: ReadTerms): Promise<ReadAnswer<N>>;
  /** A read over the graph as it was at a moment. */
  readAt<N extends ReadName>(at: string, name: N, params: ReadParams<N>, terms?: ReadTerms): Promise<ReadAnswer<N>>;
  /** What a walk on a branch lays over the graph; undefined on main. */
  overlayOf(branch: string | undefined, terms?: ReadTerms): Promise<GraphOverlay | undefined>;
  /** Tells that the graph changed; the face reloads what it shows. */
  changed(reason: 'import' | 'edit' | 'undo' | 'sync'): void;
  close(): Promise<void>;
}

export interface KnowledgeTerms {
  readonly database: Database;
  readonly readers: Readers;
  readonly graph: GraphService;
  readonly jobs: Jobs;
  readonly actor: string;
  readonly now: () => number;
  readonly newId: () => string;
  /** Told after each commit where the log ends. */
  readonly onCommitted?: (end: { readonly key: number; readonly chain: Buffer }) => void;
  readonly onChanged: (change: { revision: number; reason: 'import' | 'edit' | 'undo' | 'sync' }) => void;
}

export function createKnowledge(terms: KnowledgeTerms): KnowledgeParts {
  const { database, readers, graph, jobs, now, newId } = terms;
  const listeners: ((change: GraphChange) => void)[] = [];
  const store = createStore(database, {
    device: ownDevice(database, newId),
    actor: terms.actor,
    now,
    onDelta(delta) {
      graph.apply(delta);
      const change = { nodes: delta.nodes.filter((_, at) => at % 3 === 0), edges: [...delta.added, ...delta.removed] };
      for (const listener of listeners) listener(change);
    },
    ...(terms.onCommitted && { onCommitted: terms.onCommitted }),
  });
  const imports = createImports(database, { now, newId });
  const uploads = createUploads(newId);
  const files = createFileImport({ store, imports, uploads, now, newId });
  let revision = 0;
  const parts: KnowledgeParts = {
    store,
    imports,
    uploads,
    files,
    graph,
    jobs,
    now,
    newId,
    actor: terms.actor,
    changed: (reason) => terms.onChanged({ revision: ++revision, reason }),
    async importItems(input) {
      const { action: _action, ...report } = await importItems(store, imports, now, input);
      parts.changed('import');
      return report;
    },
    read: (name, params, { signal, deadlineMs } = {}) =>
      readers.read(name, params, { ...(signal && { signal }), ...(deadlineMs !== undefined && { deadlineMs }) }),
    async readOn(branch, name, params, terms = {}) {
      if (branch === undefined) return parts.read(name, params, terms);
      return (await parts.read('knowledge.shown', { on: { branch }, name, params }, terms)) as ReadAnswer<typeof name>;
    },
    readAt: async (at, name, params, terms = {}) =>
      (await parts.read('knowledge.shown', { on: { at }, name, params }, terms)) as ReadAnswer<typeof name>,
    async overlayOf(branch, terms = {}) {
      return branch === undefined ? undefined : parts.read('knowledge.branchOverlay', { branch }, terms);
    },
    onBranch: (branch) => ({
      read: (name, params, terms) => parts.readOn(branch, name, params, terms),
      khop: async (question, terms = {}) => graph.khop(question, { ...terms, overlay: await parts.overlayOf(branch, terms) }),
      shortestPaths: async (question, terms = {}) =>
        graph.shortestPaths(question, { ...terms, overlay: await parts.overlayOf(branch, terms) }),
    }),
    openCollector: (input) => openCollector(store, imports, now, { ...input, onWritten: () => parts.changed('import') }),
    listImports: () => imports.list(),
    write(objects) {
      const items = objects.map((object) => ({ object, path: 'yours' }));
      const { action } = store.transact(() => store.writer.writeChunk(items, { now: now() }));
      parts.changed('edit');
      return { action };
    },
    onChange: (listener) => void listeners.push(listener),
    offerFile: (path) => uploads.offer(path),
    takeUpload(uploadId) {
      const given = uploads.take(uploadId);
      if ('path' in given)
        throw new ContractError('invalid_input', 'A file that the system handed over can only be imported; drop it into the view instead.');
      uploads.forget(uploadId);
      return Buffer.concat(given.pieces);
    },
    stats: (readTerms) => parts.read('knowledge.stats', undefined as never, readTerms),
    async close() {
      store.commitSteps();
      uploads.clear();
      files.clear();
      await keepGraph(database, graph);
    },
  };
  if (store.rows.relations.waiting() > 0 || store.rows.nodes.isBehind())
    jobs.start('Finish the indexes of an import that was cut off', async () => {
      await store.mergeWaiting(store.generation(), breathe, true);
      parts.changed('import');
    });
  for (const action of store.settling.left())
    jobs.start('Finish an undo that was cut off', async ({ signal, progress }) => {
      const importId = imports.ofAction(action);
      const along = (undone: boolean) => {
        if (importId !== undefined) imports.setState(importId, undone ? 'undone' : 'done');
      };
      await settle(store, action, store.operations.isUndone(action), { signal, progress, along }).finally(() => parts.changed('undo'));
    });
  return parts;
}

/** Below it, building the adjacency anew takes no longer than storing it. */
const WORTH_STORING = 20_000;

/** Stores the adjacency for the next opening, where it is loaded and not stored yet. */
async function keepGraph(database: Database, graph: GraphService): Promise<void> {
  if (!graph.isLoaded() || isGraphStored(database)) return;
  const revision = revisionOf(database);
  const { edges } = await graph.ready();
  if (edges >= WORTH_STORING) storeGraph(database, revision, await graph.serialise());
}

/** The job, or a sentence where it belongs to another kind of work. */
export function finished<T>(jobs: Jobs, jobId: string, kind: string, results: ReadonlyMap<string, T>): T {
  const job: Job = jobs.get(jobId);
  jobs.result(jobId);
  const result = results.get(jobId);
  if (result === undefined) throw new ContractError('not_found', `“${job.title}” is not ${kind}.`);
  return result;
}
