import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knowledgeReads } from '#main/features/knowledge/store/reads/index.ts';
import { damagedOr, openDatabase } from '#main/platform/database/database.ts';
import { readKeyring, unwrapByPassphrase } from '#main/platform/secrets/keyring.ts';
import { seeded } from '../bench/generate.ts';
import { writeBundle } from '../faults/bundles.ts';
import { exported, importFiles, openRaw, openWorld, passphrase, startEngine, temporaryFolder } from '../faults/world.ts';

const folder = temporaryFolder('damage');
const whole = join(folder.path, 'whole');
const bundle = join(folder.path, 'bundle.json');
let key: Uint8Array;
let content: string[];
let copies = 0;

beforeAll(async () => {
  const { ids } = writeBundle(bundle, 400, 3);
  const world = await openWorld(whole);
  await importFiles(world.client, [bundle]);
  await world.client.knowledge.addTag({ id: ids[0] as string, tag: 'kept' });
  await world.client.knowledge.setProperty({ id: ids[1] as string, property: 'description', value: 'edited' });
  content = await exported(world.client);
  await world.close();
  const keyring = readKeyring(join(whole, 'keys.json'));
  if (!keyring) throw new Error('no keyring');
  key = await unwrapByPassphrase(keyring, passphrase);
}, 60_000);
afterAll(() => {
  if (mounted) spawnSync('umount', ['-l', place]);
  folder.remove();
});

/** A disk of 1.5 MB, where we may make one. */
const place = join(folder.path, 'small-disk');
mkdirSync(place);
const mounted =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1500k', 'tmpfs', place]).status === 0;

/** A copy to damage. */
function copy(): { dir: string; database: string; keys: string; second: string } {
  const dir = join(folder.path, `copy-${copies++}`);
  cpSync(whole, dir, { recursive: true });
  return { dir, database: join(dir, 'workspace.db'), keys: join(dir, 'keys.json'), second: join(dir, 'keys.copy.json') };
}

/** What a person is told who tries to open the folder. */
async function refusal(dir: string, secret = passphrase): Promise<{ code: string; message: string }> {
  const world = startEngine(dir);
  try {
    await world.client.admin.unlock({ passphrase: secret });
    return { code: 'opened', message: '' };
  } catch (error) {
    expect(world.errors).toEqual([]);
    return error as { code: string; message: string };
  } finally {
    await world.close();
  }
}

async function expectWhole(dir: string) {
  const world = await openWorld(dir);
  try {
    expect(await exported(world.client)).toEqual(content);
    expect((await world.client.admin.verifyAudit()).valid).toBe(true);
  } finally {
    await world.close();
  }
}

