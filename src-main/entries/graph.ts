import { parentPort, workerData } from 'node:worker_threads';
// Not through the feature's door: a thread has a heap of its own, and this is all it needs.
import { loadGraph } from '#main/features/knowledge/store/load-graph.ts';
import { keepCompiled } from '#main/hosts/keep-compiled.ts';
import { openDatabase } from '#main/platform/database/database.ts';
import { serveGraph } from '#main/platform/graph/worker.ts';

/** The thread of the graph: opens the database once to load, then holds the adjacency alone. */
const { path, key } = workerData as { path: string; key: Uint8Array };
keepCompiled();
if (!parentPort) throw new Error('this entry is a worker thread');
serveGraph(parentPort, () => {
  const database = openDatabase(path, key, { readonly: true });
  try {
    // One snapshot: a commit between its statements would lose edges that no delta tells again.
    return database.transaction(() => loadGraph(database)).deferred();
  } finally {
    database.close();
  }
});
