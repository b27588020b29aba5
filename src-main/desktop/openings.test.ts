import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openingOf, viewFromLink } from './openings.ts';

describe('a link', () => {
  it('leads to a view that shows something', () => {
    expect(viewFromLink('redoubt://entity/attack-pattern--970a3432-3237-47ad-bcca-7d8cbb217736')).toBe(
      'entity/attack-pattern--970a3432-3237-47ad-bcca-7d8cbb217736',
    );
    expect(viewFromLink('redoubt:entity/T1059.001')).toBe('entity/T1059.001');
    expect(viewFromLink('redoubt://matrix/')).toBe('matrix');
    expect(viewFromLink('redoubt://search?q=apt29%20%26x=1&import=evil')).toBe('search?q=apt29+%26x%3D1');
  });

  it.each([
    'https://entity/T1059',
    'redoubt://import',
    'redoubt://settings',
    'redoubt://entity',
    'redoubt://entity/a/b',
    'redoubt://entity/..%2f..%2fsettings',
    'redoubt://entity/%E0%A4%A',
    'redoubt://entity/<img%20src=x>',
    'redoubt://me@entity/T1',
    'redoubt://entity:80/T1',
    'redoubt://entity/T1#/settings',
    'redoubt://__proto__',
    `redoubt://search?q=${'a'.repeat(3000)}`,
    'nonsense',
  ])('to nowhere else: %s', (link) => {
    expect(viewFromLink(link)).toBeUndefined();
  });

  it('never makes anything but an address of a listed view', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((text) => `redoubt://entity/${text}`),
          fc.string().map((text) => `redoubt://search?q=${text}`),
        ),
        (link) => {
          const view = viewFromLink(link);
          if (view !== undefined)
            expect(view).toMatch(/^(?:(?:home|search|explore|matrix|history|ledger)(?:\?q=[\w%+.*-]*)?|(?:entity|graph)\/[\w.:%-]+)$/);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('a command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openings-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('names links and files that are there, and nothing else counts', () => {
    writeFileSync(join(folder, 'scan.nessus'), '');
    const args = ['--workspace', folder, 'scan.nessus', '--inspect=0', 'absent.json', 'redoubt://matrix', 'https://evil.test'];
    expect(openingOf(args, folder)).toEqual({ view: 'matrix', paths: [join(folder, 'scan.nessus')] });
    expect(openingOf([], folder)).toEqual({ paths: [] });
  });
});
