import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenEngine, openEngine } from '../fixtures/open-engine.ts';

const uuid = (n: number) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;

describe('long work that can be stopped and started once more', { timeout: 180_000 }, () => {
  let world: OpenEngine;
  beforeEach(async () => {
    world = await openEngine();
  }, 60_000);
  afterEach(() => world.close());

  const bundle = (name: string, count: number, from = 0): string => {
    const path = join(world.dataDir, `${name}.json`);
    const objects = Array.from({ length: count }, (_, n) => ({
      type: 'malware',
      spec_version: '2.1',
      id: `malware--${uuid(from + n)}`,
      created: '2026-01-01T00:00:00.000Z',
      modified: '2026-01-01T00:00:00.000Z',
      name: `kind ${from + n}`,
      description: `What is known of ${from + n}: ${'it is long. '.repeat(20)}`,
      is_family: true,
    }));
    writeFileSync(path, JSON.stringify({ type: 'bundle', id: `bundle--${uuid(1)}`, objects }));
    return path;
  };
  const quiet = async () => {
    while ((await world.client.jobs.list()).some(({ state }) => state === 'running'))
      await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const ended = async (jobId: string) => {
    for (;;) {
      const job = await world.client.jobs.get({ jobId });
      if (job.state !== 'running') return job;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const left = () => readdirSync(world.dataDir).filter((name) => /incoming|swap|replaced/.test(name));

  it('gives back what a large undo leaves, and the workspace is the same one', async () => {
    const { admin, knowledge } = world.client;
    await world.import([bundle('stays', 50)]);
    const [report] = await world.import([bundle('goes', 6_000, 1_000)]);
    const record = (await knowledge.listImports()).find(({ importId }) => importId === report?.importId);
    await knowledge.undo({ action: record?.action ?? '' });
    await quiet();
    const stats = await knowledge.getStats();
    const history = (await knowledge.listHistory({})).rows.map(({ action }) => action);
    const device = history[0]?.split(':')[0];
    const facts = await admin.getWorkspaceFacts();
    const jobId = await world.job(admin.compactWorkspace());
    const { before, after } = await admin.getCompaction({ jobId });
    expect(after).toBeLessThan(before);
    expect((await admin.getWorkspaceFacts()).free).toBeLessThanOrEqual(facts.free);
    expect(left()).toEqual([]);
    expect(await knowledge.getStats()).toEqual(stats);
    expect((await knowledge.search({ text: 'kind 7' })).results[0]?.name).toBe('kind 7');
    expect((await admin.verifyAudit()).problems).toEqual([]);
    const tagged = await knowledge.addTag({ id: `malware--${uuid(1)}`, tag: 'after' });
    expect(tagged.action.split(':')[0]).toBe(device);
    // What was undone can still be done again.
    await knowledge.redo({ action: record?.action ?? '' });
    expect((await knowledge.getStats()).objects['malware']).toBe(6_050);
    expect(world.errors).toEqual([]);
  });

  it('takes in what is written meanwhile, and leaves everything where it is cancelled', async () => {
    const { admin, jobs, knowledge } = world.client;
    await world.import([bundle('stays', 3_000)]);
    await quiet();
    const { jobId } = await admin.compactWorkspace();
    await knowledge.addTag({ id: `malware--${uuid(1)}`, tag: 'meanwhile' });
    expect((await ended(jobId)).state).toBe('done');
    expect(left()).toEqual([]);
    expect((await knowledge.getEntity({ id: `malware--${uuid(1)}` })).tags).toEqual(['meanwhile']);
    await quiet();
    const second = await admin.compactWorkspace();
    await jobs.cancel(second);
    expect((await ended(second.jobId)).state).toBe('cancelled');
    expect(left()).toEqual([]);
    expect((await admin.verifyAudit()).valid).toBe(true);
    await expect(admin.getCompaction(second)).rejects.toThrow(/cancelled/);
    expect(existsSync(join(world.dataDir, 'workspace.db'))).toBe(true);
  });

  it('checks the audit chain as a job with the same outcome, stops when told, and starts once more', async () => {
    const { admin, jobs } = world.client;
    await world.import([bundle('stays', 3_000)]);
    const whole = await admin.verifyAudit();
    const jobId = await world.job(admin.checkAudit());
    expect(await admin.getAuditCheck({ jobId })).toEqual(whole);
    const second = await admin.checkAudit();
    await jobs.cancel(second);
    expect(await ended(second.jobId)).toMatchObject({ state: 'cancelled', canRetry: true });
    const third = await jobs.retry(second);
    expect((await ended(third.jobId)).state).toBe('done');
    expect((await admin.getAuditCheck(third)).valid).toBe(true);
    // Once only, and never what is done.
    await expect(jobs.retry(second)).rejects.toThrow(/cannot be started once more/);
    await expect(jobs.retry(third)).rejects.toThrow(/cannot be started once more/);
  });

  it('imports once more what was cancelled', async () => {
    const { client } = world;
    const files = [{ source: { path: bundle('again', 4_000) } }];
    const { previewId } = await client.knowledge.getImportPreview({ jobId: await world.job(client.knowledge.previewImport({ files })) });
    const first = await client.knowledge.runImport({ previewId });
    await client.jobs.cancel(first);
    expect((await ended(first.jobId)).state).toBe('cancelled');
    const again = await client.jobs.retry(first);
    expect((await ended(again.jobId)).state).toBe('done');
    expect((await client.knowledge.getImportReport(again))[0]).toMatchObject({ created: 4_000 });
  });
});
