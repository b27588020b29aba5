import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { checkObject } from '#shared/domain/knowledge/stix21/index.ts';
import { readPack, readPackHeader } from '../../src-main/features/intel/packs/read-pack.ts';
import { makeAttackPacks } from './attack.ts';

const root = join(import.meta.dirname, '../..');
const data = join(root, '../shared/data/attack');
const has = existsSync(data);
const official = [
  'enterprise-attack-18.1.stix21.derived.json.gz',
  'mobile-attack-18.1.stix21.derived.json.gz',
  'ics-attack-18.1.stix21.verbatim.json.gz',
];
const index = 'attack-stix-data-index.json';
const shipped = ['attack-enterprise', 'attack-mobile', 'attack-ics'].map((name) => join(root, `resources/packs/${name}.json.gz`));

const load = (name: string) => ({ name, bytes: readFileSync(join(data, name)) });
const objectsOf = (name: string) =>
  (JSON.parse(gunzipSync(readFileSync(join(data, name))).toString('utf8')) as { objects: StixObject[] }).objects;

async function expand(bytes: Uint8Array): Promise<Map<string, StixObject>> {
  const objects = new Map<string, StixObject>();
  for await (const page of readPack(bytes))
    for (const item of page) {
      expect(item).toMatchObject({ kind: 'object', partial: true });
      if (item.kind === 'object') objects.set(item.object.id, item.object);
    }
  return objects;
}

/** A hand-written ICS bundle in STIX 2.0 with prose in every place where ATT&CK has some. */
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const marking = `marking-definition--${uuid(1)}`;
const common = { created: '2020-01-01T00:00:00.000Z', modified: '2021-02-03T04:05:06.789Z', object_marking_refs: [marking] };
const reference = (id: string) => [
  { source_name: 'mitre-attack', external_id: id, url: `https://attack.mitre.org/x/${id}` },
  { source_name: 'A report', description: 'PROSE of a citation', url: 'https://example.org/report' },
];
const small = {
  type: 'bundle',
  id: `bundle--${uuid(99)}`,
  spec_version: '2.0',
  objects: [
    {
      type: 'marking-definition',
      id: marking,
      created: '2017-06-01T00:00:00Z',
      definition_type: 'statement',
      definition: { statement: '© Someone' },
    },
    {
      type: 'x-mitre-matrix',
      id: `x-mitre-matrix--${uuid(2)}`,
      ...common,
      name: 'Small',
      description: 'PROSE',
      tactic_refs: [`x-mitre-tactic--${uuid(3)}`],
      x_mitre_domains: ['ics-attack'],
    },
    {
      type: 'x-mitre-tactic',
      id: `x-mitre-tactic--${uuid(3)}`,
      ...common,
      name: 'Impact',
      x_mitre_shortname: 'impact',
      external_references: reference('TA9'),
    },
    {
      type: 'attack-pattern',
      id: `attack-pattern--${uuid(4)}`,
      ...common,
      name: 'Break it <b>now</b>',
      description: 'PROSE',
      x_mitre_detection: 'PROSE',
      kill_chain_phases: [{ kill_chain_name: 'mitre-ics-attack', phase_name: 'impact' }],
      x_mitre_platforms: ['Windows', 'Linux'],
      x_mitre_domains: ['ics-attack', 'enterprise-attack'],
      x_mitre_is_subtechnique: false,
      x_mitre_contributors: ['A person'],
      external_references: reference('T9999'),
    },
    {
      type: 'malware',
      id: `malware--${uuid(5)}`,
      ...common,
      name: 'Bad',
      labels: ['malware'],
      x_mitre_aliases: ['Bad', 'Worse'],
      revoked: true,
    },
    {
      type: 'x-mitre-analytic',
      id: `x-mitre-analytic--${uuid(6)}`,
      ...common,
      name: 'Analytic 1',
      description: 'PROSE',
      x_mitre_log_source_references: [
        { x_mitre_data_component_ref: `x-mitre-data-component--${uuid(7)}`, name: 'auditd', channel: 'PROSE one' },
        { x_mitre_data_component_ref: `x-mitre-data-component--${uuid(7)}`, name: 'auditd', channel: 'PROSE two' },
      ],
      x_mitre_mutable_elements: [{ field: 'window', description: 'PROSE' }],
    },
    {
      type: 'relationship',
      id: `relationship--${uuid(8)}`,
      created: '2020-01-01T00:00:00Z',
      modified: '2020-01-01T00:00:00.5Z',
      relationship_type: 'uses',
      source_ref: `malware--${uuid(5)}`,
      target_ref: `attack-pattern--${uuid(4)}`,
      description: 'PROSE',
      x_mitre_deprecated: true,
    },
    {
      type: 'relationship',
      id: `relationship--${uuid(10)}`,
      created: '2020-01-01T00:00:00.001Z',
      modified: '2020-01-01T00:00:00.002Z',
      relationship_type: 'uses',
      source_ref: `intrusion-set--${uuid(11)}`,
      target_ref: `attack-pattern--${uuid(4)}`,
    },
  ],
};
const asFile = (bundle: unknown, name = 'ics-attack-1.2.json') => ({ name, bytes: Buffer.from(JSON.stringify(bundle)) });
const only = (packs: { bytes: Uint8Array }[]): Uint8Array => {
  expect(packs).toHaveLength(1);
  return packs[0]?.bytes ?? new Uint8Array();
};

