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

/** All of the nodes, by degree, then id. Long lists by counting: by the halves of the id, then stably by degree. */
function ranked({ degree, nodeCount }: Graph, nodes: Int32Array): Int32Array {
  if (nodes.length <= 1024) {
    const keys = new Float64Array(nodes.length);
    for (let at = 0; at < nodes.length; at++) {
      const u = nodes[at] as number;
      keys[at] = (mostDegree - Math.min(degree[u] as number, mostDegree)) * indexRange + u;
    }
    keys.sort();
    const sorted = new Int32Array(nodes.length);
    for (let at = 0; at < sorted.length; at++) sorted[at] = (keys[at] as number) % indexRange;
    return sorted;
  }
  const keys = new Uint16Array(nodes.length);
  for (let at = 0; at < nodes.length; at++) keys[at] = (nodes[at] as number) & 0x1fff;
  let sorted = countingPass(nodes, keys, 1 << 13);
  for (let at = 0; at < nodes.length; at++) keys[at] = (sorted[at] as number) >>> 13;
  sorted = countingPass(sorted, keys, (nodeCount >>> 13) + 1);
  let most = 0;
  for (let at = 0; at < nodes.length; at++) most = Math.max(most, degree[sorted[at] as number] as number);
  const last = Math.min(most, buckets - 1);
  let beyond = 0;
  for (let at = 0; at < nodes.length; at++) {
    const bucket = Math.min(degree[sorted[at] as number] as number, last);
    keys[at] = last - bucket;
    if (bucket === buckets - 1) beyond++;
  }
  sorted = countingPass(sorted, keys, last + 1);
  // Degrees past the last bucket stand together in it, before all others.
  sorted.subarray(0, beyond).sort((a, b) => (degree[b] as number) - (degree[a] as number) || a - b);
  return sorted;
}

/** Stable: the list in ascending order of its keys, each below `range`. */
function countingPass(list: Int32Array, keys: Uint16Array, range: number): Int32Array {
  const next = new Uint32Array(range + 1);
  for (let at = 0; at < keys.length; at++) next[(keys[at] as number) + 1] = (next[(keys[at] as number) + 1] as number) + 1;
  for (let key = 0; key < range; key++) next[key + 1] = (next[key + 1] as number) + (next[key] as number);
  const sorted = new Int32Array(list.length);
  for (let at = 0; at < list.length; at++) {
    const key = keys[at] as number;
    const place = next[key] as number;
    next[key] = place + 1;
    sorted[place] = list[at] as number;
  }
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
