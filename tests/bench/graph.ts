import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectedGraph, UndirectedGraph } from 'graphology';
import type { AbstractGraph } from 'graphology-types';
import { bidirectional } from 'graphology-shortest-path/unweighted.js';
import { openDatabase } from '#main/platform/database/database.ts';
import { loadGraph, serialiseGraph } from '#main/platform/graph/blob.ts';
import { buildGraph, type Graph, type GraphRows } from '#main/platform/graph/csr.ts';
import { neighbourhood } from '#main/platform/graph/k-hop.ts';
import { shortestPaths } from '#main/platform/graph/paths.ts';
import { seeded } from './generate.ts';

export interface GraphBenchOptions {
  readonly nodes?: number;
  readonly edges?: number;
  /** Neighbours of the one hub. */
  readonly hub?: number;
  /** Questions of each kind. */
  readonly questions?: number;
}

const cap = 300;
const rounds = 3;
const go = () => undefined;

/**
 * Walks on the same random scale-free graph by our adjacency and by graphology, in the same run. Each
 * question is first answered by both and the answers are compared; a difference throws. Times are
 * milliseconds of this thread's own CPU, so that other work on the machine does not count: the mean
 * over all questions of a kind, the median over the rounds. A ratio is graphology's time over ours.
 */
export async function benchGraph(options: GraphBenchOptions = {}): Promise<Record<string, unknown>> {
  const { nodes = 100_000, edges = 500_000, hub = 50_000, questions = 24 } = options;
  const rows = scaleFree(nodes, edges, hub);
  const graph = buildGraph(rows);
  const peer = peerOf(rows);
  const random = seeded(7);
  const anyNode = () => 1 + Math.floor(random() * nodes);
  const starts = Array.from({ length: questions }, anyNode);
  const pairs = Array.from({ length: questions }, () => [anyNode(), anyNode()] as const);
  const few = starts.slice(0, Math.max(3, questions >> 3));

  const out = compare(
    starts,
    (id) => ourReach(graph, id),
    (id) => peerLevels(peer, id, 'out', 3),
    (ours, theirs) =>
      ours.totalNodes === theirs.flat().length &&
      theirs.every((level, hop) =>
        sameNumbers(
          ours.ids.filter((_, at) => ours.hops[at] === hop),
          level.map(Number),
        ),
      ),
    4,
  );
  const around = compare(
    few,
    (id) => neighbourhood(graph, { ids: [id], hops: 3, direction: 'both', limit: cap }, go),
    (id) => peerCapped(peer, id, 3, cap),
    (ours, theirs) => ours.totalNodes === theirs.total && [...ours.ids].join() === theirs.ids.join(),
  );
  const undirected = undirectedOf(rows);
  const path = (directed: boolean, theirs: AbstractGraph) =>
    compare(
      pairs,
      ([from, to]) => shortestPaths(graph, { from, to, directed, maxHops: 100, limit: 1 }, go),
      ([from, to]) => bidirectional(theirs, from, to),
      (ours, their) => ours.distance === (their?.length ?? 0) - 1 && isPath(theirs, [...(ours.paths[0]?.nodes ?? [])]),
    );
  return {
    graph: { nodes, edges: rows.src.length, hub, questions },
    threeHopsOut: { ...out, reachedMedian: median(starts.map((id) => ourReach(graph, id).totalNodes)) },
    threeHopsUndirectedCapped: { ...around, cap, reachedMedian: median(few.map((id) => peerCapped(peer, id, 3, cap).total)) },
    shortestPath: path(true, peer),
    shortestPathUndirected: path(false, undirected),
    reload: benchReload(rows, graph),
  };
}

function ourReach(graph: Graph, id: number) {
  return neighbourhood(graph, { ids: [id], hops: 3, direction: 'out', limit: graph.nodeCount, ranked: false }, go);
}

