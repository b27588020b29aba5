import { type Graph, indexOf, spanOf } from './csr.ts';
import { degreesAt, idsAt } from './k-hop.ts';
import { topByDegree } from './rank.ts';
import { allowedIn, type Front, marksOf, queueOf, type Stop, sidesOf, step, stride, type WalkFilter } from './walk.ts';

/** Edges of each node, either direction, whose other end is live; 0 for ids that are not in the graph. */
export function degreesOf(graph: Graph, ids: readonly number[] | Int32Array): Uint32Array {
  return Uint32Array.from(ids, (id) => {
    const u = indexOf(graph, id);
    return u < 0 ? 0 : (graph.degree[u] as number);
  });
}

/** Parts that no edge joins, largest first, equal ones by their lowest id. `component[i]` is the part of `ids[i]`. */
export interface ComponentsAnswer {
  readonly ids: Int32Array;
  readonly component: Uint32Array;
  readonly sizes: Uint32Array;
}

/** The connected components of the allowed nodes, direction of edges aside. */
export function components(graph: Graph, filter: WalkFilter, stop: Stop): ComponentsAnswer {
  const allowed = allowedIn(graph, filter);
  const sides = sidesOf(graph, 'both');
  const marks = marksOf(graph, 0, 1);
  const queue = queueOf(graph, 0);
  // All levels of all parts carry the same mark: `depth` is put back before each step.
  const front: Front = { marks, queue, start: 0, end: 0, depth: -1 };
  const starts: number[] = [];
  let sinceStop = 0;
  for (let u = 0; u < graph.nodeCount; u++) {
    if (++sinceStop > stride) {
      stop();
      sinceStop = 0;
    }
    if ((marks.at[u] as number) >= marks.base || (!allowed.retired && graph.state[u] === 0)) continue;
    if (allowed.nodeType && allowed.nodeType[graph.kind[u] as number] === 0) continue;
    starts.push(front.end);
    marks.at[u] = marks.base;
    queue[front.end++] = u;
    while (front.start < front.end) {
      front.depth = -1;
      step(graph, front, sides, allowed, stop);
    }
  }
  const total = front.end;
  const sizeOf = (part: number) => (starts[part + 1] ?? total) - (starts[part] as number);
  // Parts were found in order of their lowest id.
  const order = starts.map((_, part) => part).sort((a, b) => sizeOf(b) - sizeOf(a) || a - b);
  const ids = new Int32Array(total);
  const component = new Uint32Array(total);
  const ranked = marksOf(graph, 1, order.length + 1);
  order.forEach((part, rank) => {
    const first = starts[part] as number;
    for (let place = first; place < first + sizeOf(part); place++) ranked.at[queue[place] as number] = ranked.base + rank;
  });
  let at = 0;
  for (let u = 0; u < graph.nodeCount; u++) {
    const rank = (ranked.at[u] as number) - ranked.base;
    if (rank < 0) continue;
    ids[at] = graph.ids[u] as number;
    component[at++] = rank;
  }
  return { ids, component, sizes: Uint32Array.from(order, sizeOf) };
}

/** The whole graph as arrays, or its nodes of highest degree and the edges among them. */
export interface SnapshotAnswer {
  /** Highest degree first. */
  readonly ids: Int32Array;
  readonly degrees: Uint32Array;
  /** Pairs of places in `ids`; parallel edges stand each. */
  readonly edges: Uint32Array;
  /** Live nodes, and edges among them. */
  readonly totalNodes: number;
  readonly totalEdges: number;
}

export function snapshot(graph: Graph, maxNodes: number, stop: Stop): SnapshotAnswer {
  const live = queueOf(graph, 0);
  let count = 0;
  for (let u = 0; u < graph.nodeCount; u++) if (graph.state[u] === 1) live[count++] = u;
  stop();
  const top = topByDegree(graph, live, 0, count, maxNodes);
  const place = marksOf(graph, 0, top.length);
  top.forEach((u, at) => {
    place.at[u] = place.base + at;
  });
  // A live node's degree counts each edge to a live node once a side, so that the sum is twice the edges.
  let ends = 0;
  for (let at = 0; at < count; at++) ends += graph.degree[live[at] as number] as number;
  let within = 0;
  for (const u of top) {
    const { list, start, end } = spanOf(graph.out, u);
    for (let e = start; e < end; e++) if ((place.at[list.to[e] as number] as number) >= place.base) within++;
  }
  stop();
  const edges = new Uint32Array(within * 2);
  let at = 0;
  top.forEach((u, from) => {
    const { list, start, end } = spanOf(graph.out, u);
    for (let e = start; e < end; e++) {
      const to = (place.at[list.to[e] as number] as number) - place.base;
      if (to < 0) continue;
      edges[at++] = from;
      edges[at++] = to;
    }
  });
  return {
    ids: idsAt(graph, top),
    degrees: degreesAt(graph, top),
    edges,
    totalNodes: count,
    totalEdges: ends / 2,
  };
}