describe('facts packs of ATT&CK', () => {
  it('keeps the facts of a small bundle, as STIX 2.1, and no prose', async () => {
    const bytes = only(makeAttackPacks([asFile(small)]));
    expect(readPackHeader(bytes)).toMatchObject({
      name: 'attack-ics',
      version: '1.2',
      released: '2021-02-03',
      objects: 6,
      relationships: 2,
    });
    const objects = await expand(bytes);
    expect([...objects.keys()].sort()).toEqual(small.objects.map((object) => object.id).sort());
    expect(JSON.stringify([...objects.values()])).not.toMatch(/PROSE|A person|A report/);
    expect(objects.get(`attack-pattern--${uuid(4)}`)).toEqual({
      type: 'attack-pattern',
      spec_version: '2.1',
      id: `attack-pattern--${uuid(4)}`,
      ...common,
      name: 'Break it <b>now</b>',
      kill_chain_phases: [{ kill_chain_name: 'mitre-ics-attack', phase_name: 'impact' }],
      x_mitre_platforms: ['Windows', 'Linux'],
      x_mitre_domains: ['enterprise-attack', 'ics-attack'],
      x_mitre_is_subtechnique: false,
      external_references: [{ source_name: 'mitre-attack', external_id: 'T9999', url: 'https://attack.mitre.org/x/T9999' }],
    });
    expect(objects.get(`malware--${uuid(5)}`)).toEqual({
      type: 'malware',
      spec_version: '2.1',
      id: `malware--${uuid(5)}`,
      ...common,
      name: 'Bad',
      is_family: true,
      revoked: true,
      x_mitre_aliases: ['Bad', 'Worse'],
    });
    expect(objects.get(`x-mitre-analytic--${uuid(6)}`)?.x_mitre_log_source_references).toEqual([
      { x_mitre_data_component_ref: `x-mitre-data-component--${uuid(7)}`, name: 'auditd' },
    ]);
    expect(objects.get(`relationship--${uuid(8)}`)).toMatchObject({
      created: '2020-01-01T00:00:00Z',
      modified: '2020-01-01T00:00:00.5Z',
      x_mitre_deprecated: true,
    });
    expect(objects.get(`relationship--${uuid(10)}`)).toMatchObject({ source_ref: `intrusion-set--${uuid(11)}` });
  });

  it('gives the same bytes for the same objects in any order', () => {
    const once = only(makeAttackPacks([asFile(small)]));
    expect(only(makeAttackPacks([asFile(small)]))).toEqual(once);
    const turned = only(makeAttackPacks([asFile({ ...small, objects: small.objects.toReversed() })]));
    const tables = (bytes: Uint8Array) => gunzipSync(bytes).toString('utf8').split('\n').slice(1);
    expect(tables(turned)).toEqual(tables(once));
  });

  it('names the files it cannot take', () => {
    expect(() => makeAttackPacks([asFile([1, 2], 'other.json')])).toThrow('other.json is not a STIX bundle');
    expect(() => makeAttackPacks([asFile(small, 'nameless.json')])).toThrow('does not say its version');
    expect(() => makeAttackPacks([asFile(small), asFile(small)])).toThrow('second bundle');
  });

  it.each([
    ['is cut short', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 20)],
    ['is not gzip', () => Buffer.from('[]')],
    ['lacks a table', (bytes: Uint8Array) => repack(bytes, (lines) => lines.toSpliced(1, 1))],
    ['lacks an id', (bytes: Uint8Array) => repack(bytes, (lines) => lines.with(1, lines[1]?.replace(/"ids":"...../, '"ids":"') ?? ''))],
    [
      'has another format version',
      (bytes: Uint8Array) => repack(bytes, (lines) => lines.with(0, lines[0]?.replace('"formatVersion":1', '"formatVersion":2') ?? '')),
    ],
    [
      'hides a prototype',
      (bytes: Uint8Array) =>
        repack(bytes, (lines) => lines.with(1, lines[1]?.replace('"property":"created"', '"property":"__proto__"') ?? '')),
    ],
  ])('refuses a pack that %s', async (_, change) => {
    const bytes = change(only(makeAttackPacks([asFile(small)])));
    await expect(expand(bytes)).rejects.toMatchObject({ code: 'damaged' });
  });

  it.skipIf(!has)(`equals the official bundles, fact by fact${has ? '' : ' (skipped: no shared data)'}`, { timeout: 120_000 }, async () => {
    for (const [number, name] of official.entries()) {
      const objects = await expand(readFileSync(shipped[number] ?? ''));
      const source = objectsOf(name);
      expect(objects.size).toBe(source.length);
      const differences: string[] = [];
      for (const object of source) {
        const fact = objects.get(object.id);
        if (!fact) differences.push(`${object.id} is missing`);
        else differences.push(...compareFacts(fact, object));
      }
      expect(differences.slice(0, 10)).toEqual([]);
    }
  });

  it.skipIf(!has)(
    `is what the recipe makes today, from STIX 2.1 or 2.0${has ? '' : ' (skipped: no shared data)'}`,
    { timeout: 120_000 },
    async () => {
      const made = makeAttackPacks([...official, index].map(load));
      expect(made.map(({ fileName }) => fileName)).toEqual(['attack-enterprise.json.gz', 'attack-ics.json.gz', 'attack-mobile.json.gz']);
      for (const { fileName, bytes } of made)
        expect(gunzipSync(bytes).equals(gunzipSync(readFileSync(join(root, 'resources/packs', fileName)))), fileName).toBe(true);

      const modern = await expand(only(makeAttackPacks([load('ics-attack-18.1.stix21.verbatim.json.gz')])));
      const old = await expand(only(makeAttackPacks([load('ics-attack-18.1.stix20.verbatim.json.gz')])));
      const differing = [...modern.values()].filter((object) => JSON.stringify(object) !== JSON.stringify(old.get(object.id)));
      expect(differing.map((object) => object.type)).toEqual(['x-mitre-collection']);
      expect(old.size).toBe(modern.size - 1);
    },
  );

  it('ships objects that break no rule of STIX 2.1, and no prose', { timeout: 120_000 }, async () => {
    for (const path of shipped) {
      const broken: string[] = [];
      for (const object of (await expand(readFileSync(path))).values()) {
        for (const error of checkObject(object).errors) broken.push(`${object.id}: ${JSON.stringify(error)}`);
        for (const key of Object.keys(object)) if (prose.has(key) || citations.has(key)) broken.push(`${object.id} holds ${key}`);
      }
      expect(broken.slice(0, 10)).toEqual([]);
    }
  });

  it('ships three packs under 2 MB with MITRE’s notice', () => {
    const packs = shipped.map((path) => readFileSync(path));
    expect(packs.reduce((sum, pack) => sum + pack.length, 0)).toBeLessThan(2_000_000);
    for (const pack of packs) {
      const header = readPackHeader(pack);
      expect(header.version).toBe('18.1');
      expect(header.notice).toContain(
        '© 2025 The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation.',
      );
    }
  });
});

function repack(bytes: Uint8Array, change: (lines: string[]) => string[]): Uint8Array {
  return gzipSync(change(gunzipSync(bytes).toString('utf8').trimEnd().split('\n')).join('\n'));
}

const prose = new Set(['description', 'x_mitre_detection', 'x_mitre_contributors', 'x_mitre_contents', 'x_mitre_mutable_elements']);
const citations = new Set(['x_mitre_first_seen_citation', 'x_mitre_last_seen_citation']);

/** Written apart from the recipe: what a fact is, seen from the official object. */
function compareFacts(fact: StixObject, source: StixObject): string[] {
  const differences: string[] = [];
  for (const key of new Set([...Object.keys(fact), ...Object.keys(source)])) {
    if (prose.has(key) || citations.has(key)) {
      if (Object.hasOwn(fact, key)) differences.push(`${source.id} holds ${key}`);
      continue;
    }
    const expected = expectedFact(key, source[key]);
    const got = fact[key];
    const domains =
      key === 'x_mitre_domains' && Array.isArray(got) && Array.isArray(expected) && expected.every((domain) => got.includes(domain));
    if (!domains && JSON.stringify(got) !== JSON.stringify(expected))
      differences.push(`${source.id} ${key}: ${JSON.stringify(got)} for ${JSON.stringify(expected)}`);
  }
  return differences;
}

function expectedFact(key: string, value: Json | undefined): Json | undefined {
  if (value === '') return undefined;
  if (!Array.isArray(value)) return value;
  if (value.length === 0) return undefined;
  const entries = value as JsonObject[];
  const distinct = (list: JsonObject[]) => {
    const texts = [...new Set(list.map((entry) => JSON.stringify(entry)))];
    return texts.length > 0 ? texts.map((text) => JSON.parse(text) as Json) : undefined;
  };
  if (key === 'external_references')
    return distinct(
      entries
        .filter((entry) => entry.external_id !== undefined)
        .map(({ source_name, external_id, url }) => ({ source_name, external_id, ...(url === undefined ? {} : { url }) }) as JsonObject),
    );
  if (key === 'x_mitre_log_source_references')
    return distinct(entries.map(({ x_mitre_data_component_ref, name }) => ({ x_mitre_data_component_ref, name }) as JsonObject));
  if (key === 'x_mitre_log_sources') return distinct(entries.map(({ name }) => ({ name }) as JsonObject));
  if (key === 'x_mitre_related_assets')
    return distinct(
      entries.map(
        ({ name, related_asset_sectors }) =>
          ({ name, ...((related_asset_sectors as Json[] | undefined)?.length ? { related_asset_sectors } : {}) }) as JsonObject,
      ),
    );
  return value;
}
