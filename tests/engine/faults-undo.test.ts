import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleOf } from '../faults/bundles.ts';
import { malware, malwareId, relationship, uuidOf } from '../faults/objects.ts';
import { ended, exported, importFiles, importNamed, openWorld, preview, temporaryFolder, type World } from '../faults/world.ts';

const folder = temporaryFolder('undo');
let world: World;

beforeAll(async () => {
  world = await openWorld(join(folder.path, 'workspace'));
  await importFiles(world.client, [
    {
      name: 'base.json',
      bytes: bundleOf([
        ...Array.from({ length: 20 }, (_, n) => malware(n, { aliases: [`base alias ${n}`], labels: ['one'] })),
        ...Array.from({ length: 10 }, (_, n) => relationship(n, 'variant-of', malwareId(n), malwareId(n + 10))),
      ]),
    },
  ]);
}, 60_000);

afterAll(async () => {
  await world.close();
  folder.remove();
  expect(world.errors).toEqual([]);
}, 60_000);

/** All that a person can see of the graph: counts, what search finds, the export, tags, the surroundings. */
async function picture() {
  const { knowledge } = world.client;
  const found = async (text: string) =>
    (await knowledge.search({ text, limit: 200 })).results.map(({ id, name }) => `${id} ${name}`).sort();
  const around = await knowledge.getNeighbourhood({ ids: [malwareId(1)], hops: 2 });
  const entities = [];
  for (const n of [0, 1, 2]) {
    const { tags, notes, object, neighbours } = await knowledge.getEntity({ id: malwareId(n) });
    entities.push({ tags, notes, object, neighbours });
  }
  return {
    stats: await knowledge.getStats(),
    export: await exported(world.client),
    search: [await found('malware'), await found('alias'), await found('newcomer'), await found('noted')],
    facets: await knowledge.listFacets(),
    around: { nodes: around.nodes.map(({ id, degree }) => `${id} ${degree}`).sort(), edges: around.totalEdges },
    entities,
  };
}

const newcomers = (from: number, count: number) => [
  ...Array.from({ length: count }, (_, n) => malware(from + n, { name: `newcomer ${n}`, aliases: [`alias of newcomer ${n}`] })),
  ...Array.from({ length: count - 1 }, (_, n) => relationship(from + n, 'variant-of', malwareId(from + n), malwareId(1))),
  // What was here already, in a newer version and as it was; and one that names what will never come.
  malware(2, { name: 'newcomer in place of two', modified: '2026-05-01T00:00:00.000Z' }),
  malware(3, { aliases: ['base alias 3'], labels: ['one'] }),
  relationship(from + count, 'variant-of', malwareId(1), malwareId(9_999_999)),
];