describe('a workspace that is not as it was left', () => {
  it('a wrong passphrase is one sentence, and changes nothing', async () => {
    const { dir, database } = copy();
    const before = readFileSync(database);
    expect(await refusal(dir, 'not the passphrase')).toMatchObject({
      code: 'wrong_passphrase',
      message: expect.stringContaining('recovery code'),
    });
    expect(readFileSync(database).equals(before)).toBe(true);
    await expectWhole(dir);
  }, 60_000);

  it('a flipped bit anywhere is found, or does no harm; never other data', () => {
    const bytes = readFileSync(join(whole, 'workspace.db'));
    const path = join(folder.path, 'flipped.db');
    const random = seeded(11);
    const everything = () => {
      const database = openDatabase(path, key, { readonly: true });
      try {
        const { problems } = knowledgeReads['knowledge.verifyLog'](database);
        if (problems.length > 0) return 'found';
        let after: Parameters<(typeof knowledgeReads)['knowledge.page']>[1]['after'] | undefined = { table: 'object', key: 0 };
        const objects: string[] = [];
        while (after) {
          const page = knowledgeReads['knowledge.page'](database, { after, limit: 1000 } as never);
          objects.push(...page.objects.map((object) => JSON.stringify(object)));
          after = page.next;
        }
        return objects.sort().join('\n');
      } finally {
        database.close();
      }
    };
    writeFileSync(path, bytes);
    const right = everything();
    expect(right).toContain('"edited"');
    const outcomes = { found: 0, harmless: 0 };
    for (let round = 0; round < 60; round++) {
      const flipped = Buffer.from(bytes);
      const at = Math.floor(((round + random()) / 60) * bytes.length);
      flipped[at] = (flipped[at] as number) ^ (1 << Math.floor(random() * 8));
      writeFileSync(path, flipped);
      let outcome: string;
      try {
        outcome = everything();
      } catch (error) {
        expect(damagedOr(error), `byte ${at}`).toMatchObject({ code: 'damaged' });
        outcome = 'found';
      }
      if (outcome !== 'found') expect(outcome, `byte ${at}`).toBe(right);
      outcomes[outcome === 'found' ? 'found' : 'harmless']++;
    }
    // Pages are authenticated: only bytes that hold nothing may pass.
    expect(outcomes.found).toBeGreaterThan(50);
  }, 60_000);

  it('a flipped bit is a sentence through the engine too, and the engine goes on', async () => {
    const { dir, database } = copy();
    const bytes = readFileSync(database);
    for (let at = 20_000; at < bytes.length; at += 4096 * 3) bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(database, bytes);
    const world = startEngine(dir);
    try {
      const said: unknown[] = [];
      const note = (error: unknown) => void said.push(error);
      await world.client.admin.unlock({ passphrase }).catch(note);
      if (said.length === 0) {
        await world.client.knowledge.getStats().catch(note);
        await world.client.knowledge.search({ text: 'kept' }).catch(note);
        await exported(world.client).catch(note);
        await world.client.admin.verifyAudit().then(({ valid }) => valid || note({ code: 'damaged' }), note);
        await importFiles(world.client, [bundle]).catch(note);
      }
      expect(said.length).toBeGreaterThan(0);
      expect(await world.client.admin.getWorkspace()).toMatchObject({
        state: expect.stringMatching(/open|damaged/),
        damage: { what: expect.stringContaining('damaged') },
      });
    } finally {
      await world.close();
    }
  }, 60_000);

  it('a database cut short is never taken for an empty one', async () => {
    const bytes = readFileSync(join(whole, 'workspace.db'));
    for (const length of [0, 1, 15, 100, 511, 4095, 4096, 8192, bytes.length >> 1, bytes.length - 4096]) {
      const { dir, database } = copy();
      writeFileSync(database, bytes.subarray(0, length));
      expect(await refusal(dir), `${length} bytes`).toMatchObject({ code: 'damaged', message: expect.stringContaining('backup') });
      // What is left of it stays as it is, for whoever can save it.
      expect(readFileSync(database).length).toBe(length);
    }
  }, 60_000);

  it('a missing database, and a file of something else in its place', async () => {
    const missing = copy();
    rmSync(missing.database);
    expect(await refusal(missing.dir)).toMatchObject({ code: 'damaged', message: expect.stringContaining('workspace.db') });
    const other = copy();
    writeFileSync(other.database, 'SQLite format 3\0'.padEnd(8192, 'x'));
    expect(await refusal(other.dir)).toMatchObject({ code: 'damaged' });
  }, 60_000);

  it('missing keys: the second copy opens it; without both it says so, makes no new workspace over the old, and opens once they are back', async () => {
    const { dir, keys, second } = copy();
    rmSync(keys);
    await expectWhole(dir);
    expect(readFileSync(keys, 'utf8')).toBe(readFileSync(second, 'utf8'));
    rmSync(keys);
    rmSync(second);
    expect((await refusal(dir)).message).toMatch(/keys\.json/);
    const world = startEngine(dir);
    expect(await world.client.admin.getWorkspace()).toMatchObject({
      state: 'damaged',
      damage: { what: expect.stringContaining('keys.json') },
    });
    await expect(world.client.admin.createWorkspace({ passphrase: 'another passphrase' })).rejects.toMatchObject({ code: 'conflict' });
    await world.close();
    cpSync(join(whole, 'keys.json'), keys);
    await expectWhole(dir);
  }, 60_000);

  it.each([
    ['no JSON', () => '{'],
    ['empty', () => ''],
    ['another thing', () => '{"format":"redoubt-keys/1"}'],
    ['a cost past all sense', (text: string) => text.replace(/"memoryKiB": \d+/, '"memoryKiB": 99999999999')],
    ['cut in the middle', (text: string) => text.slice(0, text.length / 2)],
    [
      'changed in its box',
      (text: string) => text.replace(/"box": "./, (found) => `${found.slice(0, -1)}${found.endsWith('A') ? 'B' : 'A'}`),
    ],
  ])(
    'keys.json that is %s is made good from its second copy and set aside; with both so it is damaged, in one sentence',
    async (what, change) => {
      const { dir, keys, second } = copy();
      const right = readFileSync(keys, 'utf8');
      writeFileSync(keys, change(right));
      await expectWhole(dir);
      expect(readFileSync(keys, 'utf8')).toBe(right);
      expect(readdirSync(dir).filter((name) => name.startsWith('keys.json.damaged-'))).toHaveLength(1);
      writeFileSync(keys, change(right));
      writeFileSync(second, change(right));
      const said = await refusal(dir);
      if (what.includes('box')) expect(said).toMatchObject({ code: 'wrong_passphrase' });
      else expect(said).toMatchObject({ code: 'damaged', message: expect.stringContaining('keys.json') });
    },
    60_000,
  );

  it('keys of another workspace do not open', async () => {
    const { dir, keys, second } = copy();
    const stranger = join(folder.path, 'stranger');
    await (await openWorld(stranger)).close();
    for (const file of [keys, second]) cpSync(join(stranger, 'keys.json'), file);
    expect(await refusal(dir)).toMatchObject({ code: 'damaged' });
  }, 60_000);

  it('a workspace of a newer Redoubt is left alone', async () => {
    const { dir } = copy();
    const raw = await openRaw(dir);
    raw.pragma('user_version=99');
    raw.close();
    expect(await refusal(dir)).toMatchObject({ code: 'conflict', message: expect.stringMatching(/newer Redoubt/) });
    const again = await openRaw(dir);
    expect(again.pragma('user_version', { simple: true })).toBe(99);
    again.close();
  }, 60_000);

  it('a second engine in another process is refused while the first has it, and not after', async () => {
    const { dir } = copy();
    const child = spawn(process.execPath, [fileURLToPath(new URL('../faults/hold-child.ts', import.meta.url)), dir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(await refusal(dir)).toMatchObject({ code: 'in_use', message: expect.stringContaining('another Redoubt') });
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    await expectWhole(dir);
  }, 60_000);
});

describe('a disk without room', () => {
  it.skipIf(!mounted)(
    `a full disk is one sentence, nothing half-written stands, and the engine goes on${mounted ? '' : ' (skipped: no right to mount)'}`,
    async () => {
      const dir = join(place, 'workspace');
      cpSync(whole, dir, { recursive: true });
      const large = join(folder.path, 'large.json');
      const { ids } = writeBundle(large, 12_000, 5);
      const world = await openWorld(dir);
      try {
        const { reports } = await importFiles(world.client, [large]);
        expect(reports[0]?.failure).toMatch(/disk is full/);
        expect(reports[0]).toMatchObject({ created: 0, updated: 0, unchanged: 0 });
        const stats = await exported(world.client);
        expect(stats.filter((text) => ids.some((id) => text.includes(id)))).toEqual([]);
        expect(await exported(world.client)).toEqual(content);
        await world.client.knowledge.search({ text: 'path' });
      } finally {
        await world.close();
      }
      await expectWhole(dir);
    },
    60_000,
  );
});
