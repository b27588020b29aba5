import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessibilityFaults, browserPath, createWorkspace, goTo, skipped, startWorld, type World } from './face-world.ts';

const bundle = join(import.meta.dirname, 'fixtures', 'face-bundle.json');
const kev = join(import.meta.dirname, '../../src-main/features/knowledge/formats/kev/fixtures/catalogue.json');

describe.skipIf(!browserPath)(`a branch and a moment in the past, in a browser${skipped}`, { timeout: 180_000 }, () => {
  let world: World;
  let page: Page;
  let faults: string[] = [];
  let failed = false;
  const entity = '#/entity/intrusion-set--0b6f7a52-3c1e-4f0f-8a43-2f6f6d1c9b11';

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

  const rename = async (from: string, to: string) => {
    await goTo(page, entity, from);
    await page.getByRole('button', { name: 'Edit: Name' }).click();
    await page.getByLabel('Name', { exact: true }).fill(to);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: to }).waitFor();
  };
  /** A picture for human eyes, where a folder is given. */
  const shot = async (name: string) => {
    const folder = process.env['REDOUBT_SHOTS'];
    if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
  };
  const choose = (name: string) => page.getByLabel('Branch', { exact: true }).selectOption({ label: name });

  it('imports something to work on', async () => {
    await goTo(page, '#/import', 'Import');
    await page.getByLabel('Choose files').setInputFiles([bundle]);
    await page.getByRole('button', { name: /^Import 1 file/ }).click({ timeout: 60_000 });
    await page.getByRole('region', { name: 'Report' }).getByText('1 file imported').waitFor({ timeout: 60_000 });
    await goTo(page, entity, 'Grey Heron');
  });

  it('makes a branch, by keyboard alone, and works on it', async () => {
    await goTo(page, '#/branches', 'Branches');
    await page.getByText('There are no branches yet').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'New branch' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('What if');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'What if' }).waitFor();
    await page.getByRole('button', { name: 'Work on this branch' }).click();
    await page.getByText('You are on the branch “What if”; main is unchanged.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('edits on the branch, and main is unchanged', async () => {
    await rename('Grey Heron', 'Night Heron');
    await page.getByRole('button', { name: 'Add a tag' }).click();
    await page.keyboard.type('suspected');
    await page.keyboard.press('Enter');
    await page
      .getByRole('button', { name: /Remove.*suspected|suspected/ })
      .first()
      .waitFor();
    await goTo(page, '#/search?q=night', 'Search');
    await page.getByRole('option', { name: /Night Heron/ }).waitFor();
    await goTo(page, '#/matrix', /./);
    await page.getByText('You are on the branch “What if”; main is unchanged.').waitFor();
    await goTo(page, '#/matches', /./);
    await shot('not-here');
    await page.getByText('These are main’s; the branch “What if” is not counted in').first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await goTo(page, '#/settings', 'Settings');
    await page.getByText('You are on the branch “What if”; this page is about the whole workspace.').waitFor();
    await goTo(page, entity, 'Night Heron');
    await choose('main');
    await page.getByRole('heading', { level: 1, name: 'Grey Heron' }).waitFor();
    expect(await page.getByText('suspected', { exact: true }).count()).toBe(0);
  });

  it('keeps the branch over a reload, and goes to the one that a link names', async () => {
    await choose('What if');
    await goTo(page, entity, 'Night Heron');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Night Heron' }).waitFor();
    await page.getByText('You are on the branch “What if”; main is unchanged.').waitFor();
    await goTo(page, `${entity}?branch=main`, 'Grey Heron');
    expect(await page.evaluate(() => location.hash)).toBe(entity);
    expect(await page.getByText('You are on the branch').count()).toBe(0);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Grey Heron' }).waitFor();
    await goTo(page, '#/search?q=heron&branch=00000000-0000-4000-8000-000000000000', 'Search');
    await page.getByText('The branch you were on is not here any more; you are back on main').waitFor();
    expect(await page.evaluate(() => location.hash)).toBe('#/search?q=heron');
    // The question to a branch that is not there was answered by a sentence; the console says it too.
    faults = faults.filter((fault) => !fault.includes('branch'));
  });

  it('imports into the branch: preview, report, undo, and main is unchanged', async () => {
    await choose('What if');
    await goTo(page, '#/import', 'Import');
    await page.getByLabel('Choose files').setInputFiles([kev]);
    await page.getByText('The objects go to the branch “What if”').waitFor({ timeout: 60_000 });
    await shot('import-preview');
    expect(await accessibilityFaults(page)).toEqual([]);
    await choose('main');
    await page.getByText('The objects go to the branch').waitFor({ state: 'detached' });
    await choose('What if');
    await page.getByText('The objects go to the branch “What if”').waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: /^Import 1 file/ }).click();
    await page.getByRole('region', { name: 'Report' }).getByText('1 file imported').waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: 'on a branch' }).waitFor();
    await page.getByRole('link', { name: 'See what it brought' }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByText('CVE-', { exact: false }).first().waitFor();
    await goTo(page, `#/explore?type=vulnerability&branch=main`, /./);
    await expect.poll(() => page.getByText('CVE-', { exact: false }).count()).toBe(0);
    await choose('What if');
    await goTo(page, '#/import', 'Import');
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'on a branch' }) });
    await row.getByRole('button', { name: 'Undo' }).click();
    await row.getByText('undone').waitFor();
    await goTo(page, '#/branches', 'Branches');
    await choose('main');
  });

  it('refuses what is too much for a branch before anything is written', async () => {
    await choose('What if');
    const objects = Array.from({ length: 10_001 }, (_, n) => ({
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
    if (await page.getByRole('button', { name: 'Import more' }).count()) await page.getByRole('button', { name: 'Import more' }).click();
    await page.getByLabel('Choose files').setInputFiles([{ name: 'many.json', mimeType: 'application/json', buffer }]);
    await page.getByText('A branch holds changes of at most 10,000 objects').waitFor({ timeout: 90_000 });
    expect(await page.getByRole('button', { name: /^Import 1 file/ }).isDisabled()).toBe(true);
    expect(await accessibilityFaults(page)).toEqual([]);
    await shot('import-refused');
    await page.getByRole('button', { name: 'Discard' }).click();
    await choose('main');
  });

  it('finds the conflict when main says something else in the meantime', async () => {
    await rename('Grey Heron', 'Grey Heron II');
    await goTo(page, '#/branches', 'Branches');
    await page.getByRole('link', { name: 'What if' }).click();
    await page.getByRole('button', { name: 'Conflicts 1' }).click();
    await page.getByText('The branch saw: Grey Heron').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shot('conflict');
    await page.getByRole('radio', { name: 'The branch’s' }).check();
    await page.getByRole('button', { name: /^Decide: name of/ }).click();
    await page.getByRole('button', { name: 'Conflicts 1' }).waitFor();
    await page.getByRole('button', { name: 'All 2' }).click();
  });

  it('shows the change beside main, takes a reason, and merges what was accepted as one action', async () => {
    await page.getByRole('button', { name: 'Propose for review' }).click();
    await page.getByText('in review', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Merge into main' }).isDisabled()).toBe(true);
    await page.getByLabel('Reason').fill('seen in the report');
    await page.getByRole('button', { name: /^Accept: tag “suspected”/ }).click();
    await page.getByText('seen in the report').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shot('review');
    await page.getByRole('button', { name: 'Merge into main' }).click();
    await page.getByText('merged', { exact: true }).waitFor();
    await goTo(page, entity, 'Night Heron');
    await page.getByText('suspected', { exact: true }).first().waitFor();
  });

  it('takes the merge back as one, and the branch is open again', async () => {
    await goTo(page, '#/branches', 'Branches');
    await page.getByRole('link', { name: 'What if' }).click();
    await page.getByRole('button', { name: 'Undo the merge' }).click();
    await page.getByText('in review', { exact: true }).waitFor();
    await goTo(page, entity, 'Grey Heron II');
    expect(await page.getByText('suspected', { exact: true }).count()).toBe(0);
  });

  it('travels in time: what has changed since, the list then, and setting one object back', async () => {
    await goTo(page, '#/history', 'History');
    await page.getByRole('button', { name: 'Travel in time' }).click();
    await page.getByRole('heading', { name: 'The graph then' }).waitFor();
    await page.getByRole('slider', { name: 'Moment' }).focus();
    await page.keyboard.press('Home');
    await page.getByText(/\d+ added, \d+ changed, 0 removed/).waitFor({ timeout: 20_000 });
    expect(await accessibilityFaults(page)).toEqual([]);
    // The moment of the import: the name was another one then.
    await page.getByRole('button', { name: /^As it was after: Imported/ }).click();
    await page.getByRole('button', { name: /^Set back to then: Grey Heron II/ }).click({ timeout: 30_000 });
    await page.getByText('Set back: Grey Heron II').waitFor();
    await shot('time');
    await goTo(page, entity, 'Grey Heron');
  });

  it('reads well in the dark and on a narrow screen', async () => {
    for (const options of [{ colorScheme: 'dark' as const }, { viewport: { width: 390, height: 844 } }]) {
      if ('viewport' in options && options.viewport) await page.setViewportSize(options.viewport);
      else {
        await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
        await expect
          .poll(() => page.evaluate(() => getComputedStyle(document.querySelector('h1') ?? document.body).color))
          .toBe('rgb(231, 236, 233)');
      }
      for (const [hash, heading] of [
        ['#/branches', 'Branches'],
        ['#/history', 'History'],
      ] as const) {
        await goTo(page, hash, heading);
        await shot(`${'viewport' in options ? 'narrow' : 'dark'}-${heading}`);
        expect(await accessibilityFaults(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
      }
    }
    expect(faults).toEqual([]);
  });
});
