import { buildGraph, type Graph, indexOf, type Patch, rowsOf, type Side, spanOf } from './csr.ts';

/**
 * What a committed transaction changed. Edges are four numbers each (src, type, dst, rel), nodes three
 * (id, 1 where live, type). An edge may stand on both sides: only the balance counts, so that the order
 * within a transaction need not be told.
 */
export interface GraphDelta {
  readonly added: ArrayLike<number>;
  readonly removed: ArrayLike<number>;
  readonly nodes: ArrayLike<number>;
}

/** Edges as they shall stand: columns, ascending by (src, dst, type, rel). */
interface Outcomes {
  readonly count: number;
  readonly src: Int32Array;
  readonly dst: Int32Array;
  readonly type: Int32Array;
  readonly rel: Int32Array;
  /** 1: there, 0: not there. */
  readonly there: Uint8Array;
}

/** Entries in patches beyond which patches are merged into a new base. */
const mostPatched = (graph: Graph) => Math.max(100_000, graph.edgeCount / 2);
/** Changes at once beyond which merging is cheaper than patching. */
const mostAtOnce = (graph: Graph) => Math.max(20_000, graph.edgeCount / 20);

/**
 * Brings the graph into step with transactions, oldest first. Returns the graph to use from now on:
 * the same, changed, or a new one where merging was cheaper. Applying the same deltas again in the
 * same order changes nothing, so that it does no harm if a loader has seen them already.
 */
export function applyDeltas(graph: Graph, deltas: readonly GraphDelta[]): Graph {
  const outcomes = settle(deltas);
  const nodes = new Map<number, { state: number; type: number }>();
  for (const { nodes: told } of deltas)
    for (let at = 0; at + 2 < told.length; at += 3)
      if ((told[at] as number) > 0) nodes.set(told[at] as number, { state: (told[at + 1] as number) & 1, type: told[at + 2] as number });
  // An edge may name a node that nothing tells of: it stands as a retired one until told.
  for (const { added } of deltas)
    for (let at = 0; at < added.length; at += 2) {
      const id = added[at] as number;
      if (id > 0 && indexOf(graph, id) < 0 && !nodes.has(id)) nodes.set(id, { state: 0, type: 0 });
    }

  const fresh = [...nodes.keys()].filter((id) => indexOf(graph, id) < 0).sort((a, b) => a - b);
  const last = graph.nodeCount > 0 ? (graph.ids[graph.nodeCount - 1] as number) : 0;
  const outOfOrder = fresh.length > 0 && (fresh[0] as number) <= last;
  if (outOfOrder || outcomes.count > mostAtOnce(graph) || patchedEntries(graph) + outcomes.count > mostPatched(graph))
    return merge(graph, outcomes, nodes);

  grow(graph, fresh);
  for (const [id, { state, type }] of nodes) setNode(graph, indexOf(graph, id), state, type);
  for (let at = 0; at < outcomes.count; at++) {
    const u = indexOf(graph, outcomes.src[at] as number);
    const v = indexOf(graph, outcomes.dst[at] as number);
    if (u < 0 || v < 0) continue;
    const type = outcomes.type[at] as number;
    if (outcomes.there[at] === 1) addEdge(graph, u, v, type, outcomes.rel[at] as number);
    else removeEdge(graph, u, v, type, outcomes.rel[at] as number);
  }
  return graph;
}

/** What takes a delta off again once it is applied: only what it will change, so that what stands already stays. */
export function inverseOf(graph: Graph, { added, removed, nodes }: GraphDelta): GraphDelta {
  const stands = (list: ArrayLike<number>, at: number): boolean => {
    const u = indexOf(graph, list[at] as number);
    const v = indexOf(graph, list[at + 2] as number);
    return u >= 0 && v >= 0 && placeOf(graph, graph.out, u, v, list[at + 1] as number, list[at + 3] as number).found;
  };
  const edges = (list: ArrayLike<number>, standing: boolean): number[] => {
    const chosen: number[] = [];
    for (let at = 0; at + 3 < list.length; at += 4)
      if (stands(list, at) === standing)
        chosen.push(list[at] as number, list[at + 1] as number, list[at + 2] as number, list[at + 3] as number);
    return chosen;
  };
  const before: number[] = [];
  for (let at = 0; at + 2 < nodes.length; at += 3) {
    const u = indexOf(graph, nodes[at] as number);
    before.push(
      nodes[at] as number,
      u < 0 ? 0 : (graph.state[u] as number),
      u < 0 ? 0 : (graph.nodeTypes[graph.kind[u] as number] as number),
    );
  }
  return { added: edges(removed, true), removed: edges(added, false), nodes: before };
}

/** The same graph without patches. */
export function compact(graph: Graph): Graph {
  return patchedEntries(graph) === 0 && graph.ids.length === graph.nodeCount ? graph : buildGraph(rowsOf(graph));
}

function patchedEntries(graph: Graph): number {
  let entries = 0;
  for (const side of [graph.out, graph.in]) for (const { count } of side.patches.values()) entries += count + 1;
  return entries;
}

