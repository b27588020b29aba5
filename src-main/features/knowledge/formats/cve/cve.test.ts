import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import type { JsonObject } from '#shared/domain/knowledge/stix.ts';
import { checkObject } from '#shared/domain/knowledge/stix21/index.ts';
import { context, readAll } from '../conformance.ts';
import type { Item } from '../format.ts';
import { sourceFromBytes } from '../source.ts';
import { cve } from './index.ts';

const read = async (name: string, over = {}): Promise<Item[]> => {
  const items = await readAll(cve, name, new Uint8Array(await readFile(new URL(`./fixtures/${name}`, import.meta.url))), over);
  if (!Array.isArray(items)) throw new Error(items.failed);
  return items;
};
const objectsOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
const lossesOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'loss' ? [`${item.path}: ${item.what}`] : []));

describe('one record', () => {
  it('becomes a layer of its vulnerability, in the words of CVE JSON', async () => {
    const [item] = await read('record.json');
    expect(item).toMatchObject({ kind: 'object', merge: true, path: 'record' });
    const [vulnerability] = objectsOf(await read('record.json'));
    expect(vulnerability).toMatchObject({
      id: vulnerabilityId('CVE-2099-20001'),
      name: 'CVE-2099-20001',
      description: 'An overflow in Example Gateway lets anyone run code.',
      revoked: false,
      created: '2099-01-05T10:00:00.000Z',
      modified: '2099-03-01T00:00:00.000Z',
      x_redoubt_cve: {
        state: 'PUBLISHED',
        assigner: 'example',
        title: 'Overflow in Example Gateway <b>9</b>',
        cwes: ['CWE-787'],
        problem_types: ['Something else'],
        ssvc: { exploitation: 'active', automatable: 'yes', technical_impact: 'total', at: '2099-02-03T04:05:06.123Z' },
        solutions: ['Update to 9.4.2.'],
        workarounds: ['Turn the portal off.'],
        descriptions: [{ lang: 'de', value: 'Ein Überlauf.' }],
        other: { x_generator: { engine: 'by hand' } },
        adp_other: [{ provider: 'CISA-ADP', x_adp: 'kept' }],
      },
    });
    expect(vulnerability?.external_references).toEqual([
      { source_name: 'cve', external_id: 'CVE-2099-20001' },
      { source_name: 'cwe', external_id: 'CWE-787' },
      { source_name: 'cve-reference', url: 'https://vendor.example/advisory-1', description: 'EX-2099-1 [vendor-advisory, patch]' },
      { source_name: 'cve-reference', url: 'https://nvd.example/CVE-2099-20001', description: '[third-party-advisory]' },
      { source_name: 'capec', external_id: 'CAPEC-100' },
    ]);
  });

  it('names what is affected by product, package and CPE, of all containers', async () => {
    const [vulnerability] = objectsOf(await read('record.json'));
    const { affected = [] } = (vulnerability?.['x_redoubt_cve'] ?? {}) as { affected?: JsonObject[] };
    expect(affected.map(({ vendor, product, package: place }) => [vendor, product, place])).toEqual([
      ['Example', 'Gateway', undefined],
      [undefined, undefined, 'https://packages.example/npm/example-gateway'],
      ['Example', 'gateway client', 'pkg:npm/%40example/gateway'],
      ['example', 'gateway', undefined],
    ]);
    expect(affected[0]).toMatchObject({
      default_status: 'unaffected',
      cpes: ['cpe:2.3:a:example:gateway:*:*:*:*:*:*:*:*'],
      platforms: ['Linux'],
      versions: [
        {
          version: '9.0',
          less_than: '9.4.2',
          status: 'affected',
          version_type: 'semver',
          changes: [{ at: '9.3.9', status: 'unaffected' }],
        },
        { version: '8', status: 'unknown' },
      ],
    });
  });

  it('takes the score that the vector gives, and says where the file’s is another', async () => {
    const items = await read('record.json');
    const [vulnerability] = objectsOf(items);
    const { metrics = [] } = (vulnerability?.['x_redoubt_cve'] ?? {}) as { metrics?: JsonObject[] };
    expect(metrics.map(({ version, base_score, severity }) => [version, base_score, severity])).toEqual([
      ['4.0', 9.3, 'critical'],
      ['3.1', 9.8, 'critical'],
      ['2.0', 7.5, 'high'],
    ]);
    expect(lossesOf(items)).toEqual([
      'record.containers.cna.affected[0].versions[2]: not a version with its status; left out',
      'record.containers.cna.affected[2].defaultStatus: “perhaps” is none of affected, unaffected, unknown; left out',
      'record.containers.cna.metrics[1].cvssV3_1.baseScore: the file says 7.5, the vector gives 9.8: the vector’s is kept',
      'record.containers.cna.metrics[2].cvssV3_0: “CVSS:3.0/AV:N” is no complete CVSS vector; kept in x_redoubt_cve.other_metrics, not used as a score',
      'record.containers.cna.references[2]: “no address” is no address; left out',
      'record.containers.cna.impacts[1].capecId: “100” is no CAPEC id; kept in x_redoubt_cve.impacts only',
      'record.containers.cna.x_legacyV4Record: the same record in the older CVE JSON 4.0; left out',
      'record: 1 text also came as HTML or base64: the plain text is kept, the other left out',
    ]);
  });

  it('is targeted by the attack patterns it names, where the workspace knows them', async () => {
    const capec = 'attack-pattern--00000000-0000-4000-8000-000000000001';
    const items = await read('record.json', { findByExternalId: (id: string) => (id === 'CAPEC-100' ? capec : undefined) });
    expect(objectsOf(items)[1]).toMatchObject({
      relationship_type: 'targets',
      source_ref: capec,
      target_ref: vulnerabilityId('CVE-2099-20001'),
    });
    expect(objectsOf(await read('record.json'))).toHaveLength(1);
  });
});

