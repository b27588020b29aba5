import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expendable, type Kept } from './retention.ts';

const policy = { keepDaily: 7, keepWeekly: 4, keepNewest: 3 };
const DAY = 86_400_000;
const start = Date.parse('2026-03-02T12:00:00.000Z');
const copy = (days: number, more: Partial<Kept> = {}): Kept => ({
  backupId: `c${days}`,
  takenAt: new Date(start + days * DAY).toISOString(),
  reason: 'daily',
  state: 'verified',
  ...more,
});

describe('which copies may go', () => {
  it('of sixty daily ones all but seven days, four weeks and the newest three', () => {
    const copies = Array.from({ length: 60 }, (_, day) => copy(day));
    const gone = new Set(expendable(copies, policy));
    const kept = copies.filter(({ backupId }) => !gone.has(backupId)).map(({ backupId }) => backupId);
    // Day 59 is a Thursday: the last seven days, and the Sundays that end the three weeks before its own.
    expect(kept).toEqual(['c41', 'c48', 'c53', 'c54', 'c55', 'c56', 'c57', 'c58', 'c59']);
  });

  it('never one made by hand, and a failed one only when a newer is verified', () => {
    const copies = [
      copy(0, { reason: 'manual' }),
      copy(1, { state: 'failed' }),
      ...Array.from({ length: 40 }, (_, n) => copy(n + 2)),
      copy(50, { state: 'failed' }),
    ];
    const gone = expendable(copies, policy);
    expect(gone).not.toContain('c0');
    expect(gone).toContain('c1');
    expect(gone).not.toContain('c50');
  });

  it('always leaves the newest verified, keeps each day that is asked for, and settles: what is left stays', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ hours: fc.integer({ min: 0, max: 24 * 90 }), verified: fc.boolean() }), { minLength: 1, maxLength: 80 }),
        fc.record({
          keepDaily: fc.integer({ min: 1, max: 10 }),
          keepWeekly: fc.integer({ min: 0, max: 6 }),
          keepNewest: fc.integer({ min: 1, max: 5 }),
        }),
        (made, wanted) => {
          const copies = made.map(({ hours, verified }, index) =>
            copy(hours / 24, { backupId: `c${index}`, state: verified ? 'verified' : 'failed' }),
          );
          const gone = new Set(expendable(copies, wanted));
          const left = copies.filter(({ backupId }) => !gone.has(backupId));
          const verified = copies.filter(({ state }) => state === 'verified').sort((a, b) => (a.takenAt < b.takenAt ? 1 : -1));
          if (verified[0]) expect(left.some(({ takenAt }) => takenAt === verified[0]?.takenAt)).toBe(true);
          const days = [...new Set(verified.map(({ takenAt }) => takenAt.slice(0, 10)))].slice(0, wanted.keepDaily);
          for (const day of days) expect(left.some(({ takenAt, state }) => state === 'verified' && takenAt.startsWith(day))).toBe(true);
          expect(expendable(left, wanted)).toEqual([]);
        },
      ),
    );
  });
});
