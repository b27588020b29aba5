import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import valid from '#shared/domain/knowledge/stix21/fixtures/valid-objects.json' with { type: 'json' };
import { checkObject } from '#shared/domain/knowledge/stix21/index.ts';
import { readAll } from '../conformance.ts';
import type { Item } from '../format.ts';
import { stix, stix21 } from './index.ts';

const data = fileURLToPath(new URL('../../../../../../shared/data/', import.meta.url));
const has = existsSync(data);
let temporary = '';
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), 'redoubt-stix-'));
});
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** All JSON files of a .tar.xz: path -> text. */
function unpack(archive: string): [string, Uint8Array][] {
  const folder = mkdtempSync(join(temporary, 'a-'));
  execFileSync('tar', ['-xJf', join(data, archive), '-C', folder]);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]);
}

const gunzip = (file: string) => new Uint8Array(gunzipSync(readFileSync(join(data, file))));

async function read(name: string, bytes: Uint8Array): Promise<Item[]> {
  const items = await readAll(stix, name, bytes);
  if (!Array.isArray(items)) throw new Error(`${name}: ${items.failed}`);
  return items;
}

const objectsOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
const rejectedOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'rejected' ? [item] : []));

/** Written as a bundle and read again, nothing has changed. */
async function expectRoundTrip(objects: readonly StixObject[]): Promise<void> {
  const pages = async function* () {
    for (let at = 0; at < objects.length; at += 500) yield objects.slice(at, at + 500);
  };
  const pieces: string[] = [];
  for await (const piece of stix21.write(pages(), { signal: new AbortController().signal, now: 0, lose: () => undefined }))
    pieces.push(piece);
  const back = await read('written', new TextEncoder().encode(pieces.join('')));
  expect(rejectedOf(back)).toEqual([]);
  expect(objectsOf(back)).toEqual(objects);
}

describe.skipIf(!has)(`ATT&CK${has ? '' : ' (skipped: no shared data)'}`, () => {
  it.each([
    ['enterprise-attack-18.1.stix20.reassembled', 'enterprise-attack-18.1.stix21.derived', 24_771],
    ['mobile-attack-18.1.stix20.reassembled', 'mobile-attack-18.1.stix21.derived', 2_535],
    ['ics-attack-18.1.stix20.verbatim', 'ics-attack-18.1.stix21.verbatim', 1_826],
  ])('%s equals, lifted, %s', async (old, present, count) => {
    const lifted = await read(old, gunzip(`attack/${old}.json.gz`));
    const modern = await read(present, gunzip(`attack/${present}.json.gz`));
    expect([...rejectedOf(lifted), ...rejectedOf(modern)]).toEqual([]);
    const objects = objectsOf(modern);
    expect(objects).toHaveLength(count);
    expect(objects).toEqual((JSON.parse(new TextDecoder().decode(gunzip(`attack/${present}.json.gz`))) as { objects: Json[] }).objects);
    const byId = new Map(objectsOf(lifted).map((object) => [object.id, object]));
    // MITRE's collection object stands only in its 2.1 edition.
    const both = objects.filter((object) => object.type !== 'x-mitre-collection');
    expect(both.map((object) => byId.get(object.id))).toEqual(both);
    expect(byId.size).toBe(both.length);
    if (count < 5000) await expectRoundTrip(objects);
  });

  it('rejects of MITRE’s sample only what gives whole seconds where STIX wants milliseconds', async () => {
    const items = await read('sample', new Uint8Array(readFileSync(join(data, 'attack/sample_3.3.0_stix-detection-strategy.json'))));
    expect(objectsOf(items)).toHaveLength(3);
    expect(rejectedOf(items)).toHaveLength(10);
    for (const { reason } of rejectedOf(items)) expect(reason).toMatch(/precise to the millisecond/);
  });
});

