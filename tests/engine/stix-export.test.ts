import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { type OpenEngine, openEngine } from '../fixtures/open-engine.ts';
import { countLive, differences, hasSharedData, newestById, rawObjects, readJson, unpackShared } from '../fixtures/shared-data.ts';

// What leaves as STIX 2.1 is valid, and comes back as it was: by our own fixtures of every format.

const fixture = (path: string) => fileURLToPath(new URL(`../../src-main/features/knowledge/formats/${path}`, import.meta.url));
const fixtures = [
  'csv/fixtures/assets.csv',
  'kev/fixtures/catalogue.json',
  'misp/fixtures/event.json',
  'navigator-layer/fixtures/layer-4.5.json',
  'stix/fixtures/bundle-2.1.json',
  'stix/fixtures/bundle-2.0.json',
  'stix/fixtures/observed-data-2.0.json',
].map(fixture);

let folder = '';
const opened: OpenEngine[] = [];
const open = async () => {
  const engine = await openEngine();
  opened.push(engine);
  return engine;
};
/** A workspace of everything, with a person's own work in it. */
let engine: OpenEngine;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redoubt-export-'));
  engine = await open();
  await engine.installPacks(['attack-ics']);
  await engine.openDemo();
  for (const report of await engine.import(fixtures)) expect([report.file, report.failure]).toEqual([report.file, undefined]);
  const { knowledge } = engine.client;
  const find = async (text: string, types: string[]) => (await knowledge.search({ text, types })).results[0]?.id as string;
  const asset = await find('pacs', ['x-redoubt-asset']);
  const technique = await find('T0866', ['attack-pattern']);
  await knowledge.addTag({ id: asset, tag: 'radiology' });
  await knowledge.addNote({ id: asset, content: 'Patched on <b>Tuesday</b>; see “change 12”.' });
  await knowledge.setProperty({ id: asset, property: 'zone', value: 'imaging' });
  await knowledge.setProperty({ id: technique, property: 'x_seen_here', value: { times: 3, share: 0.1 } });
  await knowledge.createRelationship({ source: technique, relationshipType: 'targets', target: asset });
  const [doomed] = (await knowledge.listEntities({ types: ['x-redoubt-data-flow'], limit: 1 })).rows;
  await knowledge.deleteObject({ id: doomed?.id as string });
}, 120_000);
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()));
  rmSync(folder, { recursive: true, force: true });
});

describe('an export as STIX 2.1', { timeout: 120_000 }, () => {
  it('imported into an empty workspace gives the same graph and the same export', async () => {
    const first = await engine.export();
    const types = new Set(first.map(({ type }) => type));
    for (const type of [
      'x-redoubt-asset',
      'x-redoubt-layer',
      'extension-definition',
      'note',
      'vulnerability',
      'indicator',
      'observed-data',
    ])
      expect(types).toContain(type);
    const again = await open();
    const [report] = await again.import([join(engine.dataDir, 'export.json')]);
    expect(report).toMatchObject({ created: first.length, updated: 0, unchanged: 0, rejected: [] });
    const second = await again.export();
    expect(differences(first, second, isDeepStrictEqual)).toEqual({ count: 0, list: [] });
    expect(await again.client.knowledge.getStats()).toEqual(await engine.client.knowledge.getStats());
    // And once more into the workspace that it came from: nothing is new there.
    const [home] = await engine.import([join(engine.dataDir, 'export.json')]);
    expect(home).toMatchObject({ created: 0, updated: 0, unchanged: first.length, rejected: [] });
    expect(differences(first, await engine.export(), isDeepStrictEqual)).toEqual({ count: 0, list: [] });
    // The pack's facts are still facts there: MITRE's own object of the same version may add to them.
    const facts = first.find(({ name }) => name === 'Stuxnet') as StixObject;
    const path = join(folder, 'official.json');
    writeFileSync(path, JSON.stringify([{ ...facts, description: 'What it is.' }]));
    expect(await engine.import([path])).toMatchObject([{ created: 0, updated: 1, rejected: [] }]);
    expect((await engine.client.knowledge.getEntity({ id: facts.id })).object['description']).toBe('What it is.');
    expect(engine.errors).toEqual([]);
  });

  it('says what it does not hold', async () => {
    const { jobs, knowledge } = engine.client;
    for (const format of ['stix2.1', 'csv'] as const) {
      const { jobId } = await knowledge.exportGraph({ format });
      while ((await jobs.get({ jobId })).state === 'running') await new Promise((resolve) => setTimeout(resolve, 20));
      const { header } = await knowledge.getExport({ jobId });
      expect(header.loss.filter(({ path }) => path === 'tags')).toMatchObject([{ what: expect.stringContaining('“radiology”') }]);
      if (format === 'stix2.1') expect(header.lossTotal).toBe(1);
    }
  });

  it('counts as `stats` does', async () => {
    expect(await engine.client.knowledge.getStats()).toEqual(countLive(await engine.export()));
  });

  it('gives back to the letter what is hard to keep', async () => {
    const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    const times = { created: '2026-01-01T00:00:00.000Z', modified: '2026-01-02T03:04:05.678Z' };
    const deep = (levels: number): unknown => (levels === 0 ? 'x' : { a: [deep(levels - 1)] });
    const text = JSON.stringify({
      type: 'bundle',
      id: `bundle--${uuid(0)}`,
      objects: [
        {
          type: 'tool',
          spec_version: '2.1',
          id: `tool--${uuid(1)}`,
          ...times,
          name: ' é\u0000\u2028 <script> 😀 \ud83d\ude00 ',
          x_list: [[], {}, null, [null]],
        },
        {
          type: 'tool',
          spec_version: '2.1',
          id: `tool--${uuid(2).replace('4000', '4ABC')}`,
          ...times,
          name: '',
          x_numbers: [0, -1, 1e21, 1e-7, 0.1, 1.5e300, 9007199254740991],
        },
        {
          type: 'tool',
          spec_version: '2.1',
          id: `tool--${uuid(3)}`,
          ...times,
          name: 'n'.repeat(5000),
          revoked: false,
          labels: ['b', 'a', 'a'],
        },
        { type: 'tool', spec_version: '2.1', id: `tool--${uuid(4)}`, ...times, name: 'Proto', x_own: '__PROTO__', x_deep: deep(20) },
        { type: 'x-own-thing', spec_version: '2.1', id: `x-own-thing--${uuid(5)}`, ...times, value: 'v', name: 'n' },
        {
          type: 'relationship',
          spec_version: '2.1',
          id: `relationship--${uuid(6)}`,
          ...times,
          relationship_type: 'uses',
          source_ref: `tool--${uuid(2).replace('4000', '4ABC')}`,
          target_ref: `malware--${uuid(7)}`,
          start_time: '2020-01-01T00:00:00Z',
          stop_time: '2020-01-01T00:00:00.123456Z',
        },
        {
          type: 'ipv4-addr',
          spec_version: '2.1',
          id: 'ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd',
          value: '198.51.100.3',
          defanged: false,
        },
        {
          type: 'marking-definition',
          spec_version: '2.1',
          id: `marking-definition--${uuid(8)}`,
          created: times.created,
          definition_type: 'statement',
          definition: { statement: '© somebody' },
        },
      ],
    }).replace('"__PROTO__"', '{"__proto__":{"constructor":{"prototype":1}},"toString":null}');
    const path = join(folder, 'hard.json');
    writeFileSync(path, text);
    const fresh = await open();
    const [report] = await fresh.import([path]);
    expect(report?.rejected).toEqual([]);
    const expected = newestById(rawObjects(path)).values();
    expect(differences(expected, await fresh.export(), sameText)).toEqual({ count: 0, list: [] });
    const again = await open();
    await again.import([join(fresh.dataDir, 'export.json')]);
    expect(differences(rawObjects(path), await again.export(), sameText)).toEqual({ count: 0, list: [] });
  });

  it('keeps a number as it was written, or says that it could not', async () => {
    const path = join(folder, 'numbers.json');
    const id = 'tool--00000000-0000-4000-8000-000000000001';
    const times = '"created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z"';
    writeFileSync(
      path,
      `[{"type":"tool","spec_version":"2.1","id":"${id}",${times},"name":"n","x_big":9007199254740993,"x_long":0.1000000000000000055511151231257827}]`,
    );
    const fresh = await open();
    const [report] = await fresh.import([path]);
    await fresh.export();
    const written = readFileSync(join(fresh.dataDir, 'export.json'), 'utf8');
    if (!written.includes('9007199254740993')) expect(report?.loss.map((loss) => loss.path)).toContain('[0].x_big');
    expect(report?.created).toBe(1);
  });
});

