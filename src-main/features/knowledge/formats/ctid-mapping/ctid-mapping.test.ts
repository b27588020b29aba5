import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import { hasSharedData, readJson, shared } from '../../../../../tests/fixtures/shared-data.ts';
import { context, readAll } from '../conformance.ts';
import type { Item } from '../format.ts';
import { sourceFromPath } from '../source.ts';
import { ctidMapping } from './index.ts';

const read = async (name: string, over = {}): Promise<Item[]> => {
  const items = await readAll(ctidMapping, name, new Uint8Array(await readFile(new URL(`./fixtures/${name}`, import.meta.url))), over);
  if (!Array.isArray(items)) throw new Error(items.failed);
  return items;
};
const objectsOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
const edgesOf = (items: readonly Item[]) => objectsOf(items).filter(({ type }) => type === 'relationship');
const saidOf = (items: readonly Item[]) =>
  items.flatMap((item) => (item.kind === 'object' ? [] : [`${item.kind} ${item.path}: ${item.kind === 'loss' ? item.what : item.reason}`]));

it('makes controls that mitigate the techniques, and says what maps to nothing', async () => {
  const items = await read('controls.json');
  expect(objectsOf(items)[0]).toMatchObject({
    type: 'x-redoubt-control',
    control_id: 'AC-2',
    name: 'Account Management <i>all</i>',
    framework: 'example_controls rev9',
    created: '2099-01-02T00:00:00.000Z',
    modified: '2099-02-03T00:00:00.000Z',
    x_redoubt_ctid: { group: 'AC', group_name: 'Access Control' },
  });
  expect(edgesOf(items).map(({ relationship_type, description }) => [relationship_type, description])).toEqual([
    ['mitigates', 'Accounts are looked after.'],
    ['mitigates', undefined],
    ['mitigates', undefined],
  ]);
  expect(edgesOf(items)[1]).toMatchObject({
    external_references: [{ source_name: 'ctid', url: 'https://controls.example/ac-2' }],
    x_redoubt_mapping: { type: 'mitigates', attack_version: '19.1', other_references: ['none'] },
  });
  expect(saidOf(items)).toEqual([
    'loss mapping_objects[3]: maps to no technique of ATT&CK enterprise 19.1: kept without an edge',
    'loss mapping_objects[4]: no capability maps to T1650; left out',
    'loss mapping_objects[5]: maps to “X9” of ATT&CK enterprise 19.1: kept without an edge',
    'rejected mapping_objects[6]: not a mapping: it is no object',
    'loss : 2 techniques are not in this workspace and stand by id and name only; import ATT&CK first to join them',
  ]);
});

it('joins the techniques that stand in the workspace', async () => {
  const known = 'attack-pattern--00000000-0000-4000-8000-000000000001';
  const items = await read('veris.json', { findByExternalId: (id: string) => (id === 'T1110' ? known : undefined) });
  expect(objectsOf(items).map(({ type, name }) => [type, name])).toEqual([
    ['attack-pattern', 'action.hacking.variety.Brute force'],
    ['relationship', undefined],
  ]);
  expect(edgesOf(items)).toMatchObject([{ relationship_type: 'related-to', target_ref: known }]);
  expect(saidOf(items)).toEqual([]);
});

it('tells detecting from protecting, and reads what stands behind the mappings', async () => {
  const items = await read('services.json');
  expect(edgesOf(items)).toMatchObject([
    {
      relationship_type: 'detects',
      x_redoubt_mapping: { score_category: 'detect', score: 'partial', related_score: 'T1059', other: { added: 'kept' } },
    },
    { relationship_type: 'mitigates', x_redoubt_mapping: { score_category: 'protect', score: 'minimal' } },
  ]);
  // A date is no edition: the next mapping is about the same service.
  expect(objectsOf(items)[0]).toMatchObject({ framework: 'example_cloud', name: 'Example Guard' });
});

