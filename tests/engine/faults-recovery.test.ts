import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleOf } from '../faults/bundles.ts';
import { malware, malwareId } from '../faults/objects.ts';
import { done, exported, importFiles, openWorld, passphrase, startEngine, temporaryFolder } from '../faults/world.ts';

const folder = temporaryFolder('recovery');
const whole = join(folder.path, 'whole');
let backedUp: string[];
let content: string[];
let recoveryCode = '';
let copies = 0;

/** A workspace with a copy and two changes after it; and, as a kill leaves it, one change in the write-ahead log only. */
beforeAll(async () => {
  const making = startEngine(whole);
  ({ recoveryCode } = await making.client.admin.createWorkspace({ passphrase }));
  await importFiles(making.client, [{ name: 'base.json', bytes: bundleOf(Array.from({ length: 300 }, (_, n) => malware(n))) }]);
  await done(making.client, making.client.admin.createBackup());
  backedUp = await exported(making.client);
  await making.client.knowledge.addTag({ id: malwareId(1), tag: 'after' });
  await making.client.knowledge.setProperty({ id: malwareId(2), property: 'description', value: 'after' });
  content = await exported(making.client);
  await making.close();
}, 60_000);
afterAll(() => folder.remove());

function copy() {
  const dir = join(folder.path, `copy-${copies++}`);
  cpSync(whole, dir, { recursive: true });
  return { dir, at: (name: string) => join(dir, name) };
}

const damagers: [string, (dir: string) => void, string][] = [
  ['the database cut in the middle', (dir) => truncateSync(join(dir, 'workspace.db'), 40_000), 'checksum'],
  ['the first page flipped', (dir) => flip(join(dir, 'workspace.db'), 200), 'checksum'],
  ['the database missing', (dir) => rmSync(join(dir, 'workspace.db')), 'workspace.db is not'],
  ['another file in its place', (dir) => writeFileSync(join(dir, 'workspace.db'), 'x'.repeat(9000)), 'checksum'],
];

describe('a damaged workspace', () => {
  it.each(damagers)(
    '(%s) offers the newest verified copy, says what it lacks, and is restored from it with nothing deleted',
    async (_what, damage, sentence) => {
      const { dir } = copy();
      damage(dir);
      const broken = existsSync(join(dir, 'workspace.db')) ? readFileSync(join(dir, 'workspace.db')) : undefined;
      const world = startEngine(dir);
      const { admin } = world.client;
      await expect(admin.unlock({ passphrase })).rejects.toMatchObject({ code: 'damaged' });
      const state = await admin.getWorkspace();
      expect(state).toMatchObject({
        state: 'damaged',
        damage: {
          what: expect.stringContaining(sentence),
          backup: { state: 'verified', objects: 300 },
          canRestore: true,
          lacks: expect.stringMatching(/^\d+ operations that were saved after this copy are missing/),
        },
      });
      expect(state.damage?.missing).toBeGreaterThanOrEqual(2);
      const backupId = state.damage?.backup?.backupId ?? '';
      const preview = await done(world.client, admin.previewRestore({ backupId }));
      expect(await admin.getRestorePreview({ jobId: preview })).toMatchObject({
        missing: state.damage?.missing,
        newest: [{ what: expect.stringContaining('base.json') }],
      });
      await done(world.client, admin.restoreBackup({ backupId }));
      expect((await admin.getWorkspace()).damage).toBeUndefined();
      expect(await exported(world.client)).toEqual(backedUp);
      expect((await admin.verifyAudit()).problems).toEqual([]);
      const [aside] = readdirSync(dir).filter((name) => name.startsWith('damaged-'));
      if (broken) expect(readFileSync(join(dir, aside ?? '', 'workspace.db')).equals(broken)).toBe(true);
      await world.close();
      expect(world.errors).toEqual([]);
      const again = await openWorld(dir);
      expect(await exported(again.client)).toEqual(backedUp);
      await again.close();
    },
    60_000,
  );

  it('refuses a restore before the passphrase is known', async () => {
    const { dir, at } = copy();
    truncateSync(at('workspace.db'), 40_000);
    const world = startEngine(dir);
    const { backups } = await world.client.admin.listBackups();
    await expect(world.client.admin.restoreBackup({ backupId: backups[0]?.backupId ?? '' })).rejects.toMatchObject({ code: 'locked' });
    await expect(world.client.admin.unlock({ passphrase: 'another one' })).rejects.toMatchObject({ code: 'wrong_passphrase' });
    await expect(world.client.admin.restoreBackup({ backupId: backups[0]?.backupId ?? '' })).rejects.toMatchObject({ code: 'locked' });
    await world.close();
  }, 60_000);

  it('without either of its keys takes them from a copy', async () => {
    const { dir, at } = copy();
    rmSync(at('keys.copy.json'));
    writeFileSync(at('keys.json'), '{');
    const world = await openWorld(dir);
    expect(await exported(world.client)).toEqual(content);
    await world.close();
    expect(readFileSync(at('keys.json'), 'utf8')).toBe(readFileSync(join(whole, 'keys.json'), 'utf8'));
  }, 60_000);

  it('without any copy says so', async () => {
    const { dir, at } = copy();
    rmSync(at('backups'), { recursive: true });
    truncateSync(at('workspace.db'), 40_000);
    const world = startEngine(dir);
    await world.client.admin.unlock({ passphrase }).catch(() => undefined);
    const { damage } = await world.client.admin.getWorkspace();
    expect(damage?.backup).toBeUndefined();
    expect(damage?.lacks).toContain('no verified copy');
    await world.close();
  }, 60_000);
});

