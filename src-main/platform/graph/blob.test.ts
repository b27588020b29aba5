import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContractError } from '#shared/transport/errors.ts';
import { arbitraryGraph, rowsFrom } from '../../../tests/fixtures/naive-graph.ts';
import { loadGraph, serialiseGraph } from './blob.ts';
import { buildGraph, rowsOf } from './csr.ts';
import { applyDeltas } from './delta.ts';
import { neighbourhood } from './k-hop.ts';
import { components, degreesOf, snapshot } from './survey.ts';

const go = () => undefined;
const graphs = arbitraryGraph(12, 40);
const refused = (bytes: Uint8Array) => {
  try {
    loadGraph(bytes);
    return undefined;
  } catch (error) {
    return error instanceof ContractError ? error.code : error;
  }
};

describe('the stored graph', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(graphs, (naive) => {
        const graph = buildGraph(rowsFrom(naive));
        const back = loadGraph(serialiseGraph(graph));
        expect(rowsOf(back)).toEqual(rowsOf(graph));
        expect(degreesOf(back, rowsOf(graph).nodes)).toEqual(degreesOf(graph, rowsOf(graph).nodes));
        const ids = [...rowsOf(graph).nodes];
        const ask = { ids: ids.slice(0, 1), hops: 2, direction: 'in' as const, limit: 50, edgeLimit: 50 };
        expect(neighbourhood(back, ask, go)).toEqual(neighbourhood(graph, ask, go));
        expect(serialiseGraph(back)).toEqual(serialiseGraph(graph));
      }),
    );
  });

  it('holds what patches changed, and takes further ones', () => {
    const rows = rowsFrom(fc.sample(graphs, { numRuns: 1, seed: 7 })[0] ?? { nodes: new Map(), edges: new Map() });
    const patched = applyDeltas(buildGraph(rows), [{ added: [500, 8, 501, 1], removed: [], nodes: [500, 1, 9, 501, 1, 9] }]);
    const back = loadGraph(serialiseGraph(patched));
    expect(rowsOf(back)).toEqual(rowsOf(patched));
    const delta = { added: [501, 8, 502, 1], removed: [500, 8, 501, 1], nodes: [] };
    expect(rowsOf(applyDeltas(back, [delta]))).toEqual(rowsOf(applyDeltas(patched, [delta])));
  });

  it('is read from any place in memory', () => {
    const bytes = serialiseGraph(
      buildGraph(rowsFrom(fc.sample(graphs, { numRuns: 1, seed: 3 })[0] ?? { nodes: new Map(), edges: new Map() })),
    );
    for (const offset of [1, 2, 3, 4, 8]) {
      const moved = new Uint8Array(bytes.length + offset).subarray(offset);
      moved.set(bytes);
      expect(rowsOf(loadGraph(moved))).toEqual(rowsOf(loadGraph(bytes)));
    }
  });

  it('is refused where it is cut, longer, or a single bit of it differs', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), fc.nat(), fc.integer({ min: 0, max: 7 }), (naive, cut, place, bit) => {
        const bytes = serialiseGraph(buildGraph(rowsFrom(naive)));
        expect(refused(bytes.slice(0, cut % bytes.length))).toBe('damaged');
        expect(refused(Uint8Array.of(...bytes, 0))).toBe('damaged');
        const flipped = bytes.slice();
        flipped[place % bytes.length] = (flipped[place % bytes.length] as number) ^ (1 << bit);
        expect(refused(flipped)).toBe('damaged');
      }),
    );
  });

  it('is refused, or harmless, where numbers in it were changed under a right checksum', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.boolean(), (naive, place, value, small) => {
        const bytes = serialiseGraph(buildGraph(rowsFrom(naive)));
        const words = new Int32Array(bytes.buffer);
        // Any number but magic and version, byte order and the checksum itself.
        const at = 3 + (place % (words.length - 3));
        words[at] = small ? value % 16 : value;
        new Uint32Array(bytes.buffer)[7] = crc32(bytes.subarray(32));
        if (refused(bytes)) return;
        const graph = loadGraph(bytes);
        const total = graph.nodeCount;
        expect(components(graph, { includeRetired: true }, go).ids.length).toBe(total);
        for (const id of rowsOf(graph).nodes)
          expect(
            neighbourhood(graph, { ids: [id], hops: 3, direction: 'both', limit: 99, edgeLimit: 99 }, go).totalNodes,
          ).toBeLessThanOrEqual(total);
        snapshot(graph, 5, go);
      }),
      { numRuns: 500 },
    );
  });
});
