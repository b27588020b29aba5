import { describe, expect, it } from 'vitest';
import { formats } from '#main/features/knowledge/formats/index.ts';
import { fuzzFormat, seedsOf } from './fuzz-format.ts';
import { fuzzText, textTargets } from './fuzz-text.ts';

const runs = Number(process.env['REDOUBT_RUNS'] ?? 300);

describe('mutated files', () => {
  it.each(formats.map((format) => [format.id, format] as const))(
    '%s: are read or refused by a sentence',
    async (id, format) => {
      const { faults, objects } = await fuzzFormat(format, await seedsOf(id), runs);
      expect(faults).toEqual([]);
      // Were no input readable, nothing behind the parser would have been tried.
      expect(objects).toBeGreaterThan(0);
    },
    600_000,
  );
});

describe('mutated texts', () => {
  it.each(Object.keys(textTargets))('%s: are understood or not, and nothing else', async (id) => {
    const { faults, objects } = await fuzzText(id, runs);
    expect(faults).toEqual([]);
    expect(objects).toBeGreaterThan(0);
  });
});
