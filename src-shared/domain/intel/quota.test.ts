import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createQuota } from './quota.ts';

it('keeps the most urgent, never more than fit unless one priority alone is more, and nothing below what it left', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 300, size: 'max' }),
      fc.integer({ min: 1, max: 60 }),
      (priorities, most) => {
        const quota = createQuota(most);
        for (const priority of priorities) quota.add(priority);
        const floor = quota.floor();
        const kept = priorities.filter((priority) => priority >= floor);
        const highest = priorities.filter((priority) => priority === Math.max(...priorities));
        expect(kept.length).toBeLessThanOrEqual(Math.max(most, highest.length));
        if (priorities.length <= most) expect(kept).toHaveLength(priorities.length);
      },
    ),
  );
});

it('does not take back what it refused', () => {
  const quota = createQuota(2);
  for (const priority of [5, 5, 4, 4, 3]) quota.add(priority);
  expect([quota.floor(), quota.add(4), quota.add(5)]).toEqual([5, false, true]);
});