/** Preferential attachment, and one node joined to `hub` others, half of them outwards. No parallel edges. */
function scaleFree(nodes: number, edges: number, hub: number): GraphRows {
  const random = seeded(42);
  const ends: number[] = [1];
  const seen = new Set<number>();
  const src = new Int32Array(edges);
  const dst = new Int32Array(edges);
  let count = 0;
  const add = (from: number, to: number) => {
    const key = from * (nodes + 1) + to;
    if (from === to || seen.has(key)) return false;
    seen.add(key);
    src[count] = from;
    dst[count] = to;
    count++;
    ends.push(from, to);
    return true;
  };
  const hubNode = nodes >> 1;
  // First among uniform ends, then by degree; the hub last, so that it attracts no more than its own.
  while (count < edges - hub) {
    const from = 1 + Math.floor(random() * nodes);
    const to = random() < 0.7 ? (ends[Math.floor(random() * ends.length)] as number) : 1 + Math.floor(random() * nodes);
    if (from !== hubNode && to !== hubNode) add(from, to);
  }
  for (let other = 1; count < edges; other += Math.max(1, Math.floor(nodes / hub))) {
    const at = ((other - 1) % nodes) + 1;
    if (at !== hubNode) add(...((count % 2 === 0 ? [hubNode, at] : [at, hubNode]) as [number, number]));
  }
  const ids = Int32Array.from({ length: nodes }, (_, n) => n + 1);
  return {
    nodes: ids,
    states: new Uint8Array(nodes).fill(1),
    types: ids.map((id) => id % 7),
    src,
    dst,
    type: src.map((id) => 100 + (id % 6)),
    rel: src.map((_, at) => nodes + at + 1),
  };
}

function peerOf(rows: GraphRows): DirectedGraph {
  const peer = new DirectedGraph();
  for (const id of rows.nodes) peer.addNode(id);
  rows.src.forEach((from, at) => {
    peer.addDirectedEdgeWithKey(at, from, rows.dst[at]);
  });
  return peer;
}

function undirectedOf(rows: GraphRows): UndirectedGraph {
  const peer = new UndirectedGraph();
  for (const id of rows.nodes) peer.addNode(id);
  rows.src.forEach((from, at) => {
    peer.mergeUndirectedEdge(from, rows.dst[at]);
  });
  return peer;
}

/** Level by level with graphology's own iteration over neighbours; nearest first. */
function peerLevels(peer: DirectedGraph, start: number, direction: 'out' | 'both', hops: number): string[][] {
  const seen = new Set([String(start)]);
  const levels = [[String(start)]];
  for (let hop = 0; hop < hops; hop++) {
    const next: string[] = [];
    const visit = (neighbour: string) => {
      if (seen.has(neighbour)) return;
      seen.add(neighbour);
      next.push(neighbour);
    };
    for (const node of levels[hop] ?? [])
      if (direction === 'out') peer.forEachOutNeighbor(node, visit);
      else {
        // Twice as fast as forEachNeighbor, which keeps a set to pass each neighbour once.
        peer.forEachOutNeighbor(node, visit);
        peer.forEachInNeighbor(node, visit);
      }
    levels.push(next);
  }
  return levels;
}

/** The nearest and, among those, best joined `limit` nodes, and how many there are; sorts only the levels that it shows. */
function peerCapped(peer: DirectedGraph, start: number, hops: number, limit: number): { ids: number[]; total: number } {
  const levels = peerLevels(peer, start, 'both', hops);
  const ids: number[] = [];
  let total = 0;
  for (const level of levels) {
    total += level.length;
    if (ids.length >= limit) continue;
    const ranked = level
      .map((node) => ({ id: Number(node), degree: peer.degree(node) }))
      .sort((a, b) => b.degree - a.degree || a.id - b.id);
    for (const { id } of ranked.slice(0, limit - ids.length)) ids.push(id);
  }
  return { ids, total };
}

function isPath(peer: AbstractGraph, nodes: readonly number[]): boolean {
  return nodes.slice(1).every((to, at) => peer.hasEdge(nodes[at], to));
}

function sameNumbers(a: Int32Array, b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  const sorted = Int32Array.from(b).sort();
  return a
    .slice()
    .sort()
    .every((value, at) => value === sorted[at]);
}

