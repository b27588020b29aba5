import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browserPath, passphrase, skipped, startWorld, type World } from './face-world.ts';

/** Tab until this control has the focus; each control on the way must show that it has it. */
async function tabTo(page: Page, name: RegExp, most = 150): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < most; step++) {
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return undefined;
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : element.textContent;
      // A box that takes the focus inside a frame may show it by the frame.
      const shows = [element, element.parentElement].some((one) => {
        if (!one) return false;
        const { outlineStyle, boxShadow } = getComputedStyle(one);
        return outlineStyle !== 'none' || boxShadow !== 'none';
      });
      return { name: (element.getAttribute('aria-label') ?? label ?? '').trim(), shows };
    });
    if (at) {
      if (step > 0) expect(at.shows, `the focus on "${at.name}" shows`).toBe(true);
      if (name.test(at.name)) return;
      passed.push(at.name.slice(0, 30));
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to ${name}, only to ${passed.join(' | ')}`);
}

describe.skipIf(!browserPath)(`the main job without a mouse${skipped}`, { timeout: 120_000 }, () => {
  let world: World;
  let page: Page;
  let faults: string[] = [];
  let failed = false;
  const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor({ timeout: 60_000 });
  const goKey = async (letter: string, name: string) => {
    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
    await page.keyboard.press('g');
    await page.keyboard.press(letter);
    await heading(name);
  };

  beforeAll(async () => {
    world = await startWorld();
    ({ page, faults } = await world.open());
    await page.goto(world.address);
  }, 240_000);
  afterAll(() => world?.close(), 60_000);
  // A journey goes step by step: after a failed one the rest would only fail the same way.
  beforeEach(({ skip, onTestFailed }) => {
    if (failed) skip('an earlier step failed');
    onTestFailed(() => {
      failed = true;
    });
  });

  it('makes a workspace', async () => {
    await page.getByLabel('Passphrase', { exact: true }).waitFor();
    await tabTo(page, /^Passphrase/);
    await page.keyboard.type(passphrase);
    await tabTo(page, /^The same once more/);
    await page.keyboard.type(passphrase);
    await page.keyboard.press('Enter');
    await page.getByTestId('recovery-code').waitFor({ timeout: 60_000 });
    await tabTo(page, /^I have kept it/);
    await page.keyboard.press(' ');
    await tabTo(page, /^Open the workspace$/);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
  });

  it('installs the packs', async () => {
    await goKey('p', 'Packs');
    await page.getByRole('button', { name: /^Install \d packs$/ }).waitFor();
    await tabTo(page, /^Install \d packs$/);
    await page.keyboard.press('Enter');
    await page
      .getByText(/^installed: /)
      .nth(2)
      .waitFor({ timeout: 110_000 });
  });

  it('imports a file', async () => {
    await goKey('i', 'Import');
    // The view loads its parts as it opens; the button is to be the one that stays.
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    await page.waitForLoadState('networkidle');
    await tabTo(page, /^Choose files$/);
    // The system's own dialog comes after the key; the test answers for it.
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')]);
    await chooser.setFiles(join(import.meta.dirname, 'fixtures', 'face-bundle.json'));
    await page.getByText('Nothing is written yet.').waitFor({ timeout: 60_000 });
    await tabTo(page, /^Import 1 file$/);
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Report' }).getByText('1 file imported').waitFor({ timeout: 60_000 });
  });

  it('searches and opens an entity', async () => {
    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
    await page.keyboard.press('/');
    await heading('Search');
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('combobox');
    await page.keyboard.type('night wader', { delay: 10 });
    await page.getByRole('option', { name: /Grey Heron/ }).waitFor();
    await page.keyboard.press('Enter');
    await heading('Grey Heron');
  });

  it('tags it and takes that back', async () => {
    await page.getByRole('button', { name: 'Add a tag' }).waitFor();
    await tabTo(page, /^Add a tag$/);
    await page.keyboard.press('Enter');
    // A text field, or a combobox where tags are there to suggest.
    await page.getByLabel('Add a tag', { exact: true }).and(page.locator('input')).waitFor();
    await page.keyboard.type('watch');
    await page.keyboard.press('Enter');
    const tag = page.getByRole('button', { name: 'Remove the tag watch' });
    await tag.waitFor();
    await page.keyboard.press('Control+z');
    await tag.waitFor({ state: 'detached' });
  });

  it('walks the matrix and opens a technique', async () => {
    await goKey('m', 'ATT&CK matrix');
    await page.locator('[data-at=true]').waitFor();
    const cell = await page.locator('[data-at=true]').textContent();
    await tabTo(page, new RegExp(`^${(cell ?? '').slice(0, 10)}`));
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).not.toBe(cell);
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/entity\//);
  });

  it('reads in the ledger that nothing left', async () => {
    await goKey('l', 'Egress ledger');
    await page
      .getByText(/^Network: off/)
      .first()
      .waitFor();
    expect(faults).toEqual([]);
  });
});
