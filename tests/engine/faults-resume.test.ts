import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleOf } from '../faults/bundles.ts';
import { malware, malwareId } from '../faults/objects.ts';
import { exported, importFiles, importNamed, openRaw, openWorld, temporaryFolder } from '../faults/world.ts';

const folder = temporaryFolder('resume');
afterAll(() => folder.remove());

const file = (name: string, from: number, count: number) => ({
  name,
  bytes: bundleOf(Array.from({ length: count }, (_, n) => malware(from + n))),
});

describe('an import that was cut off', () => {
  it('while a cancel took it back goes on as one action, which can be undone whole', async () => {
    const dir = join(folder.path, 'taken-back');
    const first = await openWorld(dir);
    await importFiles(first.client, [file('base.json', 1, 5), file('cut.json', 100, 30)]);
    const [{ importId } = { importId: '' }] = await importNamed(first.client, 'cut.json');
    await first.client.knowledge.undo({});
    await first.close();
    // What a kill leaves between taking back and saying so.
    const raw = await openRaw(dir);
    raw.prepare("UPDATE import SET state = 'running', finished = NULL WHERE uuid = ?").run(importId);
    raw.close();

    const { client, close } = await openWorld(dir);
    expect(await importNamed(client, 'cut.json')).toMatchObject([{ importId, state: 'unfinished' }]);
    expect(await exported(client)).toHaveLength(5);
    const { reports } = await importFiles(client, [file('cut.json', 100, 30)]);
    expect(reports[0]).toMatchObject({ created: 30, updated: 0, unchanged: 0, loss: [] });
    expect(await importNamed(client, 'cut.json')).toMatchObject([{ importId, state: 'done', created: 30 }]);
    expect(await exported(client)).toHaveLength(35);
    const { rows } = await client.knowledge.listHistory({ limit: 1 });
    expect(rows[0]).toMatchObject({ undone: false, objects: 30 });
    await client.knowledge.undo({});
    expect(await exported(client)).toHaveLength(5);
    await client.knowledge.redo({});
    expect((await client.knowledge.getEntity({ id: malwareId(110) })).name).toBe('malware number 110');
    expect((await client.admin.verifyAudit()).problems).toEqual([]);
    await close();
  }, 60_000);

  it('in the middle is listed unfinished, and the same file goes on where it was', async () => {
    const dir = join(folder.path, 'middle');
    const first = await openWorld(dir);
    await importFiles(first.client, [file('cut.json', 100, 10)]);
    await first.close();
    const raw = await openRaw(dir);
    raw.prepare("UPDATE import SET state = 'running', finished = NULL, created = 10").run();
    raw.close();
    const { client, close } = await openWorld(dir);
    // Another content under the same name is another import.
    await importFiles(client, [file('cut.json', 500, 3)]);
    expect((await importNamed(client, 'cut.json')).map(({ state }) => state).sort()).toEqual(['done', 'unfinished']);
    await importFiles(client, [file('cut.json', 100, 10)]);
    const records = await importNamed(client, 'cut.json');
    expect(records.map(({ state, created }) => `${state} ${created}`).sort()).toEqual(['done 10', 'done 3']);
    expect(await exported(client)).toHaveLength(13);
    await close();
  }, 60_000);
});
