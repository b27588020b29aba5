import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { readAll } from '../conformance.ts';
import type { Item, ReadContext } from '../format.ts';
import { sourceFromBytes } from '../source.ts';
import { isIpAddress, normalMac } from './addresses.ts';
import { guessMapping } from './columns.ts';
import { csv } from './index.ts';
import { csvColumns, csvExport } from './write.ts';

const fixture = async (name: string) => new Uint8Array(await readFile(new URL(`./fixtures/${name}`, import.meta.url)));
const read = async (bytes: Uint8Array | string, over?: Partial<ReadContext>): Promise<Item[]> => {
  const items = await readAll(csv, 'assets.csv', typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes, over);
  if (!Array.isArray(items)) throw new Error(items.failed);
  return items;
};
const objects = (items: readonly Item[], type?: string) =>
  items.flatMap((item) => (item.kind === 'object' && (type === undefined || item.object.type === type) ? [item.object] : []));
const said = (items: readonly Item[]) =>
  items.flatMap((item) => (item.kind === 'object' ? [] : [`${item.kind} ${item.path}: ${item.kind === 'loss' ? item.what : item.reason}`]));

describe('a table of assets', () => {
  it('becomes assets with their declaration first, software and vulnerabilities', async () => {
    const items = await read(await fixture('assets.csv'));
    expect(
      objects(items)
        .slice(0, 2)
        .map(({ type }) => type),
    ).toEqual(['identity', 'extension-definition']);
    const assets = objects(items, 'x-redoubt-asset');
    expect(assets[0]).toMatchObject({
      name: 'pacs-01.clinic.example',
      asset_id: 'A-1001',
      hostnames: ['pacs-01.clinic.example'],
      ip_addresses: ['10.20.4.11'],
      mac_addresses: ['00:1b:44:11:3a:b7'],
      owner: 'Ines Okafor',
      business_unit: 'Radiology',
      criticality: 5,
      operating_system: 'Windows Server 2016',
      software: ['Orthanc 1.9.7', 'OpenSSL 1.1.1k'],
      x_csv_warranty: '2026-03-31',
    });
    expect(assets[1]).toMatchObject({ ip_addresses: ['203.0.113.20', '10.20.1.5'], criticality: 5, exposure: 'internet' });
    expect(assets[2]).toMatchObject({ hostnames: ['ws-<b>17</b>'], x_csv_ip_address: '10.20.9.300', x_csv_criticality: '9' });
    expect(objects(items, 'software').map(({ id: _, type: __, spec_version: ___, ...says }) => says)).toEqual([
      { name: 'Orthanc', version: '1.9.7' },
      { name: 'OpenSSL', version: '1.1.1k' },
      { name: 'http_server', vendor: 'apache', version: '2.4.54', cpe: 'cpe:2.3:a:apache:http_server:2.4.54:*:*:*:*:*:*:*' },
      { name: 'lodash', version: '4.17.20', x_redoubt_purl: 'pkg:npm/lodash@4.17.20' },
    ]);
    expect(objects(items, 'relationship')).toContainEqual(
      expect.objectContaining({ relationship_type: 'has', source_ref: assets[1]?.id, target_ref: vulnerabilityId('CVE-2021-44228') }),
    );
    for (const item of items) if (item.kind === 'object' && item.object.type === 'x-redoubt-asset') expect(item.stamp).toBe(true);
  });

  it('says by row and column what it could not take', async () => {
    expect(said(await read(await fixture('assets.csv')))).toEqual([
      'loss row 2, column Internet Facing: “no” is none of internet, partner, internal, isolated; kept as text',
      'loss row 4, column IP Address: “10.20.9.300” is no IP address; the cell is kept as text',
      'loss row 4, column MAC: “aa:bb:cc” is no MAC address; the cell is kept as text',
      'loss row 4, column Criticality: “9” is not on the scale from 1 to 5; kept as text',
      'loss row 4, column CVE: “not”, “a”, “cve” is no CVE id; the cell is kept as text',
      'rejected row 5: it has no number, name, host name or address to know the asset by',
      'rejected row 6: the asset id “A-1001” already stands in row 2 with other content; that row is kept',
      'loss row 7: 1 more cells than columns, left out: “surplus”',
    ]);
  });

  it('keeps a formula as the text it is', async () => {
    const items = await read(await fixture('assets.csv'));
    expect(objects(items, 'x-redoubt-asset').at(-1)?.owner).toBe("=cmd|' /C calc'!A0");
  });

  it('in Latin-1 with semicolons, in UTF-16 with tabs, with any line ends', async () => {
    expect(objects(await read(await fixture('latin1-semicolon.csv')), 'x-redoubt-asset')).toMatchObject([
      { name: 'Server Süd', location: 'Köln', ip_addresses: ['10.1.2.3'], x_csv_gro_e: 'groß' },
    ]);
    expect(
      objects(await read(await fixture('utf16-tabs.txt')), 'x-redoubt-asset').map(({ name, serial_number: serial }) => [name, serial]),
    ).toEqual([
      ['ws-1', 'SN-1'],
      ['ws-2', 'SN-2'],
    ]);
    expect(objects(await read('Name,IP\rA,10.0.0.1\rB,10.0.0.2\r'), 'x-redoubt-asset')).toHaveLength(2);
  });

  it('gives the same ids whatever else the file says', async () => {
    const [a] = objects(await read('Hostname,IP\nh1.example,10.0.0.1\n'), 'x-redoubt-asset');
    const [b] = objects(await read('Owner,Hostname\nme,H1.example\n'), 'x-redoubt-asset');
    expect(b?.id).toBe(a?.id);
  });

  it('takes a row for each finding of one asset', async () => {
    const items = await read('Hostname,CVE\nh1,CVE-2021-44228\nh1,CVE-2022-31813\nh1,CVE-2022-31813\n');
    expect(objects(items, 'x-redoubt-asset')).toHaveLength(1);
    expect(objects(items, 'relationship')).toHaveLength(2);
    expect(said(items)).toEqual(['loss row 4: the hostnames “h1” already stands in row 2 with the same content']);
  });

  it('names a known vulnerability instead of making a bare one', async () => {
    const known = 'vulnerability--00000000-0000-4000-8000-000000000001';
    const items = await read('Hostname,CVE\nh1,CVE-2021-44228\n', { findByExternalId: () => known });
    expect(objects(items, 'vulnerability')).toEqual([]);
    expect(objects(items, 'relationship')[0]?.target_ref).toBe(known);
  });

  it('follows the mapping that the user chose', async () => {
    const mapping = [
      { column: 'Hostname', property: null },
      { column: 'Thing', property: 'name' },
    ];
    const [asset] = objects(await read('Hostname,Thing\nh1,The scanner\n', { mapping }), 'x-redoubt-asset');
    expect(asset).toMatchObject({ name: 'The scanner', x_csv_hostname: 'h1' });
    expect(asset).not.toHaveProperty('hostnames');
    for (const wrong of [
      [{ column: 'Nope', property: 'name' }],
      [{ column: 'Thing', property: 'password' }],
      [
        { column: 'Thing', property: 'owner' },
        { column: 'Hostname', property: 'owner' },
      ],
    ]) {
      await expect(read('Hostname,Thing\nh1,x\n', { mapping: wrong })).rejects.toThrow(/mapping/);
    }
  });

  it('offers its columns, a guess and the first rows', async () => {
    const columns = await csv.columns?.(await sourceFromBytes('a.csv', await fixture('assets.csv')));
    expect(columns?.mapping.find(({ column }) => column === 'Warranty')).toEqual({ column: 'Warranty', property: null });
    expect(columns?.mapping.find(({ column }) => column === 'CVE')?.property).toBe('vulnerabilities');
    expect(columns?.firstRows[0]?.slice(0, 2)).toEqual(['A-1001', 'pacs-01.clinic.example']);
    expect(columns?.properties.map(({ property }) => property)).toContain('criticality');
  });

  it('guesses unnamed columns by their cells', () => {
    const rows = [
      ['10.0.0.1', 'aa:bb:cc:dd:ee:ff', 'a.b.example', 'CVE-2021-44228', 'x'],
      ['10.0.0.2', 'aa-bb-cc-dd-ee-fe', 'c.d.example', 'CVE-2021-44229', 'y'],
    ];
    expect(guessMapping(['c1', 'c2', 'c3', 'c4', 'c5'], rows).map(({ property }) => property)).toEqual([
      'ip_addresses',
      'mac_addresses',
      'hostnames',
      'vulnerabilities',
      null,
    ]);
  });

  it('keeps a column called __proto__ as a column', async () => {
    const [asset] = objects(await read('Name,__proto__,constructor\na,1,2\n'), 'x-redoubt-asset');
    expect(asset).toMatchObject({ x_csv_proto: '1', x_csv_constructor: '2' });
    expect(Object.getPrototypeOf(asset)).toBe(Object.prototype);
  });

  it('says where a quote is never closed, and keeps what stands before', async () => {
    const items = await read('Name,IP\na,10.0.0.1\n"b,10.0.0.2\nc,10.0.0.3\n');
    expect(objects(items, 'x-redoubt-asset').map(({ name }) => name)).toEqual(['a']);
    expect(said(items)).toEqual([expect.stringMatching(/^rejected row 3: a quote that begins here is never closed/)]);
  });

  it('refuses rows of other types from an earlier export', async () => {
    const items = await read(
      'id,name\nmalware--00000000-0000-4000-8000-000000000001,Emotet\nx-redoubt-asset--00000000-0000-4000-8000-000000000002,srv\n',
    );
    expect(objects(items, 'x-redoubt-asset').map(({ id }) => id)).toEqual(['x-redoubt-asset--00000000-0000-4000-8000-000000000002']);
    expect(said(items)).toEqual([expect.stringMatching(/^rejected row 2: it is a malware/)]);
  });
});

