import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { hasSharedData, unpackShared } from '../../../../../tests/fixtures/shared-data.ts';
import { context, readAll } from '../conformance.ts';
import type { Item } from '../format.ts';
import { sourceFromPath } from '../source.ts';
import { countermeasureId } from './cluster.ts';
import { mispGalaxy } from './index.ts';

const read = async (name: string, over = {}): Promise<Item[]> => {
  const items = await readAll(mispGalaxy, name, new Uint8Array(await readFile(new URL(`./fixtures/${name}`, import.meta.url))), over);
  if (!Array.isArray(items)) throw new Error(items.failed);
  return items;
};
const objectsOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
const edgesOf = (items: readonly Item[]) => objectsOf(items).filter(({ type }) => type === 'relationship');
const clustersOf = (items: readonly Item[]) => objectsOf(items).filter(({ type }) => type !== 'relationship' && type !== 'x-misp-galaxy');
const saidOf = (items: readonly Item[]) =>
  items.flatMap((item) => (item.kind === 'object' ? [] : [`${item.kind} ${item.path}: ${item.kind === 'loss' ? item.what : item.reason}`]));
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

it('makes clusters by their UUIDs, with what the galaxy says of them', async () => {
  const items = await read('actors.json');
  expect(clustersOf(items)).toMatchObject([
    {
      id: `threat-actor--${uuid(11)}`,
      name: 'Example Bear <b>',
      aliases: ['Bear'],
      external_references: [{ source_name: 'misp-galaxy', url: 'https://actors.example/bear' }],
      x_misp_galaxy: {
        type: 'threat-actor',
        meta: { country: 'XX', 'cfr-target-category': ['Government'], refs: ['https://actors.example/bear', 'not a link'] },
      },
    },
    { id: `threat-actor--${uuid(12)}`, revoked: true },
  ]);
  expect(edgesOf(items)).toMatchObject([
    {
      relationship_type: 'similar',
      source_ref: `threat-actor--${uuid(11)}`,
      target_ref: `threat-actor--${uuid(12)}`,
      labels: [expect.stringContaining('likely')],
    },
  ]);
  expect(saidOf(items)).toEqual([
    'rejected values[0].related[3]: not a relation with a type and the UUID of a cluster',
    'rejected values[2]: the same cluster already stands at values[1]; the first one is kept',
    'rejected values[3]: a cluster without a value',
    'rejected values[4]: “dog” is not a UUID',
    'rejected values[5]: not a cluster: it is no object',
    'loss : 1 relation is said more than once; each is kept once',
    'loss : 1 relation leads to clusters of galaxies that are not here; left out. Import those and then this file again',
  ]);
});

it('finds the clusters of other galaxies in the workspace and among what was read', async () => {
  const found = await read('actors.json', { findByUuid: (one: string) => (one === uuid(99) ? `tool--${one}` : undefined) });
  expect(edgesOf(found)[1]).toMatchObject({ relationship_type: 'is-deployed-by', target_ref: `tool--${uuid(99)}` });
  const given = await read('actors.json', { given: new Set([`malware--${uuid(99)}`]) });
  expect(edgesOf(given)[1]).toMatchObject({ target_ref: `malware--${uuid(99)}` });
});

it('gives ATT&CK’s objects as facts, and joins those that stand', async () => {
  const items = await read('techniques.json');
  expect(items.find((item) => item.kind === 'object' && item.object.name === 'Example Parent')).toMatchObject({
    partial: true,
    object: {
      id: `attack-pattern--${uuid(21)}`,
      kill_chain_phases: [{ kill_chain_name: 'mitre-attack', phase_name: 'execution' }],
      x_mitre_platforms: ['Windows'],
      external_references: [{ source_name: 'mitre-attack', external_id: 'T9901' }],
    },
  });
  expect(edgesOf(items)).toMatchObject([{ relationship_type: 'subtechnique-of', target_ref: `attack-pattern--${uuid(21)}` }]);
  const other = 'attack-pattern--00000000-0000-4000-8000-0000000000ff';
  const joined = await read('techniques.json', {
    findByExternalId: (id: string) => ({ T9901: other, 'T9901.001': `attack-pattern--${uuid(22)}` })[id],
  });
  expect(clustersOf(joined)).toEqual([]);
  expect(edgesOf(joined)).toEqual([]);
  expect(saidOf(joined)).toEqual([
    'loss : 2 clusters are ATT&CK’s own and stand in this workspace: joined, not written a second time',
    'loss : 1 relation is part of ATT&CK, which stands in this workspace; left out',
  ]);
  const half = await read('techniques.json', { findByExternalId: (id: string) => (id === 'T9901' ? other : undefined) });
  expect(edgesOf(half)).toMatchObject([{ target_ref: other }]);
});

