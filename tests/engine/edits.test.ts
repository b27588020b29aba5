import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OpenEngine, openEngine } from '../fixtures/open-engine.ts';

const uuid = (n: number) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
const malware = (n: number) => `malware--${uuid(n)}`;
const at = '2026-01-01T00:00:00.000Z';
const COUNT = 40;
/** More than three chunks of a bulk edit. */
const TOOLS = 1_000;

describe('edits of main and of branches', () => {
  let world: OpenEngine;
  let branch = '';
  let made = 0;
  beforeAll(async () => {
    world = await openEngine();
    const objects = [
      ...Array.from({ length: COUNT }, (_, n) => ({
        type: 'malware',
        spec_version: '2.1',
        id: malware(n),
        created: at,
        modified: at,
        name: `kind ${n}`,
        is_family: true,
      })),
      ...Array.from({ length: TOOLS }, (_, n) => ({
        type: 'tool',
        spec_version: '2.1',
        id: `tool--${uuid(n)}`,
        created: at,
        modified: at,
        name: `tool ${n}`,
      })),
      ...Array.from({ length: 10 }, (_, n) => ({
        type: 'relationship',
        spec_version: '2.1',
        id: `relationship--${uuid(n)}`,
        created: at,
        modified: at,
        relationship_type: 'related-to',
        source_ref: malware(n),
        target_ref: malware(n + 1),
      })),
    ];
    const path = join(world.dataDir, 'start.json');
    writeFileSync(path, JSON.stringify({ type: 'bundle', id: `bundle--${uuid(1)}`, objects }));
    await world.import([path]);
  }, 120_000);
  afterAll(() => world.close());
  beforeEach(async () => {
    branch = (await world.client.knowledge.createBranch({ name: `branch ${++made}` })).id;
  });

  it('answer with their action, and undo takes exactly that back', async () => {
    const { knowledge } = world.client;
    const named = await knowledge.setProperty({ id: malware(1), property: 'name', value: 'first' });
    const tagged = await knowledge.addTag({ id: malware(1), tag: 'one' });
    const noted = await knowledge.addNote({ id: malware(1), content: 'seen' });
    await knowledge.undo({ action: named.action });
    expect(await knowledge.getEntity({ id: malware(1) })).toMatchObject({ name: 'kind 1', tags: ['one'], notes: [{ content: 'seen' }] });
    const edited = await knowledge.editNote({ note: noted.note, content: 'seen twice' });
    expect((await knowledge.getEntity({ id: malware(1) })).notes).toMatchObject([{ content: 'seen twice' }]);
    await knowledge.undo({ action: edited.action });
    const removed = await knowledge.removeNote({ note: noted.note });
    expect((await knowledge.getEntity({ id: malware(1) })).notes).toEqual([]);
    await knowledge.undo({ action: removed.action });
    expect((await knowledge.getEntity({ id: malware(1) })).notes).toMatchObject([{ content: 'seen' }]);
    await expect(knowledge.editNote({ note: malware(1), content: 'x' })).rejects.toMatchObject({ code: 'invalid_input' });
    const renamed = await knowledge.renameTag({ tag: 'one', to: 'two' });
    expect(renamed.objects).toBe(1);
    expect((await knowledge.getEntity({ id: malware(1) })).tags).toEqual(['two']);
    await knowledge.undo({ action: renamed.action });
    await knowledge.undo({ action: tagged.action });
    await knowledge.undo({ action: noted.action });
    expect(await knowledge.getEntity({ id: malware(1) })).toMatchObject({ tags: [], notes: [] });
  });

  it('of many objects are counted before, done as one action, and taken back by one undo', async () => {
    const { knowledge } = world.client;
    const ids = Array.from({ length: COUNT }, (_, n) => malware(n));
    await knowledge.addTag({ id: malware(0), tag: 'bulk' });
    const change = { do: 'tag', tag: 'bulk' } as const;
    expect(await knowledge.previewBulkEdit({ ids, change })).toMatchObject({
      objects: COUNT,
      changes: COUNT - 1,
      unchanged: 1,
      refused: 0,
    });
    const report = await knowledge.getBulkReport({
      jobId: await world.job(knowledge.bulkEdit({ filter: { types: ['malware'] }, change })),
    });
    expect(report).toMatchObject({ changed: COUNT - 1, unchanged: 1, refusedTotal: 0 });
    expect((await knowledge.listEntities({ tags: ['bulk'] })).total).toBe(COUNT);
    await knowledge.undo({ action: report.action });
    expect((await knowledge.listEntities({ tags: ['bulk'] })).total).toBe(1);
    await knowledge.removeTag({ id: malware(0), tag: 'bulk' });

    const set = { do: 'set', property: 'is_family', value: 'not a boolean' } as const;
    expect(await knowledge.previewBulkEdit({ ids, change: set })).toMatchObject({ changes: 0, refused: COUNT });
    const relate = { do: 'relate', relationshipType: 'related-to', target: malware(0) } as const;
    const related = await knowledge.getBulkReport({
      jobId: await world.job(knowledge.bulkEdit({ ids: ids.slice(20, 30), change: relate, branch })),
    });
    expect(related.changed).toBe(10);
    expect((await knowledge.listNeighbours({ id: malware(0), branch })).total).toBe(11);
    expect((await knowledge.listNeighbours({ id: malware(0) })).total).toBe(1);
  });

  it.each(['main', 'branch'])('of many objects leave all as before when they are cancelled midway (%s)', async (where) => {
    const { knowledge, jobs } = world.client;
    const on = where === 'branch' ? { branch } : {};
    let seen = 0;
    let jobId = '';
    const ended = new Promise<string>((resolve) => {
      const stop = jobs.onProgressed((job) => {
        if (job.jobId !== jobId) return;
        if (job.state !== 'running') {
          stop();
          resolve(job.state);
        } else if ((job.progress ?? 0) > 0 && seen++ === 0) void jobs.cancel({ jobId });
      });
    });
    const change = { do: 'tag', tag: 'half' } as const;
    ({ jobId } = await knowledge.bulkEdit({ filter: { types: ['tool'] }, change, ...on }));
    expect(await ended).toBe('cancelled');
    expect(seen).toBeGreaterThan(0);
    expect((await knowledge.listEntities({ tags: ['half'], ...on })).total).toBe(0);
    await expect(knowledge.getBulkReport({ jobId })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('on a branch show on its walks and paths, and main’s walks stay as they are', async () => {
    const { knowledge } = world.client;
    const around = async (on?: string) => {
      const { nodes, edges, totalNodes } = await knowledge.getNeighbourhood({ ids: [malware(2)], hops: 2, ...(on && { branch: on }) });
      return { nodes: nodes.map(({ id, degree }) => `${id} ${degree}`).sort(), edges: edges.length, totalNodes };
    };
    const before = await around();
    await knowledge.createRelationship({ source: malware(2), relationshipType: 'related-to', target: malware(35), branch });
    await knowledge.deleteObject({ id: malware(3), branch });
    await knowledge.deleteObject({ id: `relationship--${uuid(1)}`, branch });
    const there = await around(branch);
    expect(there.nodes.map((node) => node.split(' ')[0])).toEqual([malware(2), malware(35)].sort());
    expect(await around()).toEqual(before);
    expect((await knowledge.findPaths({ from: malware(2), to: malware(35), branch })).paths[0]?.nodes).toHaveLength(2);
    expect((await knowledge.findPaths({ from: malware(2), to: malware(35) })).total).toBe(0);
    expect(await around(branch)).toEqual(there);

    // Merged, main's own walk is what the branch's was.
    await knowledge.reviewChanges({ branch, decision: 'accepted' });
    const { action } = await knowledge.mergeBranch({ branch });
    expect(await around()).toEqual(there);
    await knowledge.undo({ action });
    expect(await around()).toEqual(before);
  });

  it('are refused on a closed branch, and a merge while a change is undecided', async () => {
    const { knowledge } = world.client;
    await expect(knowledge.proposeBranch({ branch })).rejects.toMatchObject({ code: 'conflict' });
    await knowledge.addTag({ id: malware(5), tag: 'x', branch });
    await expect(knowledge.mergeBranch({ branch })).rejects.toThrow('undecided');
    expect((await knowledge.proposeBranch({ branch })).state).toBe('proposed');
    const { action } = await knowledge.discardBranch({ branch });
    await expect(knowledge.addTag({ id: malware(6), tag: 'x', branch })).rejects.toMatchObject({ code: 'conflict' });
    expect((await knowledge.getBranchChanges({ branch })).rows).toHaveLength(1);
    await knowledge.undo({ action });
    await knowledge.addTag({ id: malware(6), tag: 'x', branch });
    // A decision on what has changed since is none any more.
    await knowledge.setProperty({ id: malware(5), property: 'name', value: 'a', branch });
    await knowledge.reviewChanges({ branch, decision: 'accepted' });
    await knowledge.setProperty({ id: malware(5), property: 'name', value: 'b', branch });
    expect((await knowledge.getBranch({ branch })).counts).toMatchObject({ accepted: 2, undecided: 1 });
    await expect(knowledge.getEntity({ id: malware(5), branch: uuid(9) })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('let a conflict be decided for a third value, and never lower a marking by it', async () => {
    const { knowledge } = world.client;
    const tlp = {
      red: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
      green: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
    };
    await knowledge.setProperty({ id: malware(7), property: 'description', value: 'branch says', branch });
    await knowledge.setProperty({ id: malware(7), property: 'object_marking_refs', value: [tlp.green], branch });
    await knowledge.setProperty({ id: malware(7), property: 'description', value: 'main says' });
    await knowledge.setProperty({ id: malware(7), property: 'object_marking_refs', value: [tlp.red] });
    expect((await knowledge.getEntity({ id: malware(7), branch })).tlp).toBe('red');
    const { rows, counts } = await knowledge.getBranchChanges({ branch });
    expect(counts).toMatchObject({ conflicting: 1 });
    expect(rows).toMatchObject([{ name: 'description', state: 'conflicting', main: 'main says', branch: 'branch says' }]);
    const changes = [{ id: malware(7), kind: 'property' as const, name: 'description' }];
    await expect(knowledge.reviewChanges({ branch, changes, decision: 'accepted' })).rejects.toMatchObject({ code: 'invalid_input' });
    await knowledge.reviewChanges({ branch, changes, decision: 'accepted', take: 'value', value: 'both say' });
    await knowledge.mergeBranch({ branch });
    expect(await knowledge.getEntity({ id: malware(7) })).toMatchObject({ tlp: 'red', object: { description: 'both say' } });
    // What is refused on a branch says so; it is never main's answer.
    await expect(world.client.admin.verifyAudit()).resolves.toMatchObject({ valid: true, problems: [] });
    expect(world.errors).toEqual([]);
  });

  it('set an object back to a moment, as one action', async () => {
    const { knowledge } = world.client;
    const before = (await knowledge.listHistory({ limit: 1 })).rows[0];
    await knowledge.setProperty({ id: malware(9), property: 'name', value: 'other' });
    await knowledge.addTag({ id: malware(9), tag: 'later' });
    await knowledge.deleteObject({ id: malware(9) });
    const moment = before?.action ?? '';
    expect((await knowledge.getEntityAt({ id: malware(9), at: moment })).name).toBe('kind 9');
    const { action } = await knowledge.revertObject({ id: malware(9), at: moment });
    expect(await knowledge.getEntity({ id: malware(9) })).toMatchObject({ name: 'kind 9', tags: [], missing: false });
    await knowledge.undo({ action });
    expect(await knowledge.getEntity({ id: malware(9) })).toMatchObject({ name: 'other', missing: true });
    const { buckets } = await knowledge.getActivity({ buckets: 10 });
    expect(buckets.reduce((sum, { actions }) => sum + actions, 0)).toBeGreaterThan(5);
  });
});
