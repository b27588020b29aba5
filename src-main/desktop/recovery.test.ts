import { expect, it } from 'vitest';
import { createPatience } from './recovery.ts';

it('brings back what died a few times a minute, then asks', () => {
  let now = 0;
  const patience = createPatience(() => now);
  expect([1, 2, 3, 4].map(() => patience.mayRestart())).toEqual([true, true, true, false]);
  now += 61_000;
  expect(patience.mayRestart()).toBe(true);
  patience.forgive();
  expect([1, 2, 3, 4].map(() => patience.mayRestart())).toEqual([true, true, true, false]);
});
