import { type Graph, indexOf, type Side, spanOf } from './csr.ts';
import type { EdgeColumns } from './k-hop.ts';
import {
  type Allowed,
  allowedIn,
  type Direction,
  type Front,
  marksOf,
  opposite,
  queueOf,
  type Stop,
  sidesOf,
  step,
  stride,
  type WalkFilter,
} from './walk.ts';

export interface PathsQuestion extends WalkFilter {
  readonly from: number;
  readonly to: number;
  /** Whether paths follow edges from source to target only. */
  readonly directed: boolean;
  /** Most steps of a path, 1 to 100. */
  readonly maxHops: number;
  /** Most paths in the answer. */
  readonly limit: number;
  /** Also longer paths than the shortest, up to `maxHops`; none visits a node twice. */
  readonly longer?: boolean | undefined;
}

/** One path: node ids from start to end, and for each step one edge (of parallel ones the first by type and rel). */
export interface GraphPath {
  readonly nodes: Int32Array;
  readonly edges: EdgeColumns;
}

/** Shortest first, equal ones by their ids in order. Paths differ in nodes; parallel edges make no further path. */
export interface PathsAnswer {
  readonly paths: readonly GraphPath[];
  readonly total: number;
  /** Whether `total` is all there are; else there are at least so many. */
  readonly exact: boolean;
  /** Steps of the shortest path; -1 where none was found within `maxHops`. */
  readonly distance: number;
}

/** Steps that the search for longer paths may take before it says "at least". */
const mostSteps = 5_000_000;
const mostCounted = 100_000;

/** Shortest paths between two nodes by breadth first from both ends. Ids that are not in the graph have no path. */
export function shortestPaths(graph: Graph, question: PathsQuestion, stop: Stop): PathsAnswer {
  const none: PathsAnswer = { paths: [], total: 0, exact: true, distance: -1 };
  const source = indexOf(graph, question.from);
  const target = indexOf(graph, question.to);
  if (source < 0 || target < 0) return none;
  const walk: Walk = { graph, allowed: allowedIn(graph, question), direction: question.directed ? 'out' : 'both', stop };
  if (source === target) return { paths: question.limit > 0 ? [pathOf(walk, [source])] : [], total: 1, exact: true, distance: 0 };
  const maxHops = Math.min(question.maxHops, 100);
  const meeting = meet(walk, source, target, maxHops);
  if (!meeting) return none;
  if (question.longer) return simplePaths(walk, source, target, meeting.distance, maxHops, question.limit);

  const { next, total } = shortestOnly(walk, meeting, target);
  const paths: GraphPath[] = [];
  const trail = [source];
  const extend = (): void => {
    const here = trail.at(-1) as number;
    if (here === target) return void paths.push(pathOf(walk, trail));
    for (const v of (next.get(here) ?? []).sort((a, b) => a - b)) {
      if (paths.length >= question.limit) return;
      trail.push(v);
      extend();
      trail.pop();
    }
  };
  if (question.limit > 0) extend();
  return { paths, total, exact: total <= Number.MAX_SAFE_INTEGER, distance: meeting.distance };
}

interface Walk {
  readonly graph: Graph;
  readonly allowed: Allowed;
  readonly direction: Direction;
  readonly stop: Stop;
}

/** A walk from one end that remembers its levels: `levels[d] .. levels[d + 1]` of the queue is depth d. */
interface End extends Front {
  readonly sides: readonly Side[];
  readonly levels: number[];
}

interface Meeting {
  readonly distance: number;
  readonly forward: End;
  readonly backward: End;
  /** Nodes where the two walks met: each is `forward.depth` steps from the source and `backward.depth` from the target. */
  readonly nodes: readonly number[];
}

function endAt({ graph }: Walk, which: number, node: number, direction: Direction): End {
  const marks = marksOf(graph, which, 256);
  const queue = queueOf(graph, which);
  queue[0] = node;
  marks.at[node] = marks.base;
  return { marks, queue, start: 0, end: 1, depth: 0, sides: sidesOf(graph, direction), levels: [0, 1] };
}

