import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessibilityFaults, browserPath, createWorkspace, goTo, passphrase, skipped, startWorld, type World } from './face-world.ts';

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);
const files = ['face-assets.csv', 'face-bundle.json', 'face-event.json'].map(fixture);

describe.skipIf(!browserPath)(`the main job in a browser${skipped}`, { timeout: 180_000 }, () => {
  let world: World;
  let page: Page;
  let faults: string[] = [];
  let failed = false;
  let recoveryCode = '';

  beforeAll(async () => {
    world = await startWorld();
    ({ page, faults } = await world.open());
  }, 120_000);
  afterAll(() => world?.close(), 60_000);
  // A journey goes step by step: after a failed one the rest would only fail the same way.
  beforeEach(({ skip, onTestFailed }) => {
    if (failed) skip('an earlier step failed');
    onTestFailed(() => {
      failed = true;
    });
  });

  it('shows the network’s state before anything else, makes a workspace and shows its recovery code once', async () => {
    await page.goto(world.address);
    await page.getByText('Network: off · 0 requests').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(new URL(page.url()).hash).not.toContain('token');
    recoveryCode = await createWorkspace(page, world.address);
    expect(recoveryCode.length).toBeGreaterThan(20);
    await page.getByRole('heading', { level: 1, name: 'Your workspace is empty' }).waitFor();
    await page.getByRole('button', { name: /^Install \d packs?$/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('installs the built-in packs with one click', async () => {
    await page.getByRole('button', { name: /^Install \d packs?$/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor({ timeout: 120_000 });
    await page
      .getByRole('link', { name: /Technique/ })
      .first()
      .waitFor();
    await expect.poll(() => page.getByText('ATT&CK').count(), { timeout: 10_000 }).toBeGreaterThan(0);
  });

  it('previews three files together, says what is rejected, and has written nothing yet', async () => {
    await goTo(page, '#/import', 'Import');
    await page.getByLabel('Choose files', { exact: true }).setInputFiles(files);
    await page.getByText('Nothing is written yet.').waitFor({ timeout: 60_000 });
    const preview = page.getByRole('region', { name: 'Preview' });
    for (const name of ['face-assets.csv', 'face-bundle.json', 'face-event.json']) await preview.getByRole('heading', { name }).waitFor();
    await preview.getByText('1 object rejected').waitFor();
    await preview
      .getByText(/valid_from|pattern_type/)
      .first()
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  it('lets a column be corrected and previews anew', async () => {
    const column = page.getByLabel('Column Warranty ends becomes');
    await column.selectOption({ label: 'Description' });
    await page.getByRole('button', { name: 'Preview with these columns' }).click();
    await page.getByRole('button', { name: 'Preview with these columns' }).waitFor({ state: 'detached' });
    await expect.poll(() => column.inputValue(), { timeout: 15_000 }).toBe('description');
    await page.getByText('Nothing is written yet.').waitFor();
  });

  it('imports with a report for each file', async () => {
    await page.getByRole('button', { name: 'Import 3 files' }).click();
    const report = page.getByRole('region', { name: 'Report' });
    await report.getByText('3 files imported').waitFor({ timeout: 60_000 });
    await report.getByRole('link', { name: 'See what it brought' }).first().waitFor();
    await page.getByRole('heading', { name: 'Imports of this workspace' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('finds what was imported, by an alias, and opens it', async () => {
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder(/A name, an id/).fill('night wader');
    await page.getByRole('option', { name: /Grey Heron/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Grey Heron' }).waitFor();
    const about = page.getByRole('region', { name: 'Description' });
    expect(await about.locator('strong').textContent()).toBe('likes');
    expect(await about.locator('code').textContent()).toBe('powershell.exe');
    await page.getByText('https://example.org/grey-heron').waitFor();
    expect(await page.locator('a[href*="example.org"]').count()).toBe(0);
  });

  it('shows hostile names as the text that they are', async () => {
    await page.getByText('<img src=x onerror=alert(1)> Wader').first().waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });

  it('draws the neighbourhood and lists the same nodes beside it', async () => {
    const shown = page.getByTestId('graph-shown');
    await shown.waitFor();
    const scene = page.locator('.scene');
    await scene.locator('canvas').waitFor({ timeout: 60_000 });
    const nodes = Number(await scene.getAttribute('data-nodes'));
    expect(nodes).toBe(3);
    expect(await page.getByRole('grid', { name: 'Nodes of the graph' }).getAttribute('aria-rowcount')).toBe(String(nodes + 1));
    expect(await shown.textContent()).toMatch(/shown 3 of 3 nodes, \d+ of \d+ relationships, ranked by/);
    await expect.poll(() => coloursIn(page, '.scene canvas'), { timeout: 30_000 }).toBeGreaterThan(8);
    await expect.poll(() => scene.getAttribute('data-running'), { timeout: 30_000 }).toBe('false');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('tags, notes and takes back', async () => {
    await page.getByRole('button', { name: 'Add a tag' }).click();
    await page.getByRole('combobox', { name: 'Add a tag' }).fill('hospital');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove the tag hospital' }).waitFor();
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Remove the tag hospital' }).waitFor({ state: 'detached' });
    await page.getByLabel('New note').fill('Ask radiology.');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await page.getByText('Ask radiology.').first().waitFor();
    await goTo(page, '#/history', 'History');
    await page
      .getByRole('button', { name: /^Redo: / })
      .first()
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('takes one import back as a whole, and brings it again', async () => {
    await goTo(page, '#/import', 'Import');
    const row = page.getByRole('row', { name: /face-assets\.csv/ });
    await row.getByRole('button', { name: 'Undo' }).click();
    await row.getByText('undone', { exact: true }).waitFor({ timeout: 30_000 });
    // The newest; those of earlier steps may still stand above it.
    await page.getByRole('status').getByRole('button', { name: 'Redo' }).last().click();
    await row.getByText('done', { exact: true }).waitFor({ timeout: 30_000 });
  });

  it('colours the matrix by what the imported threats use, and writes a Navigator layer', async () => {
    await goTo(page, '#/matrix', 'ATT&CK matrix');
    await page.getByRole('button', { name: 'Open all sub-techniques' }).click();
    const cell = page.getByRole('gridcell', { name: /^T1059\.001 PowerShell ?, used by 1$/ });
    await cell.waitFor({ timeout: 30_000 });
    expect(await cell.getAttribute('class')).toMatch(/heat-[1-5]/);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as Navigator layer' }).click(),
    ]);
    const layer: unknown = JSON.parse(readFileSync(await download.path(), 'utf8'));
    expect(JSON.stringify(layer)).toContain('T1059.001');
    // The whole matrix has too many cells to look at each of them; those in use have every kind of part.
    await page.getByLabel('Only used').check();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('writes a brief, shows it with its own style, runs nothing in it, and saves it', async () => {
    await goTo(page, '#/brief', 'Brief');
    await page.getByLabel('Title').fill('Before the portal opens');
    await page.getByRole('button', { name: 'Write the brief' }).click();
    const frame = page.frameLocator('iframe');
    await frame.getByRole('heading', { level: 1, name: 'Before the portal opens' }).waitFor({ timeout: 30_000 });
    const rules = await page
      .locator('iframe')
      .evaluate((element) => (element as HTMLIFrameElement).contentDocument?.adoptedStyleSheets[0]?.cssRules.length ?? 0);
    expect(rules).toBeGreaterThan(3);
    expect(await page.locator('iframe').getAttribute('sandbox')).not.toContain('allow-scripts');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as HTML' }).click()]);
    expect(readFileSync(await download.path(), 'utf8')).toContain('Before the portal opens');
  });

  it('ends with the ledger: no request, and a whole audit chain', async () => {
    await goTo(page, '#/ledger', 'Egress ledger');
    await page.getByText('The chain is whole').waitFor({ timeout: 60_000 });
    expect(await page.getByRole('region', { name: 'Summary' }).textContent()).toContain('0requests left this machine');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as JSON' }).click()]);
    expect((JSON.parse(readFileSync(await download.path(), 'utf8')) as { requests: unknown[] }).requests).toEqual([]);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('locks, refuses a wrong passphrase in words, and opens by the recovery code', async () => {
    await page.getByRole('button', { name: 'Lock the workspace' }).click();
    await page.getByRole('heading', { level: 1, name: 'Unlock' }).waitFor();
    await page.getByLabel('Passphrase', { exact: true }).fill('not this one');
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    await page.getByRole('alert').getByText('That does not open it').waitFor({ timeout: 30_000 });
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Use the recovery code' }).click();
    await page.getByLabel('Recovery code').fill(recoveryCode);
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    await page.getByRole('navigation', { name: 'Views' }).waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Lock the workspace' }).click();
    await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Views' }).waitFor({ timeout: 30_000 });
  });

  it('meets contrast in the dark and fits from 360 to 3840 pixels', async () => {
    const views = [
      ['#/', 'Overview'],
      ['#/search?q=heron', 'Search'],
      ['#/explore', 'Explorer'],
      ['#/matrix', 'ATT&CK matrix'],
      ['#/packs', 'Packs'],
      ['#/jobs', 'Jobs'],
      ['#/import', 'Import'],
    ] as const;
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const [hash, heading] of views) {
      await goTo(page, hash, heading);
      expect(await accessibilityFaults(page), `${hash} in the dark`).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    for (const width of [360, 720, 3840]) {
      await page.setViewportSize({ width, height: 900 });
      for (const [hash, heading] of views) {
        await goTo(page, hash, heading);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${hash} at ${width}`).toBeLessThanOrEqual(0);
      }
    }
  });

  it('had no script error, no refused policy and no request that left the machine', () => {
    expect(faults).toEqual([]);
  });
});

/** How many colours a canvas shows, read from a screenshot of it: a blank one shows one. */
async function coloursIn(page: Page, selector: string): Promise<number> {
  const picture = (await page.locator(selector).screenshot()).toString('base64');
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const brush = canvas.getContext('2d');
    brush?.drawImage(image, 0, 0);
    const { data } = brush?.getImageData(0, 0, image.width, image.height) ?? { data: new Uint8ClampedArray() };
    const colours = new Set<number>();
    for (let at = 0; at < data.length; at += 4) colours.add(((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0));
    return colours.size;
  }, picture);
}
