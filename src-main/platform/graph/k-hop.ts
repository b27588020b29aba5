import { type Graph, indexOf, spanOf } from './csr.ts';
import { topByDegree } from './rank.ts';
import { allowedIn, type Direction, type Front, marksOf, queueOf, type Stop, sidesOf, step, stride, type WalkFilter } from './walk.ts';

export interface NeighbourhoodQuestion extends WalkFilter {
  readonly ids: readonly number[];
  /** 0 to 100. */
  readonly hops: number;
  /** Whether to follow edges, walk against them, or both. */
  readonly direction: Direction;
  /** Most nodes in the answer. */
  readonly limit: number;
  /** Most edges in the answer; 0, or absent: edges are neither listed nor counted. */
  readonly edgeLimit?: number | undefined;
  /** False: equally near nodes come as they were found, for those who want all within reach and no order. */
  readonly ranked?: boolean | undefined;
}

/** Edges as columns: ids of their ends, numbers of their type and of what they stand for. */
export interface EdgeColumns {
  readonly src: Int32Array;
  readonly type: Int32Array;
  readonly dst: Int32Array;
  readonly rel: Int32Array;
}

/**
 * Nodes nearest first, those equally near by degree, equal ones by id; so each shown node, but the
 * first, has a neighbour shown before it. Totals count what lies past the limits too.
 */
export interface NeighbourhoodAnswer {
  readonly ids: Int32Array;
  readonly hops: Uint8Array;
  readonly degrees: Uint32Array;
  readonly totalNodes: number;
  /** Edges among the shown nodes, of the allowed types. */
  readonly edges: EdgeColumns;
  /** Edges among all nodes within reach. */
  readonly totalEdges: number;
}

/** All nodes within some hops of the given ones. Ids that are not in the graph are passed over. */
export function neighbourhood(graph: Graph, question: NeighbourhoodQuestion, stop: Stop): NeighbourhoodAnswer {
  const allowed = allowedIn(graph, question);
  const sides = sidesOf(graph, question.direction);
  const marks = marksOf(graph, 0, 256);
  const queue = queueOf(graph, 0);
  const front: Front = { marks, queue, start: 0, end: 0, depth: 0 };
  for (const id of question.ids) {
    const u = indexOf(graph, id);
    if (u < 0 || (marks.at[u] as number) >= marks.base) continue;
    marks.at[u] = marks.base;
    queue[front.end++] = u;
  }
  const levels = [0, front.end];
  while (front.depth < Math.min(question.hops, 100) && front.start < front.end) {
    step(graph, front, sides, allowed, stop);
    levels.push(front.end);
  }
  const total = front.end;
  stop();

  const shown = new Int32Array(Math.min(question.limit, total));
  const hops = new Uint8Array(shown.length);
  let count = 0;
  for (let level = 0; level + 1 < levels.length && count < shown.length; level++) {
    const start = levels[level] as number;
    const end = levels[level + 1] as number;
    const top =
      question.ranked === false
        ? queue.subarray(start, Math.min(end, start + shown.length - count))
        : topByDegree(graph, queue, start, end, shown.length - count);
    shown.set(top, count);
    hops.fill(level, count, count + top.length);
    count += top.length;
  }
  const edges = question.edgeLimit
    ? {
        edges: edgesAmong(graph, shown, allowed.edgeType, question.edgeLimit, stop),
        totalEdges: countWithin(graph, queue, total, allowed.edgeType, stop),
      }
    : { edges: noEdges(), totalEdges: 0 };
  return {
    ids: idsAt(graph, shown),
    hops,
    degrees: degreesAt(graph, shown),
    totalNodes: total,
    ...edges,
  };
}

/** Plain loops over arrays of one kind each: `map`, `from` and a generic function cost ten times as much. */
export function idsAt(graph: Graph, nodes: Int32Array): Int32Array {
  const { ids } = graph;
  const found = new Int32Array(nodes.length);
  for (let at = 0; at < found.length; at++) found[at] = ids[nodes[at] as number] as number;
  return found;
}

export function degreesAt(graph: Graph, nodes: Int32Array): Uint32Array {
  const { degree } = graph;
  const found = new Uint32Array(nodes.length);
  for (let at = 0; at < found.length; at++) found[at] = degree[nodes[at] as number] as number;
  return found;
}

