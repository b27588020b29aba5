import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenEngine, openEngine } from '../fixtures/open-engine.ts';

describe('matches of the demo hospital', () => {
  let world: OpenEngine;
  const list = (terms: Partial<Parameters<OpenEngine['client']['intel']['listMatches']>[0]> = {}) =>
    world.client.intel.listMatches({ limit: 500, ...terms });
  /** Waits until the matches follow the graph again. */
  const settled = async () => {
    for (;;) {
      const state = await world.client.intel.getMatchState();
      if (!state.stale) return state;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  beforeAll(async () => {
    world = await openEngine();
    await world.openDemo();
    await world.job(world.client.intel.refreshMatches());
  }, 120_000);
  afterAll(() => world.close());

  it('say what is found on which asset, most urgent first, each with its reasons', async () => {
    const { rows, total, state } = await list({ kinds: ['vulnerability'] });
    expect(total).toBe(rows.length);
    expect(state).toMatchObject({ stale: false });
    expect(state.found).toBe(state.kept);
    const first = rows[0];
    expect(first?.priority).toMatchObject({ decision: 'immediate', exploitation: 'active', exposure: 'internet' });
    const portal = rows.find((row) => row.asset.name === 'Portal API' && row.threat.name === 'CVE-2021-44228');
    expect(portal?.grade).toBe('confirmed');
    const { reasons } = await world.client.intel.getMatch({ key: portal?.key as string });
    expect(reasons.map(({ rule }) => rule)).toContain('scanner');
    expect(reasons.flatMap(({ cites }) => cites.map(({ name }) => name))).toContain('Log4j');
    const order = ['immediate', 'out-of-cycle', 'scheduled', 'defer'];
    const places = rows.map(({ priority }) => order.indexOf(priority.decision as string));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('are filtered and counted', async () => {
    const all = await list();
    const kev = await list({ kev: true });
    expect(kev.total).toBeGreaterThan(5);
    expect(kev.rows.every(({ priority }) => priority.kev !== null)).toBe(true);
    const open = await list({ exposures: ['internet'] });
    expect(open.rows.every(({ priority }) => priority.exposure === 'internet')).toBe(true);
    const page = await list({ limit: 3 });
    expect(page).toMatchObject({ shown: 3, total: all.total });
    const asset = all.rows[0]?.asset.id as string;
    expect((await list({ id: asset })).rows.every((row) => row.asset.id === asset)).toBe(true);
    expect((await list({ text: 'log4' })).total).toBe(0);
    expect((await list({ text: '44228' })).total).toBeGreaterThan(1);
    await expect(list({ id: "x' OR 1=1 --" })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('remember a verdict over recomputation, and give it back', async () => {
    const before = await list();
    const chosen = before.rows[3]?.key as string;
    const { action, match } = await world.client.intel.judgeMatch({
      key: chosen,
      judgement: 'not-affected',
      reason: 'The module is switched off.',
    });
    expect(match.verdict).toMatchObject({ opinion: 'strongly-disagree', reason: 'Not affected: The module is switched off.' });
    expect((await list()).total).toBe(before.total - 1);
    await world.job(world.client.intel.refreshMatches());
    expect((await list()).total).toBe(before.total - 1);
    expect((await list({ judged: 'judged' })).rows.map(({ key }) => key)).toEqual([chosen]);
    await world.client.knowledge.undo({ action });
    await settled();
    expect((await list()).total).toBe(before.total);
  });

  it('follow single changes', async () => {
    const before = await list();
    const row = before.rows.find(({ priority }) => priority.exposure === 'internet') as (typeof before.rows)[number];
    await world.client.knowledge.setProperty({ id: row.asset.id, property: 'exposure', value: 'isolated' });
    await settled();
    const after = (await list({ id: row.asset.id })).rows.find(({ key }) => key === row.key);
    expect(after?.priority).toMatchObject({ exposure: 'isolated', decision: 'out-of-cycle' });
    expect(after?.firstSeen).toBe(row.firstSeen);
    await world.client.knowledge.deleteObject({ id: row.threat.id });
    await settled();
    expect((await list({ id: row.threat.id })).total).toBe(0);
    await world.client.knowledge.undo({});
    await world.client.knowledge.undo({});
    await settled();
    expect((await list()).rows.map(({ key }) => key)).toEqual(before.rows.map(({ key }) => key));
  });

  it('show what matters on these assets', async () => {
    const overview = await world.client.intel.getOverview({ since: '2020-01-01T00:00:00.000Z' });
    expect(overview.assets).toBe(64);
    expect(overview.decisions.immediate).toBeGreaterThan(0);
    expect(overview.assetsAtRisk.rows[0]).toMatchObject({ exposure: 'internet', criticality: 5 });
    expect(overview.exploitedOnExposed.rows.map(({ threat }) => threat.name)).toContain('CVE-2023-3519');
    expect(overview.blindSpots.total).toBeGreaterThan(0);
    expect(overview.platforms).toContain('Windows');
    expect(overview.newSince).toBe(
      [overview.decisions, overview.possible].flatMap((counts) => Object.values(counts)).reduce((sum, count) => sum + count, 0) +
        (await list({ kinds: ['target', 'indicator'] })).total,
    );
    expect(overview.organisation).toBeNull();
  });

  it('tell who targets the organisation, once it is told', async () => {
    const saved = await world.client.intel.setOrganisation({ name: 'Harbour Vale', sectors: ['Hospitals'], countries: ['GB'] });
    expect(saved).toMatchObject({ sectors: ['healthcare'], countries: ['GB'] });
    const group = 'intrusion-set--00000000-0000-4000-8000-00000000aaaa';
    const at = '2026-01-01T00:00:00.000Z';
    const { pasteId } = await world.client.intel.recognise({ text: 'x 8.8.8.8' });
    expect(pasteId).toBeTruthy();
    const identity = 'identity--00000000-0000-4000-8000-00000000bbbb';
    const bundle = {
      type: 'bundle',
      id: 'bundle--00000000-0000-4000-8000-00000000cccc',
      objects: [
        { type: 'intrusion-set', spec_version: '2.1', id: group, created: at, modified: at, name: 'Grey Heron' },
        { type: 'identity', spec_version: '2.1', id: identity, created: at, modified: at, name: 'Health sector', identity_class: 'class' },
        {
          type: 'relationship',
          spec_version: '2.1',
          id: 'relationship--00000000-0000-4000-8000-00000000dddd',
          created: at,
          modified: at,
          relationship_type: 'targets',
          source_ref: group,
          target_ref: identity,
        },
      ],
    };
    const bytes = Buffer.from(JSON.stringify(bundle));
    const { uploadId } = await world.client.knowledge.openUpload({ name: 'b.json', size: bytes.length });
    await world.client.knowledge.appendUpload({ uploadId, offset: 0, base64: bytes.toString('base64') });
    const preview = await world.client.knowledge.getImportPreview({
      jobId: await world.job(world.client.knowledge.previewImport({ files: [{ source: { uploadId } }] })),
    });
    await world.job(world.client.knowledge.runImport({ previewId: preview.previewId }));
    await settled();
    const { rows } = await list({ id: group });
    expect(rows).toMatchObject([
      {
        kind: 'target',
        grade: 'possible',
        asset: { name: 'Harbour Vale' },
        because: 'Grey Heron targets your sector: Health sector, says “b.json”.',
      },
    ]);
    const again = await world.client.intel.setOrganisation({ name: 'Harbour Vale', sectors: ['energy'], countries: [] });
    expect(again.id).toBe(saved.id);
    await settled();
    expect((await list({ id: group })).total).toBe(0);
    expect((await world.client.knowledge.listVersions({ id: saved.id })).length).toBe(2);
  });

  it('had nothing to complain of', () => expect(world.errors).toEqual([]));
});
