import fc from 'fast-check';
import Graphology from 'graphology';
import { bidirectional } from 'graphology-shortest-path/unweighted.js';
import { describe, expect, it } from 'vitest';
import {
  arbitraryDelta,
  arbitraryFilter,
  arbitraryGraph,
  arbitraryId,
  mayPass,
  type NaiveEdge,
  type NaiveGraph,
  naiveApply,
  naiveDegree,
  naiveGraph,
  naiveHops,
  naivePaths,
  rowsFrom,
} from '../../../tests/fixtures/naive-graph.ts';
import { buildGraph, type Graph, rowsOf } from './csr.ts';
import { applyDeltas, compact, type GraphDelta } from './delta.ts';
import { neighbourhood } from './k-hop.ts';
import { shortestPaths } from './paths.ts';
import { components, degreesOf, snapshot } from './survey.ts';

const among = 14;
const go = () => undefined;
const graphs = arbitraryGraph(among, 40);
const byId = (a: number, b: number) => a - b;

/** Everything that the graph says of itself, comparable. */
function portrait(graph: Graph) {
  const rows = rowsOf(graph);
  const ids = [...rows.nodes];
  const both = { hops: 1, direction: 'in' as const, limit: 1000, edgeLimit: 1000, includeRetired: true };
  return {
    nodes: ids.map((id, at) => [id, rows.states[at], rows.types[at]]),
    edges: [...rows.src].map((src, at) => [src, rows.dst[at], rows.type[at], rows.rel[at]]),
    degrees: [...degreesOf(graph, ids)],
    inward: ids.map((id) => [...neighbourhood(graph, { ...both, ids: [id] }, go).ids]),
    edgeCount: graph.edgeCount,
  };
}

function flat(edges: readonly NaiveEdge[]) {
  return edges.flatMap(({ src, type, dst, rel }) => [src, type, dst, rel]);
}

describe('the adjacency', () => {
  it('holds what it was built from, in order, and counts degrees', () => {
    fc.assert(
      fc.property(graphs, (naive) => {
        const graph = buildGraph(rowsFrom(naive));
        const { nodes, edges, degrees } = portrait(graph);
        const ids = [...naive.nodes.keys()].sort(byId);
        expect(nodes).toEqual(ids.map((id) => [id, naive.nodes.get(id)?.live ? 1 : 0, naive.nodes.get(id)?.type]));
        const wanted = [...naive.edges.values()].map(({ src, dst, type, rel }) => [src, dst, type, rel]);
        wanted.sort((a, b) => a.map((part, at) => part - (b[at] as number)).find((difference) => difference !== 0) ?? 0);
        expect(edges).toEqual(wanted);
        expect(degrees).toEqual(ids.map((id) => naiveDegree(naive, id)));
      }),
    );
  });

  it('counts an edge that is named twice once, and makes nodes for ends that are none', () => {
    const rows = rowsFrom(naiveGraph([{ id: 5, live: true, type: 1 }], []));
    const two = (value: number) => Int32Array.of(value, value);
    const graph = buildGraph({ ...rows, src: two(5), type: two(1), dst: two(9), rel: two(4) });
    expect(portrait(graph)).toMatchObject({
      nodes: [
        [5, 1, 1],
        [9, 0, 0],
      ],
      edges: [[5, 9, 1, 4]],
      degrees: [0, 1],
    });
  });

  it('leaves out edges that have a loose end', () => {
    const rows = rowsFrom(naiveGraph([{ id: 5, live: true, type: 1 }], []));
    const loose = { src: Int32Array.of(0, 5, 5), type: Int32Array.of(1, 1, 1), dst: Int32Array.of(5, -1, 5), rel: Int32Array.of(1, 2, 3) };
    const graph = buildGraph({ ...rows, ...loose });
    expect(portrait(graph)).toMatchObject({ nodes: [[5, 1, 1]], edges: [[5, 5, 1, 3]] });
    const told = { added: [0, 1, 5, 1, 5, 1, 5, 9], removed: [5, 1, 0, 4], nodes: [0, 1, 1] };
    expect(portrait(applyDeltas(graph, [told])).edges).toEqual([
      [5, 5, 1, 3],
      [5, 5, 1, 9],
    ]);
  });

  it('refuses columns that do not fit and ids that are not positive', () => {
    const rows = rowsFrom(naiveGraph([{ id: 5, live: true, type: 1 }], []));
    expect(() => buildGraph({ ...rows, src: Int32Array.of(5) })).toThrow(/length/);
    expect(() => buildGraph({ ...rows, nodes: Int32Array.of(-5) })).toThrow(/positive/);
  });
});