/** What the deltas come to for each edge they name; edges whose balance is nought in each are left out. */
function settle(deltas: readonly GraphDelta[]): Outcomes {
  let total = 0;
  for (const { added, removed } of deltas) total += (added.length >> 2) + (removed.length >> 2);
  const columns = { src: new Int32Array(total), type: new Int32Array(total), dst: new Int32Array(total), rel: new Int32Array(total) };
  const sign = new Int8Array(total);
  const delta = new Int32Array(total);
  let at = 0;
  deltas.forEach(({ added, removed }, number) => {
    for (const [list, one] of [[added, 1] as const, [removed, -1] as const])
      for (let place = 0; place + 3 < list.length; place += 4) {
        if ((list[place] as number) < 1 || (list[place + 2] as number) < 1) continue;
        columns.src[at] = list[place] as number;
        columns.type[at] = list[place + 1] as number;
        columns.dst[at] = list[place + 2] as number;
        columns.rel[at] = list[place + 3] as number;
        sign[at] = one;
        delta[at++] = number;
      }
  });
  const { src, dst, type, rel } = columns;
  const by = (column: Int32Array, a: number, b: number) => (column[a] as number) - (column[b] as number);
  const same = (a: number, b: number) => by(src, a, b) || by(dst, a, b) || by(type, a, b) || by(rel, a, b);
  total = at;
  const order = Uint32Array.from({ length: total }, (_, entry) => entry).sort((a, b) => same(a, b) || by(delta, a, b));

  const settled = { src: new Int32Array(total), dst: new Int32Array(total), type: new Int32Array(total), rel: new Int32Array(total) };
  const there = new Uint8Array(total);
  let count = 0;
  for (let first = 0; first < total; ) {
    const edge = order[first] as number;
    let last = 0;
    let past = first;
    while (past < total && same(edge, order[past] as number) === 0) {
      const number = delta[order[past] as number] as number;
      let balance = 0;
      for (; past < total && delta[order[past] as number] === number && same(edge, order[past] as number) === 0; past++)
        balance += sign[order[past] as number] as number;
      if (balance !== 0) last = balance;
    }
    first = past;
    if (last === 0) continue;
    settled.src[count] = src[edge] as number;
    settled.dst[count] = dst[edge] as number;
    settled.type[count] = type[edge] as number;
    settled.rel[count] = rel[edge] as number;
    there[count] = last > 0 ? 1 : 0;
    count++;
  }
  return { ...settled, there, count };
}

/** Both lists of edges are in one order, so that one pass joins them; then the graph is built anew. */
function merge(graph: Graph, outcomes: Outcomes, nodes: ReadonlyMap<number, { state: number; type: number }>): Graph {
  const rows = rowsOf(graph);
  const m = rows.src.length;
  const most = m + outcomes.count;
  const joined = { src: new Int32Array(most), dst: new Int32Array(most), type: new Int32Array(most), rel: new Int32Array(most) };
  const columns = ['src', 'dst', 'type', 'rel'] as const;
  let length = 0;
  let e = 0;
  let o = 0;
  while (e < m || o < outcomes.count) {
    let order = 0;
    if (e >= m) order = 1;
    else if (o >= outcomes.count) order = -1;
    else for (const column of columns) if ((order = (rows[column][e] as number) - (outcomes[column][o] as number)) !== 0) break;
    const keep = order < 0 || outcomes.there[o] === 1;
    if (keep) {
      for (const column of columns) joined[column][length] = (order < 0 ? rows[column][e] : outcomes[column][o]) as number;
      length++;
    }
    if (order <= 0) e++;
    if (order >= 0) o++;
  }
  const known = rows.nodes.length;
  const extra = [...nodes].filter(([id]) => indexOf(graph, id) < 0).sort(([a], [b]) => a - b);
  const ids = new Int32Array(known + extra.length);
  const states = new Uint8Array(ids.length);
  const types = new Int32Array(ids.length);
  ids.set(rows.nodes);
  states.set(rows.states);
  types.set(rows.types);
  extra.forEach(([id], place) => {
    ids[known + place] = id;
  });
  const set = (at: number, { state, type }: { state: number; type: number }) => {
    states[at] = state;
    types[at] = type;
  };
  for (const [id, value] of nodes) {
    const at = indexOf(graph, id);
    if (at >= 0) set(at, value);
  }
  extra.forEach(([, value], place) => set(known + place, value));
  const cut = (column: Int32Array) => column.subarray(0, length);
  return buildGraph({
    nodes: ids,
    states,
    types,
    src: cut(joined.src),
    dst: cut(joined.dst),
    type: cut(joined.type),
    rel: cut(joined.rel),
  });
}

