import { describe, expect, it } from 'vitest';
import { neighboursOf, walkAround, walkBack, walkInto, walkRows } from './walk.ts';

const node = (id: string, hops: number, degree: number) => ({
  id,
  type: 'malware',
  name: id,
  revoked: false,
  deprecated: false,
  missing: false,
  hops,
  degree,
});
const edge = (source: string, target: string, relationshipType = 'uses') => ({ source, target, relationshipType });
const nodes = [node('far', 2, 9), node('b', 1, 3), node('a', 1, 3), node('centre', 0, 1), node('hub', 1, 8)];
const edges = [edge('centre', 'a'), edge('hub', 'centre', 'detects'), edge('centre', 'b'), edge('b', 'far')];

describe('walkRows', () => {
  const rows = walkRows(nodes, edges, 'centre');
  it('puts the centre first, then near before far, linked before lonely, names last', () => {
    expect(rows.map((row) => row.node.id)).toEqual(['centre', 'hub', 'a', 'b', 'far']);
  });
  it('tells how each neighbour hangs on the centre', () => {
    expect(rows.map((row) => row.relation?.direction)).toEqual([undefined, 'in', 'out', 'out', undefined]);
  });
  it('lists neighbours of any node in the order of the rows', () => {
    expect(neighboursOf('centre', rows, edges)).toEqual(['hub', 'a', 'b']);
    expect(neighboursOf('far', rows, edges)).toEqual(['b']);
  });
});

describe('a walk', () => {
  const near = ['hub', 'a', 'b'];
  const start = { from: 'centre', at: 'centre', trail: [] };
  it('goes round the neighbours both ways', () => {
    const one = walkAround(start, near, 1);
    expect(one.at).toBe('hub');
    expect(walkAround(one, near, -1).at).toBe('b');
    expect(walkAround(start, [], 1)).toEqual(start);
  });
  it('goes in and comes back the same way', () => {
    const inside = walkInto(walkAround(start, near, 1));
    expect(inside).toEqual({ from: 'hub', at: 'hub', trail: ['centre'] });
    expect(walkBack(inside)).toEqual({ from: 'centre', at: 'hub', trail: [] });
    expect(walkBack(start)).toEqual(start);
  });
});
