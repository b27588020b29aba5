import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliIn } from '../fixtures/run-cli.ts';
import { differences, hasSharedData, newestById, rawObjects, unpackShared } from '../fixtures/shared-data.ts';

// The test vectors of OASIS's validator, by the command line: what it says and how it ends.

interface Report {
  file: string;
  created: number;
  unchanged: number;
  rejected: { id: string | null; path: string; reason: string }[];
}

let folder = '';
let redoubt: ReturnType<typeof cliIn>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'redoubt-vectors-'));
  redoubt = cliIn(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasSharedData)(`OASIS validator vectors${hasSharedData ? '' : ' (skipped: no shared data)'}`, { timeout: 300_000 }, () => {
  const vectors = () => unpackShared('stix/oasis-stix-validator-tests-9e4a1ea0.tar.xz', /test_examples/);

  it('accepts the valid and ends with 0', () => {
    const valid = vectors().filter((path) => !basename(path).startsWith('invalid'));
    expect(valid.length).toBeGreaterThanOrEqual(8);
    expect(redoubt('init').status).toBe(0);
    const { status, document } = redoubt('import', ...valid);
    expect(status).toBe(0);
    for (const report of document as Report[])
      expect([report.file, report.created + report.unchanged, report.rejected]).toEqual([report.file, 1, []]);
    // Many are contents of one identity, of which the first stays; what stands as STIX 2.1 comes back as it was.
    redoubt('export', '--format', 'stix2.1', '-o', 'out.json');
    const exported = rawObjects(join(folder, 'out.json'));
    const newest = [...newestById(valid.flatMap(rawObjects)).values()].filter((object) => object['spec_version'] === '2.1');
    const ids = new Set(newest.map(({ id }) => id));
    expect(
      differences(
        newest,
        exported.filter(({ id }) => ids.has(id)),
        isDeepStrictEqual,
      ),
    ).toEqual({ count: 0, list: [] });
  });

  // What is no JSON fails as a file (1); what is, and breaks a MUST, is rejected as an object (3).
  it.each([
    ['invalid_braces.json', 1, /JSON|none of the formats/],
    ['invalid_comma.json', 1, /not valid JSON at line \d+, byte \d+/],
    ['invalid_identity.json', 3, /./],
    ['invalid_timestamp.json', 3, /./],
  ])('turns down %s with a reason and ends with %i', (name, code, reason) => {
    const paths = vectors().filter((path) => basename(path) === name);
    expect(paths.length).toBeGreaterThanOrEqual(2);
    for (const path of paths) {
      const { status, document, err } = redoubt('import', path);
      const [report] = document as Report[];
      expect([path, status, report?.created, report?.rejected.length]).toEqual([path, code, 0, 1]);
      expect(report?.rejected[0]?.reason).toMatch(reason);
      if (code === 1) expect(err).toMatch(/^\S.*\n$/);
    }
  });
});
