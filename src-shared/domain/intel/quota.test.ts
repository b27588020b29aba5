import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createQuota } from './quota.ts';

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
