import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenEngine, openEngine } from '../fixtures/open-engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'redoubt-log-sources-'));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const rule = (at: number, logsource: string) =>
  `title: Rule ${at}\nid: 00000000-0000-4000-8000-00000000000${at}\nlogsource:\n${logsource
    .split(' ')
    .map((part) => `  ${part.replace('=', ': ')}`)
    .join('\n')}\ndetection:\n  selection:\n    a: b\n  condition: selection\n`;

describe('log sources that rules want', () => {
  let world: OpenEngine;
  const list = (terms: Partial<Parameters<OpenEngine['client']['intel']['listLogSources']>[0]> = {}) =>
    world.client.intel.listLogSources({ limit: 100, offset: 0, ...terms });
  const standings = async () => Object.fromEntries((await list()).rows.map(({ source, standing }) => [source.name, standing]));

  beforeAll(async () => {
    world = await openEngine();
    const rules = [
      'product=windows category=process_creation',
      'product=windows category=process_creation',
      'product=windows service=security',
      'product=linux service=auditd',
      'category=webserver',
    ];
    await world.import(rules.map((one, at) => file(`rule-${at}.yml`, rule(at + 1, one))));
  }, 120_000);
  afterAll(async () => {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are all missing as long as no asset is said to send any', async () => {
    const { rows, counts } = await list();
    expect(counts).toEqual({ rules: 5, runs: 0, perhaps: 0, missing: 5, ownSources: 0 });
    expect(rows[0]).toMatchObject({ rules: 2, standing: 'missing', because: 'No asset is said to send windows process_creation.' });
    const { detection } = await world.client.intel.getOverview({});
    expect(detection?.wanted[0]).toMatchObject({ rules: 2, source: { name: 'windows process_creation' } });
  });

  it('come from a table’s column, each asset linked to what it sends', async () => {
    const csv = 'hostname,log sources\nweb-1,"nginx; windows/security"\nweb-2,windows security\n';
    const [report] = await world.import([file('assets.csv', csv)]);
    expect(report?.loss ?? []).toEqual([]);
    expect(await standings()).toEqual({
      'windows process_creation': 'perhaps',
      'windows security': 'runs',
      'linux auditd': 'missing',
      webserver: 'runs',
    });
    const { rows, counts } = await list({ standings: ['runs'] });
    expect(counts).toEqual({ rules: 5, runs: 2, perhaps: 2, missing: 1, ownSources: 2 });
    const security = rows.find(({ source }) => source.name === 'windows security');
    expect(security).toMatchObject({ assets: 2, because: '“windows security” brings it, from 2 assets.' });
    const ofRule = await list({ id: 'indicator--00000000-0000-4000-8000-000000000001' });
    expect(ofRule).toMatchObject({ total: 1, rows: [{ standing: 'perhaps', because: /only where auditing writes them/ }] });
    const { detection } = await world.client.intel.getOverview({});
    expect(detection).toMatchObject({
      rules: 5,
      runs: 2,
      perhaps: 2,
      missing: 1,
      wanted: [{ rules: 1, source: { name: 'linux auditd' } }],
    });
  });

  it('do not count where the log is switched off or its assets are gone', async () => {
    const { rows } = await list({ standings: ['runs'] });
    const security = rows.find(({ source }) => source.name === 'windows security')?.own[0]?.id as string;
    await world.client.knowledge.setProperty({ id: security, property: 'enabled', value: false });
    expect((await list({ id: security })).rows[0]).toMatchObject({
      standing: 'missing',
      because: '“windows security” would bring it, but is switched off.',
    });
    await world.client.knowledge.undo({});
    expect((await standings())['windows security']).toBe('runs');
    const nginx = rows.find(({ source }) => source.name === 'webserver')?.own[0]?.id as string;
    await world.client.knowledge.deleteObject({ id: nginx });
    expect((await standings())['webserver']).toBe('missing');
  });
});
