import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aliasesOf } from '#shared/domain/knowledge/identifiers.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { unpackedShared } from '../../../../../tests/fixtures/unpacked-shared.ts';
import { readAll } from '../conformance.ts';
import type { Item } from '../format.ts';
import { detectFormat } from '../index.ts';
import { sourceFromBytes } from '../source.ts';
import { stix } from './index.ts';

async function read(bytes: Uint8Array): Promise<Item[]> {
  const items = await readAll(stix, 'export.json', bytes);
  if (!Array.isArray(items)) throw new Error(items.failed);
  return items;
}
const objectsOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
const bytes = (objects: readonly object[]) =>
  new TextEncoder().encode(JSON.stringify({ type: 'bundle', id: 'bundle--5d0092c5-5f74-4287-9642-33f4c354e56d', objects }));

const at = '2026-01-02T03:04:05.678Z';
const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const make = (type: string, number: number, properties: object) =>
  ({
    type,
    spec_version: '2.1',
    id: `${type}--${uuid(number)}`,
    created: at,
    modified: at,
    revoked: false,
    confidence: 100,
    lang: 'en',
    ...properties,
  }) as StixObject;
/** OpenCTI's own extension for domain objects. */
const extension = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';

/** As OpenCTI 5 and 6 export, written by hand: names of properties from its documentation. */
const exported: readonly StixObject[] = [
  make('identity', 1, {
    name: 'Our CERT',
    identity_class: 'organization',
    x_opencti_id: uuid(101),
    x_opencti_type: 'Organization',
    x_opencti_reliability: 'A - Completely reliable',
  }),
  make('intrusion-set', 2, {
    name: 'Made-Up Spider',
    aliases: ['Eight Legs'],
    labels: ['espionage', 'web'],
    created_by_ref: `identity--${uuid(1)}`,
    object_marking_refs: ['marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9'],
    x_opencti_creators: [{ id: uuid(102), name: 'analyst' }],
    extensions: {
      [extension]: {
        extension_type: 'property-extension',
        id: uuid(103),
        type: 'Intrusion-Set',
        created_at: at,
        updated_at: at,
        is_inferred: false,
        creator_ids: [uuid(102)],
        stix_ids: [`intrusion-set--${uuid(3)}`],
      },
    },
  }),
  make('indicator', 4, {
    name: 'i',
    pattern: "[domain-name:value = 'a.example']",
    pattern_type: 'stix',
    valid_from: at,
    x_opencti_score: 85,
    x_opencti_main_observable_type: 'Domain-Name',
    x_opencti_detection: true,
  }),
  make('location', 5, { name: 'Nowhere', country: 'XX', x_opencti_aliases: ['NW', 'Utopia'], x_opencti_location_type: 'Country' }),
  make('relationship', 6, {
    relationship_type: 'indicates',
    source_ref: `indicator--${uuid(4)}`,
    target_ref: `intrusion-set--${uuid(2)}`,
    start_time: at,
    stop_time: '2026-02-02T00:00:00.000Z',
  }),
];

describe('exports of OpenCTI', () => {
  it('come in whole: labels, scores, creators, aliases, its own extension', async () => {
    const items = await read(bytes(exported));
    expect(items.filter(({ kind }) => kind === 'rejected')).toEqual([]);
    expect(objectsOf(items)).toEqual(exported);
    const [, spider, , place] = objectsOf(items) as [StixObject, StixObject, StixObject, StixObject];
    expect(aliasesOf(spider)).toEqual(['Eight Legs']);
    expect(aliasesOf(place)).toEqual(['NW', 'Utopia']);
  });

  it('are told from TAXII and others', async () => {
    expect(detectFormat(await (await sourceFromBytes('x', bytes(exported))).head())?.format.id).toBe('stix');
  });

  it('keep objects of its own types', async () => {
    const own = [
      make('x-opencti-case-incident', 7, {
        name: 'Case',
        severity: 'high',
        object_refs: [`indicator--${uuid(4)}`],
        extensions: { 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba': { extension_type: 'new-sdo' } },
      }),
    ];
    const items = await read(bytes(own));
    expect(items.filter(({ kind }) => kind === 'rejected')).toEqual([]);
    expect(objectsOf(items)).toEqual(own);
  });

  const archive = unpackedShared('assets/opencti-datasets-2a84f279.tar.xz');
  describe.skipIf(!archive)(`its data sets${archive ? '' : ' (skipped: no shared data)'}`, () => {
    const files = archive ? readdirSync(archive, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json')) : [];
    it.each(files.map((name) => [name.split('/').at(-1), name]))('%s: every object is kept as it is, or rejected', async (_, name) => {
      const content = readFileSync(join(archive as string, name as string));
      const raw = (JSON.parse(content.toString('utf8')) as { objects: StixObject[] }).objects;
      const items = await read(new Uint8Array(content));
      const objects = objectsOf(items);
      const rejected = items.filter(({ kind }) => kind === 'rejected');
      expect(objects.length + rejected.length).toBe(raw.length);
      expect(rejected).toEqual([]);
      expect(objects).toEqual(raw);
    });
  });
});
