import { describe, expect, it } from 'vitest';
import { damageMany } from '../faults/damages.ts';
import { copiesKind, filesKind, killKind, migrationsKind } from '../faults/kill-kinds.ts';
import { failWrites, hasStrace } from '../faults/write-errors.ts';

/* The short forms of the runs in `tests/faults`; their numbers stand in docs/measurements.md. */
describe('engines killed', () => {
  it.each([
    ['while they copy and restore', copiesKind(3), 2],
    ['while a whole workspace goes out and comes in', filesKind(3), 2],
    ['while an older workspace is opened', migrationsKind(), 2],
  ] as const)(
    '%s leave what they acknowledged, and nothing in between',
    async (_what, kind, kills) => {
      const { faults } = await killKind(kind, { kills, seed: 3 });
      expect(faults).toEqual([]);
    },
    600_000,
  );
});

it('bytes flipped and files cut anywhere in the folder are told, or do no harm', async () => {
  const { faults, told } = await damageMany({ flips: 4, cuts: 2, seed: 11 });
  expect(faults).toEqual([]);
  expect(told).toBeGreaterThan(3);
}, 600_000);

it.skipIf(!hasStrace)(
  `writes that fail are one sentence, and cost nothing that was acknowledged${hasStrace ? '' : ' (skipped: no strace)'}`,
  async () => {
    const { faults, acknowledged } = await failWrites({ runs: 2, seed: 3 });
    expect(faults).toEqual([]);
    expect(acknowledged).toBeGreaterThan(5);
  },
  600_000,
);
