import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundleOf, writeBundle } from '../faults/bundles.ts';
import { malware, malwareId } from '../faults/objects.ts';
import { done, importFiles, importNamed, passphrase, startEngine, temporaryFolder } from '../faults/world.ts';
import { accessibilityFaults, browserPath, goTo, skipped, startWorld, type World } from './face-world.ts';

/* The gate on the worst day: what is damaged, in use or cut off, each on a folder of its own with a host of its own. */

const pictures = process.env['REDOUBT_PICTURES'];
const looks = [
  ['light', 'light', 1440],
  ['dark', 'dark', 1440],
  ['narrow-light', 'light', 390],
  ['narrow-dark', 'dark', 390],
] as const;

describe.skipIf(!browserPath)(`the gate, when something is wrong${skipped}`, () => {
  const folder = temporaryFolder('gate');
  const whole = join(folder.path, 'whole');
  const bare = join(folder.path, 'bare');
  const file = join(folder.path, 'whole.redoubt');
  let recoveryCode = '';
  /** What the copy lacks: two tags, and the records of copying, writing a file and closing. */
  let missing = 0;
  let worlds: World[] = [];

  beforeAll(async () => {
    const world = startEngine(whole);
    ({ recoveryCode } = await world.client.admin.createWorkspace({ passphrase }));
    await importFiles(world.client, [{ name: 'ward.json', bytes: bundleOf([1, 2, 3].map((n) => malware(n))) }]);
    await done(world.client, world.client.admin.createBackup());
    await world.client.knowledge.addTag({ id: malwareId(1), tag: 'after-the-copy' });
    await world.client.knowledge.addTag({ id: malwareId(2), tag: 'after-the-copy' });
    await done(world.client, world.client.admin.exportWorkspace({ passphrase: 'told by telephone', path: file }));
    const [copy] = (await world.client.admin.listBackups()).backups;
    missing = (await world.client.admin.verifyAudit()).operations - (copy?.operations ?? 0) + 1;
    await world.close();
    cpSync(whole, bare, { recursive: true });
    rmSync(join(bare, 'backups'), { recursive: true });
  }, 180_000);
  afterEach(async () => {
    for (const world of worlds) await world.close();
    worlds = [];
  }, 60_000);
  afterAll(() => folder.remove());

  let copies = 0;
  const copyOf = (what: string) => {
    const path = join(folder.path, `case-${copies++}`);
    cpSync(what, path, { recursive: true });
    return path;
  };
  const gateOf = async (workspace: string) => {
    const world = await startWorld({ workspace });
    worlds.push(world);
    const { page, faults } = await world.open();
    await page.goto(world.address);
    return { world, page, faults };
  };
  const unlockBy = async (page: Page, secret: string, label = 'Passphrase') => {
    await page.getByLabel(label, { exact: true }).fill(secret);
    await page.keyboard.press('Enter');
  };
  const views = (page: Page) => page.getByRole('navigation', { name: 'Views' }).waitFor({ timeout: 60_000 });

  /** Light and dark, wide and narrow: no fault of access, nothing past the edge. */
  const looksRight = async (page: Page, name: string) => {
    for (const [look, colorScheme, width] of looks) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      if (pictures) {
        mkdirSync(pictures, { recursive: true });
        await page.screenshot({ path: join(pictures, `gate-${name}-${look}.png`) });
      }
      expect(await accessibilityFaults(page), `${name} ${look}`).toEqual([]);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(over, `${name} ${look}`).toBeLessThanOrEqual(1);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });
  };

  it('a flipped page: says what is broken, the newest copy and what it lacks; restored by keys, what was damaged is set aside', async () => {
    const workspace = copyOf(whole);
    const database = join(workspace, 'workspace.db');
    const bytes = readFileSync(database);
    bytes[1000] = (bytes[1000] as number) ^ 4;
    writeFileSync(database, bytes);
    const { page, faults } = await gateOf(workspace);
    await unlockBy(page, passphrase);
    await page.getByRole('heading', { level: 1, name: 'This workspace is damaged' }).waitFor({ timeout: 60_000 });
    await page.getByText('The newest verified copy is of').waitFor();
    expect(missing).toBe(5);
    await page.getByText(`${missing} operations that were saved after this copy are missing in it`).waitFor();
    const restore = page.getByRole('button', { name: 'Restore this copy and open it' });
    await expect.poll(() => restore.isEnabled(), { timeout: 60_000 }).toBe(true);
    await looksRight(page, 'damaged');
    // The screen that came up has the focus, and its one action is not far.
    expect(await page.evaluate(() => document.activeElement?.closest('.gate-panel') !== null)).toBe(true);
    for (let tabs = 0; tabs < 6 && !(await restore.evaluate((element) => element === document.activeElement)); tabs++)
      await page.keyboard.press('Tab');
    expect(await restore.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await views(page);
    await goTo(page, `#/entity/${malwareId(1)}`, 'malware number 1');
    await page.getByRole('button', { name: 'Add a tag' }).waitFor();
    expect(await page.getByRole('button', { name: 'Remove the tag after-the-copy' }).count()).toBe(0);
    const aside = readdirSync(workspace).filter((name) => name.startsWith('damaged-'));
    expect(aside).toHaveLength(1);
    expect(readFileSync(join(workspace, aside[0] as string, 'workspace.db')).equals(bytes)).toBe(true);
    expect(faults).toEqual([]);
  }, 300_000);

  it('a database cut short without any copy: one sentence, what can be done, and the file as it was', async () => {
    const workspace = copyOf(bare);
    const database = join(workspace, 'workspace.db');
    truncateSync(database, 5000);
    const before = readFileSync(database);
    const { page } = await gateOf(workspace);
    await unlockBy(page, passphrase);
    await page.getByRole('heading', { level: 1, name: 'This workspace is damaged' }).waitFor({ timeout: 60_000 });
    await page.getByText('What you can do', { exact: true }).waitFor();
    await page.getByText(/put one there, or open a workspace file/).waitFor();
    expect(await page.getByText('a verified copy can take its place').count()).toBe(0);
    await looksRight(page, 'no-copy');
    // A copy that is put back is seen without starting anything anew.
    cpSync(join(whole, 'backups'), join(workspace, 'backups'), { recursive: true });
    await page.getByRole('button', { name: 'Look again' }).click();
    await page.getByText('The newest verified copy is of').waitFor({ timeout: 60_000 });
    expect(readFileSync(database).equals(before)).toBe(true);
  }, 300_000);

  it('a damaged database without any copy gives its place to a workspace file, and is set aside', async () => {
    const workspace = copyOf(bare);
    truncateSync(join(workspace, 'workspace.db'), 5000);
    const { page } = await gateOf(workspace);
    await unlockBy(page, passphrase);
    await page.getByRole('button', { name: 'Open a workspace file' }).click({ timeout: 60_000 });
    await page.getByLabel('Workspace file (.redoubt)').setInputFiles(file);
    await page.getByLabel('Passphrase of the file').fill('told by telephone');
    await page.getByRole('button', { name: 'Check the file' }).click();
    await page.getByText('What is damaged is set aside').waitFor({ timeout: 120_000 });
    await looksRight(page, 'file-at-the-gate');
    await page.getByRole('button', { name: 'Put it in place of this workspace' }).click();
    await views(page);
    await goTo(page, `#/entity/${malwareId(1)}`, 'malware number 1');
    await page.getByRole('button', { name: 'Remove the tag after-the-copy' }).waitFor();
    expect(readdirSync(workspace).filter((name) => name.startsWith('damaged-'))).toHaveLength(1);
  }, 300_000);

  it('keys.json damaged: the second copy opens it without a word more, and with the recovery code', async () => {
    for (const [secret, by] of [
      [passphrase, 'Passphrase'],
      [recoveryCode, 'Recovery code'],
    ] as const) {
      const workspace = copyOf(bare);
      writeFileSync(join(workspace, 'keys.json'), '{"format":');
      const { page, faults } = await gateOf(workspace);
      if (by === 'Recovery code') await page.getByRole('button', { name: 'Use the recovery code' }).click();
      await unlockBy(page, secret, by);
      await views(page);
      expect(JSON.parse(readFileSync(join(workspace, 'keys.json'), 'utf8'))).toBeTypeOf('object');
      expect(faults).toEqual([]);
    }
  }, 300_000);

  it('both copies of the keys gone: what is missing is said, and the passphrase opens by the keys of a backup', async () => {
    const workspace = copyOf(whole);
    for (const name of readdirSync(workspace).filter((file) => file.startsWith('keys'))) rmSync(join(workspace, name));
    const { page } = await gateOf(workspace);
    await page.getByText('workspace.db is here but keys.json is not.').waitFor();
    await page.getByText('the keys are in the copy too').waitFor();
    await page.getByLabel('Passphrase', { exact: true }).waitFor();
    await looksRight(page, 'no-keys');
    await unlockBy(page, passphrase);
    await views(page);
    expect(statSync(join(workspace, 'keys.json')).size).toBeGreaterThan(100);
  }, 300_000);

  it('a folder that another Redoubt has open: says so, and opens once that one is closed', async () => {
    const workspace = copyOf(bare);
    const first = await gateOf(workspace);
    await unlockBy(first.page, passphrase);
    await views(first.page);
    // A second host on the folder attaches or is refused: an engine of its own has the lock here.
    await first.world.close();
    worlds = [];
    const other = startEngine(workspace);
    await other.client.admin.unlock({ passphrase });
    const { page } = await gateOf(workspace);
    await unlockBy(page, passphrase);
    await page.getByText('The workspace is open elsewhere').waitFor({ timeout: 60_000 });
    await page.getByText(/use that one, or close it and try again/).waitFor();
    await looksRight(page, 'in-use');
    await other.close();
    await unlockBy(page, passphrase);
    await views(page);
  }, 300_000);

  it('an import that was cut off: offered for resumption, and comes to the same counts', async () => {
    const workspace = copyOf(bare);
    const bundle = writeBundle(join(folder.path, 'cut-off.json'), 20_000, 11);
    const choose = async (page: Page) => {
      await goTo(page, '#/import', 'Import');
      await page.locator('input[type=file]:not([webkitdirectory])').setInputFiles(bundle.path);
      await page.getByRole('button', { name: 'Import 1 file' }).click({ timeout: 120_000 });
    };
    const first = await gateOf(workspace);
    await unlockBy(first.page, passphrase);
    await views(first.page);
    await choose(first.page);
    await first.page
      .getByRole('status')
      .filter({ hasText: /[1-9]\d* ?%/ })
      .waitFor({ timeout: 120_000 });
    await first.world.killHost();
    await first.page.getByText('The engine is gone').or(first.page.getByRole('alert')).first().waitFor();
    await first.world.close();
    worlds = [];

    const { page } = await gateOf(workspace);
    await unlockBy(page, passphrase);
    await views(page);
    await goTo(page, '#/import', 'Import');
    const row = page.getByRole('row').filter({ hasText: 'cut-off.json' });
    await row.getByText('unfinished').waitFor({ timeout: 60_000 });
    await row.getByText('Import the same file again to finish it, or undo it.').waitFor();
    await looksRight(page, 'unfinished');
    await choose(page);
    await row.getByText('done', { exact: true }).waitFor({ timeout: 180_000 });
    expect(await row.count()).toBe(1);
    await worlds[0]?.close();
    worlds = [];
    const engine = startEngine(workspace);
    await engine.client.admin.unlock({ passphrase });
    const records = await importNamed(engine.client, 'cut-off.json');
    expect(records).toMatchObject([{ state: 'done', created: bundle.ids.length, rejected: 0 }]);
    await engine.close();
  }, 600_000);

  it('a backup that failed: a strip over every view says so, until the next one is whole', async () => {
    const workspace = copyOf(bare);
    // A file where the folder would be: not even root can write there.
    writeFileSync(join(workspace, 'backups'), '');
    const { page } = await gateOf(workspace);
    await unlockBy(page, passphrase);
    await views(page);
    await goTo(page, '#/backups', 'Backups');
    await page.getByRole('button', { name: 'Make a copy now' }).click();
    await page.getByText('Backups need attention').waitFor({ timeout: 60_000 });
    await goTo(page, '#/home', /./);
    const strip = page.getByRole('alert').filter({ hasText: 'The newest attempt at a copy failed' });
    await strip.waitFor();
    await looksRight(page, 'strip');
    expect(await strip.innerText()).toMatch(/backups cannot be written to; choose another folder, or change its permissions/);
    rmSync(join(workspace, 'backups'));
    await strip.getByRole('link', { name: 'Backups' }).click();
    await page.getByRole('button', { name: 'Make a copy now' }).click();
    await page.getByRole('row').filter({ hasText: 'by hand' }).getByText('verified').waitFor({ timeout: 120_000 });
    await strip.waitFor({ state: 'detached' });
  }, 300_000);
});
