import type { Page } from 'playwright-core';

/** A small generator of whole numbers below n, the same for the same seed (mulberry32). */
export function randomBelow(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  };
}

/** Buttons that would end the run or leave the page: closing the workspace, files of the system, restoring, taking the packs back, hours of work. */
const leave =
  /lock|restore|passphrase|recovery|download|choose|folder|export|save as|install|import \d|create|back up|make (?:a )?cop|copy now|verify|print|quit|reload|forget|remember|optimi[sz]e|compact|discard|delete|undo|take .*back|set back/i;

const words = ['apt', 'phishing', 'T1059', 'portal', 'credential', 'zzz', 'CVE-2021', 'log', 'x', 'cobalt strike'];
const keys = [
  'ArrowDown',
  'ArrowUp',
  'ArrowRight',
  'ArrowLeft',
  'Enter',
  'Escape',
  'Tab',
  'Home',
  'End',
  'PageDown',
  '/',
  '?',
  'g',
  'e',
  'j',
  'k',
  'f',
];

/** Scripted actions over every view: going there, pressing what can be pressed, typing, sorting, opening and closing. */
export async function createActions(page: Page, seed: number) {
  const below = randomBelow(seed);
  const one = <T>(of: readonly T[]): T => of[below(of.length)] as T;
  const counts: Record<string, number> = {};
  const places = await page.evaluate(() => [
    ...new Set([...document.querySelectorAll<HTMLAnchorElement>('nav a[href^="#/"]')].map((link) => link.getAttribute('href') ?? '#/')),
  ]);
  const seen: string[] = [];

  /** In the page, in one step: a press of one of the elements that may be pressed, by its place in the list. */
  const press = (selector: string, number: number) =>
    page.evaluate(
      ([which, at, never]) => {
        const shown = [...document.querySelectorAll<HTMLElement>(which)].filter(
          (element) =>
            element.offsetParent !== null &&
            !element.hasAttribute('disabled') &&
            !new RegExp(never, 'i').test(`${element.textContent} ${element.getAttribute('aria-label') ?? ''}`),
        );
        const chosen = shown[at % Math.max(1, shown.length)];
        chosen?.click();
        return chosen !== undefined;
      },
      [selector, number, leave.source] as const,
    );

  const acts: Record<string, () => Promise<unknown>> = {
    go: () => page.evaluate((to) => void (location.hash = to), one(places)),
    press: () => press('main button, main [role="tab"], main [role="option"], main summary, [role="dialog"] button', below(1000)),
    follow: () => press('main a[href^="#/"]', below(1000)),
    cell: () => press('main [role="row"], main [role="gridcell"], main th button', below(1000)),
    bar: () => press('header button', below(1000)),
    type: async () => {
      const field = page
        .locator('main input[type="search"]:visible, main input[type="text"]:visible, [role="dialog"] input:visible')
        .first();
      if (await field.count()) await field.fill(one(words), { timeout: 1000 }).catch(() => undefined);
    },
    key: () => page.keyboard.press(one(keys)),
    scroll: () => page.mouse.wheel(0, below(4000) - 1500),
    back: () => page.evaluate(() => history.back()),
    size: () =>
      page.setViewportSize(
        one([
          { width: 1440, height: 900 },
          { width: 390, height: 844 },
          { width: 1024, height: 700 },
        ]),
      ),
    known: async () => {
      const hash = await page.evaluate(() => location.hash);
      if (hash.startsWith('#/entity/') && seen.length < 300) seen.push(hash);
      if (seen.length > 0) await page.evaluate((to) => void (location.hash = to), one(seen));
    },
  };
  const often = [
    'go',
    'go',
    'press',
    'press',
    'press',
    'follow',
    'follow',
    'cell',
    'cell',
    'bar',
    'type',
    'key',
    'key',
    'key',
    'scroll',
    'back',
    'known',
  ];

  return {
    async next() {
      const name = below(60) === 0 ? 'size' : one(often);
      counts[name] = (counts[name] ?? 0) + 1;
      await acts[name]?.();
      // Most actions follow one another at once; now and then a view is let come to rest.
      if (below(8) === 0) await page.waitForTimeout(30);
    },
    /** The same place each time, with everything closed, so that samples can be compared. */
    async rest() {
      await page.setViewportSize({ width: 1440, height: 900 });
      for (let times = 0; times < 4; times++) await page.keyboard.press('Escape');
      await page.evaluate(() => void (location.hash = '#/'));
      await page
        .getByRole('heading', { level: 1, name: 'Overview' })
        .waitFor({ timeout: 120_000 })
        .catch(async (cause: unknown) => {
          const there = await page.evaluate(() => [
            location.hash,
            ...[...document.querySelectorAll('h1, h2, [role="dialog"], [role="alert"]')]
              .slice(0, 12)
              .map((one) => one.textContent.slice(0, 200)),
          ]);
          throw new Error(`The overview did not come back; there is: ${there.join(' | ')}`, { cause });
        });
      await page.waitForTimeout(4000);
    },
    counts: () => counts,
  };
}
