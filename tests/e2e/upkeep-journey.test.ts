import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessibilityFaults, browserPath, createWorkspace, goTo, skipped, startWorld, type World } from './face-world.ts';

const bundle = join(import.meta.dirname, 'fixtures', 'face-bundle.json');

describe.skipIf(!browserPath)(`the upkeep of a workspace, in a browser${skipped}`, { timeout: 180_000 }, () => {
  let world: World;
  let page: Page;
  let faults: string[] = [];
  let failed = false;

  beforeAll(async () => {
    world = await startWorld();
    ({ page, faults } = await world.open());
    await createWorkspace(page, world.address);
  }, 240_000);
  afterAll(() => world?.close(), 60_000);
  beforeEach(({ skip, onTestFailed }) => {
    if (failed) skip('an earlier step failed');
    onTestFailed(async () => {
      failed = true;
      await shot('failed');
    });
  });
  const shot = async (name: string) => {
    const folder = process.env['REDOUBT_SHOTS'];
    if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  };

  it('compacts the database and says how large it was and is', async () => {
    await goTo(page, '#/import', 'Import');
    await page.getByLabel('Choose files').setInputFiles([bundle]);
    await page.getByRole('button', { name: /^Import 1 file/ }).click({ timeout: 60_000 });
    await page.getByRole('region', { name: 'Report' }).getByText('1 file imported').waitFor({ timeout: 60_000 });
    await goTo(page, '#/settings', 'Settings');
    await page.getByRole('button', { name: 'Compact the database' }).click();
    await page.getByText(/The database was .* and is .* now\./).waitFor({ timeout: 90_000 });
    expect(await accessibilityFaults(page)).toEqual([]);
    await shot('compacted');
    await goTo(page, '#/search?q=heron', 'Search');
    await page.getByRole('option', { name: /Heron/ }).first().waitFor();
  });

  it('checks the audit chain as a job', async () => {
    await goTo(page, '#/audit', /./);
    await page
      .getByText(/operations/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Verify again' }).click({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Verify again' }).waitFor({ timeout: 60_000 });
    await goTo(page, '#/jobs', 'Jobs');
    await page.getByText('Check the audit chain').first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shot('jobs');
  });

  it('starts an import once more that was cancelled, from the list of jobs', async () => {
    const objects = Array.from({ length: 30_000 }, (_, n) => ({
      type: 'malware',
      spec_version: '2.1',
      id: `malware--${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`,
      created: '2026-01-01T00:00:00.000Z',
      modified: '2026-01-01T00:00:00.000Z',
      name: `kind ${n}`,
      is_family: true,
    }));
    const buffer = Buffer.from(JSON.stringify({ type: 'bundle', id: 'bundle--00000000-0000-4000-8000-000000000001', objects }));
    await goTo(page, '#/import', 'Import');
    await page.getByRole('button', { name: 'Import more' }).click();
    await page.getByLabel('Choose files').setInputFiles([{ name: 'many.json', mimeType: 'application/json', buffer }]);
    await page.getByRole('button', { name: /^Import 1 file/ }).click({ timeout: 90_000 });
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByText('The workspace is as it was before.').waitFor({ timeout: 60_000 });
    await goTo(page, '#/jobs', 'Jobs');
    await page.getByRole('button', { name: 'Try again: Import' }).click();
    await page.getByRole('button', { name: 'Try again: Import' }).waitFor({ state: 'detached' });
    await expect
      .poll(() => page.locator('ul.jobs > li').filter({ hasText: 'Import' }).first().textContent(), { timeout: 90_000 })
      .toContain('done');
    await goTo(page, '#/explore', /./);
    await page
      .getByText(/30,0\d\d/)
      .first()
      .waitFor();
  });

  it('shows the notices that the packs carry, offline, in help and in packs', async () => {
    await goTo(page, '#/help/notices', 'Help');
    await page.getByRole('heading', { name: 'Notices of the packs' }).waitFor();
    await page.getByText(/The MITRE Corporation\. This work is reproduced/).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await goTo(page, '#/packs', /./);
    await page
      .getByText(/The MITRE Corporation\. This work is reproduced/)
      .first()
      .waitFor();
  });

  it('has the keys of forms in the keyboard map, and they do what it says', async () => {
    await goTo(page, '#/help/keys', 'Help');
    await page.getByRole('heading', { name: 'Forms' }).waitFor();
    await page.getByText('Send the form one writes in').waitFor();
    await goTo(page, '#/entity/intrusion-set--0b6f7a52-3c1e-4f0f-8a43-2f6f6d1c9b11', 'Grey Heron');
    await page.getByRole('button', { name: 'Edit: Name' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Never');
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { level: 1, name: 'Grey Heron' }).waitFor();
    await page.getByRole('button', { name: 'Edit: Name' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Grey Heron II');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { level: 1, name: 'Grey Heron II' }).waitFor();
    expect(faults).toEqual([]);
  });
});
