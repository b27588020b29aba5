import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults, browserPath, createWorkspace, goTo, passphrase, skipped, startWorld, type World } from './face-world.ts';

/** Every view by its address, read from the list of views itself, so that a new one is covered. */
const names = [
  ...readFileSync(join(import.meta.dirname, '..', '..', 'src-renderer', 'app', 'places.ts'), 'utf8').matchAll(
    /^\s*(?:\{ )?name: '([a-z-]+)',/gm,
  ),
].map(([, name = '']) => name);

const windows = {
  wide: { width: 1440, height: 900 },
  narrow: { width: 390, height: 844 },
  zoomed: { width: 720, height: 450 },
} as const;

describe.skipIf(!browserPath)(`every view for everyone${skipped}`, { timeout: 240_000 }, () => {
  let world: World;
  let page: Page;
  let faults: string[] = [];
  let entity = '';

  const address = (name: string) => (name === 'entity' || name === 'graph' ? `#/${name}/${entity}` : name === 'home' ? '#/' : `#/${name}`);
  /** Goes to a view and waits until it has said what it has to. */
  const show = async (name: string) => {
    await page.evaluate((to) => {
      location.hash = to;
    }, address(name));
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await expect.poll(() => page.locator('.main .loading').count(), { timeout: 15_000 }).toBe(0);
  };
  /** The rules that the theme or the room can break; all others are the same as in the wide, light run. */
  const faultsOf = async (rules: string[]) =>
    (await new AxeBuilder({ page }).withRules(rules).analyze()).violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
    );
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

  /** Presses Tab from the top of the view to its end; answers what was not reached of all that can be pressed. */
  const tabThrough = async (name: string) => {
    await page.locator('#main').focus();
    const reached = new Set<string>();
    for (let step = 0; step < 200; step++) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const element = document.activeElement;
        if (!(element instanceof HTMLElement) || !element.closest('#main')) return undefined;
        const { outlineStyle, boxShadow } = getComputedStyle(element);
        element.dataset.reached ??= String(performance.now());
        return { mark: element.dataset.reached, shows: outlineStyle !== 'none' || boxShadow !== 'none' };
      });
      if (!at || reached.has(at.mark)) break;
      expect(at.shows, `${name}: control ${at.mark}`).toBe(true);
      reached.add(at.mark);
    }
    return page.locator('#main').evaluate((main) => {
      const all = [...main.querySelectorAll<HTMLElement>('a[href], button, input, select, summary')];
      const pressed = all.filter((one) => !one.matches(':disabled, [hidden], [tabindex="-1"]') && one.checkVisibility());
      return { missed: pressed.filter((one) => one.dataset.reached === undefined).map((one) => one.outerHTML.slice(0, 200)) };
    });
  };

  beforeAll(async () => {
    world = await startWorld();
    ({ page, faults } = await world.open());
    await createWorkspace(page, world.address);
    await page.getByRole('button', { name: 'Open the demo hospital' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor({ timeout: 60_000 });
    await goTo(page, '#/search?q=portal', 'Search');
    await page.getByRole('option').first().click();
    await page.waitForURL(/#\/entity\//);
    entity = page.url().split('#/entity/')[1] ?? '';
  }, 120_000);
  afterAll(() => world?.close(), 60_000);

  it('reads the list of views', () => {
    expect(names.length).toBeGreaterThan(15);
    expect(names).toEqual(expect.arrayContaining(['home', 'settings', 'help', 'audit', 'paths', 'open', 'entity', 'graph']));
  });

  // All rules in both themes at full width; where only the room differs, below, the rules that the room can break are enough.
  for (const theme of ['light', 'dark'] as const)
    it(`has no fault of WCAG 2.2 AA in any view, ${theme}`, async () => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe(theme);
      // The deepest elements have the colours of the theme at once: with reduced motion nothing fades.
      expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
      const found: string[] = [];
      for (const name of names) {
        await show(name);
        for (const fault of await accessibilityFaults(page)) found.push(`${name}: ${fault}`);
      }
      expect(found).toEqual([]);
    });

  it.each(['narrow', 'zoomed'] as const)('fits without scrolling sideways and without a fault, %s', async (size) => {
    await page.setViewportSize(windows[size]);
    const found: string[] = [];
    for (const name of names) {
      await show(name);
      const over = await overflow();
      if (over > 0) found.push(`${name}: ${over} pixels too wide`);
      for (const fault of await faultsOf(['target-size', 'scrollable-region-focusable', 'aria-valid-attr-value', 'color-contrast']))
        found.push(`${name}: ${fault}`);
    }
    await page.setViewportSize(windows.wide);
    expect(found).toEqual([]);
  });

  it('shows the views in a drawer where there is little room', async () => {
    await page.setViewportSize(windows.narrow);
    await page.getByRole('button', { name: 'Views' }).click();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await page.setViewportSize(windows.wide);
  });

  it('keeps chosen things and the focus visible in forced colours', async () => {
    await page.emulateMedia({ forcedColors: 'active' });
    for (const name of ['home', 'settings', 'explore']) {
      await show(name);
      const current = page.locator('.rail [aria-current=page]');
      expect(await current.evaluate((element) => getComputedStyle(element).outlineStyle)).not.toBe('none');
      expect(await accessibilityFaults(page)).toEqual([]);
    }
    await page.emulateMedia({ forcedColors: 'none' });
  });

  it('has no fault in its dialogs', async () => {
    await show('home');
    await page.locator('body').press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel('Find a key').fill('paths');
    await expect.poll(() => page.locator('.keys dl > div').count()).toBe(2);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  it('reaches what can be pressed by Tab, each with a focus that shows', async () => {
    for (const name of ['settings', 'audit', 'paths', 'open', 'help']) {
      await show(name);
      // Parts of a view come as they are loaded: what is there when the round ends is what was to be reached.
      await expect.poll(() => tabThrough(name), { timeout: 20_000 }).toEqual({ missed: [] });
    }
  });

  it('finds a path between two entities by keyboard alone', async () => {
    await show('paths');
    for (const [label, text] of [
      ['From', 'portal'],
      ['To', 'backup'],
    ] as const) {
      await page.getByRole('combobox', { name: label, exact: true }).focus();
      await page.keyboard.type(text, { delay: 10 });
      await page.getByRole('option').first().waitFor();
      await page.keyboard.press('Enter');
    }
    await expect.poll(() => page.url(), { timeout: 15_000 }).toMatch(/from=.+&to=/);
    await expect.poll(() => page.getByText(/^(shown \d+ of \d+ paths|No path between them)$/).count(), { timeout: 15_000 }).toBe(1);
  });

  it('allows a host and revokes it, the seal following; renews the recovery code', async () => {
    await show('settings');
    await page.getByRole('textbox', { name: 'Host' }).fill('feeds.example.org');
    await page.getByRole('button', { name: 'Allow' }).click();
    await page
      .getByText(/^Network: on/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Revoke feeds.example.org' }).click();
    await page.getByText('No host is allowed.').waitFor();
    const form = page.getByRole('form', { name: 'Renew the recovery code' });
    await form.getByLabel('Current passphrase').fill(passphrase);
    await form.getByRole('button', { name: 'Make a new code' }).click();
    await page.getByTestId('new-recovery-code').waitFor();
    expect(await page.getByTestId('new-recovery-code').textContent()).toMatch(/^([0-9A-Z]{4}-){7}[0-9A-Z]{4}$/);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('had no script error, no refused policy and no request that left the machine', () => {
    expect(faults).toEqual([]);
  });
});