it('lets D3FEND’s countermeasures mitigate, by one id whoever brings them', async () => {
  const items = await read('d3fend.json');
  expect(clustersOf(items)).toMatchObject([
    {
      type: 'course-of-action',
      id: countermeasureId('D3-EXC'),
      external_references: [{ source_name: 'mitre-d3fend', external_id: 'D3-EXC' }],
    },
  ]);
  expect(edgesOf(items)).toMatchObject([
    { relationship_type: 'mitigates', target_ref: `attack-pattern--${uuid(21)}`, x_redoubt_d3fend: { verbs: ['analyzes', 'blocks'] } },
  ]);
});

it('keeps what STIX has no type for, and the definition of a galaxy', async () => {
  expect(clustersOf(await read('others.json'))).toMatchObject([
    { type: 'x-misp-galaxy-cluster', name: 'Thing', x_misp_galaxy: { meta: { colour: 'red' } } },
  ]);
  expect(objectsOf(await read('definition.json'))).toMatchObject([
    { id: `x-misp-galaxy--${uuid(5)}`, x_misp_galaxy: { namespace: 'misp', kill_chain_order: { example: ['one', 'two'] } } },
  ]);
});

interface Raw {
  values: { uuid: string; related?: { 'dest-uuid': string; type: string }[] }[];
}

it.skipIf(!hasSharedData)(`reads the whole archive, each cluster once${hasSharedData ? '' : ' (skipped: no shared data)'}`, async () => {
  const files = unpackShared('misp/misp-galaxy-9434ace4.tar.xz', /^(?:clusters|galaxies)\//);
  expect(files).toHaveLength(167);
  const given = new Set<string>();
  let [clusters, edges, left] = [0, 0, 0];
  for (const file of files) {
    const source = await sourceFromPath(file);
    expect(mispGalaxy.detect(await source.head()).confidence, file).toBeGreaterThan(0.8);
    const items = (await Array.fromAsync(mispGalaxy.read(source, context({ given })))).flat();
    if (file.includes('/galaxies/')) {
      expect(
        objectsOf(items).map(({ type }) => type),
        file,
      ).toEqual(['x-misp-galaxy']);
      expect(saidOf(items), file).toEqual([]);
      continue;
    }
    const raw = (JSON.parse(await readFile(file, 'utf8')) as Raw).values;
    const rejected = saidOf(items).filter((line) => /^rejected values\[\d+\]:/.test(line)).length;
    expect(clustersOf(items).length + rejected, basename(file)).toBe(raw.length);
    const related = raw.flatMap(({ related = [] }) => related).length;
    const lost = saidOf(items)
      .filter((line) => line.startsWith('loss : '))
      .reduce((sum, line) => sum + Number(/\d+/.exec(line)?.[0]), 0);
    const bad = saidOf(items).filter((line) => /^rejected .*related/.test(line)).length;
    // Relations of a cluster that comes twice go with it.
    const twice = rejected === 0 ? 0 : related - (edgesOf(items).length + lost + bad);
    expect(edgesOf(items).length + lost + bad + twice, basename(file)).toBe(related);
    expect(rejected === 0 ? twice : 0).toBe(0);
    clusters += clustersOf(items).length;
    edges += edgesOf(items).length;
    left += lost;
  }
  expect(clusters).toBe(15_195);
  // One after the other and without ATT&CK: what leads ahead is said, nothing is lost in silence.
  expect(edges + left).toBeGreaterThan(34_000);
});
