import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openWorld, passphrase, startEngine, temporaryFolder } from '../faults/world.ts';

const folder = temporaryFolder('folder');
afterAll(() => {
  chmodSync(folder.path, 0o700);
  folder.remove();
});

describe('making a workspace', () => {
  it('that is cut off before its keys stand can be begun again', async () => {
    const dir = join(folder.path, 'unborn');
    await (await openWorld(dir)).close();
    renameSync(join(dir, 'workspace.db'), join(dir, 'workspace.db.new'));
    for (const name of ['keys.json', 'keys.copy.json']) rmSync(join(dir, name));
    const world = await openWorld(dir);
    expect((await world.client.admin.getWorkspace()).state).toBe('open');
    await world.close();
    expect(readdirSync(dir).filter((name) => name.includes('.new'))).toEqual([]);
  }, 60_000);

  it('that is cut off after its keys stand opens', async () => {
    const dir = join(folder.path, 'nearly');
    await (await openWorld(dir)).close();
    renameSync(join(dir, 'workspace.db'), join(dir, 'workspace.db.new'));
    const world = startEngine(dir);
    await world.client.admin.unlock({ passphrase });
    expect(await world.client.knowledge.getStats()).toEqual({ objects: {}, relationships: {} });
    await world.close();
  }, 60_000);

  it('where a file stands in the place of the folder is one sentence', async () => {
    const path = join(folder.path, 'a-file');
    writeFileSync(path, '');
    const world = startEngine(join(path, 'workspace'));
    await expect(world.client.admin.createWorkspace({ passphrase })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('cannot be written'),
    });
    await world.close();
    expect(world.errors).toEqual([]);
  });

  /** As nobody, for root may write everywhere. */
  const asNobody = (dir: string) =>
    spawnSync(process.execPath, [fileURLToPath(new URL('../faults/hold-child.ts', import.meta.url)), dir], {
      encoding: 'utf8',
      input: '',
      ...(process.getuid?.() === 0 && { uid: 65_534, gid: 65_534 }),
    });
  chmodSync(folder.path, 0o755);
  const open = join(folder.path, 'open');
  mkdirSync(open);
  chmodSync(open, 0o777);
  const can = process.platform === 'linux' && asNobody(join(open, 'workspace')).stdout === 'open\n';

  it.skipIf(!can)(
    `in a folder without the right to write is one sentence${can ? '' : ' (skipped: no other user to be)'}`,
    () => {
      const closed = join(folder.path, 'closed');
      mkdirSync(closed);
      chmodSync(closed, 0o555);
      const made = asNobody(join(closed, 'workspace'));
      expect(made.stderr).toContain('The workspace folder cannot be written to');
      const inside = asNobody(closed);
      expect(inside.stderr).toContain('The workspace folder cannot be written to');
      expect(existsSync(join(closed, 'keys.json'))).toBe(false);
      const workspace = join(open, 'workspace');
      for (const name of readdirSync(workspace)) chmodSync(join(workspace, name), 0o444);
      chmodSync(workspace, 0o555);
      const opened = asNobody(workspace);
      expect(opened.stdout).toBe('');
      expect(opened.stderr).toContain('The workspace folder cannot be written to');
    },
    60_000,
  );
});
