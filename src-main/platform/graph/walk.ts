import type { Graph, Side } from './csr.ts';

export type Direction = 'out' | 'in' | 'both';

/** Which edges and nodes a walk may use. Nodes that it starts from, or ends at, are always allowed. */
export interface WalkFilter {
  /** Numbers of edge types; all where absent. */
  readonly edgeTypes?: readonly number[] | undefined;
  /** Numbers of node types; all where absent. Nodes of others are neither shown nor passed through. */
  readonly nodeTypes?: readonly number[] | undefined;
  /** Whether nodes that are not live may be passed. */
  readonly includeRetired?: boolean | undefined;
}

/** A filter resolved against one graph: a byte for each type, undefined where all are allowed. */
export interface Allowed {
  readonly edgeType: Uint8Array | undefined;
  readonly nodeType: Uint8Array | undefined;
  readonly retired: boolean;
  /** A node that may be reached whatever the filter says: where a path shall end. -1: none. */
  readonly exempt: number;
}

/** Throws where the work is no longer wanted; called every few thousand steps. */
export type Stop = () => void;

/** Edges looked at between two looks at the clock: well below a millisecond. */
export const stride = 8192;

export function allowedIn(graph: Graph, filter: WalkFilter): Allowed {
  return {
    edgeType: filter.edgeTypes && mask(graph.edgeTypes, filter.edgeTypes),
    nodeType: filter.nodeTypes && mask(graph.nodeTypes, filter.nodeTypes),
    retired: filter.includeRetired ?? false,
    exempt: -1,
  };
}

function mask(values: Int32Array, chosen: readonly number[]): Uint8Array {
  const set = new Set(chosen);
  return Uint8Array.from(values, (value) => (set.has(value) ? 1 : 0));
}

export function sidesOf(graph: Graph, direction: Direction): readonly Side[] {
  return direction === 'out' ? [graph.out] : direction === 'in' ? [graph.in] : [graph.out, graph.in];
}

export function opposite(direction: Direction): Direction {
  return direction === 'out' ? 'in' : direction === 'in' ? 'out' : 'both';
}

/**
 * One mark a node, never cleared: what a walk writes is at least its own `base`, and all that earlier
 * walks wrote lies below.
 */
export interface Marks {
  readonly at: Int32Array;
  readonly base: number;
}

const pools = new WeakMap<Graph, { at: Int32Array; next: number }[]>();

/** The `which`-th array of marks of this graph, with room for `values` different marks from `base` up. */
export function marksOf(graph: Graph, which: number, values: number): Marks {
  let pool = pools.get(graph);
  if (!pool) pools.set(graph, (pool = []));
  let one = pool[which];
  if (!one || one.at.length < graph.nodeCount || one.next + values > 0x7fffffff)
    pool[which] = one = { at: new Int32Array(graph.ids.length), next: 1 };
  const base = one.next;
  one.next += values;
  return { at: one.at, base };
}

const queues = new WeakMap<Graph, Int32Array[]>();

/** A list with room for every node, kept between walks. */
export function queueOf(graph: Graph, which: number): Int32Array {
  let pool = queues.get(graph);
  if (!pool) queues.set(graph, (pool = []));
  let one = pool[which];
  if (!one || one.length < graph.nodeCount) pool[which] = one = new Int32Array(graph.ids.length);
  return one;
}

/** A walk by levels in one direction. `queue[start .. end]` is its present level, `depth` the number of steps to it. */
export interface Front {
  readonly marks: Marks;
  readonly queue: Int32Array;
  start: number;
  end: number;
  depth: number;
}

/**
 * One step outwards: marks each allowed, unmarked neighbour of the present level with `base + depth`
 * and makes these the present level. The hot loop of everything here: no allocation, one look at
 * memory of the neighbour for each edge.
 */
export function step(graph: Graph, front: Front, sides: readonly Side[], allowed: Allowed, stop: Stop): void {
  const { at: mark, base } = front.marks;
  const { queue, start, end } = front;
  const { state, kind } = graph;
  const { edgeType, nodeType, retired, exempt } = allowed;
  const level = base + front.depth + 1;
  let tail = end;
  let left = stride;
  for (const side of sides) {
    const { dirty } = side;
    for (let place = start; place < end; place++) {
      const u = queue[place] as number;
      let list: { to: Int32Array; type: Uint16Array } = side.base;
      let e: number;
      let past: number;
      if (dirty[u] === 1) {
        const patch = side.patches.get(u);
        if (!patch) continue;
        list = patch;
        e = 0;
        past = patch.count;
      } else {
        e = side.start[u] as number;
        past = side.start[u + 1] as number;
      }
      left -= past - e + 1;
      if (left < 0) {
        stop();
        left = stride;
      }
      const to = list.to;
      const type = list.type;
      for (; e < past; e++) {
        const v = to[e] as number;
        if ((mark[v] as number) >= base) continue;
        if (edgeType !== undefined && edgeType[type[e] as number] === 0) continue;
        if (!retired && state[v] === 0 && v !== exempt) continue;
        if (nodeType !== undefined && nodeType[kind[v] as number] === 0 && v !== exempt) continue;
        mark[v] = level;
        queue[tail++] = v;
      }
    }
  }
  front.start = end;
  front.end = tail;
  front.depth++;
}
