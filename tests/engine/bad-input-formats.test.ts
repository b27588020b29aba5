import { afterAll, describe, expect, it } from 'vitest';
import { importFormats } from '#shared/contract/knowledge/import.ts';
import { type Badness, badness } from '../fuzz/bad-files.ts';
import { createBadFilesReader } from '../fuzz/bad-files-reader.ts';

/*
 * Every format of the registry against every kind of bad file: each ends in objects, or in one sentence. The same
 * with 200 MiB in one line and 40 places: `npm run -s fuzz -- --bad all`.
 */
const extent = { places: 2, long: 4 };
/** MiB of heap; a reader that holds more than it should ends its process, which is a fault. */
const reader = createBadFilesReader(512);

afterAll(() => reader.close());

describe.each(importFormats)('%s', (format) => {
  it.each(Object.keys(badness) as Badness[])(
    '%s: read, or refused by a sentence',
    async (bad) => {
      const { faults, inputs } = await reader.ask({ format, bad, extent });
      expect(faults).toEqual([]);
      expect(inputs).toBeGreaterThan(0);
    },
    600_000,
  );
});