describe('an import that is cancelled', () => {
  it('leaves the graph as it was, wherever it stood', async () => {
    const before = await picture();
    for (const waitFor of [0, 1, 2]) {
      const { previewId } = await preview(world.client, [
        { name: `cancelled-${waitFor}.json`, bytes: bundleOf(newcomers(100_000, 9_000)) },
      ]);
      const { jobId } = await world.client.knowledge.runImport({ previewId });
      // Each edit commits what the import has written so far.
      for (let edit = 0; edit < waitFor; edit++) {
        await world.client.knowledge.addTag({ id: malwareId(19), tag: 'meanwhile' });
        await world.client.knowledge.removeTag({ id: malwareId(19), tag: 'meanwhile' });
      }
      await world.client.jobs.cancel({ jobId });
      const job = await ended(world.client, jobId);
      expect(job.state).toBe('cancelled');
      expect(
        (await importNamed(world.client, `cancelled-${waitFor}.json`)).map(({ state }) => state).filter((state) => state !== 'undone'),
      ).toEqual([]);
      expect(await picture()).toEqual(before);
    }
    expect((await world.client.admin.verifyAudit()).problems).toEqual([]);
  }, 120_000);

  it('takes the files back that were through before it', async () => {
    const before = await picture();
    const files = [
      { name: 'first.json', bytes: bundleOf(newcomers(200_000, 50)) },
      { name: 'second.json', bytes: bundleOf(newcomers(300_000, 50)) },
      { name: 'third.json', bytes: bundleOf(newcomers(400_000, 9_000)) },
    ];
    const { previewId } = await preview(world.client, files);
    const { jobId } = await world.client.knowledge.runImport({ previewId });
    while ((await importNamed(world.client, 'third.json')).length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await world.client.jobs.cancel({ jobId });
    expect((await ended(world.client, jobId)).state).toBe('cancelled');
    for (const { name } of files) expect((await importNamed(world.client, name))[0]?.state).toBe('undone');
    expect(await picture()).toEqual(before);
    expect((await world.client.admin.verifyAudit()).problems).toEqual([]);
  }, 120_000);

  it('can be imported after all', async () => {
    const { reports } = await importFiles(world.client, [{ name: 'first.json', bytes: bundleOf(newcomers(200_000, 50)) }]);
    expect(reports[0]).toMatchObject({ created: 100, updated: 1, unchanged: 1, rejected: [] });
    await world.client.knowledge.undo({});
    expect((await importNamed(world.client, 'first.json'))[0]?.state).toBe('undone');
  }, 60_000);
});

describe('undo and redo', () => {
  it('of an import give the graph before and after it, as often as one likes', async () => {
    const before = await picture();
    await importFiles(world.client, [{ name: 'undone.json', bytes: bundleOf(newcomers(500_000, 300)) }]);
    const after = await picture();
    expect(after.export.length).toBe(before.export.length + 600);
    for (let round = 0; round < 2; round++) {
      const undone = await world.client.knowledge.undo({});
      expect(undone).toMatchObject({ undone: true });
      expect(await picture()).toEqual(before);
      expect((await importNamed(world.client, 'undone.json'))[0]?.state).toBe('undone');
      const redone = await world.client.knowledge.redo({});
      expect(redone).toMatchObject({ undone: false, action: undone.action });
      expect(await picture()).toEqual(after);
      expect((await importNamed(world.client, 'undone.json'))[0]?.state).toBe('done');
    }
    await world.client.knowledge.undo({});
    expect(await picture()).toEqual(before);
    expect((await world.client.admin.verifyAudit()).problems).toEqual([]);
  }, 120_000);

  const id = malwareId(1);
  it.each<[string, (client: World['client']) => Promise<unknown>]>([
    ['a property set', ({ knowledge }) => knowledge.setProperty({ id, property: 'description', value: 'noted by hand' })],
    ['a name changed', ({ knowledge }) => knowledge.setProperty({ id, property: 'name', value: 'renamed newcomer' })],
    ['a property removed', ({ knowledge }) => knowledge.setProperty({ id, property: 'labels', value: null })],
    ['a list changed', ({ knowledge }) => knowledge.setProperty({ id, property: 'aliases', value: ['another alias'] })],
    ['a revocation', ({ knowledge }) => knowledge.setProperty({ id, property: 'revoked', value: true })],
    ['a tag', ({ knowledge }) => knowledge.addTag({ id, tag: 'hospital' })],
    ['a note', ({ knowledge }) => knowledge.addNote({ id, content: 'noted in the night' })],
    [
      'a relationship',
      ({ knowledge }) => knowledge.createRelationship({ source: id, relationshipType: 'related-to', target: malwareId(2) }),
    ],
    ['a deletion', ({ knowledge }) => knowledge.deleteObject({ id: malwareId(5) })],
    ['a deleted relationship', ({ knowledge }) => knowledge.deleteObject({ id: `relationship--${uuidOf(1)}` })],
  ])(
    'of %s',
    async (_what, edit) => {
      const before = await picture();
      await edit(world.client);
      const after = await picture();
      expect(after).not.toEqual(before);
      const { action } = await world.client.knowledge.undo({});
      expect(await picture()).toEqual(before);
      await world.client.knowledge.redo({ action });
      expect(await picture()).toEqual(after);
      await world.client.knowledge.undo({ action });
      expect(await picture()).toEqual(before);
    },
    60_000,
  );

  it('of a tag taken off', async () => {
    await world.client.knowledge.addTag({ id, tag: 'ward' });
    const before = await picture();
    await world.client.knowledge.removeTag({ id, tag: 'ward' });
    expect(await picture()).not.toEqual(before);
    await world.client.knowledge.undo({});
    expect(await picture()).toEqual(before);
  }, 60_000);

  it('leaves alone what others did to the same object', async () => {
    const { knowledge } = world.client;
    await knowledge.setProperty({ id, property: 'description', value: 'first' });
    const action = (await knowledge.listHistory({ limit: 1 })).rows[0]?.action;
    await knowledge.addTag({ id, tag: 'stays' });
    await knowledge.setProperty({ id, property: 'name', value: 'stays too' });
    await knowledge.undo({ action });
    const { tags, object } = await knowledge.getEntity({ id });
    expect(tags).toContain('stays');
    expect(object).toMatchObject({ name: 'stays too' });
    expect(object['description']).toBeUndefined();
  });

  it('of nothing, and of what is not there, is one sentence', async () => {
    await expect(world.client.knowledge.undo({ action: 'nobody:1' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.client.knowledge.setProperty({ id, property: 'is_family', value: 'yes' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await expect(world.client.knowledge.setProperty({ id, property: 'modified', value: 'now' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await expect(world.client.knowledge.addTag({ id: malwareId(77_777), tag: 'x' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      world.client.knowledge.createRelationship({ source: id, relationshipType: 'uses', target: malwareId(77_777) }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});