it('lets techniques target exploited vulnerabilities, from JSON and from the table', async () => {
  for (const name of ['exploited.json', 'cves.csv']) {
    const items = await read(name);
    expect(items.find((item) => item.kind === 'object' && item.object.type === 'vulnerability')).toMatchObject({
      merge: true,
      object: { id: vulnerabilityId('CVE-2099-10001') },
    });
    expect(edgesOf(items).every(({ target_ref }) => target_ref === vulnerabilityId('CVE-2099-10001'))).toBe(true);
  }
  const items = await read('cves.csv');
  expect(edgesOf(items).map(({ x_redoubt_mapping: mapping }) => (mapping as { type: string }).type)).toEqual([
    'primary_impact',
    'exploitation_technique',
    'exploitation_technique',
  ]);
  expect(saidOf(items).slice(0, 2)).toEqual(['loss row 3: names no technique; left out', 'rejected row 4: “CVE-99” is not a CVE id']);
});

it('describes controls by their ids, without markup', async () => {
  const items = await read('descriptions.json');
  expect(objectsOf(items)).toMatchObject([
    { control_id: 'AC-2', framework: 'nist_800_53 rev5', description: 'Accounts are looked after.' },
    { control_id: 'AC-3', description: 'Access is enforced.' },
  ]);
});

interface Mapping {
  capability_id: string | null;
  attack_object_id: string | null;
  status: string;
}
const isMapped = ({ capability_id, attack_object_id, status }: Mapping) =>
  Boolean(capability_id) && status !== 'non_mappable' && /^T\d{4}/.test(attack_object_id ?? '');

it.skipIf(!hasSharedData)(
  `reads the Center’s mappings, each of them an edge${hasSharedData ? '' : ' (skipped: no shared data)'}`,
  async () => {
    const folder = shared('mappings/ctid');
    const names = readdirSync(folder).filter((name) => /attack-.*\.json(?:\.gz)?$/.test(name));
    expect(names.length).toBeGreaterThanOrEqual(14);
    for (const name of names) {
      const raw = (readJson(`${folder}/${name}`) as { mapping_objects: Mapping[] }).mapping_objects;
      const source = await sourceFromPath(`${folder}/${name}`);
      expect(ctidMapping.detect(await source.head()).confidence, name).toBeGreaterThan(0.9);
      const items = (await Array.fromAsync(ctidMapping.read(source, context()))).flat();
      const rejected = items.filter(({ kind }) => kind === 'rejected').length;
      expect(edgesOf(items).length + rejected, name).toBe(raw.filter(isMapped).length);
      // Word for word the same is the only reason to leave a mapping out.
      const distinct = new Set(raw.filter(isMapped).map((one) => JSON.stringify(one))).size;
      expect(edgesOf(items).length, name).toBe(distinct);
      const unmapped = items.filter(
        (item) => item.kind === 'loss' && item.path.startsWith('mapping_objects[') && /edge|left out/.test(item.what),
      ).length;
      expect(unmapped, name).toBe(raw.length - raw.filter(isMapped).length);
      const subjects = new Set(raw.flatMap(({ capability_id: id }) => id?.trim() ?? []));
      const made = objectsOf(items).filter(({ x_redoubt_ctid: about }) => about !== undefined);
      expect(made.length, name).toBe(subjects.size);
    }
  },
);

it.skipIf(!hasSharedData)(`reads the Center’s CVE table${hasSharedData ? '' : ' (skipped: no shared data)'}`, async () => {
  const source = await sourceFromPath(shared('mappings/ctid/attack_to_cve.csv'));
  const items = (await Array.fromAsync(ctidMapping.read(source, context()))).flat();
  const lines = (await readFile(shared('mappings/ctid/attack_to_cve.csv'), 'utf8')).trim().split('\n').slice(1);
  expect(lines).toHaveLength(839);
  const cves = new Set(lines.map((line) => line.split(',')[0]?.trim()));
  const named = new Set(lines.filter((line) => /T\d{4}/.test(line)).map((line) => line.split(',')[0]?.trim()));
  const made = new Set(objectsOf(items).flatMap(({ type, name }) => (type === 'vulnerability' ? [name] : [])));
  expect([...named].filter((cve) => !made.has(cve))).toEqual([]);
  expect([...made].filter((cve) => !cves.has(cve as string))).toEqual([]);
  const cells = lines.flatMap((line) => line.match(/T\d{4}(?:\.\d{3})?/g) ?? []).length;
  expect(edgesOf(items).length + items.filter(({ kind }) => kind === 'rejected').length).toBe(cells);
});
