import { expect, it } from 'vitest';
import { buildGraph } from './csr.ts';
import { neighbourhood } from './k-hop.ts';

it('a picture with room for one edge a node leaves no node alone', () => {
  // A centre, a ring round it, and so many parallel edges from the first to the second that they alone fill the room.
  const nodes = 30;
  const edges: [number, number][] = [];
  for (let copy = 0; copy < 200; copy++) edges.push([1, 2]);
  for (let node = 2; node <= nodes; node++) edges.push(node % 2 ? [1, node] : [node, 1]);
  const graph = buildGraph({
    nodes: Int32Array.from({ length: nodes }, (_, at) => at + 1),
    states: new Uint8Array(nodes).fill(1),
    types: new Int32Array(nodes).fill(7),
    src: Int32Array.from(edges, ([src]) => src),
    dst: Int32Array.from(edges, ([, dst]) => dst),
    type: new Int32Array(edges.length).fill(9),
    rel: Int32Array.from(edges, (_, at) => 1000 + at),
  });
  const {
    ids,
    edges: shown,
    totalEdges,
  } = neighbourhood(graph, { ids: [1], hops: 1, direction: 'both', limit: 100, edgeLimit: nodes - 1 }, () => undefined);
  expect(ids).toHaveLength(nodes);
  expect(totalEdges).toBe(edges.length);
  expect(shown.src).toHaveLength(nodes - 1);
  const tied = new Set([...shown.src, ...shown.dst]);
  expect([...ids].filter((id) => !tied.has(id))).toEqual([]);
  expect(new Set(shown.rel).size).toBe(nodes - 1);
});
