import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createQuota, floorOf } from './quota.ts';

it('leaves a floor above which fewer stand than fit, and at which at least as many', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 300, size: 'max' }),
      fc.integer({ min: 1, max: 60 }),
      (priorities, most) => {
        const quota = createQuota(most);
        for (const priority of priorities) quota.add(priority);
        const floor = quota.floor();
        if (priorities.length <= most) return void expect(floor).toBe(0);
        expect(priorities.filter((priority) => priority > floor).length).toBeLessThan(most);
        expect(priorities.filter((priority) => priority >= floor).length).toBeGreaterThanOrEqual(most);
      },
    ),
  );
});

it('does not take back what it refused, and keeps the first of equals', () => {
  const quota = createQuota(3);
  for (const priority of [5, 4, 4, 4, 3]) quota.add(priority);
  expect([quota.floor(), quota.add(3), quota.add(4), quota.add(5)]).toEqual([4, false, false, true]);
});

describe('the floor of counts', () => {
  it('is where the last that fit are found', () => {
    const counts = new Map([
      [5, 10],
      [9, 3],
      [7, 4],
    ]);
    expect([floorOf(counts, 100), floorOf(counts, 17), floorOf(counts, 16), floorOf(counts, 7), floorOf(counts, 6)]).toEqual([
      0, 0, 5, 5, 7,
    ]);
  });
});