/** Compares the answers, then asks all questions `rounds` times, the sides in turn; ours many times over, for the clock is coarse. */
function compare<Q, A, B>(
  questions: readonly Q[],
  ours: (question: Q) => A,
  theirs: (question: Q) => B,
  same: (a: A, b: B) => boolean,
  often = 20,
) {
  for (const question of questions)
    if (!same(ours(question), theirs(question))) throw new Error(`the answers to ${JSON.stringify(question)} differ`);
  const all =
    <R>(ask: (question: Q) => R, times: number) =>
    () => {
      for (let time = 0; time < times; time++) for (const question of questions) ask(question);
    };
  const ourTimes: number[] = [];
  const peerTimes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    peerTimes.push(timed(all(theirs, 1)) / questions.length);
    ourTimes.push(timed(all(ours, often)) / questions.length / often);
  }
  return ratio(median(ourTimes), median(peerTimes));
}

/** The stored graph against building it anew: from columns in memory, and from the tables of an encrypted database. */
function benchReload(rows: GraphRows, graph: Graph) {
  const blob = serialiseGraph(graph);
  const turns = (work: () => unknown) => {
    work();
    return median(Array.from({ length: 5 }, () => timed(work)));
  };
  const inMemory = { rebuildMs: turns(() => buildGraph(rows)), reloadMs: turns(() => loadGraph(blob)) };
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-bench-'));
  const database = openDatabase(join(folder, 'graph.db'), new Uint8Array(32).fill(1), { create: true });
  try {
    database.exec(`CREATE TABLE object (id INTEGER PRIMARY KEY, state INTEGER NOT NULL, type INTEGER NOT NULL) STRICT;
      CREATE TABLE edge (src INTEGER NOT NULL, type INTEGER NOT NULL, dst INTEGER NOT NULL, rel INTEGER NOT NULL, PRIMARY KEY (src, type, dst, rel)) STRICT, WITHOUT ROWID;
      CREATE TABLE graph_cache (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;`);
    const addObject = database.prepare('INSERT INTO object VALUES (?, ?, ?)');
    const addEdge = database.prepare('INSERT INTO edge VALUES (?, ?, ?, ?)');
    database.transaction(() => {
      rows.nodes.forEach((id, at) => addObject.run(id, rows.states[at], rows.types[at]));
      rows.src.forEach((from, at) => addEdge.run(from, rows.type[at], rows.dst[at], rows.rel[at]));
      database.prepare('INSERT INTO graph_cache VALUES (1, ?)').run(blob);
    })();
    const column = (list: readonly (readonly number[])[], at: number) => Int32Array.from(list, (row) => row[at] as number);
    const rebuilt = () => {
      const objects = database.prepare('SELECT id, state, type FROM object ORDER BY id').raw().all() as number[][];
      const edges = database.prepare('SELECT src, type, dst, rel FROM edge').raw().all() as number[][];
      return buildGraph({
        nodes: column(objects, 0),
        states: Uint8Array.from(objects, (row) => row[1] as number),
        types: column(objects, 2),
        src: column(edges, 0),
        type: column(edges, 1),
        dst: column(edges, 2),
        rel: column(edges, 3),
      });
    };
    const stored = database.prepare('SELECT body FROM graph_cache').pluck();
    const reloaded = () => loadGraph(stored.get() as Uint8Array);
    if (Buffer.compare(serialiseGraph(rebuilt()), serialiseGraph(reloaded())) !== 0)
      throw new Error('the stored graph differs from the rebuilt one');
    const fromDatabase = { rebuildMs: turns(rebuilt), reloadMs: turns(reloaded) };
    return {
      bytes: blob.length,
      fromDatabase: { ...rounded(fromDatabase), ratio: round(fromDatabase.rebuildMs / fromDatabase.reloadMs) },
      inMemory: { ...rounded(inMemory), ratio: round(inMemory.rebuildMs / inMemory.reloadMs) },
    };
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const rounded = <T extends Record<string, number>>(values: T) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, round(value)]));
const ratio = (oursMs: number, graphologyMs: number) => ({
  oursMs: round(oursMs),
  graphologyMs: round(graphologyMs),
  ratio: round(graphologyMs / oursMs),
});
const round = (value: number) => Number(value.toPrecision(3));
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Milliseconds of CPU that the work cost this thread. */
function timed(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