describe('many records', () => {
  it('come line by line, the broken ones named', async () => {
    const items = await read('records.ndjson');
    expect(objectsOf(items).map(({ name, revoked }) => [name, revoked])).toEqual([
      ['CVE-2099-30001', false],
      ['CVE-2099-30002', true],
      ['CVE-2099-30005', false],
    ]);
    expect(objectsOf(items)[1]).toMatchObject({
      description: 'Not a vulnerability.',
      x_redoubt_cve: { state: 'REJECTED', rejected_reasons: ['Not a vulnerability.'], replaced_by: ['CVE-2099-30001'] },
    });
    expect(items.filter(({ kind }) => kind === 'rejected').map(({ path }) => path)).toEqual([
      'line 3',
      'line 4',
      'line 6',
      'line 7',
      'line 8',
    ]);
  });

  it('come as a list within an object and as an array alike', async () => {
    const wrapped = await read('list.json');
    expect(wrapped).toMatchObject([
      { kind: 'object', path: 'cveRecords[0]' },
      { kind: 'rejected', id: 'CVE-99-1', path: 'cveRecords[1]' },
    ]);
    const { cveRecords } = JSON.parse(await readFile(new URL('./fixtures/list.json', import.meta.url), 'utf8')) as { cveRecords: unknown };
    const plain = await readAll(cve, 'array', new TextEncoder().encode(JSON.stringify(cveRecords)));
    expect(Array.isArray(plain) && plain.map(({ kind, path }) => [kind, path])).toEqual([
      ['object', '[0]'],
      ['rejected', '[1]'],
    ]);
  });
});

const sample = new URL('../../../../../../shared/data/cve/cisa-vulnrichment-sample.ndjson.xz', import.meta.url).pathname;
const there = existsSync(sample);
it.skipIf(!there)(`reads CISA’s sample whole${there ? '' : ' (skipped: no shared data)'}`, async () => {
  const bytes = new Uint8Array(execFileSync('xz', ['-dkc', sample], { maxBuffer: 64 << 20 }));
  const raw = new TextDecoder()
    .decode(bytes)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Raw);
  const items = (await Array.fromAsync(cve.read(await sourceFromBytes('sample', bytes), context()))).flat();
  const objects = objectsOf(items);
  expect(items.filter(({ kind }) => kind === 'rejected')).toEqual([]);
  expect(objects).toHaveLength(3251);
  expect(new Set(objects.map(({ name }) => name))).toEqual(new Set(raw.map(({ cveMetadata }) => cveMetadata.cveId)));
  for (const object of objects) expect(checkObject(object).errors).toEqual([]);
  // Independent counts of what stands in the file.
  const said = objects.map((object) => object['x_redoubt_cve'] as Said);
  const containers = raw.flatMap(({ containers: { cna, adp = [] } }) => [cna, ...adp]);
  const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
  const affected = containers.flatMap(({ affected = [] }) => affected);
  expect(sum(said.map(({ affected = [] }) => affected.length))).toBe(affected.length);
  expect(sum(said.flatMap(({ affected = [] }) => affected.map(({ versions = [] }) => versions.length)))).toBe(
    sum(affected.map(({ versions = [] }) => versions.length)),
  );
  expect(sum(said.flatMap(({ affected = [] }) => affected.map(({ cpes = [] }) => cpes.length)))).toBe(
    sum(affected.map(({ cpes = [] }) => new Set(cpes).size)),
  );
  const metrics = containers.flatMap(({ metrics = [] }) =>
    metrics.flatMap((metric) => Object.keys(metric).filter((name) => name.startsWith('cvss'))),
  );
  const scores = sum(said.map(({ metrics = [] }) => metrics.length));
  const unscored = lossesOf(items).filter((line) => line.includes('not used as a score')).length;
  expect(scores + unscored).toBe(metrics.length);
  expect(said.filter(({ ssvc }) => ssvc !== undefined)).toHaveLength(3247);
  expect(objects.filter(({ revoked }) => revoked === true)).toHaveLength(
    raw.filter(({ cveMetadata }) => cveMetadata.state === 'REJECTED').length,
  );
  const legacy = raw.filter(({ containers: { cna } }) => 'x_legacyV4Record' in cna).length;
  expect(lossesOf(items).filter((line) => line.includes('CVE JSON 4.0'))).toHaveLength(legacy);
  expect(lossesOf(items).filter((line) => line.includes('beyond'))).toEqual([]);
  // No more than these kinds of loss.
  const kinds = /CVE JSON 4\.0|HTML or base64|the vector gives|not used as a score|no CAPEC id|no address|none of affected|without/;
  expect(lossesOf(items).filter((line) => !kinds.test(line))).toEqual([]);
});

interface Raw {
  cveMetadata: { cveId: string; state: string };
  containers: { cna: Container; adp?: Container[] };
}
interface Container {
  affected?: { versions?: unknown[]; cpes?: string[] }[];
  metrics?: object[];
}
interface Said {
  affected?: { versions?: unknown[]; cpes?: string[] }[];
  metrics?: unknown[];
  ssvc?: unknown;
}
