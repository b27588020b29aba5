import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { intel } from '#shared/contract/intel.ts';
import { openDatabase } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { createJobs } from '#main/platform/jobs/jobs.ts';
import { importItems } from '../knowledge/import/import-items.ts';
import { createImports } from '../knowledge/store/imports.ts';
import { migrations } from '#main/workspace.ts';
import { stats } from '../knowledge/store/reads/lists.ts';
import { createStore } from '../knowledge/store/store.ts';
import { packHandlers } from './handlers.ts';

const shipped = join(import.meta.dirname, '../../../resources');
const folder = mkdtempSync(join(tmpdir(), 'redoubt-intel-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function engine(resourcesDir: string) {
  const database = openDatabase(join(folder, `${files++}.db`), new Uint8Array(32), { create: true });
  database.pragma('synchronous=off');
  migrate(database, migrations);
  let tick = 1_790_000_000_000;
  const now = () => (tick += 7);
  let ids = 0;
  const newId = () => `00000000-0000-4000-9000-${String(++ids).padStart(12, '0')}`;
  const store = createStore(database, { device: newId(), actor: 'analyst', now });
  const imports = createImports(database, { now, newId });
  const progress: number[] = [];
  const jobs = createJobs({ now: () => (tick += 1000), newId, onProgress: (job) => progress.push(job.progress ?? -1), onError: () => {} });
  const knowledge = {
    importItems: (input: Parameters<typeof importItems>[3]) => importItems(store, imports, now, input),
    listImports: () => imports.list(),
  };
  return { handlers: packHandlers({ knowledge, jobs, resourcesDir }), jobs, progress, imports, count: () => stats(database) };
}

const context = { caller: { door: 'engine' as const, permissions: new Set(['read' as const]) }, signal: new AbortController().signal };

describe('built-in packs', () => {
  let small: string;
  beforeEach(() => {
    small = mkdtempSync(join(folder, 'resources-'));
    mkdirSync(join(small, 'packs'));
    mkdirSync(join(small, 'demo'));
    cpSync(join(shipped, 'packs/attack-ics.json.gz'), join(small, 'packs/attack-ics.json.gz'));
    cpSync(join(shipped, 'packs/NOTICE'), join(small, 'packs/NOTICE'));
  });

  it('lists them, installs them once, and says so', async () => {
    const { handlers, jobs, count, imports, progress } = engine(small);
    const before = intel.listPacks.output.parse(await handlers.listPacks(undefined, context));
    expect(before).toMatchObject([
      { name: 'attack-ics', version: '18.1', released: '2025-11-13', objects: 453, relationships: 1373, installed: false },
    ]);
    expect(before[0]?.installedVersion).toBeUndefined();

    const { jobId } = await handlers.installPacks({}, context);
    await jobs.settled(jobId);
    expect(jobs.get(jobId).state).toBe('done');
    expect(progress.filter((fraction) => fraction > 0 && fraction < 1).length).toBeGreaterThan(0);
    expect(count()).toMatchObject({ objects: { 'attack-pattern': 83, 'x-mitre-asset': 18, 'x-mitre-tactic': 12 } });
    expect(await handlers.listPacks(undefined, context)).toMatchObject([{ installed: true, installedVersion: '18.1' }]);
    expect(imports.list()).toMatchObject([{ kind: 'pack', file: 'attack-ics 18.1', created: 1826, rejected: 0, lost: 0 }]);

    const again = await handlers.installPacks({ names: ['attack-ics', 'attack-ics'] }, context);
    await jobs.settled(again.jobId);
    expect(imports.list()[0]).toMatchObject({ created: 0, updated: 0, unchanged: 1826 });
  });

  it('names the packs where one is not known', async () => {
    await expect(engine(small).handlers.installPacks({ names: ['attack-space'] }, context)).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no built-in pack “attack-space”; the packs are attack-ics.',
    });
  });

  it('says where a pack or the folder is damaged', async () => {
    const path = join(small, 'packs/attack-ics.json.gz');
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 1000));
    const { handlers, jobs, count } = engine(small);
    const { jobId } = await handlers.installPacks({}, context);
    await jobs.settled(jobId);
    expect(jobs.get(jobId)).toMatchObject({ state: 'failed', failure: expect.stringContaining('not a complete gzip file') });
    expect(count()).toEqual({ objects: {}, relationships: {} });
    await expect(engine(join(small, 'nowhere')).handlers.listPacks(undefined, context)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('leaves nothing behind where it is cancelled', async () => {
    const { handlers, jobs, count } = engine(small);
    const { jobId } = await handlers.installPacks({}, context);
    jobs.cancel(jobId);
    await jobs.settled(jobId);
    expect(jobs.get(jobId).state).toBe('cancelled');
    expect(count()).toEqual({ objects: {}, relationships: {} });
  });
});

describe('the demo', () => {
  it('fills the workspace', async () => {
    const { handlers, jobs, count, imports } = engine(shipped);
    const { jobId } = await handlers.openDemo(undefined, context);
    await jobs.settled(jobId);
    expect(count().objects).toMatchObject({ 'x-redoubt-asset': 64, 'x-redoubt-data-flow': 53, vulnerability: 14, campaign: 1 });
    expect(imports.list()).toMatchObject([{ kind: 'demo', file: 'Demo hospital', rejected: 0, state: 'done' }]);
  });

  it('says so where its file is damaged', async () => {
    const broken = mkdtempSync(join(folder, 'broken-'));
    mkdirSync(join(broken, 'demo'));
    writeFileSync(join(broken, 'demo/hospital.json'), '{"type":"bundle","objects":[{"id":"x"}]}');
    await expect(engine(broken).handlers.openDemo(undefined, context)).rejects.toMatchObject({ code: 'damaged' });
  });
});