describe('addresses', () => {
  it('are told from what only looks like them', () => {
    for (const good of [
      '10.0.0.1',
      '10.0.0.0/8',
      '::',
      '::1',
      '2001:db8::7',
      'fe80::1:2:3:4',
      '1:2:3:4:5:6:7:8',
      '::ffff:192.0.2.1',
      '2001:db8::/32',
    ]) {
      expect(isIpAddress(good), good).toBe(true);
    }
    for (const bad of [
      '10.0.0',
      '10.0.0.256',
      '010.0.0.1',
      '10.0.0.1/33',
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      ':::',
      'a',
      '',
      '12345::',
      'fe80::1%eth0',
      '::1.2.3',
    ]) {
      expect(isIpAddress(bad), bad).toBe(false);
    }
    expect(normalMac('AA-BB-CC-DD-EE-FF')).toBe('aa:bb:cc:dd:ee:ff');
    expect(normalMac('aabb.ccdd.eeff')).toBe('aa:bb:cc:dd:ee:ff');
    expect(normalMac('AA-BB-CC:DD-EE-FF')).toBeUndefined();
  });
});

describe('the table that is written', () => {
  const write = async (...page: object[]) => {
    const losses: { id?: string; path: string; what: string }[] = [];
    const pages = (async function* () {
      yield page as StixObject[];
    })();
    const text = (
      await Array.fromAsync(csvExport.write(pages, { signal: new AbortController().signal, now: 0, lose: (loss) => losses.push(loss) }))
    ).join('');
    return { text, losses };
  };
  const id = 'x-redoubt-asset--00000000-0000-4000-8000-000000000001';

  it('is RFC 4180, formulas disarmed and told', async () => {
    const { text, losses } = await write({
      type: 'x-redoubt-asset',
      id,
      name: '=HYPERLINK("x")',
      owner: 'a "b", c',
      ip_addresses: ['10.0.0.1', '10.0.0.2'],
      criticality: 5,
      description: '-1.5',
    });
    const [header, row] = text.split('\r\n');
    expect(header).toBe(csvColumns.join(','));
    expect(row).toContain(`,"'=HYPERLINK(""x"")",`);
    expect(row).toContain('"a ""b"", c"');
    expect(row).toContain('10.0.0.1; 10.0.0.2');
    expect(row).toContain(',-1.5,');
    expect(losses).toEqual([{ id, path: 'name', what: expect.stringMatching(/formula/) }]);
  });

  it('tells every property that no column holds', async () => {
    const { losses } = await write({
      type: 'malware',
      id: 'malware--00000000-0000-4000-8000-000000000001',
      name: 'x',
      is_family: true,
      malware_types: ['worm'],
    });
    expect(losses).toEqual([expect.objectContaining({ what: 'a table has no column for is_family, malware_types' })]);
  });

  it('comes back as the same assets', async () => {
    const text = fc
      .string({ minLength: 1, maxLength: 20, unit: fc.constantFrom('a', 'ü', '"', ',', '\n', ' x', "'", '1') })
      .filter((value) => value === value.trim() && value !== '');
    await fc.assert(
      fc.asyncProperty(text, text, fc.integer({ min: 1, max: 5 }), async (name, owner, criticality) => {
        const asset = { type: 'x-redoubt-asset', id, name, owner, criticality, hostnames: ['h1', 'h2'], ip_addresses: ['10.0.0.1'] };
        const [back] = objects(await read((await write(asset)).text), 'x-redoubt-asset');
        expect(back).toMatchObject(asset);
      }),
      { numRuns: 50 },
    );
  });
});

it('leaves ATT&CK’s own spreadsheets alone: they name techniques, not assets', () => {
  const header = 'name,ID,description,platforms,created,modified,type,version,url\n';
  const row =
    'Active Directory,DS0026,"A database, and more",Windows,20 April 2021,30 March 2023,datasource,1.0,https://attack.mitre.org/datasources/DS0026\n';
  expect(csv.detect({ name: 'x.csv', text: header + row, complete: true }).confidence).toBeLessThan(0.5);
  const assets = row.replace('https://attack.mitre.org/', 'https://cmdb.example/');
  expect(csv.detect({ name: 'x.csv', text: header + assets, complete: true }).confidence).toBeGreaterThan(0.5);
});
