import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { exported, importFiles, openWorld, temporaryFolder, type World } from '../faults/world.ts';

const folder = temporaryFolder('assets-meet');
let world: World;

beforeAll(async () => {
  world = await openWorld(join(folder.path, 'workspace'));
}, 60_000);

afterAll(async () => {
  await world.close();
  folder.remove();
  expect(world.errors).toEqual([]);
}, 60_000);

const fixture = (path: string) => ({
  name: path.split('/').at(-1) as string,
  bytes: readFileSync(join(import.meta.dirname, '../../src-main/features/knowledge/formats', path)),
});
const register = {
  name: 'register.csv',
  bytes:
    'Asset Tag,Name,Hostname,IP Address,MAC,Owner,Criticality\n' +
    'A-1,Bildarchiv,PACS-01,192.0.2.1,,Dr. Müller,5\n' +
    'A-2,Röntgen,röntgen-2,2001:db8::22,,Radiology,4\n' +
    'A-3,Printer,,192.0.2.5,,IT,1\n',
};
const assets = async () => (await objects()).filter(({ type }) => type === 'x-redoubt-asset');
const objects = async (): Promise<StixObject[]> => (await exported(world.client)).map((text) => JSON.parse(text) as StixObject);
const named = async (name: string) => (await assets()).find((asset) => asset['name'] === name);

describe('a register, then scans of the same hosts', () => {
  it('give one asset each, and no scan overwrites what the owner wrote', async () => {
    await importFiles(world.client, [register]);
    expect(await assets()).toHaveLength(3);
    const nmap = (await importFiles(world.client, [fixture('nmap/fixtures/lan.xml')])).reports[0];
    expect(nmap?.rejected.map(({ reason }) => reason)).toEqual([expect.stringContaining('no host name, address')]);
    // One host of the scan is new: 2001:db8::15.
    expect(await assets()).toHaveLength(4);
    await importFiles(world.client, [fixture('nessus/fixtures/ward.nessus')]);
    // New are 192.0.2.77 and none else.
    expect((await assets()).map(({ name }) => name).sort()).toEqual(['192.0.2.77', '2001:db8::15', 'Bildarchiv', 'Printer', 'Röntgen']);
    await importFiles(world.client, [fixture('openvas/fixtures/report.xml')]);
    expect((await assets()).map(({ name }) => name).sort()).toEqual([
      '192.0.2.77',
      '192.0.2.9',
      '2001:db8::15',
      'Bildarchiv',
      'Printer',
      'Röntgen',
    ]);
    expect(await named('Bildarchiv')).toMatchObject({
      asset_id: 'A-1',
      owner: 'Dr. Müller',
      criticality: 5,
      hostnames: ['PACS-01'],
      x_redoubt_nmap: { ports: expect.arrayContaining([expect.objectContaining({ port: 80, service: 'http', version: '1.18.0' })]) },
      x_redoubt_nessus: { mac_addresses: ['00:50:56:ab:cd:01', '00:50:56:ab:cd:02'] },
      x_redoubt_openvas: { operating_system: 'Microsoft Windows Server 2008 R2' },
    });
    expect((await named('Bildarchiv'))?.['operating_system']).toBeUndefined();
    const { provenance } = await world.client.knowledge.getEntity({ id: (await named('Bildarchiv'))?.id as string });
    expect(new Set(provenance.map(({ source }) => source))).toEqual(new Set(['register.csv', 'lan.xml', 'ward.nessus', 'report.xml']));
  }, 60_000);

  it('tie findings and vulnerabilities to the asset, once however often a scan comes in', async () => {
    const { id } = (await named('Bildarchiv')) as StixObject;
    const before = await objects();
    const findings = before.filter((one) => one.type === 'x-redoubt-finding' && one['asset_ref'] === id);
    expect(new Set(findings.map(({ tool }) => tool))).toEqual(new Set(['Nmap', 'Nessus', 'OpenVAS']));
    expect(findings.find((one) => one['rule_id'] === '97833')).toMatchObject({
      severity: 'critical',
      score: 8.1,
      port: 445,
      status: 'open',
      last_seen: '2026-10-06T08:00:00.000Z',
    });
    const has = before.filter((one) => one.type === 'relationship' && one['relationship_type'] === 'has' && one['source_ref'] === id);
    expect(has).toHaveLength(6);
    for (const file of ['nmap/fixtures/lan.xml', 'nessus/fixtures/ward.nessus', 'openvas/fixtures/report.xml']) {
      const [report] = (await importFiles(world.client, [fixture(file)])).reports;
      expect(report, file).toMatchObject({ created: 0, updated: 0 });
    }
    expect((await objects()).length).toBe(before.length);
  }, 60_000);

  it('a later scan has the word on its own findings, an earlier one has not, whatever the order', async () => {
    const scan = (end: string, name: string) => ({
      name: `${end}.nessus`,
      bytes: `<NessusClientData_v2><Report><ReportHost name="192.0.2.1"><HostProperties><tag name="host-ip">192.0.2.1</tag><tag name="host-fqdn">pacs-01.harbourvale.example</tag><tag name="HOST_END_TIMESTAMP">${end}</tag></HostProperties><ReportItem port="445" protocol="tcp" severity="3" pluginID="97833" pluginName="${name}"/></ReportHost></Report></NessusClientData_v2>`,
    });
    const named97833 = async () => (await objects()).filter((one) => one['rule_id'] === '97833').map(({ name }) => name);
    await importFiles(world.client, [scan('1793000000', 'newer')]);
    expect(await named97833()).toEqual(['newer']);
    await importFiles(world.client, [scan('1780000000', 'older')]);
    expect(await named97833()).toEqual(['newer']);
  }, 60_000);

  it('a bill of materials of a device meets the asset by its name', async () => {
    const before = (await assets()).length;
    await importFiles(world.client, [fixture('cyclonedx/fixtures/device-1.6.json')]);
    expect(await assets()).toHaveLength(before);
    expect(await named('Bildarchiv')).toMatchObject({
      x_redoubt_cyclonedx: { component: { name: 'pacs-01.harbourvale.example' } },
      criticality: 5,
    });
  }, 60_000);
});

describe('scans, then a register of the same hosts', () => {
  it('give one asset each as well, with the owner’s words over what the scans saw', async () => {
    const late = temporaryFolder('assets-meet-late');
    const other = await openWorld(join(late.path, 'workspace'));
    const all = async () =>
      (await exported(other.client)).map((text) => JSON.parse(text) as StixObject).filter(({ type }) => type === 'x-redoubt-asset');
    await importFiles(other.client, [fixture('nessus/fixtures/ward.nessus')]);
    const scanned = await all();
    await importFiles(other.client, [register]);
    const both = await all();
    const pacs = both.filter((asset) => JSON.stringify(asset).toLowerCase().includes('pacs-01'));
    expect(pacs).toHaveLength(1);
    expect(scanned.map(({ id }) => id)).toContain(pacs[0]?.id);
    expect(pacs[0]).toMatchObject({
      name: 'Bildarchiv',
      asset_id: 'A-1',
      owner: 'Dr. Müller',
      x_redoubt_nessus: { last_seen: expect.any(String) },
    });
    // Next month's file, and a scan after it, find the same assets.
    const again = (await importFiles(other.client, [register])).reports[0];
    expect(again).toMatchObject({ created: 0, updated: 0 });
    await importFiles(other.client, [fixture('nmap/fixtures/lan.xml')]);
    expect((await all()).filter((asset) => JSON.stringify(asset).toLowerCase().includes('pacs-01'))).toHaveLength(1);
    await other.close();
    late.remove();
  }, 60_000);
});
