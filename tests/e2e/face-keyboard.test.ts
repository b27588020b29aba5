import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browserPath, createWorkspace, goTo, skipped, startWorld, type World } from './face-world.ts';

describe.skipIf(!browserPath)(`the face by keyboard alone, and in another language${skipped}`, { timeout: 120_000 }, () => {
  let world: World;
  let page: Page;
  let faults: string[] = [];
  let failed = false;

  beforeAll(async () => {
    world = await startWorld();
    ({ page, faults } = await world.open());
    await createWorkspace(page, world.address);
    await page.getByRole('button', { name: 'Open the demo hospital' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor({ timeout: 60_000 });
    await goTo(page, '#/packs', 'Packs');
    await page.getByRole('button', { name: /^Install \d packs$/ }).click();
    await page
      .getByText(/^installed: /)
      .nth(2)
      .waitFor({ timeout: 90_000 });
  }, 240_000);
  afterAll(() => world?.close(), 60_000);
  // A journey goes step by step: after a failed one the rest would only fail the same way.
  beforeEach(({ skip, onTestFailed }) => {
    if (failed) skip('an earlier step failed');
    onTestFailed(() => {
      failed = true;
    });
  });

  it('goes to every view by two letters, and back and forward', async () => {
    await page.keyboard.press('Escape');
    for (const [letter, heading] of [
      ['o', 'Overview'],
      ['e', 'Explorer'],
      ['m', 'ATT&CK matrix'],
      ['l', 'Egress ledger'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(letter);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    }
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'ATT&CK matrix' }).waitFor();
    await page.goForward();
    await page.getByRole('heading', { level: 1, name: 'Egress ledger' }).waitFor();
  });

  it('opens help with ? and closes it with Escape', async () => {
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('searches as one types, walks the answers with arrows, opens with Enter', async () => {
    await page.keyboard.press('/');
    const box = page.getByRole('combobox', { name: 'Search the workspace' });
    await box.waitFor();
    await expect.poll(() => box.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type('powershell', { delay: 15 });
    const first = page.getByRole('option').first();
    await expect.poll(() => first.textContent(), { timeout: 15_000 }).toContain('PowerShell');
    await page.getByRole('option').nth(1).waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await page.getByRole('option').nth(1).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'PowerShell' }).waitFor();
    await goTo(page, '#/search?q=T1059.001', 'Search');
    await expect.poll(() => page.getByText('shown 1 of 1 results').count(), { timeout: 15_000 }).toBe(1);
  });

  it('says what it searched for instead of a slip of the keyboard', async () => {
    await goTo(page, '#/search?q=mimikats', 'Search');
    await page.getByText(/searched instead for/).waitFor({ timeout: 15_000 });
    await page
      .getByRole('option', { name: /Mimikatz/ })
      .first()
      .waitFor();
  });

  it('moves through the table of thousands and opens a row', async () => {
    await goTo(page, '#/explore', 'Explorer');
    const grid = page.getByRole('grid', { name: 'Explorer' });
    await grid.waitFor();
    const rows = Number(await grid.getAttribute('aria-rowcount'));
    expect(rows).toBeGreaterThan(1000);
    expect(await page.getByRole('row').count()).toBeLessThan(100);
    await grid.focus();
    await page.keyboard.press('End');
    const last = page.locator(`[role=row][aria-rowindex="${rows}"]`);
    await last.waitFor();
    await expect.poll(() => last.textContent(), { timeout: 15_000 }).not.toContain('…');
    expect(await last.getAttribute('aria-selected')).toBe('true');
    const name = await last.locator('.entity-name').textContent();
    await grid.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: name ?? '' }).waitFor();
  });

  it('filters the table by type and says how many', async () => {
    await goTo(page, '#/explore', 'Explorer');
    await page.getByRole('group', { name: 'Filters' }).getByRole('button', { name: /^Type/ }).click();
    await page.getByRole('checkbox', { name: /^Group/ }).check();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.url()).toContain('types=intrusion-set');
    const grid = page.getByRole('grid', { name: 'Explorer' });
    await expect.poll(async () => Number(await grid.getAttribute('aria-rowcount')), { timeout: 15_000 }).toBeLessThan(400);
    expect(await page.getByText(/^shown \d+ of \d+ entities$/).count()).toBe(1);
  });

  it('walks neighbours in the graph, in and back, with the picture and the table together', async () => {
    await goTo(page, '#/search?q=APT29', 'Search');
    await page.getByRole('option', { name: /APT29/ }).first().click();
    await page.getByRole('heading', { level: 1, name: 'APT29' }).waitFor();
    const grid = page.getByRole('grid', { name: 'Nodes of the graph' });
    await grid.focus();
    await page.keyboard.press('ArrowRight');
    const walking = page.getByText(/^APT29 → .+ \(1 of \d+\)/);
    await walking.waitFor();
    const chosen = grid.locator('[aria-selected=true]');
    expect(await chosen.getAttribute('aria-rowindex')).toBe('3');
    await page.keyboard.press(' ');
    await page.getByText(/: \d+ neighbours? shown/).waitFor();
    await page.keyboard.press('Backspace');
    await walking.waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent()).not.toBe('APT29');
  });

  it('caps the picture and says so', async () => {
    await goTo(page, '#/search?q=APT29', 'Search');
    await page.getByRole('option', { name: /APT29/ }).first().click();
    await page.getByRole('button', { name: '2 hops' }).click();
    await expect.poll(() => page.getByTestId('graph-shown').textContent(), { timeout: 30_000 }).toMatch(/shown 300 of [1-9],?\d{3} nodes/);
    expect(await page.locator('.scene').getAttribute('data-nodes')).toBe('300');
  });

  it('moves in the matrix by arrows and opens a technique', async () => {
    await goTo(page, '#/matrix', 'ATT&CK matrix');
    const at = page.locator('[data-at=true]');
    await at.focus();
    const first = await at.textContent();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    const other = await at.textContent();
    expect(other).not.toBe(first);
    await expect.poll(() => at.evaluate((element) => element === document.activeElement)).toBe(true);
    const rows = () => page.getByRole('gridcell').count();
    const before = await rows();
    await page.keyboard.press(' ');
    await expect.poll(rows).toBeGreaterThan(before);
    await page.keyboard.press('Enter');
    await page
      .getByText(/^T\d{4}$/)
      .first()
      .waitFor();
    expect(page.url()).toContain('#/entity/');
  });

  it('speaks another language everywhere: no heading, label or button has words of its own', async () => {
    await page.evaluate(() => localStorage.setItem('redoubt.preferences', JSON.stringify({ theme: 'light', locale: 'en-XA' })));
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    const views = ['#/', '#/search', '#/explore', '#/matrix', '#/import', '#/packs', '#/brief', '#/ledger', '#/history', '#/jobs'];
    for (const hash of views) {
      await page.evaluate((to) => {
        location.hash = to;
      }, hash);
      await expect.poll(() => page.getByRole('heading', { level: 1 }).first().textContent(), { timeout: 15_000 }).toMatch(/^⟦/);
      const spoken = await page.evaluate(() =>
        [...document.querySelectorAll('h1, th, [role=columnheader], nav a, legend, label:not(.menu-item), .field > label, .label')]
          .filter((element) => element.closest('.pack, .matrix, .first-run') === null)
          .map((element) => element.textContent?.trim() ?? '')
          .filter((text) => /\p{L}{2,}/u.test(text) && !text.includes('⟦')),
      );
      expect(spoken, hash).toEqual([]);
    }
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en-XA');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });

  it('had no script error, no refused policy and no request that left the machine', () => {
    expect(faults).toEqual([]);
  });
});