/** Walks from both ends in turns, always the side with less to look at, until they meet. */
function meet(walk: Walk, source: number, target: number, maxHops: number): Meeting | undefined {
  const { graph, allowed, direction, stop } = walk;
  const forward = endAt(walk, 0, source, direction);
  const backward = endAt(walk, 1, target, opposite(direction));
  const work = ({ queue, start, end, sides }: End) => edgesOf(sides, queue.subarray(start, end));
  while (forward.depth + backward.depth < maxHops && forward.start < forward.end && backward.start < backward.end) {
    const [mine, other] = work(forward) <= work(backward) ? [forward, backward] : [backward, forward];
    step(graph, mine, mine.sides, { ...allowed, exempt: other.queue[0] as number }, stop);
    mine.levels.push(mine.end);
    const reached = other.marks.base + other.depth;
    const nodes: number[] = [];
    for (let place = mine.start; place < mine.end; place++) {
      const v = mine.queue[place] as number;
      if (other.marks.at[v] === reached) nodes.push(v);
    }
    if (nodes.length > 0) return { distance: forward.depth + backward.depth, forward, backward, nodes };
  }
  return undefined;
}

/** Edges that stand at these nodes on these sides. */
function edgesOf(sides: readonly Side[], nodes: Int32Array | readonly number[]): number {
  let edges = 0;
  for (const { dirty, patches, start } of sides)
    for (const u of nodes) edges += dirty[u] === 1 ? (patches.get(u)?.count ?? 0) : (start[u + 1] as number) - (start[u] as number);
  return edges;
}

/** The shortest paths as a graph of their own: for each node on one where it may go on to; and how many paths there are. */
function shortestOnly(
  walk: Walk,
  { forward, backward, nodes: met }: Meeting,
  target: number,
): { next: Map<number, number[]>; total: number } {
  const next = new Map<number, number[]>();
  const link = (from: number, to: number) => {
    const list = next.get(from);
    if (list) list.push(to);
    else next.set(from, [to]);
  };
  /** From the meeting nodes back to where `end` began, level by level. */
  const trace = (end: End, found: (before: number, after: number) => void): number[][] => {
    const levels: number[][] = [];
    let level: readonly number[] = met;
    for (let depth = end.depth - 1; depth >= 0; depth--) {
      const before = new Set<number>();
      linksBetween(walk, end, depth, level, (one, after) => {
        before.add(one);
        found(one, after);
      });
      level = [...before];
      levels.push([...before]);
    }
    return levels;
  };
  const afterwards = trace(backward, (before, after) => link(after, before));
  const levels = [...afterwards.reverse(), [...met], ...trace(forward, link)];
  const counts = new Map([[target, 1]]);
  let total = 0;
  for (const level of levels.slice(1))
    for (const u of level) {
      total = 0;
      for (const v of next.get(u) ?? []) total += counts.get(v) ?? 0;
      counts.set(u, total);
    }
  return { next, total };
}

/** The steps from an end's nodes at `depth` to given ones a level further, found from whichever of the two has fewer edges. */
function linksBetween(walk: Walk, end: End, depth: number, after: readonly number[], found: (before: number, after: number) => void): void {
  const { graph, allowed, direction, stop } = walk;
  const before = end.queue.subarray(end.levels[depth], end.levels[depth + 1]);
  const back = sidesOf(graph, end.sides[0] === sidesOf(graph, direction)[0] ? opposite(direction) : direction);
  const fromBefore = edgesOf(end.sides, before) < edgesOf(back, after);
  const ends = fromBefore ? marksOf(graph, 2, 1) : { at: end.marks.at, base: end.marks.base + depth };
  if (fromBefore) for (const u of after) ends.at[u] = ends.base;
  const sides = fromBefore ? end.sides : back;
  let left = stride;
  for (const u of fromBefore ? before : after) {
    if ((left -= edgesOf(sides, [u]) + 1) < 0) {
      stop();
      left = stride;
    }
    eachOn(sides, allowed, u, (v) => {
      if (ends.at[v] === ends.base) {
        if (fromBefore) found(u, v);
        else found(v, u);
      }
      return true;
    });
  }
}