/** Edges with both ends among these nodes (indexes), in the nodes' order, at most `limit`. */
export function edgesAmong(graph: Graph, nodes: Int32Array, edgeType: Uint8Array | undefined, limit: number, stop: Stop): EdgeColumns {
  const { at: mark, base } = marksOf(graph, 1, 1);
  for (const u of nodes) mark[u] = base;
  const src: number[] = [];
  const type: number[] = [];
  const dst: number[] = [];
  const rel: number[] = [];
  let left = stride;
  for (const u of nodes) {
    const { list, start, end } = spanOf(graph.out, u);
    if ((left -= end - start + 1) < 0) {
      stop();
      left = stride;
    }
    for (let e = start; e < end; e++) {
      const v = list.to[e] as number;
      if (mark[v] !== base || (edgeType && edgeType[list.type[e] as number] === 0)) continue;
      if (src.length === limit) return spanningFirst(graph, nodes, edgeType, limit, stop);
      src.push(graph.ids[u] as number);
      type.push(graph.edgeTypes[list.type[e] as number] as number);
      dst.push(graph.ids[v] as number);
      rel.push(list.rel[e] as number);
    }
  }
  return columns(src, type, dst, rel);
}

/**
 * Where not all edges fit: first one edge for each node to a node shown before it, as long as they fit, so
 * that no node stands alone in a picture; then the others in the usual order.
 */
function spanningFirst(graph: Graph, nodes: Int32Array, edgeType: Uint8Array | undefined, limit: number, stop: Stop): EdgeColumns {
  const { at: mark, base } = marksOf(graph, 1, nodes.length);
  nodes.forEach((u, place) => {
    mark[u] = base + place;
  });
  /** For each node the source and place in its list of the edge that ties it to an earlier node. */
  const tieFrom = new Int32Array(nodes.length).fill(-1);
  const tieAt = new Int32Array(nodes.length);
  const chosen: { u: number; e: number }[] = [];
  const visit = (take: (u: number, e: number, later: number) => void) => {
    let left = stride;
    for (const u of nodes) {
      const { list, start, end } = spanOf(graph.out, u);
      if ((left -= end - start + 1) < 0) {
        stop();
        left = stride;
      }
      for (let e = start; e < end; e++) {
        const place = (mark[list.to[e] as number] as number) - base;
        if (place < 0 || (edgeType && edgeType[list.type[e] as number] === 0)) continue;
        take(u, e, Math.max(place, (mark[u] as number) - base));
      }
    }
  };
  visit((u, e, later) => {
    if (tieFrom[later] !== -1 || chosen.length === limit) return;
    if ((spanOf(graph.out, u).list.to[e] as number) === u) return;
    tieFrom[later] = u;
    tieAt[later] = e;
    chosen.push({ u, e });
  });
  visit((u, e, later) => {
    if (chosen.length < limit && !(tieFrom[later] === u && tieAt[later] === e)) chosen.push({ u, e });
  });
  const lists = chosen.map(({ u, e }) => ({ u, e, list: spanOf(graph.out, u).list }));
  return columns(
    lists.map(({ u }) => graph.ids[u] as number),
    lists.map(({ e, list }) => graph.edgeTypes[list.type[e] as number] as number),
    lists.map(({ e, list }) => graph.ids[list.to[e] as number] as number),
    lists.map(({ e, list }) => list.rel[e] as number),
  );
}

/** Counts the allowed edges among the first `count` nodes of the queue, which are marked in the first marks. */
function countWithin(graph: Graph, queue: Int32Array, count: number, edgeType: Uint8Array | undefined, stop: Stop): number {
  // The queue's marks may have been given away since; these are its own.
  const { at: mark, base } = marksOf(graph, 2, 1);
  for (let place = 0; place < count; place++) mark[queue[place] as number] = base;
  let edges = 0;
  let left = stride;
  for (let place = 0; place < count; place++) {
    const { list, start, end } = spanOf(graph.out, queue[place] as number);
    if ((left -= end - start + 1) < 0) {
      stop();
      left = stride;
    }
    for (let e = start; e < end; e++)
      if (mark[list.to[e] as number] === base && !(edgeType && edgeType[list.type[e] as number] === 0)) edges++;
  }
  return edges;
}

function columns(src: number[], type: number[], dst: number[], rel: number[]): EdgeColumns {
  return { src: Int32Array.from(src), type: Int32Array.from(type), dst: Int32Array.from(dst), rel: Int32Array.from(rel) };
}

export function noEdges(): EdgeColumns {
  return columns([], [], [], []);
}