/** Equal with the keys in any order, `__proto__` among them. */
const sameText = (a: unknown, b: unknown) => sorted(a) === sorted(b);
function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${sorted(member)}`);
  return `{${entries.sort().join(',')}}`;
}

describe.skipIf(!hasSharedData)(`OASIS’s JSON schemas${hasSharedData ? '' : ' (skipped: no shared data)'}`, { timeout: 300_000 }, () => {
  const byType = new Map<string, ValidateFunction>();
  let ofCustom: ValidateFunction | undefined;
  let ofBundle: ValidateFunction | undefined;
  beforeAll(() => {
    const ajv = new Ajv2020({ strict: false, unicodeRegExp: false, logger: false, formats: fullFormats, allErrors: false });
    const ids = new Map<string, string>();
    for (const path of unpackShared(
      'stix/oasis-stix2-json-schemas-and-examples-3bf9e69d.tar.xz',
      /schemas\/(common|observables|sdos|sros)\//,
    )) {
      const schema = readJson(path) as { $id: string };
      ajv.addSchema(schema);
      ids.set(path.replace(/^.*\/|\.json$/g, ''), schema.$id);
    }
    for (const [name, id] of ids) byType.set(name, ajv.getSchema(id) as ValidateFunction);
    ofCustom = byType.get('core');
    ofBundle = byType.get('bundle');
  });

  /** What the schemas do not accept, by kind. */
  function faults(objects: readonly StixObject[]): string[] {
    const kinds = new Set<string>();
    for (const object of objects) {
      const validate = byType.get(object.type) ?? ofCustom;
      if (validate?.(object)) continue;
      const [error] = validate?.errors ?? [];
      kinds.add(`${object.type} ${error?.instancePath.replace(/\d+/g, 'N')} ${error?.message}`);
    }
    return [...kinds];
  }

  it('find the export of every format, of the demo and of the pack valid', async () => {
    const objects = await engine.export();
    expect(faults(objects)).toEqual([]);
    const bundle = readJson(join(engine.dataDir, 'export.json')) as { objects: StixObject[] };
    expect(Object.keys(bundle).sort()).toEqual(['id', 'objects', 'type']);
    expect(ofBundle?.({ ...bundle, objects: bundle.objects.slice(0, 200) }), JSON.stringify(ofBundle?.errors)).toBe(true);
  });

  it('would find a fault', async () => {
    const [first] = (await engine.export()).filter(({ type }) => type === 'indicator');
    expect(faults([{ ...first, pattern_type: 7 } as unknown as StixObject])).toHaveLength(1);
    const [own] = (await engine.export()).filter(({ type }) => type === 'x-redoubt-asset');
    expect(faults([{ ...own, created: 'yesterday' } as unknown as StixObject])).toHaveLength(1);
  });
});
