import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults, browserPath, createWorkspace, goTo, skipped, startWorld, type World } from './face-world.ts';

const bundle = join(import.meta.dirname, 'fixtures', 'face-bundle.json');
const pictures = process.env['REDOUBT_PICTURES'];
const keep = async (page: Page, name: string) => {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
};

describe.skipIf(!browserPath)(`backups in a real browser${skipped}`, () => {
  let world: World;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    world = await startWorld();
    ({ page, faults } = await world.open());
    await createWorkspace(page, world.address);
    await goTo(page, '#/import', 'Import');
    await page.locator('input[type=file]:not([webkitdirectory])').setInputFiles(bundle);
    await page.getByRole('button', { name: /^Import (?:1 file|the file|file)/ }).click({ timeout: 30_000 });
    await page.getByRole('heading', { name: 'Imports of this workspace' }).waitFor({ timeout: 30_000 });
  }, 180_000);
  afterAll(async () => {
    await world?.close();
  }, 30_000);

  const { objects } = JSON.parse(readFileSync(bundle, 'utf8')) as { objects: { id: string; type: string; name?: string }[] };
  const subject = objects.find(
    ({ type, name }) => name !== undefined && ['malware', 'intrusion-set', 'attack-pattern', 'tool'].includes(type),
  );
  const chip = (tag: string) => page.getByRole('button', { name: `Remove the tag ${tag}` });
  const show = async () => {
    await goTo(page, `#/entity/${subject?.id}`, subject?.name ?? '');
    await page.getByRole('button', { name: 'Add a tag' }).waitFor();
  };
  const tagIt = async (tag: string) => {
    await show();
    await page.getByRole('button', { name: 'Add a tag' }).click();
    await page.getByRole('combobox', { name: 'Add a tag' }).fill(tag);
    await page.keyboard.press('Enter');
    await chip(tag).waitFor();
  };
  const has = async (tag: string) => {
    await show();
    return (await chip(tag).count()) > 0;
  };
  const rowOf = (reason: string) => page.getByRole('row').filter({ hasText: reason }).first();

  it('a copy is made, something changes, the copy is restored after a preview, and restoring is undone by the copy that was kept', async () => {
    await goTo(page, '#/backups', 'Backups');
    await page.getByText('No copies yet').waitFor();
    await page.getByRole('button', { name: 'Make a copy now' }).click();
    await rowOf('by hand').getByText('verified').waitFor({ timeout: 180_000 });
    await tagIt('after-the-copy');

    await goTo(page, '#/backups', 'Backups');
    await rowOf('by hand')
      .getByRole('button', { name: /^Restore/ })
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('1 operation that came after it would be lost').waitFor({ timeout: 180_000 });
    await dialog.getByText('Tagged').first().waitFor();
    await keep(page, 'restore-preview');
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Restore this copy' }).click();
    await dialog.waitFor({ state: 'detached', timeout: 180_000 });
    expect(await has('after-the-copy')).toBe(false);

    await goTo(page, '#/backups', 'Backups');
    await rowOf('before a restore')
      .getByRole('button', { name: /^Restore/ })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Restore this copy' }).click({ timeout: 180_000 });
    await page.getByRole('dialog').waitFor({ state: 'detached', timeout: 180_000 });
    expect(await has('after-the-copy')).toBe(true);
  }, 600_000);

  it('the whole workspace goes out as one file and comes in again in its place', async () => {
    await goTo(page, '#/backups', 'Backups');
    await page.getByRole('button', { name: 'Save as one file' }).click();
    await page.getByLabel('Passphrase for the file (at least 8 characters)').fill('told by telephone');
    await page.getByLabel('The same once more').fill('told by telephone');
    const [download] = await Promise.all([
      page.waitForEvent('download', { timeout: 180_000 }),
      page.getByRole('dialog').getByRole('button', { name: 'Write the file' }).click(),
    ]);
    const path = await download.path();
    await page.getByText('The file was written and signed').waitFor();
    await keep(page, 'file-written');
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await tagIt('after-the-file');
    await goTo(page, '#/backups', 'Backups');
    await page.getByRole('button', { name: 'Open a workspace file' }).click();
    await page.getByLabel('Workspace file (.redoubt)').setInputFiles(path);
    await page.getByLabel('Passphrase of the file').fill('not the passphrase');
    await page.getByRole('button', { name: 'Check the file' }).click();
    await page.getByText(/does not open the workspace file/).waitFor({ timeout: 180_000 });
    await page.getByLabel('Passphrase of the file').fill('told by telephone');
    await page.getByRole('button', { name: 'Check the file' }).click();
    await page.getByText('Signed by this device').waitFor({ timeout: 180_000 });
    await keep(page, 'file-checked');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Put it in place of this workspace' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached', timeout: 180_000 });
    expect(await has('after-the-file')).toBe(false);
  }, 600_000);

  it('the view is reached and worked by keys, and is right in light, dark, narrow and forced colours', async () => {
    await goTo(page, '#/home', /./);
    await page.keyboard.press('g');
    await page.keyboard.press('u');
    await page.getByRole('heading', { level: 1, name: 'Backups' }).waitFor();
    const restore = rowOf('by hand').getByRole('button', { name: /^Restore/ });
    await restore.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    for (const [name, colorScheme, width] of [
      ['light', 'light', 1440],
      ['dark', 'dark', 1440],
      ['narrow', 'light', 420],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await keep(page, `backups-${name}`);
      expect(await accessibilityFaults(page), name).toEqual([]);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
        name,
      ).toBeLessThanOrEqual(1);
    }
    expect(faults.filter((fault) => !fault.includes('404'))).toEqual([]);
  }, 300_000);
});
