import type { Database } from '#main/platform/database/database.ts';
import { MISSING, RETIRED } from './state.ts';

/** The graph as the adjacency wants it: node keys ascending, 1 where live; edges as four columns. */
export interface GraphRows {
  readonly nodes: Int32Array;
  readonly states: Uint8Array;
  readonly types: Int32Array;
  readonly src: Int32Array;
  readonly dst: Int32Array;
  readonly type: Int32Array;
  readonly rel: Int32Array;
}

/** Reads the standing graph whole: about a microsecond an edge. */
export function loadGraph(database: Database): GraphRows {
  const count = (sql: string) => database.prepare(sql).pluck().get() as number;
  const nodeCount = count('SELECT count(*) FROM object');
  const edgeCount = count('SELECT count(*) FROM edge');
  const nodes = new Int32Array(nodeCount);
  const states = new Uint8Array(nodeCount);
  const types = new Int32Array(nodeCount);
  let at = 0;
  for (const [key, state, type] of database.prepare('SELECT id, state, type FROM object ORDER BY id').raw().iterate() as IterableIterator<
    [number, number, number]
  >) {
    if (at >= nodeCount) break;
    nodes[at] = key;
    states[at] = state & (RETIRED | MISSING) ? 0 : 1;
    types[at] = type;
    at++;
  }
  const src = new Int32Array(edgeCount);
  const dst = new Int32Array(edgeCount);
  const type = new Int32Array(edgeCount);
  const rel = new Int32Array(edgeCount);
  let edge = 0;
  for (const [s, t, d, r] of database.prepare('SELECT src, type, dst, rel FROM edge').raw().iterate() as IterableIterator<
    [number, number, number, number]
  >) {
    if (edge >= edgeCount) break;
    src[edge] = s;
    type[edge] = t;
    dst[edge] = d;
    rel[edge] = r;
    edge++;
  }
  return { nodes, states, types, src, dst, type, rel };
}
