import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slips } from './slips.ts';

/** The definition, without a bound and without rows kept for speed. */
function distance(a: string, b: string): number {
  const known = new Map<string, number>();
  const of = (i: number, j: number): number => {
    if (i === 0 || j === 0) return i + j;
    const key = `${i} ${j}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    let least = Math.min(of(i - 1, j) + 1, of(i, j - 1) + 1, of(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1));
    if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, of(i - 2, j - 2) + 1);
    known.set(key, least);
    return least;
  };
  return of(a.length, b.length);
}

describe('slips', () => {
  it('counts a letter too many, too few, wrong, and two letters swapped as one', () => {
    for (const typed of ['mimikats', 'mimikatzz', 'mimkatz', 'mimiaktz']) expect(slips(typed, 'mimikatz', 2)).toBe(1);
    expect(slips('mimikatz', 'mimikatz', 0)).toBe(0);
  });

  it('is the distance up to the bound, and more than the bound past it', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 4 }), (a, b, most) => {
        const exact = distance(a, b);
        const bounded = slips(a, b, most);
        return exact <= most ? bounded === exact : bounded > most;
      }),
    );
  });
});
