import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { context, readAll } from '../conformance.ts';
import type { Item } from '../format.ts';
import { sourceFromBytes, sourceFromPath } from '../source.ts';
import { hasSharedData, unpackShared } from '../../../../../tests/fixtures/shared-data.ts';
import { mispWarninglist } from './index.ts';

const objectsOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

it('is one object with its values in their order', async () => {
  const items = await readAll(mispWarninglist, 'l', new Uint8Array(await readFile(new URL('./fixtures/resolvers.json', import.meta.url))));
  expect(items).toMatchObject([
    { kind: 'rejected', path: 'list[3]', reason: 'not a text' },
    {
      kind: 'object',
      stamp: true,
      object: {
        type: 'x-redoubt-warninglist',
        name: 'List of example resolvers',
        version: '20991101',
        list_type: 'cidr',
        category: 'known',
        matching_attributes: ['ip-src', 'ip-dst', 'domain|ip'],
        list: ['192.0.2.53/32', '2001:db8::53/128', '198.51.100.0/24', '', '192.0.2.53/32'],
        x_misp_warninglist: { added_later: { kept: true } },
      },
    },
  ]);
});

it('comes in parts where it is long, none of it lost', async () => {
  const list = Array.from({ length: 250_001 }, (_, at) => `host-${at}.example`);
  const items = await readAll(mispWarninglist, 'l', bytesOf({ name: 'Long', type: 'hostname', version: 1, list }));
  const objects = objectsOf(items as Item[]);
  expect(objects.map(({ name }) => name)).toEqual(['Long', 'Long (part 2)', 'Long (part 3)']);
  expect(objects.flatMap(({ list }) => list)).toEqual(list);
});

it.each([[{ name: 'x', type: 'other', list: ['a'] }], [{ type: 'string', list: ['a'] }], [{ name: 'x', type: 'string' }], [['a', 'b']]])(
  'refuses what is none: %j',
  async (value) => {
    expect(await readAll(mispWarninglist, 'l', bytesOf(value))).toMatchObject({
      failed: expect.stringMatching(/is not a MISP warninglist/),
    });
  },
);

const archive = 'misp/misp-warninglists-84f0610a.tar.xz';
const there = hasSharedData;
it.skipIf(!there)(`reads all 129 lists${there ? '' : ' (skipped: no shared data)'}`, async () => {
  const files = unpackShared(archive, /\/list\.json$/);
  expect(files).toHaveLength(129);
  const ids = new Set<string>();
  for (const file of files) {
    const raw = JSON.parse(await readFile(file, 'utf8')) as { name: string; list: string[]; type: string };
    const source = await sourceFromPath(file);
    expect(mispWarninglist.detect(await source.head()).confidence, file).toBeGreaterThan(0.5);
    const items = (await Array.fromAsync(mispWarninglist.read(source, context()))).flat();
    expect(items, file).toMatchObject([{ kind: 'object', object: { name: raw.name, list_type: raw.type } }]);
    expect(objectsOf(items)[0]?.['list']).toEqual(raw.list);
    for (const { id } of objectsOf(items)) ids.add(id);
  }
  expect(ids.size).toBe(129);
});

it('reads a list of 200,000 values without holding the file twice', async () => {
  const source = await sourceFromBytes(
    'big',
    bytesOf({ name: 'B', type: 'string', version: 1, list: Array(200_000).fill('x'.repeat(100)) }),
  );
  const objects = objectsOf((await Array.fromAsync(mispWarninglist.read(source, context()))).flat());
  expect(objects.map(({ list }) => (list as string[]).length)).toEqual([100_000, 100_000]);
});
