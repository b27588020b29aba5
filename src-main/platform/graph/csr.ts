import { ContractError } from '#shared/transport/errors.ts';

/** The graph as columns: what a loader reads. Ids are positive 31-bit integers; nodes need no order. */
export interface GraphRows {
  readonly nodes: Int32Array;
  /** 1 where a node is live, 0 where it is retired or missing. */
  readonly states: Uint8Array;
  /** Type of each node, a number of the loader's choosing. */
  readonly types: Int32Array;
  readonly src: Int32Array;
  readonly dst: Int32Array;
  readonly type: Int32Array;
  /** What the edge stands for: `src, dst, type, rel` together are an edge's identity. */
  readonly rel: Int32Array;
}

/** Neighbours of all nodes in one direction, those of a node side by side, ascending by (neighbour, type, rel). */
export interface Neighbours {
  readonly to: Int32Array;
  /** Index into `Graph.edgeTypes`. */
  readonly type: Uint16Array;
  /** Empty on the way in: an edge's rel is looked up on its way out. */
  readonly rel: Int32Array;
}

/** Neighbours of one node since they differ from the base: arrays with room, of which `count` entries count. */
export interface Patch {
  to: Int32Array;
  type: Uint16Array;
  rel: Int32Array;
  count: number;
}

/** One direction. Node `u` has `base[start[u] .. start[u + 1]]`, or, where `dirty[u]` is 1, its patch. */
export interface Side {
  readonly start: Uint32Array;
  readonly base: Neighbours;
  dirty: Uint8Array;
  readonly patches: Map<number, Patch>;
  readonly keepsRel: boolean;
}

/**
 * Compressed sparse rows: nodes are indexes 0 … nodeCount - 1 in ascending order of id, so that order by
 * index is order by id. Arrays of nodes may be longer than `nodeCount` (room to grow). Changed by
 * `delta.ts` only.
 */
export interface Graph {
  nodeCount: number;
  edgeCount: number;
  ids: Int32Array;
  state: Uint8Array;
  /** Index into `nodeTypes`. */
  kind: Uint16Array;
  /** Edges of either direction whose other end is live, parallel ones counted each. */
  degree: Uint32Array;
  nodeTypes: Int32Array;
  edgeTypes: Int32Array;
  readonly out: Side;
  readonly in: Side;
}

const mostNodes = 1 << 26;
const mostEdges = 1 << 28;
const noInts = new Int32Array(0);

/**
 * Sorts columns into adjacency, in linear time. Edges that are named twice count once; ends
 * that are no node become retired nodes of type 0; edges with an end that is no positive number are left out.
 */
export function buildGraph(rows: GraphRows): Graph {
  const { src, dst, type, rel } = rows;
  const edges = src.length;
  if (
    dst.length !== edges ||
    type.length !== edges ||
    rel.length !== edges ||
    rows.states.length !== rows.nodes.length ||
    rows.types.length !== rows.nodes.length
  )
    throw new Error('columns of a graph differ in length');
  const nodes = sortedNodes(rows);
  const n = nodes.ids.length;
  if (n > mostNodes || edges > mostEdges) throw tooLarge(n, edges);

  const find = finder(nodes.ids);
  const from = new Int32Array(edges);
  const to = new Int32Array(edges);
  const missing = new Set<number>();
  for (let e = 0; e < edges; e++) {
    const a = find(src[e] as number);
    const b = find(dst[e] as number);
    if ((src[e] as number) < 1 || (dst[e] as number) < 1) return buildGraph(withoutLooseEnds(rows));
    if (a < 0) missing.add(src[e] as number);
    if (b < 0) missing.add(dst[e] as number);
    from[e] = a;
    to[e] = b;
  }
  // Seldom, so it may cost a second turn.
  if (missing.size > 0) return buildGraph(withNodes(rows, [...missing]));

  const kinds = dictionary(nodes.types);
  const types = dictionary(type);
  const byTo = countingSort(to, n, undefined);
  const order = countingSort(from, n, byTo.order);
  const out: Neighbours = { to: new Int32Array(edges), type: new Uint16Array(edges), rel: new Int32Array(edges) };
  for (let at = 0; at < edges; at++) {
    const e = order.order[at] as number;
    out.to[at] = to[e] as number;
    out.type[at] = types.index[e] as number;
    out.rel[at] = rel[e] as number;
  }
  const kept = orderParallel(order.start, out, n);
  const outStart = kept.start;
  const inward = reverse(outStart, kept.list, n);
  const graph: Graph = {
    nodeCount: n,
    edgeCount: kept.list.to.length,
    ids: nodes.ids,
    state: nodes.states,
    kind: kinds.index,
    degree: new Uint32Array(n),
    nodeTypes: kinds.values,
    edgeTypes: types.values,
    out: side(outStart, kept.list, true),
    in: side(inward.start, inward.list, false),
  };
  countDegrees(graph);
  return graph;
}

