import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../build/launch/setup.mjs';
import { type OpenEngine, openEngine } from '../fixtures/open-engine.ts';

const uuid = (n: number) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
const malware = (n: number) => `malware--${uuid(n)}`;
const time = (day: number) => `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;
const tool = (n: number, day: number, more: object = {}) => ({
  type: 'malware',
  spec_version: '2.1',
  id: malware(n),
  created: time(1),
  modified: time(day),
  name: `kind ${n}`,
  is_family: true,
  ...more,
});
const uses = (n: number, from: string, to: string) => ({
  type: 'relationship',
  spec_version: '2.1',
  id: `relationship--${uuid(n)}`,
  created: time(1),
  modified: time(1),
  relationship_type: 'related-to',
  source_ref: from,
  target_ref: to,
});

describe('an import into a branch', { timeout: 120_000 }, () => {
  let world: OpenEngine;
  let branch = '';
  let made = 0;
  beforeAll(async () => {
    world = await openEngine();
    await world.import([bundle('start', [tool(1, 1), tool(2, 1), uses(1, malware(1), malware(2))])]);
  }, 120_000);
  afterAll(() => world.close());
  beforeEach(async () => {
    branch = (await world.client.knowledge.createBranch({ name: `branch ${++made}` })).id;
  });

  const bundle = (name: string, objects: readonly object[]): string => {
    const path = join(world.dataDir, `${name}.json`);
    writeFileSync(path, JSON.stringify({ type: 'bundle', id: `bundle--${uuid(1)}`, objects }));
    return path;
  };
  const preview = async (paths: readonly string[]) => {
    const { knowledge } = world.client;
    const files = paths.map((path) => ({ source: { path } }));
    return knowledge.getImportPreview({ jobId: await world.job(knowledge.previewImport({ files, branch })) });
  };
  const run = async (paths: readonly string[]) => {
    const { knowledge } = world.client;
    const { previewId } = await preview(paths);
    return knowledge.getImportReport({ jobId: await world.job(knowledge.runImport({ previewId })) });
  };
  const counts = ({ created, updated, unchanged }: { created: number; updated: number; unchanged: number }) => ({
    created,
    updated,
    unchanged,
  });
  const draft = () => [
    tool(1, 2, { name: 'renamed by a report' }),
    tool(2, 1),
    tool(7, 1),
    uses(9, malware(7), malware(1)),
    uses(10, malware(7), malware(99)),
  ];

  it('becomes what its preview said, on the branch alone, and is seen there by every read', async () => {
    const { knowledge } = world.client;
    const before = await knowledge.getStats();
    const file = bundle('draft', draft());
    const said = await preview([file]);
    expect(said.branch).toBe(branch);
    expect(said.files.map(counts)).toEqual([{ created: 3, updated: 1, unchanged: 1 }]);
    const reports = await run([file]);
    expect(reports.map(counts)).toEqual([{ created: 3, updated: 1, unchanged: 1 }]);
    expect(reports[0]?.loss).toMatchObject([{ what: expect.stringContaining(malware(99)) }]);

    expect(await knowledge.getStats()).toEqual(before);
    expect((await knowledge.getEntity({ id: malware(1) })).name).toBe('kind 1');
    await expect(knowledge.getEntity({ id: malware(7) })).resolves.toMatchObject({ missing: true });
    expect((await knowledge.getEntity({ id: malware(1), branch })).name).toBe('renamed by a report');
    expect((await knowledge.search({ text: 'renamed report', branch })).results.map(({ id }) => id)).toEqual([malware(1)]);
    expect((await knowledge.search({ text: 'renamed report' })).total).toBe(0);
    expect((await knowledge.listNeighbours({ id: malware(1), branch })).rows.map(({ entity }) => entity.id)).toContain(malware(7));
    const importId = reports[0]?.importId;
    const listed = (await knowledge.listEntities({ importId, branch })).rows.map(({ id }) => id);
    expect(listed.sort()).toEqual([malware(1), malware(7)]);

    // The same once more changes nothing, and leaves no record.
    expect((await run([file])).map(counts)).toEqual([{ created: 0, updated: 0, unchanged: 5 }]);
    const records = await knowledge.listImports();
    expect(records.filter((record) => record.branch === branch)).toMatchObject([
      { importId, state: 'done', created: 3, updated: 1, lost: 1 },
    ]);
    expect((await world.client.admin.verifyAudit()).valid).toBe(true);
  });

  it('is one action: its undo takes all of it back, redo brings it again', async () => {
    const { knowledge } = world.client;
    const untouched = await knowledge.getStats({ branch });
    await run([bundle('draft', draft())]);
    const grown = await knowledge.getStats({ branch });
    expect(grown).not.toEqual(untouched);
    const [entry] = (await knowledge.listHistory({ branch })).rows;
    expect(entry).toMatchObject({ what: expect.stringMatching(/^Imported draft.json to the branch/), objects: 4 });
    await knowledge.undo({ branch });
    expect(await knowledge.getStats({ branch })).toEqual(untouched);
    expect((await knowledge.getBranch({ branch })).counts).toMatchObject({ added: 0, changed: 0 });
    expect((await knowledge.listImports()).find((record) => record.branch === branch)?.state).toBe('undone');
    await knowledge.redo({ branch });
    expect(await knowledge.getStats({ branch })).toEqual(grown);
  });

  it('is reviewed object by object and property by property, and merged', async () => {
    const { knowledge } = world.client;
    await run([bundle('draft', draft())]);
    const { rows } = await knowledge.getBranchChanges({ branch });
    expect(rows.map(({ id, kind, name }) => [id, kind, name])).toEqual(
      expect.arrayContaining([
        [malware(1), 'property', 'name'],
        [malware(7), 'object', undefined],
      ]),
    );
    await knowledge.reviewChanges({ branch, decision: 'accepted' });
    const merged = await knowledge.mergeBranch({ branch });
    expect((await knowledge.getEntity({ id: malware(1) })).name).toBe('renamed by a report');
    expect((await knowledge.getEntity({ id: malware(7) })).missing).toBe(false);
    await knowledge.undo({ action: merged.action });
    expect((await knowledge.getEntity({ id: malware(1) })).name).toBe('kind 1');
    await knowledge.discardBranch({ branch });
    await expect(run([bundle('late', [tool(8, 1)])])).rejects.toThrow(/discarded/);
  });

  it('takes the readings of several sources of one vulnerability as layers', async () => {
    const { knowledge } = world.client;
    const fixtures = join(root, 'src-main/features/knowledge/formats');
    const kev = join(fixtures, 'kev/fixtures/catalogue.json');
    await world.import([kev]);
    const cve = String((JSON.parse(readFileSync(kev, 'utf8')) as { vulnerabilities: { cveID: string }[] }).vulnerabilities[0]?.cveID);
    const before = await knowledge.getEntity({ id: cve });
    const file = bundle('ours', [{ ...before.object, modified: '2030-01-01T00:00:00.000Z', description: 'Seen at work.' }]);
    await run([file]);
    const here = await knowledge.getEntity({ id: cve, branch });
    expect(here.object['description']).toBe('Seen at work.');
    expect(here.object['x_redoubt_kev']).toEqual(before.object['x_redoubt_kev']);
    expect((await knowledge.getEntity({ id: cve })).object).toEqual(before.object);
    const { rows } = await knowledge.getBranchChanges({ branch });
    expect(rows.map(({ kind, name }) => [kind, name])).toContainEqual(['property', 'description']);
  });

  it('is refused in one sentence where the branch would hold too much, by the preview and by the import', async () => {
    const many = bundle(
      'many',
      Array.from({ length: 10_001 }, (_, n) => tool(1000 + n, 1)),
    );
    const said = await preview([many]);
    expect(said.refusal).toMatch(/at most 10,000 objects.*Import it into main/);
    const [report] = await run([many]);
    expect(report?.failure).toBe(said.refusal);
    expect((await world.client.knowledge.getBranch({ branch })).objects).toBe(0);
    const fits = bundle(
      'fits',
      Array.from({ length: 10_000 }, (_, n) => tool(1000 + n, 1)),
    );
    expect((await run([fits])).map(counts)).toEqual([{ created: 10_000, updated: 0, unchanged: 0 }]);
    expect((await preview([fits])).refusal).toBeUndefined();
    expect((await preview([bundle('one', [tool(20_000, 1)])])).refusal).toMatch(/at most 10,000/);
  });

  it('cancelled leaves nothing', async () => {
    const { client } = world;
    const path = bundle(
      'cut',
      Array.from({ length: 9_000 }, (_, n) => tool(30_000 + n, 1)),
    );
    const { previewId } = await preview([path]);
    const { jobId } = await client.knowledge.runImport({ previewId });
    await client.jobs.cancel({ jobId });
    const job = await new Promise<{ state: string }>((resolve) => {
      const stop = client.jobs.onProgressed((one) => {
        if (one.jobId !== jobId || one.state === 'running') return;
        stop();
        resolve(one);
      });
      void client.jobs.get({ jobId }).then((one) => one.state !== 'running' && resolve(one));
    });
    expect(job.state).toBe('cancelled');
    expect((await client.knowledge.getBranch({ branch })).objects).toBe(0);
  });

  it('is part of what matrix, brief and exports say of the branch, and of main’s nothing', async () => {
    const { knowledge, coverage, investigation } = world.client;
    const technique = {
      type: 'attack-pattern',
      spec_version: '2.1',
      id: `attack-pattern--${uuid(50)}`,
      created: time(1),
      modified: time(1),
      name: 'Of the branch',
      x_mitre_domains: ['enterprise-attack'],
      external_references: [{ source_name: 'mitre-attack', external_id: 'T9050' }],
      kill_chain_phases: [{ kill_chain_name: 'mitre-attack', phase_name: 'testing' }],
    };
    const tactic = {
      type: 'x-mitre-tactic',
      spec_version: '2.1',
      id: `x-mitre-tactic--${uuid(51)}`,
      created: time(1),
      modified: time(1),
      name: 'Testing',
      x_mitre_shortname: 'testing',
      x_mitre_domains: ['enterprise-attack'],
      external_references: [{ source_name: 'mitre-attack', external_id: 'TA9051' }],
    };
    await run([bundle('matrix', [technique, tactic])]);
    const cells = async (on: object) =>
      (await coverage.getMatrix({ domain: 'enterprise-attack', ...on })).tactics.flatMap(({ techniques }) =>
        techniques.map(({ name }) => name),
      );
    expect(await cells({ branch })).toEqual(['Of the branch']);
    expect(await cells({})).toEqual([]);
    const brief = async (on: object) => new TextDecoder().decode((await investigation.writeBrief({ title: 'Ours', ...on })).body);
    const here = await brief({ branch });
    expect(here).toContain(`This is the branch “branch ${made}”`);
    expect(here).toContain('matrix.json');
    expect(await brief({})).not.toContain('matrix.json');
    const exported = async (on: object) => {
      const jobId = await world.job(knowledge.exportGraph({ format: 'stix2.1', types: ['attack-pattern'], ...on }));
      return new TextDecoder().decode((await knowledge.getExport({ jobId })).body);
    };
    expect(await exported({ branch })).toContain('Of the branch');
    expect(await exported({})).not.toContain('Of the branch');
  });
});
