import { type Graph, indexOf, type Side, spanOf } from './csr.ts';
import type { EdgeColumns } from './k-hop.ts';
import {
  type Allowed,
  allowedIn,
  type Direction,
  type Front,
  type Marks,
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

  const between = nodesBetween(walk, meeting);
  const counts = countPaths(walk, between);
  const total = counts.at(-1) ?? 0;
  const paths: GraphPath[] = [];
  const trail = [source];
  const extend = (u: number, remaining: number): void => {
    if (remaining === 0) {
      paths.push(pathOf(walk, trail));
      return;
    }
    eachNeighbour(walk, u, (v) => {
      if (paths.length >= question.limit) return false;
      if (between.remaining(v) !== remaining - 1) return true;
      trail.push(v);
      extend(v, remaining - 1);
      trail.pop();
      return true;
    });
  };
  if (question.limit > 0) extend(source, meeting.distance);
  return { paths, total, exact: total <= Number.MAX_SAFE_INTEGER, distance: meeting.distance };
}

interface Walk {
  readonly graph: Graph;
  readonly allowed: Allowed;
  readonly direction: Direction;
  readonly stop: Stop;
}

interface Meeting {
  readonly distance: number;
  readonly forward: Front;
  readonly backward: Front;
  /** Nodes where the two walks met: each is `forward.depth` steps from the source and `backward.depth` from the target. */
  readonly nodes: readonly number[];
}

function frontAt(graph: Graph, which: number, node: number): Front {
  const marks = marksOf(graph, which, 256);
  const queue = queueOf(graph, which);
  queue[0] = node;
  marks.at[node] = marks.base;
  return { marks, queue, start: 0, end: 1, depth: 0 };
}

/** Walks from both ends in turns, always the side with less to look at, until they meet. */
function meet({ graph, allowed, direction, stop }: Walk, source: number, target: number, maxHops: number): Meeting | undefined {
  const forward = frontAt(graph, 0, source);
  const backward = frontAt(graph, 1, target);
  const ahead = sidesOf(graph, direction);
  const back = sidesOf(graph, opposite(direction));
  const reach = (front: Front, sides: typeof ahead, other: Front): number[] => {
    step(graph, front, sides, { ...allowed, exempt: other.queue[0] as number }, stop);
    const met: number[] = [];
    const reached = other.marks.base + other.depth;
    for (let place = front.start; place < front.end; place++) {
      const v = front.queue[place] as number;
      if (other.marks.at[v] === reached) met.push(v);
    }
    return met;
  };
  while (forward.depth + backward.depth < maxHops && forward.start < forward.end && backward.start < backward.end) {
    const nodes = workOf(graph, forward) <= workOf(graph, backward) ? reach(forward, ahead, backward) : reach(backward, back, forward);
    if (nodes.length > 0) return { distance: forward.depth + backward.depth, forward, backward, nodes };
  }
  return undefined;
}

/** About how many edges the next step looks at; beyond a bound the exact figure does not matter. */
function workOf(graph: Graph, { queue, start, end }: Front): number {
  if (end - start > 4096) return (end - start) * 8;
  let work = 0;
  for (let place = start; place < end; place++) work += (graph.degree[queue[place] as number] as number) + 1;
  return work;
}

/** The nodes that lie on shortest paths, the target first, each with its steps to the target. */
interface Between {
  readonly nodes: readonly number[];
  readonly places: Marks;
  readonly steps: readonly number[];
  /** Steps from a node to the target, -1 where it is on no shortest path. */
  remaining(node: number): number;
}

function nodesBetween(walk: Walk, { distance, forward, backward, nodes: met }: Meeting): Between {
  const { graph, direction, stop } = walk;
  const places = marksOf(graph, 2, graph.nodeCount);
  const nodes: number[] = [];
  const steps: number[] = [];
  const seen = marksOf(graph, 3, 1);
  /** From the meeting nodes outwards over nodes that `front` marked, one level at a time. */
  const trace = (front: Front, towards: Direction): number[][] => {
    const levels: number[][] = [];
    let level: readonly number[] = met;
    for (let depth = front.depth - 1; depth >= 0; depth--) {
      const next: number[] = [];
      let left = stride;
      for (const u of level) {
        if ((left -= (graph.degree[u] as number) + 1) < 0) {
          stop();
          left = stride;
        }
        eachOn(sidesOf(graph, towards), walk.allowed, u, (v) => {
          if (front.marks.at[v] === front.marks.base + depth && seen.at[v] !== seen.base) {
            seen.at[v] = seen.base;
            next.push(v);
          }
          return true;
        });
      }
      levels.push(next);
      level = next;
    }
    return levels;
  };
  for (const u of met) seen.at[u] = seen.base;
  const afterwards = trace(backward, direction).reverse();
  const before = trace(forward, opposite(direction));
  [...afterwards, met, ...before].forEach((level, remaining) => {
    for (const u of level) {
      places.at[u] = places.base + nodes.length;
      nodes.push(u);
      steps.push(remaining);
    }
  });
  if (steps.at(-1) !== distance) throw new Error('the levels of a search do not add up');
  const placeOf = (node: number) => (places.at[node] as number) - places.base;
  return { nodes, places, steps, remaining: (node) => (placeOf(node) < 0 ? -1 : (steps[placeOf(node)] as number)) };
}

/** Shortest paths from each node to the target; the last is the source's, and so the total. */
function countPaths(walk: Walk, { nodes, places, steps, remaining }: Between): Float64Array {
  const counts = new Float64Array(nodes.length);
  counts[0] = 1;
  let left = stride;
  for (let at = 1; at < nodes.length; at++) {
    const u = nodes[at] as number;
    if ((left -= (walk.graph.degree[u] as number) + 1) < 0) {
      walk.stop();
      left = stride;
    }
    let count = 0;
    eachNeighbour(walk, u, (v) => {
      if (remaining(v) === (steps[at] as number) - 1) count += counts[(places.at[v] as number) - places.base] as number;
      return true;
    });
    counts[at] = count;
  }
  return counts;
}

/** Paths of each length in turn, never through a node twice, with a bound on the steps taken. */
function simplePaths(walk: Walk, source: number, target: number, shortest: number, maxHops: number, limit: number): PathsAnswer {
  const { graph, stop } = walk;
  // Steps to the target, so that no path is begun that cannot end in time.
  const back = frontAt(graph, 1, target);
  const sides = sidesOf(graph, opposite(walk.direction));
  const allowed = { ...walk.allowed, exempt: source };
  while (back.depth < maxHops && back.start < back.end) step(graph, back, sides, allowed, stop);
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
