import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { migrations, newestSchema } from '#main/workspace/migrations.ts';
import { malwareId, uuidOf } from '../faults/objects.ts';
import { done, startEngine, temporaryFolder } from '../faults/world.ts';
import { contentOf, savedPassphrase } from './saved-content.ts';

const saved = join(import.meta.dirname, 'saved');
const folder = temporaryFolder('saved');
afterAll(() => folder.remove());

describe.each(readdirSync(saved))('the saved workspace of %s', (release) => {
  const content = JSON.parse(readFileSync(join(saved, release, 'content.json'), 'utf8')) as Awaited<ReturnType<typeof contentOf>>;

  it('opens with all it held when it was made, and can be worked on', async () => {
    const dir = join(folder.path, release);
    cpSync(join(saved, release), dir, { recursive: true });
    const world = startEngine(dir);
    const { admin, knowledge } = world.client;
    await admin.unlock({ passphrase: savedPassphrase });
    expect(await contentOf(world.client)).toEqual(content);
    expect(await admin.verifyAudit()).toMatchObject({ valid: true, problems: [], ledgerEntries: 1 });

    // The copy of before the migration is told and checked as what it was, not as something empty.
    const copyBefore = async () => (await admin.listBackups()).backups.find(({ schema }) => schema < newestSchema);
    const before = await copyBefore();
    const objects = Object.values(content.stats.objects).reduce((sum, count) => sum + count, 0);
    expect(before).toMatchObject({ state: 'verified', reason: 'before-migration', objects });
    expect(before?.operations).toBeGreaterThan(10);
    await done(world.client, admin.verifyBackup({ backupId: before?.backupId ?? '' }));
    expect({ ...(await copyBefore()), verifiedAt: '' }).toEqual({ ...before, verifiedAt: '' });

    const { results } = await knowledge.search({ text: 'second version' });
    expect(results.map(({ id }) => id)).toEqual([malwareId(1)]);
    expect((await knowledge.search({ text: 'saved tool' })).results[0]?.id).toBe(`tool--${uuidOf(20)}`);
    const around = await knowledge.getNeighbourhood({ ids: [malwareId(1)], hops: 1 });
    expect(around.nodes.map(({ id }) => id)).toContain(`tool--${uuidOf(20)}`);

    await knowledge.addTag({ id: malwareId(3), tag: 'of today' });
    expect((await knowledge.getEntity({ id: malwareId(3) })).tags).toEqual(['of today']);
    await knowledge.undo({});
    const second = content.imports.find(({ file }) => file === 'second.json');
    expect(second).toMatchObject({ state: 'done', updated: 2, unchanged: 1 });
    expect((await admin.verifyAudit()).valid).toBe(true);
    await world.close();
    expect(world.errors).toEqual([]);
  }, 60_000);

  it('is small, and knows no step that today’s Redoubt does not', () => {
    expect(statSync(join(saved, release, 'workspace.db')).size).toBeLessThan(300_000);
    expect(migrations.length).toBeGreaterThanOrEqual(2);
  });
});

it('the saved workspace of release 0.1 says what its recipe did', () => {
  const content = JSON.parse(readFileSync(join(saved, 'release-0.1', 'content.json'), 'utf8')) as Awaited<ReturnType<typeof contentOf>>;
  expect(content.stats).toMatchObject({
    objects: { malware: 5, tool: 1, 'x-redoubt-asset': 1, 'ipv4-addr': 1, note: 1 },
    relationships: { uses: 1, 'related-to': 1 },
  });
  expect(content.entities[malwareId(1)]).toMatchObject({
    tags: ['hospital'],
    notes: [{ content: 'seen on the ward server' }],
    object: { name: 'second version of one', x_own: { deep: [1, 2.5, 'three', null] } },
  });
  expect(content.entities[malwareId(2)]).toMatchObject({ object: { description: 'edited by hand' } });
  expect(content.entities[malwareId(3)]).toMatchObject({ object: { name: 'malware number 3' } });
  expect(content.entities[malwareId(6)]).toMatchObject({ object: { name: 'malware number 6' } });
  expect(content.versions[malwareId(1)]).toHaveLength(2);
  expect(content.imports).toMatchObject([
    { file: 'second.json', state: 'done', updated: 2, unchanged: 1 },
    { file: 'first.json', state: 'done', created: 12, rejected: 1 },
  ]);
  expect(content.history.filter(({ undone }) => undone)).toHaveLength(2);
  expect(content.ledger.refused).toMatchObject([{ host: 'refused.example' }]);
  expect(content.rules).toEqual([{ host: 'feeds.example', purpose: 'feed' }]);
});
