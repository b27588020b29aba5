import { expect, it } from 'vitest';
import { killMany } from '../faults/kills.ts';

/** The short form of `npm run faults`. */
it('engines killed in the middle of imports and edits leave what they acknowledged, and what they left half-done goes on', async () => {
  const outcome = await killMany({ kills: 6, objects: 1_000, livesEach: 3, seed: 3 });
  expect(outcome.faults).toEqual([]);
  expect(outcome.acknowledged).toBeGreaterThan(20);
}, 300_000);
