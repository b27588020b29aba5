import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasSharedData, readJson, shared } from '../../../../../tests/fixtures/shared-data.ts';
import { readAll } from '../conformance.ts';
import type { Item } from '../format.ts';
import { detectFormat } from '../index.ts';
import { sourceFromBytes } from '../source.ts';
import { taxii } from './index.ts';

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)));
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const recognised = async (content: Uint8Array) => detectFormat(await (await sourceFromBytes('x', content)).head())?.format.id;

async function read(content: Uint8Array): Promise<Item[]> {
  const items = await readAll(taxii, 'x.json', content);
  if (!Array.isArray(items)) throw new Error(items.failed);
  return items;
}
const paths = (items: readonly Item[], kind: Item['kind']) => items.filter((item) => item.kind === kind).map(({ path }) => path);

describe('taxii', () => {
  it('reads several pages of one list, and says what is missing', async () => {
    const items = await read(fixture('pages.json'));
    expect(paths(items, 'object')).toEqual(['[0].objects[0]', '[1].objects[0]']);
    expect(paths(items, 'rejected')).toEqual(['[1].objects[1]', '[2]']);
  });

  it('reads a server’s store collection by collection', async () => {
    const items = await read(fixture('store.json'));
    expect(paths(items, 'object')).toEqual(['one.collections[1].objects[0]', 'one.collections[1].objects[1]']);
    expect(
      items
        .filter(({ kind, path }) => kind === 'loss' && !path.includes('objects['))
        .map((item) => (item.kind === 'loss' ? `${item.path}: ${item.what}` : '')),
    ).toEqual([
      '/discovery: what the server says of itself is not kept',
      'one.collections[0]: the collection “Empty” itself is not kept, it holds no objects',
      'one.collections[1]: the collection “Filled” itself is not kept; its objects are',
      'one.collections[1].manifest[1]: names an object that the file does not hold',
      'one.status: 1 states of requests are not kept',
    ]);
  });

  it('says of a manifest and of lists that they hold no objects', async () => {
    const manifest = bytes({
      more: false,
      objects: [
        {
          id: 'indicator--cd981c25-8042-4166-8945-51178443bdac',
          date_added: '2026-01-01T00:00:00.000Z',
          version: '2026-01-01T00:00:00.000Z',
          media_type: 'x',
        },
      ],
    });
    expect(await recognised(manifest)).toBe('taxii');
    expect(await readAll(taxii, 'm.json', manifest)).toEqual({
      failed: expect.stringMatching(/manifest: it names 1 objects and holds none/),
    });
    for (const value of [
      { collections: [{ id: 'a', title: 'b', can_read: true, can_write: false }] },
      { title: 'a', api_roots: ['https://a.example/'] },
      { title: 'a', versions: ['application/taxii+json;version=2.1'], max_content_length: 7 },
      {
        id: 'a',
        status: 'complete',
        request_timestamp: '2026-01-01T00:00:00Z',
        total_count: 1,
        success_count: 1,
        failure_count: 0,
        pending_count: 0,
      },
    ]) {
      expect(await recognised(bytes(value))).toBe('taxii');
      expect(await readAll(taxii, 'x.json', bytes(value))).toEqual({ failed: expect.stringMatching(/no objects|holds no STIX/) });
    }
  });

  it('leaves a single envelope to STIX', async () => {
    const [page] = JSON.parse(Buffer.from(fixture('pages.json')).toString('utf8')) as unknown[];
    expect(await recognised(bytes(page))).toBe('stix');
  });

  it.skipIf(!hasSharedData)(
    `every object of medallion’s store is kept or rejected${hasSharedData ? '' : ' (skipped: no shared data)'}`,
    async () => {
      const file = shared('taxii/medallion-default_data.json');
      const content = new Uint8Array(readFileSync(file));
      expect(await recognised(content)).toBe('taxii');
      const roots = Object.values(readJson(file) as Record<string, { collections?: { objects?: unknown[] }[] }>);
      const expected = roots.flatMap(({ collections = [] }) => collections.flatMap(({ objects = [] }) => objects)).length;
      const items = await read(content);
      expect(expected).toBe(8);
      // Each path once: an object with two faults is one rejection; a lifted object has companions at paths of its own.
      const objects = items.filter(({ kind, path }) => kind === 'object' && /objects\[\d+\]$/.test(path)).length;
      expect(objects + paths(items, 'rejected').length).toBe(expected);
    },
  );
});