export function side(start: Uint32Array, base: Neighbours, keepsRel: boolean): Side {
  return { start, base, dirty: new Uint8Array(start.length - 1), patches: new Map(), keepsRel };
}

/** The index of a node by its id, or -1. */
export function indexOf(graph: Graph, id: number): number {
  return search(graph.ids, graph.nodeCount, id);
}

/** Binary search in ascending numbers; -1 where there is none such. */
export function search(ids: Int32Array, count: number, id: number): number {
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const value = ids[middle] as number;
    if (value === id) return middle;
    if (value < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Where the neighbours of a node stand: in which arrays, from where, to before where. */
export function spanOf(side: Side, node: number): { list: Neighbours; start: number; end: number } {
  if (side.dirty[node] === 1) {
    const patch = side.patches.get(node) as Patch;
    return { list: patch, start: 0, end: patch.count };
  }
  return { list: side.base, start: side.start[node] as number, end: side.start[node + 1] as number };
}

/** All edges as columns of ids; the inverse of `buildGraph`. */
export function rowsOf(graph: Graph): GraphRows {
  const { nodeCount: n, edgeCount: m, ids } = graph;
  const rows = {
    nodes: ids.slice(0, n),
    states: graph.state.slice(0, n),
    types: Int32Array.from({ length: n }, (_, u) => graph.nodeTypes[graph.kind[u] as number] as number),
    src: new Int32Array(m),
    dst: new Int32Array(m),
    type: new Int32Array(m),
    rel: new Int32Array(m),
  };
  let at = 0;
  for (let u = 0; u < n; u++) {
    const { list, start, end } = spanOf(graph.out, u);
    for (let e = start; e < end; e++, at++) {
      rows.src[at] = ids[u] as number;
      rows.dst[at] = ids[list.to[e] as number] as number;
      rows.type[at] = graph.edgeTypes[list.type[e] as number] as number;
      rows.rel[at] = list.rel[e] as number;
    }
  }
  return rows;
}

function sortedNodes({ nodes, states, types }: GraphRows): { ids: Int32Array; states: Uint8Array; types: Int32Array } {
  let ascending = true;
  let least = 1;
  for (let at = 0; at < nodes.length; at++) {
    const id = nodes[at] as number;
    if (at > 0 && id <= (nodes[at - 1] as number)) ascending = false;
    if (id < least) least = id;
  }
  if (least < 1) throw new Error('ids of nodes must be positive');
  if (ascending) return { ids: nodes.slice(), states: states.map((state) => state & 1), types };
  const order = Uint32Array.from(nodes, (_, at) => at).sort((a, b) => (nodes[a] as number) - (nodes[b] as number) || a - b);
  // Of a node named twice the last counts.
  const kept = order.filter((at, place) => place + 1 === order.length || nodes[at] !== nodes[order[place + 1] as number]);
  return {
    ids: Int32Array.from(kept, (at) => nodes[at] as number),
    states: Uint8Array.from(kept, (at) => (states[at] as number) & 1),
    types: Int32Array.from(kept, (at) => types[at] as number),
  };
}

function withoutLooseEnds(rows: GraphRows): GraphRows {
  const both = (_: number, e: number) => (rows.src[e] as number) > 0 && (rows.dst[e] as number) > 0;
  return { ...rows, src: rows.src.filter(both), dst: rows.dst.filter(both), type: rows.type.filter(both), rel: rows.rel.filter(both) };
}

function withNodes(rows: GraphRows, ids: readonly number[]): GraphRows {
  const nodes = new Int32Array(rows.nodes.length + ids.length);
  nodes.set(rows.nodes);
  nodes.set(ids, rows.nodes.length);
  const states = new Uint8Array(nodes.length);
  states.set(rows.states);
  const types = new Int32Array(nodes.length);
  types.set(rows.types);
  return { ...rows, nodes, states, types };
}

/** Look-up of many ids: a table where the ids are dense enough for it, else binary search. */
function finder(ids: Int32Array): (id: number) => number {
  const most = ids.at(-1) ?? 0;
  if (most > 1 << 25 && most > ids.length * 16) return (id) => search(ids, ids.length, id);
  const table = new Int32Array(most + 1);
  for (let at = 0; at < ids.length; at++) table[ids[at] as number] = at + 1;
  return (id) => (id > 0 && id <= most ? (table[id] as number) - 1 : -1);
}

/** Distinct numbers ascending, and for each entry the place of its number among them. */
export function dictionary(numbers: Int32Array): { values: Int32Array; index: Uint16Array } {
  const places = new Map<number, number>();
  for (const one of numbers) {
    if (places.has(one)) continue;
    places.set(one, 0);
    if (places.size > 0xffff) throw new ContractError('too_large', 'The graph has more than 65,535 types; remove what is not needed.');
  }
  const values = Int32Array.from(places.keys()).sort();
  values.forEach((value, place) => places.set(value, place));
  const index = new Uint16Array(numbers.length);
  for (let at = 0; at < numbers.length; at++) index[at] = places.get(numbers[at] as number) as number;
  return { values, index };
}

/** Adds one, and returns what stood there before. */
function count(counters: Uint32Array, at: number): number {
  const before = counters[at] as number;
  counters[at] = before + 1;
  return before;
}

/** Stable: entries in `before`'s order (or their own), ordered by key; `start[k]` is where key k begins. */
function countingSort(keys: Int32Array, n: number, before: Uint32Array | undefined): { order: Uint32Array; start: Uint32Array } {
  const start = new Uint32Array(n + 1);
  for (let at = 0; at < keys.length; at++) count(start, (keys[at] as number) + 1);
  for (let key = 0; key < n; key++) start[key + 1] = (start[key + 1] as number) + (start[key] as number);
  const next = start.slice(0, n);
  const order = new Uint32Array(keys.length);
  for (let at = 0; at < keys.length; at++) {
    const entry = before ? (before[at] as number) : at;
    order[count(next, keys[entry] as number)] = entry;
  }
  return { order, start };
}

/** Puts edges between the same two nodes into the order of (type, rel) and drops doubles. */
function orderParallel(start: Uint32Array, list: Neighbours, n: number): { start: Uint32Array; list: Neighbours } {
  const { to, type, rel } = list;
  let doubles = 0;
  for (let u = 0; u < n; u++) {
    const end = start[u + 1] as number;
    for (let e = start[u] as number; e < end; ) {
      let past = e + 1;
      while (past < end && to[past] === to[e]) past++;
      if (past - e > 1) doubles += sortRun(type, rel, e, past);
      e = past;
    }
  }
  if (doubles === 0) return { start, list };
  const kept: Neighbours = {
    to: new Int32Array(to.length - doubles),
    type: new Uint16Array(to.length - doubles),
    rel: new Int32Array(to.length - doubles),
  };
  const keptStart = new Uint32Array(n + 1);
  let at = 0;
  for (let u = 0; u < n; u++) {
    keptStart[u] = at;
    const first = start[u] as number;
    for (let e = first; e < (start[u + 1] as number); e++) {
      if (e > first && to[e] === to[e - 1] && type[e] === type[e - 1] && rel[e] === rel[e - 1]) continue;
      kept.to[at] = to[e] as number;
      kept.type[at] = type[e] as number;
      kept.rel[at] = rel[e] as number;
      at++;
    }
  }
  keptStart[n] = at;
  return { start: keptStart, list: kept };
}

/** Sorts one run of parallel edges in place; returns how many stand there twice. */
function sortRun(type: Uint16Array, rel: Int32Array, from: number, to: number): number {
  // One number a pair, exact below 2^53: type has 16 bits, rel 31.
  const keys = new Float64Array(to - from);
  for (let at = 0; at < keys.length; at++) keys[at] = (type[from + at] as number) * 2 ** 32 + (rel[from + at] as number);
  keys.sort();
  let doubles = 0;
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as number;
    if (at > 0 && key === keys[at - 1]) doubles++;
    type[from + at] = Math.floor(key / 2 ** 32);
    rel[from + at] = key % 2 ** 32;
  }
  return doubles;
}

/** The same edges by their other end, each node's in ascending order. */
export function reverse(start: Uint32Array, { to, type }: Neighbours, n: number): { start: Uint32Array; list: Neighbours } {
  const reversed = new Uint32Array(n + 1);
  for (let e = 0; e < to.length; e++) count(reversed, (to[e] as number) + 1);
  for (let u = 0; u < n; u++) reversed[u + 1] = (reversed[u + 1] as number) + (reversed[u] as number);
  const next = reversed.slice(0, n);
  const list: Neighbours = { to: new Int32Array(to.length), type: new Uint16Array(to.length), rel: noInts };
  for (let u = 0; u < n; u++) {
    const end = start[u + 1] as number;
    for (let e = start[u] as number; e < end; e++) {
      const at = count(next, to[e] as number);
      list.to[at] = u;
      list.type[at] = type[e] as number;
    }
  }
  return { start: reversed, list };
}

/** Counts anew, over the base alone. */
function countDegrees({ nodeCount, state, degree, out }: Graph): void {
  const { start, base } = out;
  for (let u = 0; u < nodeCount; u++) {
    const end = start[u + 1] as number;
    const isLive = state[u] as number;
    for (let e = start[u] as number; e < end; e++) {
      const v = base.to[e] as number;
      degree[u] = (degree[u] as number) + (state[v] as number);
      degree[v] = (degree[v] as number) + isLive;
    }
  }
}

function tooLarge(nodes: number, edges: number) {
  return new ContractError(
    'too_large',
    `The graph has ${nodes} nodes and ${edges} edges; Redoubt walks at most ${mostNodes} and ${mostEdges}. Split the workspace.`,
  );
}
