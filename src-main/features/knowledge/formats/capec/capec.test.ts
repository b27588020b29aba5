import { expect, it } from 'vitest';
import { externalIdOf } from '#shared/domain/knowledge/identifiers.ts';
import { hasSharedData, rawObjects, shared, unpackShared } from '../../../../../tests/fixtures/shared-data.ts';
import { context, readAll } from '../conformance.ts';
import type { Item } from '../format.ts';
import { sourceFromPath } from '../source.ts';
import { stix } from '../stix/index.ts';

const objectsOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
const pattern = (n: number, references: object[]) => ({
  type: 'attack-pattern',
  spec_version: '2.1',
  id: `attack-pattern--00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  created: '2026-11-01T00:00:00.000Z',
  modified: '2026-11-01T00:00:00.000Z',
  name: `pattern ${n}`,
  external_references: references,
});
const technique = 'attack-pattern--00000000-0000-4000-8000-0000000000aa';
const known = { findByExternalId: (id: string) => (id === 'T9901' ? technique : undefined) };
const capec = { source_name: 'capec', external_id: 'CAPEC-99' };

it('joins CAPEC’s patterns with the techniques that stand, and says of the others', async () => {
  const objects = [
    pattern(1, [
      capec,
      { source_name: 'cwe', external_id: 'CWE-1' },
      { source_name: 'ATTACK', external_id: 'T9901', description: 'A technique' },
    ]),
    pattern(2, [capec, { source_name: 'ATTACK', external_id: 'T9902' }]),
    pattern(3, [{ source_name: 'ATTACK', external_id: 'T9901' }]),
  ];
  const bytes = new TextEncoder().encode(JSON.stringify({ type: 'bundle', id: 'bundle--5d0092c5-5f74-4287-9642-33f4c354e56d', objects }));
  const items = (await readAll(stix, 'capec', bytes, known)) as Item[];
  expect(objectsOf(items).filter(({ type }) => type === 'relationship')).toMatchObject([
    { relationship_type: 'related-to', source_ref: objects[0]?.id, target_ref: technique, description: 'A technique' },
  ]);
  expect(items.filter(({ kind }) => kind === 'loss')).toMatchObject([{ what: expect.stringMatching(/^1 of CAPEC’s references/) }]);
  expect(objectsOf(items).flatMap((object) => externalIdOf(object) ?? [])).toEqual(['CAPEC-99', 'CAPEC-99']);
});

it.skipIf(!hasSharedData)(
  `joins CAPEC 3.9 with a workspace that has ATT&CK${hasSharedData ? '' : ' (skipped: no shared data)'}`,
  async () => {
    const file = shared('capec/stix-capec-3.9.stix21.reassembled.json.gz');
    const named = new Map<string, string>();
    const findByExternalId = (id: string) => {
      if (/^T\d/.test(id) && !named.has(id))
        named.set(id, `attack-pattern--00000000-0000-4000-9000-${String(named.size).padStart(12, '0')}`);
      return named.get(id);
    };
    const raw = rawObjects(file);
    const items = (await Array.fromAsync(stix.read(await sourceFromPath(file), context({ findByExternalId })))).flat();
    const objects = objectsOf(items);
    // Two patterns have an address that begins with a blank: STIX's own rules refuse them, by name.
    const rejected = new Set(items.flatMap((item) => (item.kind === 'rejected' ? [item.id] : [])));
    expect(rejected.size).toBe(2);
    const kept = raw.filter(({ id }) => !rejected.has(id));
    const pairs = new Set(
      kept.flatMap(({ id, external_references: references }) =>
        ((references ?? []) as { source_name: string; external_id?: string }[])
          .filter(({ source_name }) => source_name === 'ATTACK')
          .map(({ external_id }) => `${id} ${external_id?.trim()}`),
      ),
    );
    expect(pairs.size).toBeGreaterThan(250);
    expect(objects.filter(({ x_redoubt_mapping: mapping }) => mapping !== undefined)).toHaveLength(pairs.size);
    expect(objects).toHaveLength(kept.length + pairs.size);
    const patterns = objects.filter(({ type }) => type === 'attack-pattern');
    expect(patterns.filter((object) => /^CAPEC-\d+$/.test(externalIdOf(object) ?? ''))).toHaveLength(613);
    const weaknesses = patterns.flatMap(({ external_references: list }) =>
      ((list ?? []) as { source_name: string }[]).filter(({ source_name }) => source_name === 'cwe'),
    );
    const cited = kept.flatMap(({ external_references: list }) =>
      ((list ?? []) as { source_name: string }[]).filter(({ source_name }) => source_name === 'cwe'),
    );
    expect(weaknesses).toHaveLength(cited.length);
  },
);

it.skipIf(!hasSharedData)(`has the sensors’ mappings as STIX${hasSharedData ? '' : ' (skipped: no shared data)'}`, async () => {
  const files = unpackShared('mappings/sensor/sensor-mappings-to-attack-cd48f4dd.tar.xz');
  let bundles = 0;
  for (const file of files) {
    const source = await sourceFromPath(file);
    if (stix.detect(await source.head()).confidence < 0.5) continue;
    bundles++;
    const items = (await Array.fromAsync(stix.read(source, context()))).flat();
    const raw = rawObjects(file);
    const rejected = items.filter(({ kind }) => kind === 'rejected').length;
    expect(objectsOf(items).length + rejected, file).toBeGreaterThanOrEqual(raw.length);
  }
  expect(bundles).toBeGreaterThan(0);
});
