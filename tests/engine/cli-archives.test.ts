import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zipOf } from '../fixtures/archives.ts';
import { cliIn } from '../fixtures/run-cli.ts';

// Folders and archives by the command line, and the formats that a graph leaves by.

const fixture = (path: string) => join(import.meta.dirname, '../../src-main/features/knowledge/formats', path);
let folder = '';
let redoubt: ReturnType<typeof cliIn>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'redoubt-cli-archives-'));
  redoubt = cliIn(folder);
  mkdirSync(join(folder, 'rules/windows'), { recursive: true });
  copyFileSync(fixture('sigma/fixtures/rule.yml'), join(folder, 'rules/windows/rule.yml'));
  copyFileSync(fixture('sigma/fixtures/collection.yml'), join(folder, 'rules/collection.yml'));
  writeFileSync(join(folder, 'rules/README.md'), '# Rules\n');
  const zip = zipOf([
    { name: 'flows/portal.afb', data: readFileSync(fixture('attack-flow/fixtures/flow-3.afb')) },
    { name: 'taxii/pages.json', data: readFileSync(fixture('taxii/fixtures/pages.json')) },
    { name: '../escape.json', data: '{}' },
  ]);
  writeFileSync(join(folder, 'intel.zip'), zip);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Line {
  file: string;
  format: string;
  members?: number;
  created: number;
  rejected: { path: string; reason: string }[];
}

describe('folders and archives by the command line', { timeout: 300_000 }, () => {
  it('a folder is one import, with a line a format', () => {
    expect(redoubt('init').status).toBe(0);
    const { status, document } = redoubt('import', 'rules');
    const lines = document as Line[];
    expect(lines.map(({ file, format, members }) => [file, format, members])).toEqual([
      ['rules', 'sigma', 2],
      ['rules', 'unknown', 1],
    ]);
    expect(lines[0]?.created).toBeGreaterThan(5);
    expect(lines[1]?.rejected).toEqual([{ id: null, path: 'README.md', reason: 'it is none of the formats that can be read' }]);
    // Something was rejected, and nothing failed.
    expect(status).toBe(3);
  });

  it('a zip brings each format, and names what it does not read', () => {
    const { document } = redoubt('import', 'intel.zip');
    const lines = document as Line[];
    expect(lines.map(({ format, members }) => [format, members])).toEqual([
      ['attack-flow', 1],
      ['taxii', 1],
      ['unknown', 1],
    ]);
    expect(lines[2]?.rejected[0]).toMatchObject({ path: '../escape.json', reason: expect.stringContaining('leads out') });
  });

  it.each([
    ['graphml', (text: string) => expect(text).toMatch(/^<\?xml.*<\/graphml>\s*$/s)],
    ['json-ld', (text: string) => expect((JSON.parse(text) as { graph: unknown[] }).graph.length).toBeGreaterThan(20)],
    [
      'attack-flow',
      (text: string) =>
        expect((JSON.parse(text) as { objects: { type: string }[] }).objects.filter(({ type }) => type === 'attack-flow')).toHaveLength(1),
    ],
  ])('leaves as %s', (format, check) => {
    const { status, document } = redoubt('export', '--format', format, '-o', `out.${format}`);
    expect(status).toBe(0);
    expect(document).toMatchObject({ format });
    check(readFileSync(join(folder, `out.${format}`), 'utf8'));
  });

  it('an exported flow comes in again and changes nothing', () => {
    const { document } = redoubt('import', 'out.attack-flow');
    // The flow itself comes without our own words, at the same time: what stands stays, and that is said.
    expect((document as (Line & { updated: number; loss: unknown[] })[])[0]).toMatchObject({
      format: 'stix',
      created: 0,
      updated: 0,
      rejected: [],
    });
  });
});
