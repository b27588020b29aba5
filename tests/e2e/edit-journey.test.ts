import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessibilityFaults, browserPath, createWorkspace, goTo, skipped, startWorld, type World } from './face-world.ts';

const bundle = join(import.meta.dirname, 'fixtures', 'face-bundle.json');
/** Pictures of every state go here where it is set: for looking, not for comparing. */
const shots = process.env.REDOUBT_SHOTS;

describe.skipIf(!browserPath)(`editing, versions and the table, in a browser${skipped}`, { timeout: 60_000 }, () => {
  let world: World;
  let page: Page;
  let faults: string[] = [];
  let failed = false;
  let entity = '';

  beforeAll(async () => {
    world = await startWorld();
    ({ page, faults } = await world.open());
    await createWorkspace(page, world.address);
    await goTo(page, '#/import', 'Import');
    await page.getByLabel('Choose files').setInputFiles([bundle]);
    await page.getByRole('button', { name: /^Import 1 file/ }).click({ timeout: 60_000 });
    await page.getByRole('region', { name: 'Report' }).getByText('1 file imported').waitFor({ timeout: 60_000 });
  }, 240_000);
  afterAll(() => world?.close(), 60_000);
  beforeEach(({ skip, onTestFailed }) => {
    if (failed) skip('an earlier step failed');
    onTestFailed(async () => {
      failed = true;
      await picture('failed');
    });
  });

  const picture = async (name: string) => {
    if (shots) await page.screenshot({ path: join(shots, `${name}.png`) });
  };
  const proper = async (name: string) => {
    await picture(name);
    expect(await accessibilityFaults(page)).toEqual([]);
  };
  const toast = (text: string | RegExp) => page.locator('.toast', { hasText: text }).last();
  const facts = () => page.getByRole('region', { name: 'Facts' });

  it('adds a property and takes exactly that back, by the toast and by the keyboard', async () => {
    await goTo(page, '#/search?q=Grey%20Heron', /./);
    await page.getByRole('option').first().click();
    await page.getByRole('tab', { name: 'Overview' }).waitFor();
    entity = await page.evaluate(() => location.hash);
    await page.getByRole('button', { name: 'Add a property' }).click();
    await page.getByLabel('Property', { exact: true }).fill('x_ward');
    await page.getByLabel('Value', { exact: true }).fill('radiology');
    await proper('property-new');
    await page.keyboard.press('Enter');
    await facts().getByText('radiology').waitFor();
    await toast('x_ward').getByRole('button', { name: 'Undo' }).click();
    await facts().getByText('radiology').waitFor({ state: 'detached' });
    await toast('Undone').getByRole('button', { name: 'Redo' }).click();
    await facts().getByText('radiology').waitFor();
    await page.getByRole('button', { name: 'Edit: Ward' }).click();
    await page.getByLabel('Ward', { exact: true }).fill('surgery');
    await page.keyboard.press('Enter');
    await facts().getByText('surgery').waitFor();
    await page.getByRole('tab', { name: 'Overview' }).focus();
    await page.keyboard.press('Control+z');
    await facts().getByText('radiology').waitFor();
    await page.keyboard.press('Control+Shift+z');
    await facts().getByText('surgery').waitFor();
  });

  it('says beside the field what the engine refuses', async () => {
    await page.getByRole('button', { name: 'Add a property' }).click();
    await page.getByLabel('Property', { exact: true }).fill('confidence');
    await page.getByLabel('Value', { exact: true }).fill('many');
    await page.keyboard.press('Enter');
    await page.getByText('This is not a number.').waitFor();
    await page.getByLabel('Value', { exact: true }).fill('4000');
    await page.keyboard.press('Enter');
    await page.getByText(/confidence: /).waitFor();
    await proper('property-refused');
    await page.getByLabel('Value', { exact: true }).press('Escape');
    await page.getByLabel('Value', { exact: true }).waitFor({ state: 'detached' });
  });

  it('tags, and writes, changes and removes a note', async () => {
    await page.getByRole('button', { name: 'Add a tag' }).click();
    await page.keyboard.type('watch');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove the tag watch' }).waitFor();
    await page.getByLabel('New note').fill('Ask radiology.');
    await page.getByRole('button', { name: 'Add the note' }).click();
    const notes = page.getByRole('region', { name: 'Notes' });
    await notes.getByText('Ask radiology.').waitFor();
    await notes.getByRole('button', { name: /^Edit the note/ }).click();
    await page.getByLabel('Text of the note').fill('Asked radiology: it is theirs.');
    await page.keyboard.press('Control+Enter');
    await notes.getByText('it is theirs').waitFor();
    await notes.getByRole('button', { name: /^Remove the note/ }).click();
    await notes.getByText('it is theirs').waitFor({ state: 'detached' });
    await toast('Removed the note').getByRole('button', { name: 'Undo' }).click();
    await notes.getByText('it is theirs').waitFor();
    await proper('overview');
  });

  it('relates it to another by keyboard, and takes the relationship away', async () => {
    const related = page.getByRole('region', { name: 'Relationships' });
    await related.getByRole('button', { name: 'Relate to another entity' }).click();
    await related.getByRole('combobox', { name: 'Relationship' }).fill('related-to');
    await related.getByRole('combobox', { name: 'Other entity' }).fill('PowerShell');
    await related.getByRole('option').first().waitFor();
    await proper('relate');
    await page.keyboard.press('Enter');
    await related.getByRole('button', { name: 'Create the relationship' }).click();
    await related.getByRole('button', { name: /^Remove the relationship related to/ }).click();
    await related.getByRole('button', { name: /^Remove the relationship related to/ }).waitFor({ state: 'detached' });
  });

  it('shows the object, its versions, its sources and its history, each at an address', async () => {
    await page.getByRole('tab', { name: 'Overview' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tabpanel', { name: 'JSON' }).waitFor();
    expect(await page.evaluate(() => location.hash)).toBe(`${entity}/json`);
    await page.getByRole('searchbox', { name: 'Find in the object' }).fill('x_ward');
    await page.getByText('1 line', { exact: true }).waitFor();
    await proper('json');
    await goTo(page, `${entity}/provenance`, /./);
    await page.getByRole('rowheader', { name: /Ward/ }).waitFor();
    await proper('provenance');
    await goTo(page, `${entity}/history`, /./);
    await page.getByRole('heading', { name: 'What was done to it' }).waitFor();
    await page
      .getByRole('button', { name: /^Undo: / })
      .first()
      .waitFor();
    await proper('history');
  });

  it('compares two versions and sets the object back to one', async () => {
    await goTo(page, `${entity}/versions`, /./);
    const from = page.getByRole('radio', { name: /^Compare from/ });
    await from.last().waitFor();
    expect(await from.count()).toBeGreaterThan(2);
    await from.last().check();
    await page.getByRole('region', { name: 'Ward' }).getByText('added', { exact: true }).waitFor();
    await proper('versions');
    await page.getByRole('button', { name: 'Set back to this version' }).last().click();
    await toast('Set back to the state of').waitFor();
    await goTo(page, entity, /./);
    await facts().waitFor();
    await expect.poll(() => facts().getByText('surgery').count()).toBe(0);
    await toast('Set back to the state of').getByRole('button', { name: 'Undo' }).click();
    await facts().getByText('surgery').waitFor();
  });

  it('chooses columns, saves them as a view, and finds it again after a reload', async () => {
    await goTo(page, '#/explore', 'Explorer');
    await page.getByRole('gridcell').first().waitFor();
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Platforms' }).uncheck();
    await page.getByRole('checkbox', { name: 'Tags', exact: true }).check();
    await page.getByRole('button', { name: 'Make Tags wider' }).click();
    await proper('columns');
    await page.keyboard.press('Escape');
    await page.getByRole('columnheader', { name: 'Tags' }).waitFor();
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('textbox', { name: 'Name of the view' }).fill('My tags');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'My tags', exact: true }).waitFor();
    await proper('saved-views');
    await goTo(page, '#/explore', 'Explorer');
    await page.reload();
    await page.getByRole('columnheader', { name: 'Platforms' }).waitFor();
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('button', { name: 'My tags', exact: true }).click();
    await page.getByRole('columnheader', { name: 'Tags' }).waitFor();
    expect(await page.getByRole('columnheader', { name: 'Platforms' }).count()).toBe(0);
  });

  it('selects by range, tags them after a preview, and takes all of it back at once', async () => {
    const boxes = page.getByRole('checkbox', { name: /^Select (?!all)/ });
    await boxes.nth(0).click();
    await boxes.nth(2).click({ modifiers: ['Shift'] });
    await page.getByText('3 entities selected').first().waitFor();
    await proper('selected');
    const bar = page.getByRole('group', { name: 'Change the selected' });
    await bar.getByRole('button', { name: 'Tag', exact: true }).click();
    await page.getByRole('dialog').getByLabel('Tag', { exact: true }).fill('ours');
    await page.getByText(/^3 would change, 0 already so, 0 refused, of 3/).waitFor();
    await proper('bulk');
    await page.getByRole('button', { name: 'Change 3 entities' }).click();
    await toast('Changed 3 entities').waitFor();
    await expect.poll(() => page.getByRole('gridcell', { name: /ours/ }).count()).toBe(3);
    await toast('Changed 3 entities').getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => page.getByRole('gridcell', { name: /ours/ }).count()).toBe(0);
    await page.getByRole('checkbox', { name: /^Select all/ }).click();
    await page
      .getByText(/\d+ entities selected/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Clear the selection' }).click();
  });

  it('reads well in the dark and on a narrow screen', async () => {
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await goTo(page, `${entity}/versions`, /./);
    await page.getByRole('radio').first().waitFor();
    await proper('versions-dark');
    await page.setViewportSize({ width: 390, height: 844 });
    for (const part of ['', '/json', '/versions', '/provenance', '/history']) {
      await goTo(page, `${entity}${part}`, /./);
      await page.getByRole('tabpanel').locator('h2').first().waitFor();
      await proper(`narrow${part.replace('/', '-')}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    }
    await goTo(page, '#/explore', 'Explorer');
    await page.getByRole('gridcell').first().waitFor();
    await proper('narrow-explore');
    expect(faults).toEqual([]);
  });
});
