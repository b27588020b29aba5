import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import { readAll } from '../conformance.ts';
import type { Item } from '../format.ts';
import { sourceFromPath } from '../source.ts';
import { kev } from './index.ts';

const read = async (name: string): Promise<Item[]> => {
  const items = await readAll(kev, name, new Uint8Array(await readFile(new URL(`./fixtures/${name}`, import.meta.url))));
  if (!Array.isArray(items)) throw new Error(items.failed);
  return items;
};

it('makes a vulnerability of each entry, with CISA’s words on it', async () => {
  const items = await read('catalogue.json');
  expect(items[0]).toMatchObject({
    kind: 'object',
    stamp: true,
    merge: true,
    path: 'vulnerabilities[0]',
    object: {
      id: vulnerabilityId('CVE-2099-10001'),
      name: 'CVE-2099-10001',
      external_references: [
        { source_name: 'cve', external_id: 'CVE-2099-10001' },
        { source_name: 'cwe', external_id: 'CWE-78' },
        { source_name: 'cwe', external_id: 'CWE-77' },
        { source_name: 'cisa-kev', url: 'https://vendor.example/advisory-1' },
        { source_name: 'cisa-kev', url: 'https://nvd.example/CVE-2099-10001' },
      ],
      x_redoubt_kev: {
        date_added: '2026-10-20',
        due_date: '2026-11-10',
        known_ransomware: true,
        product: 'Gateway <script>alert(1)</script>',
      },
    },
  });
  const second = items.find((item) => item.kind === 'object' && item.object.name === 'CVE-2099-10002');
  expect(second).toMatchObject({
    object: { x_redoubt_kev: { known_ransomware: false, cwes: ['NVD-CWE-noinfo'], other: { addedLater: { kept: true } } } },
  });
});

it('rejects what breaks CISA’s schema, by path and reason', async () => {
  expect((await read('catalogue.json')).filter(({ kind }) => kind === 'rejected')).toEqual([
    { kind: 'rejected', id: 'CVE-99-1', path: 'vulnerabilities[2].cveID', reason: 'expected a CVE id (CVE-YYYY-NNNN)' },
    { kind: 'rejected', id: 'CVE-2099-10003', path: 'vulnerabilities[3].dateAdded', reason: expect.stringMatching(/date/) },
    {
      kind: 'rejected',
      id: 'CVE-2099-10001',
      path: 'vulnerabilities[4]',
      reason: expect.stringMatching(/already stands at vulnerabilities\[0\]/),
    },
    { kind: 'rejected', path: 'vulnerabilities[5]', reason: expect.any(String) },
  ]);
});

it('reads the CSV form as the JSON form', async () => {
  const [fromCsv, rejected] = await read('catalogue.csv');
  const [fromJson] = await read('catalogue.json');
  if (fromCsv?.kind !== 'object' || fromJson?.kind !== 'object') throw new Error('no object');
  expect(fromCsv.object).toEqual(fromJson.object);
  expect(rejected).toMatchObject({ kind: 'rejected', id: 'CVE-2099-10002', path: 'row 3.dueDate' });
});

const folder = new URL('../../../../../../shared/data/kev/', import.meta.url);
it.skipIf(!existsSync(folder))(
  `reads CISA’s whole catalogue, JSON and CSV alike${existsSync(folder) ? '' : ' (skipped: no shared data)'}`,
  async () => {
    const objectsOf = async (name: string) => {
      const source = await sourceFromPath(new URL(name, folder).pathname);
      const items = (
        await Array.fromAsync(kev.read(source, { signal: new AbortController().signal, now: 0, findByExternalId: () => undefined }))
      ).flat();
      expect(items.filter(({ kind }) => kind !== 'object')).toEqual([]);
      return new Map(items.flatMap((item) => (item.kind === 'object' ? [[item.object.id, item.object] as const] : [])));
    };
    const json = await objectsOf('known_exploited_vulnerabilities.json.gz');
    const csv = await objectsOf('known_exploited_vulnerabilities.csv.gz');
    expect(json.size).toBe(1404);
    expect([...json.values()].filter(({ x_redoubt_kev: kev }) => (kev as { known_ransomware: boolean }).known_ransomware)).toHaveLength(
      293,
    );
    expect([...csv.keys()].sort()).toEqual([...json.keys()].sort());
  },
);