describe('acknowledged changes that are not there any more', () => {
  it('are named when an older database was put in place of the newest', async () => {
    const { dir, at } = copy();
    const [copyId] = readdirSync(at('backups'));
    cpSync(join(at('backups'), copyId ?? '', 'workspace.db'), at('workspace.db'));
    const world = await openWorld(dir);
    const { state, notice } = await world.client.admin.getWorkspace();
    expect(state).toBe('open');
    expect(notice).toMatch(/The last \d+ saved operations are not in the database any more/);
    const history = await world.client.admin.verifyAudit();
    expect(history.valid).toBe(true);
    await world.close();
    const again = await openWorld(dir);
    expect((await again.client.admin.getWorkspace()).notice).toBeUndefined();
    await again.close();
  }, 60_000);

  it('cannot be hidden by a file that is damaged itself, and a missing one is made anew', async () => {
    const { dir, at } = copy();
    for (const place of [10, 90]) flip(at('workspace.head'), place);
    const world = await openWorld(dir);
    expect((await world.client.admin.getWorkspace()).notice).toContain('workspace.head');
    await world.close();
    rmSync(at('workspace.head'));
    const again = await openWorld(dir);
    expect((await again.client.admin.getWorkspace()).notice).toBeUndefined();
    expect(await exported(again.client)).toEqual(content);
    await again.close();
    expect(existsSync(at('workspace.head'))).toBe(true);
  }, 60_000);
});

describe('a keychain', () => {
  const failing = { get: async () => fail(), set: async () => fail(), delete: async () => fail() };
  const empty = { get: async () => undefined, set: async () => undefined, delete: async () => undefined };
  const stranger = { ...empty, get: async () => new Uint8Array(32).fill(7) };

  it.each([
    ['that throws', failing],
    ['that has lost the entry', empty],
    ['that holds another key', stranger],
  ])(
    '%s leaves the passphrase and the recovery code, and one sentence',
    async (_what, secrets) => {
      const { dir } = copy();
      for (const by of [{ passphrase }, { recoveryCode }]) {
        const world = startEngine(dir, undefined, { secrets });
        const { admin } = world.client;
        expect(await admin.getWorkspace()).toMatchObject({ state: 'locked', keychainAvailable: true });
        await expect(admin.unlock({ keychain: true })).rejects.toMatchObject({ message: expect.stringMatching(/passphrase/) });
        expect((await admin.unlock(by)).state).toBe('open');
        expect(await exported(world.client)).toEqual(content);
        await world.close();
        expect(world.errors).toEqual([]);
      }
    },
    60_000,
  );

  it('that throws while a workspace is made does not cost the recovery code', async () => {
    const world = startEngine(join(folder.path, 'made'), undefined, { secrets: failing });
    expect((await world.client.admin.createWorkspace({ passphrase, rememberInKeychain: true })).recoveryCode).toHaveLength(39);
    expect((await world.client.admin.getWorkspace()).state).toBe('open');
    await world.close();
    expect(world.errors).toEqual([]);
  }, 60_000);
});

function fail(): never {
  throw new Error('the secret service is not running');
}

function flip(path: string, at: number) {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(path, bytes);
}
