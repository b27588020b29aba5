import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Match } from '#shared/contract/intel.ts';
import { type OpenEngine, openEngine } from '../fixtures/open-engine.ts';
import { hasSharedData, shared, unpackShared } from '../fixtures/shared-data.ts';

describe.skipIf(!hasSharedData)('matches of the demo hospital with published records (shared data)', () => {
  let world: OpenEngine;
  let rows: Match[];
  const of = (asset: string, threat: string) => rows.find((row) => row.asset.name === asset && row.threat.name === threat);
  beforeAll(async () => {
    world = await openEngine();
    await world.openDemo();
    await world.import([shared('kev/known_exploited_vulnerabilities.json.gz'), shared('cve/cisa-vulnrichment-sample.ndjson.xz')]);
    await world.job(world.client.intel.refreshMatches());
    rows = (await world.client.intel.listMatches({ limit: 500 })).rows;
  }, 240_000);
  afterAll(() => world?.close());

  it('finds by CPE and version what nobody had told, and says by which range', async () => {
    const match = of('Virtualisation manager', 'CVE-2022-22948');
    expect(match).toMatchObject({ grade: 'certain', priority: { kev: { due: '2024-08-07' } } });
    const { reasons } = await world.client.intel.getMatch({ key: match?.key as string });
    expect(reasons[0]).toMatchObject({ rule: 'cpe', cites: [{ name: 'vCenter Server' }] });
  });

  it('calls possible what only names say, in the range that the record gives', () => {
    const match = of('Edge firewall', 'CVE-2024-21762');
    expect(match).toMatchObject({ grade: 'possible', priority: { decision: 'immediate' } });
    expect(match?.because).toContain('from 7.0.0 through 7.0.13');
  });

  it('calls possible what CISA names without versions, and nothing that a record rules out', () => {
    expect(of('Application gateway', 'CVE-2023-4966')?.grade).toBe('possible');
    expect(rows.filter(({ grade }) => grade === 'certain').every(({ because }) => /affects/.test(because))).toBe(true);
    // The record of CVE-2022-40684 begins at 7.0.0 and ends at 7.0.6; the firewalls run 7.0.8.
    expect(rows.filter(({ threat }) => threat.name === 'CVE-2022-40684').map(({ asset }) => asset.name)).toEqual([]);
  });

  it('puts what a scan confirmed before what is only possible, within one decision', () => {
    const immediate = rows.filter(({ priority }) => priority.decision === 'immediate').map(({ grade }) => grade);
    expect(immediate.slice(0, 5)).toEqual(Array(5).fill('confirmed'));
    expect(immediate.indexOf('possible')).toBeGreaterThan(4);
  });

  it('tells which groups of MISP’s galaxy go for the sector and the country', async () => {
    const [actors = ''] = unpackShared('misp/misp-galaxy-9434ace4.tar.xz', /clusters\/threat-actor\.json$/);
    await world.import([actors]);
    await world.client.intel.setOrganisation({ name: 'Harbour Vale', sectors: ['healthcare'], countries: ['GB'] });
    await world.job(world.client.intel.refreshMatches());
    const targets = await world.client.intel.listMatches({ kinds: ['target'], limit: 500 });
    const reasons = targets.rows.map(({ because }) => because);
    expect(reasons.filter((because) => because.includes('targets your country: United Kingdom')).length).toBeGreaterThan(10);
    expect(reasons.filter((because) => because.includes('targets your sector: healthcare')).length).toBeGreaterThan(0);
    expect((await world.client.intel.getOverview({})).groups.total).toBe(new Set(targets.rows.map(({ threat }) => threat.id)).size);
  });
});
