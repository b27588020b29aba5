import { describe, expect, it } from 'vitest';
import { withinBounds } from './bounds.ts';

const nested = (levels: number) => Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 1);

describe('bounds of an input', () => {
  it('lets usual values through', () => {
    for (const value of [undefined, null, 1, 'x'.repeat(1e6), [], {}, { a: [{ b: null }] }, new Uint8Array(5e6)])
      expect(withinBounds(value)).toBe(true);
    expect(withinBounds(Array.from({ length: 100_000 }, (_, index) => ({ index })))).toBe(true);
  });

  it('counts levels exactly', () => {
    expect(withinBounds(nested(64))).toBe(true);
    expect(withinBounds(nested(65))).toBe(false);
    expect(withinBounds(nested(100_000))).toBe(false);
  });

  it('counts values exactly', () => {
    expect(withinBounds(Array(9).fill(0), 64, 10)).toBe(true);
    expect(withinBounds(Array(10).fill(0), 64, 10)).toBe(false);
    expect(withinBounds([[0, 0, 0], [0, 0, 0], [0]], 64, 10)).toBe(false);
  });

  it('ends on cycles and on graphs of shared parts', () => {
    const round: unknown[] = [];
    round.push(round, round);
    expect(withinBounds(round)).toBe(false);
    let shared: unknown = 1;
    for (let level = 0; level < 40; level++) shared = [shared, shared];
    expect(withinBounds(shared)).toBe(false);
  });

  it('sees through keys that name prototypes', () => {
    expect(withinBounds(JSON.parse(`{"__proto__":${'['.repeat(70)}${']'.repeat(70)}}`))).toBe(false);
  });
});
