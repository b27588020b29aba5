import type { Graph } from './csr.ts';

const buckets = 1 << 16;
/** Degrees beyond it rank alike with it in a key, which stays exact: 27 bits of degree, 26 of index. */
const mostDegree = 2 ** 27 - 1;
const indexRange = 2 ** 26;

/**
 * The `count` nodes of highest degree out of `nodes[start .. end]`, highest first, of equal ones the
 * lower id first. Linear in the nodes; only what is answered is sorted.
 */
export function topByDegree(graph: Graph, nodes: Int32Array, start: number, end: number, count: number): Int32Array {
  let chosen = nodes.subarray(start, end);
  if (chosen.length > count && chosen.length > 1024) chosen = preselect(graph, nodes, start, end, count);
  return ranked(graph, chosen).subarray(0, count);
}

/** All of the nodes, by degree, then id. Long lists by counting: ids in order first, then stably by degree. */
function ranked({ degree }: Graph, nodes: Int32Array): Int32Array {
  if (nodes.length <= 1024) {
    const keys = new Float64Array(nodes.length);
    nodes.forEach((u, at) => {
      keys[at] = (mostDegree - Math.min(degree[u] as number, mostDegree)) * indexRange + u;
    });
    return Int32Array.from(keys.sort(), (key) => key % indexRange);
  }
  const byId = nodes.slice().sort();
  const next = new Uint32Array(buckets + 1);
  const bucketOf = (u: number) => buckets - 1 - Math.min(degree[u] as number, buckets - 1);
  for (const u of byId) next[bucketOf(u) + 1] = (next[bucketOf(u) + 1] as number) + 1;
  const beyond = next[1] as number;
  for (let bucket = 0; bucket < buckets; bucket++) next[bucket + 1] = (next[bucket + 1] as number) + (next[bucket] as number);
  const sorted = new Int32Array(nodes.length);
  for (const u of byId) {
    const at = next[bucketOf(u)] as number;
    next[bucketOf(u)] = at + 1;
    sorted[at] = u;
  }
  // Degrees past the last bucket stand together in it, before all others.
  sorted.subarray(0, beyond).sort((a, b) => (degree[b] as number) - (degree[a] as number) || a - b);
  return sorted;
}

/** Leaves out what cannot be among the first: by a histogram of degrees, then of ids where degrees tie. */
function preselect({ degree, nodeCount }: Graph, nodes: Int32Array, start: number, end: number, count: number): Int32Array {
  const histogram = new Uint32Array(buckets);
  const bucketOf = (u: number) => Math.min(degree[u] as number, buckets - 1);
  for (let at = start; at < end; at++) {
    const bucket = bucketOf(nodes[at] as number);
    histogram[bucket] = (histogram[bucket] as number) + 1;
  }
  let cut = buckets - 1;
  let above = 0;
  while (cut > 0 && above + (histogram[cut] as number) < count) above += histogram[cut--] as number;
  const tied = new Int32Array(histogram[cut] as number);
  const chosen = new Int32Array(above + tied.length);
  let kept = 0;
  let ties = 0;
  for (let at = start; at < end; at++) {
    const u = nodes[at] as number;
    const bucket = bucketOf(u);
    if (bucket > cut) chosen[kept++] = u;
    else if (bucket === cut) tied[ties++] = u;
  }
  // Beyond the last bucket degrees differ; all of these few are sorted.
  const lowest = cut === buckets - 1 ? tied : lowestIds(tied, count - above, nodeCount);
  chosen.set(lowest, kept);
  return chosen.subarray(0, kept + lowest.length);
}

/** The `count` lowest numbers of a list, in no order, or a few more. */
function lowestIds(list: Int32Array, count: number, range: number): Int32Array {
  if (list.length <= count) return list;
  const shift = Math.max(0, 32 - Math.clz32(range) - 12);
  const histogram = new Uint32Array((range >>> shift) + 1);
  for (const one of list) histogram[one >>> shift] = (histogram[one >>> shift] as number) + 1;
  let cut = 0;
  for (let below = histogram[0] as number; below < count; below += histogram[cut] as number) cut++;
  return list.filter((one) => one >>> shift <= cut);
}
