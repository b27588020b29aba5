import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf, extend, isPicked, nothing, toggle } from './selection.ts';

const idOf = (index: number) => `id-${index}`;

describe('selecting rows', () => {
  it('ticks and unticks one', () => {
    const one = toggle(nothing, 'a', 3);
    expect(isPicked(one, 'a')).toBe(true);
    expect(countOf(one, 100)).toBe(1);
    expect(countOf(toggle(one, 'a', 3), 100)).toBe(0);
  });

  it('extends in both directions from the row ticked last, and keeps what was ticked', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), fc.nat(200), (before, anchor, to) => {
        const start = toggle(before === anchor ? nothing : toggle(nothing, idOf(before), before), idOf(anchor), anchor);
        const { selection, missing } = extend(start, to, idOf);
        expect(missing).toBe(0);
        const [low, high] = [Math.min(anchor, to), Math.max(anchor, to)];
        for (let index = 0; index <= 200; index++)
          expect(isPicked(selection, idOf(index))).toBe((index >= low && index <= high) || index === before);
      }),
    );
  });

  it('says how many rows of a range are not loaded', () => {
    const { selection, missing } = extend(toggle(nothing, 'id-0', 0), 9, (index) => (index < 5 ? idOf(index) : undefined));
    expect([countOf(selection, 10), missing]).toEqual([5, 5]);
  });

  it('is all until one row is chosen anew', () => {
    expect(countOf({ all: true }, 1_000_000)).toBe(1_000_000);
    expect(isPicked({ all: true }, 'any')).toBe(true);
    expect(countOf(toggle({ all: true }, 'a', 0), 1_000_000)).toBe(1);
  });
});