describe('deltas', () => {
  const deltas = fc.array(arbitraryDelta(among + 6), { maxLength: 6 });
  /** As a store tells them: only what changes something, in the order removed, added. */
  const truthful = (naive: NaiveGraph, wished: { added: NaiveEdge[]; removed: NaiveEdge[]; nodes: number[][] }): GraphDelta => {
    const key = (edge: NaiveEdge) => flat([edge]).join(' ');
    const unique = (edges: NaiveEdge[]) => [...new Map(edges.map((edge) => [key(edge), edge])).values()];
    const removed = unique(wished.removed).filter((edge) => naive.edges.has(key(edge)));
    const gone = new Set(removed.map(key));
    const added = unique(wished.added).filter((edge) => !naive.edges.has(key(edge)) || gone.has(key(edge)));
    return { added: flat(added), removed: flat(removed), nodes: wished.nodes.flat() };
  };

  it('patched one by one, merged at once or built anew, make the same graph', () => {
    fc.assert(
      fc.property(graphs, deltas, fc.boolean(), (naive, wishes, twice) => {
        const first = buildGraph(rowsFrom(naive));
        const atOnce = buildGraph(rowsFrom(naive));
        let patched = first;
        const told: GraphDelta[] = [];
        for (const wish of wishes) {
          const delta = truthful(naive, wish);
          naiveApply(naive, delta);
          told.push(delta);
          patched = applyDeltas(patched, [delta]);
        }
        const wanted = portrait(buildGraph(rowsFrom(naive)));
        expect(portrait(patched)).toEqual(wanted);
        expect(portrait(applyDeltas(atOnce, told))).toEqual(wanted);
        expect(portrait(compact(patched))).toEqual(wanted);
        // What a loader had seen already does no harm.
        if (twice) expect(portrait(applyDeltas(patched, told))).toEqual(wanted);
      }),
    );
  });

  it('patched, answer as the graph built anew does', () => {
    const ask = fc.record({
      from: arbitraryId(among + 6),
      to: arbitraryId(among + 6),
      directed: fc.boolean(),
      hops: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(graphs, deltas, ask, arbitraryFilter, (naive, wishes, { from, to, directed, hops }, filter) => {
        let patched = buildGraph(rowsFrom(naive));
        for (const wish of wishes) {
          const delta = truthful(naive, wish);
          naiveApply(naive, delta);
          patched = applyDeltas(patched, [delta]);
        }
        const answers = (graph: Graph) => [
          neighbourhood(graph, { ids: [from, to], hops, direction: directed ? 'out' : 'both', limit: 9, edgeLimit: 20, ...filter }, go),
          shortestPaths(graph, { from, to, directed, maxHops: hops + 2, limit: 5, ...filter }, go),
          shortestPaths(graph, { from, to, directed, maxHops: hops, limit: 5, longer: true, ...filter }, go),
          components(graph, filter, go),
          snapshot(graph, 7, go),
        ];
        expect(answers(patched)).toEqual(answers(buildGraph(rowsFrom(naive))));
      }),
    );
  });

  it('merge where they are many, with the same outcome', () => {
    const nodes = Array.from({ length: 3000 }, (_, n) => ({ id: n + 1, live: true, type: 1 }));
    const ring = (step: number) => nodes.map(({ id }) => ({ src: id, type: 1, dst: ((id + step) % 3000) + 1, rel: id }));
    const naive = naiveGraph(nodes, ring(1));
    const delta = { added: [2, 3, 4, 5, 6, 7, 8, 9].flatMap((step) => flat(ring(step))), removed: flat(ring(1)), nodes: [1, 0, 1] };
    const graph = applyDeltas(buildGraph(rowsFrom(naive)), [delta]);
    expect(graph.out.patches.size).toBe(0);
    naiveApply(naive, delta);
    expect([...rowsOf(graph).dst]).toEqual([...rowsOf(buildGraph(rowsFrom(naive))).dst]);
    expect(degreesOf(graph, [1, 2])).toEqual(degreesOf(buildGraph(rowsFrom(naive)), [1, 2]));
  });

  it('keep a hub in order', () => {
    let graph = buildGraph(rowsFrom(naiveGraph([{ id: 1, live: true, type: 1 }], [])));
    for (let n = 500; n > 1; n--) graph = applyDeltas(graph, [{ added: [1, 1, n, 1], removed: [], nodes: [n, 1, 1] }]);
    expect([...rowsOf(graph).dst]).toEqual(Array.from({ length: 499 }, (_, n) => n + 2));
    expect(degreesOf(graph, [1])).toEqual(Uint32Array.of(499));
  });
});

describe('a neighbourhood', () => {
  const question = fc.record({
    ids: fc.array(arbitraryId(among + 2), { minLength: 1, maxLength: 3 }),
    hops: fc.integer({ min: 0, max: 5 }),
    direction: fc.constantFrom('out' as const, 'in' as const, 'both' as const),
    limit: fc.integer({ min: 0, max: 16 }),
    edgeLimit: fc.integer({ min: 1, max: 30 }),
  });

  it('is what a plain walk finds, nearest and best joined first, with totals past the limits', () => {
    fc.assert(
      fc.property(graphs, question, arbitraryFilter, (naive, asked, filter) => {
        const graph = buildGraph(rowsFrom(naive));
        const answer = neighbourhood(graph, { ...asked, ...filter }, go);
        const reached = naiveHops(naive, asked.ids, asked.hops, asked.direction, filter);
        const order = [...reached].sort(([a, hopA], [b, hopB]) => hopA - hopB || naiveDegree(naive, b) - naiveDegree(naive, a) || a - b);
        const shown = order.slice(0, asked.limit);
        expect(answer.totalNodes).toBe(reached.size);
        expect([...answer.ids].map((id, at) => [id, answer.hops[at]])).toEqual(shown);
        expect([...answer.degrees]).toEqual(shown.map(([id]) => naiveDegree(naive, id)));
        const found = neighbourhood(graph, { ...asked, ...filter, ranked: false }, go);
        expect([...found.hops]).toEqual([...answer.hops]);
        if (asked.limit >= reached.size) expect([...found.ids].sort(byId)).toEqual([...answer.ids].sort(byId));
        const within = (ids: Iterable<number>) => {
          const set = new Set(ids);
          return [...naive.edges.values()].filter(
            ({ src, dst, type }) => set.has(src) && set.has(dst) && (!filter.edgeTypes || filter.edgeTypes.includes(type)),
          );
        };
        expect(answer.totalEdges).toBe(within(reached.keys()).length);
        const amongShown = within(answer.ids).map((edge) => flat([edge]).join(' '));
        const { src, type, dst, rel } = answer.edges;
        const told = [...src].map((one, at) => [one, type[at], dst[at], rel[at]].join(' '));
        expect(told).toHaveLength(Math.min(asked.edgeLimit, amongShown.length));
        expect(amongShown).toEqual(expect.arrayContaining(told));
      }),
    );
  });

  it('ranks large levels as sorting them would', () => {
    // 4,000 leaves around a centre; some carry edges of their own, so that degrees tie and differ.
    const nodes = Array.from({ length: 5000 }, (_, n) => ({ id: n + 1, live: true, type: 1 }));
    const spokes = nodes.slice(1, 4001).map(({ id }) => ({ src: 1, type: 1, dst: id, rel: id }));
    const extra = nodes
      .slice(1, 900)
      .flatMap(({ id }) => Array.from({ length: (id * 7) % 5 }, (_, n) => ({ src: 4002 + n, type: 2, dst: id, rel: id })));
    const graph = buildGraph(rowsFrom(naiveGraph(nodes, [...spokes, ...extra])));
    const ids = nodes.slice(1, 4001).map(({ id }) => id);
    const degrees = degreesOf(graph, ids);
    const wanted = ids.map((id, at) => ({ id, degree: degrees[at] as number })).sort((a, b) => b.degree - a.degree || a.id - b.id);
    for (const limit of [10, 300, 1500, 4001]) {
      const answer = neighbourhood(graph, { ids: [1], hops: 1, direction: 'both', limit }, go);
      expect([...answer.ids]).toEqual([1, ...wanted.slice(0, limit - 1).map(({ id }) => id)]);
      expect(answer.totalNodes).toBe(4001);
    }
  });

  it('stops when told to', () => {
    const nodes = Array.from({ length: 20_000 }, (_, n) => ({ id: n + 1, live: true, type: 1 }));
    const spread = nodes.slice(1, -1).flatMap(({ id }) => [
      { src: 1, type: 1, dst: id, rel: 1 },
      { src: id, type: 1, dst: 20_000, rel: 1 },
    ]);
    const graph = buildGraph(rowsFrom(naiveGraph(nodes, spread)));
    const stop = () => {
      throw new Error('enough');
    };
    expect(() => neighbourhood(graph, { ids: [1], hops: 1, direction: 'out', limit: 10 }, stop)).toThrow('enough');
    expect(() => shortestPaths(graph, { from: 1, to: 20_000, directed: true, maxHops: 5, limit: 1 }, stop)).toThrow('enough');
    expect(() => components(graph, {}, stop)).toThrow('enough');
    // The marks that a stopped walk left behind do not mislead the next.
    expect(neighbourhood(graph, { ids: [1], hops: 1, direction: 'out', limit: 10 }, go).totalNodes).toBe(19_999);
  });
});

describe('paths', () => {
  const question = fc.record({
    from: arbitraryId(among + 1),
    to: arbitraryId(among + 1),
    directed: fc.boolean(),
    maxHops: fc.integer({ min: 1, max: 5 }),
    limit: fc.integer({ min: 0, max: 6 }),
  });

  it('are all the shortest ones, in order, counted past the limit', () => {
    fc.assert(
      fc.property(arbitraryGraph(among, 30), question, arbitraryFilter, (naive, asked, filter) => {
        const answer = shortestPaths(buildGraph(rowsFrom(naive)), { ...asked, ...filter }, go);
        const all = naivePaths(naive, asked.from, asked.to, asked.directed, asked.maxHops, filter);
        const shortest = all.filter((path) => path.length === all[0]?.length);
        expect(answer).toMatchObject({ total: shortest.length, exact: true, distance: (all[0]?.length ?? 0) - 1 });
        expect(answer.paths.map(({ nodes }) => [...nodes])).toEqual(shortest.slice(0, asked.limit));
        for (const { nodes, edges } of answer.paths)
          nodes.slice(1).forEach((there, at) => {
            const ends = [edges.src[at], edges.dst[at]];
            const here = nodes[at];
            expect(asked.directed ? [ends] : [ends, [...ends].reverse()]).toContainEqual([here, there]);
            expect(naive.edges.has([edges.src[at], edges.type[at], edges.dst[at], edges.rel[at]].join(' '))).toBe(true);
            if (filter.edgeTypes) expect(filter.edgeTypes).toContain(edges.type[at]);
          });
      }),
      { numRuns: 300 },
    );
  });

  it('beyond the shortest are all simple ones', () => {
    fc.assert(
      fc.property(arbitraryGraph(8, 18), question, arbitraryFilter, (naive, asked, filter) => {
        const answer = shortestPaths(buildGraph(rowsFrom(naive)), { ...asked, ...filter, longer: true }, go);
        const all = naivePaths(naive, asked.from, asked.to, asked.directed, asked.maxHops, filter);
        expect(answer).toMatchObject({ total: all.length, exact: true });
        expect(answer.paths.map(({ nodes }) => [...nodes])).toEqual(all.slice(0, asked.limit));
      }),
    );
  });

  it('say "at least" where there are too many to count', () => {
    const nodes = Array.from({ length: 24 }, (_, n) => ({ id: n + 1, live: true, type: 1 }));
    const all = nodes.flatMap(({ id: src }) => nodes.map(({ id: dst }) => ({ src, type: 1, dst, rel: 1 })));
    const graph = buildGraph(rowsFrom(naiveGraph(nodes, all)));
    const answer = shortestPaths(graph, { from: 1, to: 24, directed: true, maxHops: 12, limit: 3, longer: true }, go);
    expect(answer.exact).toBe(false);
    expect(answer.total).toBeGreaterThanOrEqual(100_000);
    expect(answer.paths.map(({ nodes: path }) => [...path])).toEqual([
      [1, 24],
      [1, 2, 24],
      [1, 3, 24],
    ]);
  });

  it('are as long as graphology finds them, in a larger graph', () => {
    let seed = 1;
    const draw = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const nodes = Array.from({ length: 600 }, (_, n) => ({ id: n * 3 + 1, live: true, type: 1 }));
    const edges = Array.from({ length: 900 }, () => ({ src: draw(600) * 3 + 1, type: 1, dst: draw(600) * 3 + 1, rel: 1 }));
    const graph = buildGraph(rowsFrom(naiveGraph(nodes, edges)));
    const directedPeer = new Graphology({ multi: true, type: 'directed' });
    const peer = new Graphology({ multi: true, type: 'undirected' });
    for (const { id } of nodes) for (const one of [peer, directedPeer]) one.addNode(id);
    for (const { src, dst } of edges) for (const one of [peer, directedPeer]) one.addEdge(src, dst);
    for (let turn = 0; turn < 150; turn++) {
      const [from, to] = [draw(600) * 3 + 1, draw(600) * 3 + 1];
      const ask = (directed: boolean) => shortestPaths(graph, { from, to, directed, maxHops: 100, limit: 1 }, go).distance;
      expect(ask(false)).toBe((bidirectional(peer, from, to)?.length ?? 0) - 1);
      expect(ask(true)).toBe((bidirectional(directedPeer, from, to)?.length ?? 0) - 1);
    }
  });
});

describe('surveys', () => {
  it('find the components', () => {
    fc.assert(
      fc.property(arbitraryGraph(among, 14), arbitraryFilter, (naive, filter) => {
        const answer = components(buildGraph(rowsFrom(naive)), filter, go);
        const allowed = [...naive.nodes.keys()].filter((id) => mayPass(naive, id, filter)).sort(byId);
        expect([...answer.ids]).toEqual(allowed);
        const parts = allowed.map((id) => [...naiveHops(naive, [id], among, 'both', filter).keys()].sort(byId));
        answer.component.forEach((part, at) => expect(answer.sizes[part]).toBe(parts[at]?.length));
        allowed.forEach((id, at) => {
          const same = allowed.filter((_, other) => answer.component[other] === answer.component[at]);
          expect(same).toEqual(parts[at]);
          expect(parts[at]).toContain(id);
        });
        expect([...answer.sizes]).toEqual([...answer.sizes].sort((a, b) => b - a));
      }),
    );
  });

  it('draw the whole graph, or its best joined nodes', () => {
    fc.assert(
      fc.property(graphs, fc.integer({ min: 1, max: 20 }), (naive, most) => {
        const answer = snapshot(buildGraph(rowsFrom(naive)), most, go);
        const live = [...naive.nodes].filter(([, node]) => node.live).map(([id]) => id);
        const ranked = live.sort((a, b) => naiveDegree(naive, b) - naiveDegree(naive, a) || a - b);
        expect([...answer.ids]).toEqual(ranked.slice(0, most));
        expect([...answer.degrees]).toEqual([...answer.ids].map((id) => naiveDegree(naive, id)));
        expect(answer.totalNodes).toBe(live.length);
        const liveEdges = [...naive.edges.values()].filter(({ src, dst }) => live.includes(src) && live.includes(dst));
        expect(answer.totalEdges).toBe(liveEdges.length);
        const pairs = Array.from(
          { length: answer.edges.length / 2 },
          (_, n) => `${answer.ids[answer.edges[n * 2] as number]} ${answer.ids[answer.edges[n * 2 + 1] as number]}`,
        );
        const shown = new Set(answer.ids);
        expect(pairs.sort()).toEqual(
          liveEdges
            .filter(({ src, dst }) => shown.has(src) && shown.has(dst))
            .map(({ src, dst }) => `${src} ${dst}`)
            .sort(),
        );
      }),
    );
  });

  it('answer degree 0 for what is not there', () => {
    expect(degreesOf(buildGraph(rowsFrom(naiveGraph([], []))), [1, -1, 2 ** 31])).toEqual(new Uint32Array(3));
  });
});