/** Paths of each length in turn, never through a node twice, with a bound on the steps taken. */
function simplePaths(walk: Walk, source: number, target: number, shortest: number, maxHops: number, limit: number): PathsAnswer {
  const { graph, stop } = walk;
  // Steps to the target, so that no path is begun that cannot end in time.
  const back = endAt(walk, 1, target, opposite(walk.direction));
  const allowed = { ...walk.allowed, exempt: source };
  while (back.depth < maxHops && back.start < back.end) step(graph, back, back.sides, allowed, stop);
  const stepsTo = (node: number) => (back.marks.at[node] as number) - back.marks.base;
  const onTrail = marksOf(graph, 2, 2);
  const paths: GraphPath[] = [];
  const trail = [source];
  let total = 0;
  let taken = 0;
  let exact = true;
  onTrail.at[source] = onTrail.base;
  const extend = (u: number, remaining: number): void =>
    eachNeighbour(walk, u, (v) => {
      if (++taken % stride === 0) stop();
      if (taken > mostSteps || total >= mostCounted) return (exact = false);
      const steps = stepsTo(v);
      if (steps < 0 || steps > remaining - 1 || onTrail.at[v] === onTrail.base) return true;
      if (v === target) {
        if (remaining !== 1) return true;
        total++;
        if (paths.length < limit) paths.push(pathOf(walk, [...trail, v]));
        return true;
      }
      if (remaining === 1) return true;
      trail.push(v);
      onTrail.at[v] = onTrail.base;
      extend(v, remaining - 1);
      onTrail.at[v] = 0;
      trail.pop();
      return exact;
    });
  for (let length = shortest; length <= maxHops && exact; length++) extend(source, length);
  return { paths, total, exact, distance: shortest };
}

/** Calls for each distinct neighbour over allowed edges, ascending, until told false. Neighbours may be nodes that are not allowed. */
function eachNeighbour({ graph, allowed, direction }: Walk, u: number, visit: (v: number) => boolean): void {
  eachOn(sidesOf(graph, direction), allowed, u, visit);
}

function eachOn(sides: readonly Side[], { edgeType }: Allowed, u: number, visit: (v: number) => boolean): void {
  const first = spanOf(sides[0] as Side, u);
  const second = sides[1] ? spanOf(sides[1], u) : { list: first.list, start: 0, end: 0 };
  let a = first.start;
  let b = second.start;
  let last = -1;
  while (a < first.end || b < second.end) {
    const fromFirst = b >= second.end || (a < first.end && (first.list.to[a] as number) <= (second.list.to[b] as number));
    const list = fromFirst ? first.list : second.list;
    const e = fromFirst ? a++ : b++;
    const v = list.to[e] as number;
    if (v === last || (edgeType && edgeType[list.type[e] as number] === 0)) continue;
    last = v;
    if (!visit(v)) return;
  }
}

/** Names a path's nodes and finds an edge for each step, along it if there is one. */
function pathOf({ graph, allowed, direction }: Walk, trail: readonly number[]): GraphPath {
  const steps = trail.length - 1;
  const edges = { src: new Int32Array(steps), type: new Int32Array(steps), dst: new Int32Array(steps), rel: new Int32Array(steps) };
  for (let at = 0; at < steps; at++) {
    const here = trail[at] as number;
    const there = trail[at + 1] as number;
    const along = firstEdge(graph, allowed, here, there);
    const [u, v, e] = along >= 0 || direction !== 'both' ? [here, there, along] : [there, here, firstEdge(graph, allowed, there, here)];
    const { list } = spanOf(graph.out, u);
    edges.src[at] = graph.ids[u] as number;
    edges.dst[at] = graph.ids[v] as number;
    edges.type[at] = graph.edgeTypes[list.type[e] as number] as number;
    edges.rel[at] = list.rel[e] as number;
  }
  return { nodes: Int32Array.from(trail, (u) => graph.ids[u] as number), edges };
}

/** Where the first allowed edge between two nodes stands in the source's list, or -1. */
function firstEdge(graph: Graph, { edgeType }: Allowed, u: number, v: number): number {
  const { list, start, end } = spanOf(graph.out, u);
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list.to[middle] as number) < v) low = middle + 1;
    else high = middle;
  }
  for (; low < end && list.to[low] === v; low++) if (!edgeType || edgeType[list.type[low] as number] === 1) return low;
  return -1;
}