describe.skipIf(!has)(`other collections${has ? '' : ' (skipped: no shared data)'}`, () => {
  it('CAPEC is read but for two references whose url begins with a space', async () => {
    const items = await read('capec', gunzip('capec/stix-capec-3.9.stix21.reassembled.json.gz'));
    expect(objectsOf(items)).toHaveLength(2681);
    expect(rejectedOf(items)).toHaveLength(2);
    for (const { path, reason } of rejectedOf(items))
      expect(`${path}: ${reason}`).toMatch(/external_references\[\d+\]\.url: must be a URL .* “ http/);
    await expectRoundTrip(objectsOf(items));
  });

  it.each([
    ['stix/oasis-cti-documentation-49245471.tar.xz', /example_json/, 290],
    ['stix/oasis-stix2-json-schemas-and-examples-3bf9e69d.tar.xz', /\bexamples\//, 260],
    ['assets/opencti-datasets-2a84f279.tar.xz', /./, 723],
  ])('%s is read whole', async (archive, which, least) => {
    let count = 0;
    for (const [name, bytes] of unpack(archive)) {
      if (!which.test(name)) continue;
      const items = await read(name, bytes);
      expect(rejectedOf(items), name).toEqual([]);
      count += objectsOf(items).length;
      await expectRoundTrip(objectsOf(items));
    }
    expect(count).toBeGreaterThanOrEqual(least);
  });

  it('the Unit 42 playbooks are read but for identities whose class is a list', async () => {
    let count = 0;
    const rejected: string[] = [];
    for (const [name, bytes] of unpack('stix/unit42-playbooks-stix20-4cdeeb33.tar.xz')) {
      const items = await read(name, bytes);
      count += objectsOf(items).length;
      for (const { path, reason } of rejectedOf(items)) rejected.push(`${path.replace(/\d+/, 'N')}: ${reason.slice(0, 14)}`);
      for (const object of objectsOf(items)) expect(object['spec_version']).toBe('2.1');
    }
    expect(count).toBeGreaterThan(30_000);
    // playbooks.json is an index of the viewer: its entries have names and files, no types.
    expect(new Set(rejected)).toEqual(new Set(['objects[N].identity_class: must be a stri', '[N]: must have type']));
    expect(rejected.filter((one) => one.includes('identity_class'))).toHaveLength(22);
  });
});

describe.skipIf(!has)(`OASIS validator vectors${has ? '' : ' (skipped: no shared data)'}`, () => {
  it('accepts the valid and turns down each invalid one with a reason', async () => {
    const vectors = unpack('stix/oasis-stix-validator-tests-9e4a1ea0.tar.xz').filter(([name]) => name.includes('test_examples'));
    expect(vectors.length).toBeGreaterThan(10);
    for (const [name, bytes] of vectors) {
      const items = await readAll(stix, name, bytes);
      const turnedDown = Array.isArray(items) ? rejectedOf(items).map((item) => item.reason) : [items.failed];
      if (name.includes('invalid')) expect(turnedDown, name).toHaveLength(1);
      else expect(turnedDown, name).toEqual([]);
    }
  });
});

/** A fixed sequence of numbers (mulberry32), so that a failure can be played again. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const identity = 'identity--7f3c1d52-9b0e-4a56-8c77-21d0a4e5b6c1';
const values: Json[] = [null, true, 0, -1, 3.5, 1e10, '', 'a', 'x y', '2026-02-30T00:00:00Z', '2026-01-01T00:00:00.000Z', '2026-01-01'];
values.push(identity, identity.replace('identity', 'file'), identity.replace('identity', 'relationship'), [], {}, ['a'], [1], [{}], {
  a: 1,
});
values.push({ 'bad key': 'x' }, '2.0', 'UPPER', 'CVE 2020', 'http://x.y/z', '300.1.1.1', '0g', [identity], 'HKLM\\x', 999_999_999_999, -91);
const names = ['foo', 'Foo', 'x_foo', 'a', 'foo_bin', 'foo_hex', 'severity', 'action', 'username', 'phone_numbers', 'objects'];

/** Where the schemas are stricter than the words of the specification, which then count. */
const knownDifferences = [
  // TLP markings with properties of someone's own are common; what STIX fixes of them is checked.
  /^marking-definition add/,
  // A header field may have a list of one; names of hash algorithms are an open vocabulary (sections 2.7 and 6.6.2).
  /additional_header_fields/,
  /external_references\.\d+\.hashes/,
];

describe.skipIf(!has)(`OASIS’ own JSON schemas${has ? '' : ' (skipped: no shared data)'}`, () => {
  const validators = new Map<string, ValidateFunction>();
  beforeAll(() => {
    // The patterns are written for regular expressions without the u flag.
    const ajv = new Ajv2020({ strict: false, unicodeRegExp: false, logger: false, formats: fullFormats });
    const ids = new Map<string, string>();
    for (const [name, bytes] of unpack('stix/oasis-stix2-json-schemas-and-examples-3bf9e69d.tar.xz')) {
      if (!/schemas\/(?:common|observables|sdos|sros)\//.test(name)) continue;
      const schema = JSON.parse(new TextDecoder().decode(bytes)) as { $id: string };
      ajv.addSchema(schema);
      ids.set(name.replace(/^.*\/|\.json$/g, ''), schema.$id);
    }
    for (const object of valid) {
      const validate = ajv.getSchema(ids.get(object.type) ?? '');
      if (validate) validators.set(object.type, validate);
    }
  });

  // The schemas ask every granular marking for marking_ref; since 2.1 it may have lang instead (section 7.2.3).
  const objects = valid.map((object) => ({ ...object, granular_markings: object.granular_markings?.slice(0, 1) }) as unknown as JsonObject);

  it('find every valid object of ours valid', () => {
    expect(validators.size).toBe(42);
    for (const object of objects) {
      const plain = JSON.parse(JSON.stringify(object)) as JsonObject;
      const validate = validators.get(String(object['type']));
      expect(validate?.(plain) ?? true, `${String(object['type'])}: ${JSON.stringify(validate?.errors)}`).toBe(true);
    }
  });

  it('reject nothing that we accept, in 10,000 changed objects', () => {
    const random = sequence(7);
    const missed: string[] = [];
    let rejected = 0;
    for (let round = 0; round < 10_000; round++) {
      const object = JSON.parse(JSON.stringify(objects[random(objects.length)])) as JsonObject;
      const type = String(object['type']);
      const what = change(object, random);
      if (object['type'] !== type || validators.get(type)?.(object) !== false) continue;
      rejected++;
      if (checkObject(object).errors.length === 0 && !knownDifferences.some((known) => known.test(`${type} ${what}`)))
        missed.push(`${type} ${what}`);
    }
    expect(missed).toEqual([]);
    expect(rejected).toBeGreaterThan(4000);
  });
});

/** Deletes, adds or replaces one thing somewhere in the object; says what. */
function change(object: JsonObject, random: (below: number) => number): string {
  const places: [JsonObject | Json[], string, string][] = [];
  const walk = (inner: JsonObject | Json[], path: string) => {
    for (const [key, value] of Object.entries(inner)) {
      places.push([inner, key, `${path}${key}`]);
      if (typeof value === 'object' && value !== null) walk(value, `${path}${key}.`);
    }
  };
  walk(object, '');
  const [holder, key, path] = places[random(places.length)] as (typeof places)[number];
  const value = structuredClone(values[random(values.length)]) as Json;
  const at = holder as JsonObject;
  switch (random(4)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      return `delete ${path}`;
    case 1: {
      const name = names[random(names.length)] as string;
      if (!Array.isArray(holder)) at[name] = value;
      return `add ${path.slice(0, path.length - key.length)}${name}`;
    }
    default:
      at[key] = value;
      return `set ${path} to ${JSON.stringify(value)}`;
  }
}
