import type { Database } from '#main/platform/database/database.ts';
import type { GraphRows } from '#main/platform/graph/csr.ts';
import type { GraphSource } from '#main/platform/graph/worker.ts';
import { RETIRED } from './state.ts';

/** The standing graph: the stored adjacency where it is of this very revision, else from the rows. */
export function loadGraph(database: Database): GraphSource {
  return database.transaction((): GraphSource => {
    const stored = database
      .prepare("SELECT g.body FROM graph_cache g JOIN setting s ON s.key = 'graph.revision' WHERE g.revision = CAST(s.value AS INTEGER)")
      .pluck()
      .get() as Buffer | undefined;
    return stored ? { blob: stored, rows: () => graphRows(database) } : graphRows(database);
  })();
}

export function revisionOf(database: Database): number {
  return Number(database.prepare("SELECT value FROM setting WHERE key = 'graph.revision'").pluck().get() ?? 0);
}

/** Keeps the adjacency for the next opening. */
export function storeGraph(database: Database, revision: number, body: Uint8Array): void {
  database.prepare('INSERT OR REPLACE INTO graph_cache (id, revision, body) VALUES (1, ?, ?)').run(revision, body);
}

/** Whether the stored adjacency is of this revision. */
export function isGraphStored(database: Database): boolean {
  return database.prepare('SELECT 1 FROM graph_cache WHERE revision = ?').get(revisionOf(database)) !== undefined;
}

/** Reads the standing graph whole: about a microsecond an edge. */
function graphRows(database: Database): GraphRows {
  const count = (sql: string) => database.prepare(sql).pluck().get() as number;
  const nodeCount = count('SELECT count(*) FROM object');
  const edgeCount = count('SELECT count(*) FROM edge');
  const rows = {
    nodes: new Int32Array(nodeCount),
    states: new Uint8Array(nodeCount),
    types: new Int32Array(nodeCount),
    src: new Int32Array(edgeCount),
    dst: new Int32Array(edgeCount),
    type: new Int32Array(edgeCount),
    rel: new Int32Array(edgeCount),
  };
  type Numbers = [number, number, number, number];
  let at = 0;
  for (const [key, state, type] of database
    .prepare('SELECT id, state, type FROM object ORDER BY id')
    .raw()
    .iterate() as Iterable<Numbers>) {
    rows.nodes[at] = key;
    rows.states[at] = state & RETIRED ? 0 : 1;
    rows.types[at++] = type;
  }
  at = 0;
  for (const [src, type, dst, rel] of database.prepare('SELECT src, type, dst, rel FROM edge').raw().iterate() as Iterable<Numbers>) {
    rows.src[at] = src;
    rows.type[at] = type;
    rows.dst[at] = dst;
    rows.rel[at++] = rel;
  }
  return rows;
}