/** Appends nodes whose ids lie past all others; they begin retired, without edges. */
function grow(graph: Graph, fresh: readonly number[]): void {
  if (fresh.length === 0) return;
  const need = graph.nodeCount + fresh.length;
  if (need > graph.ids.length) {
    const room = need + (need >> 2) + 16;
    graph.ids = copied(new Int32Array(room), graph.ids);
    graph.state = copied(new Uint8Array(room), graph.state);
    graph.kind = copied(new Uint16Array(room), graph.kind);
    graph.degree = copied(new Uint32Array(room), graph.degree);
    graph.out.dirty = copied(new Uint8Array(room), graph.out.dirty);
    graph.in.dirty = copied(new Uint8Array(room), graph.in.dirty);
  }
  for (const id of fresh) {
    const u = graph.nodeCount++;
    graph.ids[u] = id;
    graph.state[u] = 0;
    graph.kind[u] = 0;
    graph.degree[u] = 0;
    for (const side of [graph.out, graph.in]) {
      side.dirty[u] = 1;
      side.patches.set(u, { to: new Int32Array(4), type: new Uint16Array(4), rel: new Int32Array(side.keepsRel ? 4 : 0), count: 0 });
    }
  }
}

function setNode(graph: Graph, u: number, state: number, type: number): void {
  const known = graph.nodeTypes.indexOf(type);
  graph.kind[u] = known < 0 ? graph.nodeTypes.length : known;
  if (known < 0) graph.nodeTypes = appended(graph.nodeTypes, type);
  const change = state - (graph.state[u] as number);
  if (change === 0) return;
  graph.state[u] = state;
  for (const side of [graph.out, graph.in]) {
    const { list, start, end } = spanOf(side, u);
    for (let e = start; e < end; e++) {
      const v = list.to[e] as number;
      graph.degree[v] = (graph.degree[v] as number) + change;
    }
  }
}

function addEdge(graph: Graph, u: number, v: number, type: number, rel: number): void {
  let index = graph.edgeTypes.indexOf(type);
  if (index < 0) {
    index = graph.edgeTypes.length;
    graph.edgeTypes = appended(graph.edgeTypes, type);
  }
  const place = placeOf(graph, graph.out, u, v, type, rel);
  if (place.found) return;
  insert(patchOf(graph.out, u), place.at, v, index, rel);
  insert(patchOf(graph.in, v), placeOf(graph, graph.in, v, u, type, rel).at, u, index, undefined);
  countEdge(graph, u, v, 1);
}

function removeEdge(graph: Graph, u: number, v: number, type: number, rel: number): void {
  const place = placeOf(graph, graph.out, u, v, type, rel);
  if (!place.found) return;
  remove(patchOf(graph.out, u), place.at);
  remove(patchOf(graph.in, v), placeOf(graph, graph.in, v, u, type, rel).at);
  countEdge(graph, u, v, -1);
}

function countEdge(graph: Graph, u: number, v: number, change: 1 | -1): void {
  graph.edgeCount += change;
  graph.degree[u] = (graph.degree[u] as number) + change * (graph.state[v] as number);
  graph.degree[v] = (graph.degree[v] as number) + change * (graph.state[u] as number);
}

/** Where an edge stands, or would stand, counted from the node's first. On the way in rel does not count. */
function placeOf(graph: Graph, side: Side, node: number, to: number, type: number, rel: number): { at: number; found: boolean } {
  const { list, start, end } = spanOf(side, node);
  const compare = (e: number) =>
    (list.to[e] as number) - to ||
    (graph.edgeTypes[list.type[e] as number] as number) - type ||
    (side.keepsRel ? (list.rel[e] as number) - rel : 0);
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(middle) < 0) low = middle + 1;
    else high = middle;
  }
  return { at: low - start, found: low < end && compare(low) === 0 };
}

function patchOf(side: Side, u: number): Patch {
  const known = side.patches.get(u);
  if (known) return known;
  const { list, start, end } = spanOf(side, u);
  const count = end - start;
  const room = count + 4;
  const patch: Patch = {
    to: copied(new Int32Array(room), list.to.subarray(start, end)),
    type: copied(new Uint16Array(room), list.type.subarray(start, end)),
    rel: side.keepsRel ? copied(new Int32Array(room), list.rel.subarray(start, end)) : new Int32Array(0),
    count,
  };
  side.patches.set(u, patch);
  side.dirty[u] = 1;
  return patch;
}

function insert(patch: Patch, at: number, to: number, type: number, rel: number | undefined): void {
  if (patch.count === patch.to.length) {
    const room = patch.count * 2;
    patch.to = copied(new Int32Array(room), patch.to);
    patch.type = copied(new Uint16Array(room), patch.type);
    if (rel !== undefined) patch.rel = copied(new Int32Array(room), patch.rel);
  }
  for (const column of [patch.to, patch.type, patch.rel]) column.copyWithin(at + 1, at, patch.count);
  patch.to[at] = to;
  patch.type[at] = type;
  if (rel !== undefined) patch.rel[at] = rel;
  patch.count++;
}

function remove(patch: Patch, at: number): void {
  for (const column of [patch.to, patch.type, patch.rel]) column.copyWithin(at, at + 1, patch.count);
  patch.count--;
}

function copied<A extends Int32Array | Uint32Array | Uint16Array | Uint8Array>(target: A, source: A): A {
  target.set(source);
  return target;
}

function appended(values: Int32Array, value: number): Int32Array {
  if (values.length >= 0xffff) throw new Error('more than 65,535 types');
  return Int32Array.from([...values, value]);
}
