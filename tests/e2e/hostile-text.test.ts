import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostileTexts } from '../fuzz/hostile-texts.ts';
import { bundleOf } from '../faults/bundles.ts';
import { malwareId, relationship, uuidOf } from '../faults/objects.ts';
import { browserPath, createWorkspace, goTo, skipped, startWorld, type World } from './face-world.ts';

/*
 * A workspace whose every text is meant to do harm, shown in every view of the app in a real browser, wide and narrow:
 * nothing runs, nothing leaves, nothing can be pressed that leads out, and no text moves its neighbours.
 */
const names = [
  ...readFileSync(join(import.meta.dirname, '..', '..', 'src-renderer', 'app', 'places.ts'), 'utf8').matchAll(
    /^\s*(?:\{ )?name: '([a-z-]+)',/gm,
  ),
].map(([, name = '']) => name);

const texts = Object.values(hostileTexts)
  .filter((text) => text.isWellFormed())
  .concat([`${hostileTexts['script']}${hostileTexts['bidiOpen']}${hostileTexts['combining']}`]);
const markup = '<img src=x onerror="globalThis.planted=1"><script>globalThis.planted=1</script>';
let turn = 0;
/** The next hostile text, so that each property has another and each text meets many properties. */
const next = () => texts[turn++ % texts.length] as string;

function objectsOf(): object[] {
  const base = (type: string, n: number) => ({
    type,
    spec_version: '2.1',
    id: `${type}--${uuidOf(n)}`,
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    labels: [next(), next()],
    external_references: [
      { source_name: next(), url: 'javascript:globalThis.planted=1', description: next(), external_id: next() },
      { source_name: 'data', url: 'data:text/html,<script>1</script>' },
    ],
    x_hostile: { [next().slice(0, 200)]: next() },
  });
  const objects: object[] = [];
  for (let n = 0; n < texts.length; n++) {
    const text = texts[n] as string;
    objects.push(
      {
        ...base('malware', 9000 + n),
        name: text,
        aliases: [next(), next()],
        description: `${text}\n\n# ${next()}\n- ${next()}`,
        is_family: true,
      },
      {
        ...base('identity', 9100 + n),
        name: text,
        identity_class: 'organization',
        sectors: [next().slice(0, 100)],
        contact_information: next(),
      },
      {
        ...base('intrusion-set', 9200 + n),
        name: `${text}${n}`,
        description: next(),
        goals: [next()],
        resource_level: 'club',
        aliases: [text],
      },
      { ...base('vulnerability', 9300 + n), name: `CVE-2099-${10_000 + n}`, description: text },
      {
        ...base('attack-pattern', 9400 + n),
        name: text,
        kill_chain_phases: [{ kill_chain_name: 'mitre-attack', phase_name: 'execution' }],
        external_references: [{ source_name: 'mitre-attack', external_id: `T9${100 + n}`, url: 'javascript:globalThis.planted=1' }],
        x_mitre_domains: ['enterprise-attack'],
        description: text,
      },
      {
        ...base('report', 9500 + n),
        name: text,
        description: next(),
        published: '2026-01-01T00:00:00Z',
        object_refs: [malwareId(9000 + n)],
      },
      { ...base('note', 9600 + n), abstract: text, content: `${next()} ${text}`, authors: [next()], object_refs: [malwareId(9000 + n)] },
      { ...base('course-of-action', 9700 + n), name: text, description: next() },
      relationship(9800 + n, 'uses', `intrusion-set--${uuidOf(9200 + n)}`, malwareId(9000 + n), { description: text }),
      relationship(9900 + n, 'targets', `intrusion-set--${uuidOf(9200 + n)}`, `identity--${uuidOf(9100 + n)}`, { description: next() }),
      relationship(9950 + n, 'uses', `intrusion-set--${uuidOf(9200 + n)}`, `attack-pattern--${uuidOf(9400 + n)}`, { description: text }),
    );
  }
  return objects;
}

const cell = (text: string) =>
  `"${text
    .slice(0, 300)
    .replaceAll('"', '""')
    .replaceAll(/[\0-\x1f\u007f-\u009f\u2028\u2029]/g, ' ')}"`;
const table = `hostname,ip,owner,department,software,cve\n${texts
  .map((text, n) =>
    [cell(`host-${n}`), `10.9.0.${n + 1}`, cell(text), cell(next()), cell(next().slice(0, 200)), `CVE-2099-${10_000 + n}`].join(','),
  )
  .join('\n')}\n`;

describe.skipIf(!browserPath)(`hostile text in every view${skipped}`, { timeout: 180_000 }, () => {
  let world: World;
  let page: Page;
  let faults: string[] = [];
  const dialogs: string[] = [];
  const opened: string[] = [];

  /** Goes there and waits until the view has said what it has to. */
  const show = async (hash: string) => {
    await page.evaluate((to) => {
      location.hash = to;
    }, hash);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await expect.poll(() => page.locator('.main .loading').count(), { timeout: 30_000 }).toBe(0);
  };

  /** What is wrong with what is on the page now. */
  const harm = (where: string) =>
    page.evaluate((at) => {
      const found: string[] = [];
      const planted = (globalThis as { planted?: unknown }).planted;
      if (planted !== undefined) found.push(`${at}: a script ran`);
      const over = document.documentElement.scrollWidth - innerWidth;
      if (over > 0) found.push(`${at}: ${over} pixels too wide`);
      const inside = [...document.querySelectorAll('iframe')].flatMap((frame) => (frame.contentDocument ? [frame.contentDocument] : []));
      for (const root of [document, ...inside]) {
        for (const element of root.querySelectorAll(
          'a[href], area[href], form[action], [formaction], [src], [srcdoc], object, embed, base, meta[http-equiv=refresh]',
        )) {
          const link = element.getAttribute('href') ?? element.getAttribute('src') ?? element.getAttribute('action') ?? '';
          if (element.localName === 'iframe' && element.hasAttribute('srcdoc') && element.hasAttribute('sandbox')) {
            if (/allow-scripts/.test(element.getAttribute('sandbox') ?? '')) found.push(`${at}: a frame that may run scripts`);
          } else if (/^(?:object|embed|base|meta)$/.test(element.localName)) found.push(`${at}: <${element.localName}>`);
          else if (link !== '' && !/^(?:#|https?:|blob:|\.?\/)/.test(link)) found.push(`${at}: leads to ${link.slice(0, 60)}`);
        }
        for (const element of root.querySelectorAll('*'))
          for (const { name } of element.attributes) if (/^on/i.test(name)) found.push(`${at}: ${element.localName} has ${name}`);
        for (const image of root.querySelectorAll('img')) if (image.getAttribute('src') === 'x') found.push(`${at}: an image of the text`);
      }
      // A text that turns direction must not turn what stands beside it: each inline element with such signs is set apart.
      const turns = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069]/;
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (!parent || !turns.test(node.nodeValue ?? '') || parent.closest('option, textarea, script, style, title')) continue;
        let one: Element | null = parent;
        let apart = false;
        while (one && !apart) {
          const { display, unicodeBidi } = getComputedStyle(one);
          apart = /isolate|plaintext/.test(unicodeBidi) || !/^inline$|^contents$/.test(display);
          one = one.parentElement;
        }
        if (!apart) found.push(`${at}: <${parent.localName} class="${parent.className}"> is not set apart`);
      }
      return [...new Set(found)].slice(0, 10);
    }, where);

  beforeAll(async () => {
    world = await startWorld();
    ({ page, faults } = await world.open());
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    page.context().on('page', (other) => opened.push(other.url()));
    await createWorkspace(page, world.address);
    await goTo(page, '#/import', 'Import');
    await page.getByLabel('Choose files').setInputFiles([
      { name: `${markup.replaceAll('/', '')}\u202egnosj.json`, mimeType: 'application/json', buffer: Buffer.from(bundleOf(objectsOf())) },
      { name: "=cmd|' C calc'!A0\u2067.csv", mimeType: 'text/csv', buffer: Buffer.from(table) },
    ]);
    await page.getByRole('button', { name: /^Import 2 files/ }).click({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Import more' }).waitFor({ timeout: 90_000 });
  }, 180_000);
  afterAll(() => world?.close(), 60_000);

  it('shows what an import of it became', async () => {
    expect(await harm('import report')).toEqual([]);
  });

  it('takes it as the name of a branch', async () => {
    await show('#/branches');
    await page.getByRole('button', { name: 'New branch' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type(markup);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: markup }).waitFor();
    expect(await harm('branch')).toEqual([]);
  });

  const addresses = (): [string, string][] =>
    names.flatMap((name): [string, string][] => {
      if (name === 'home') return [[name, '#/']];
      if (name === 'graph') return [[name, `#/graph/intrusion-set--${uuidOf(9200)}`]];
      if (name === 'search')
        return [
          [name, '#/search?q=planted'],
          [`${name} by markup`, `#/search?q=${encodeURIComponent(markup)}`],
        ];
      if (name !== 'entity') return [[name, `#/${name}`]];
      return ['malware', 'identity', 'intrusion-set', 'vulnerability', 'attack-pattern', 'report', 'note'].flatMap((type, at) =>
        [0, 1, 2, 6, 7, texts.length - 1].map((n): [string, string] => [
          `${type} ${n}`,
          `#/entity/${type}--${uuidOf(9000 + at * 100 + n)}`,
        ]),
      );
    });

  it.each([
    ['wide', 1440, 900],
    ['narrow', 390, 844],
  ] as const)('harms no view, %s', async (size, width, height) => {
    await page.setViewportSize({ width, height });
    const found: string[] = [];
    for (const [name, hash] of addresses()) {
      await show(hash);
      found.push(...(await harm(`${size} ${name}`)));
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    expect(found).toEqual([]);
  });

  it('harms no brief and no paste', async () => {
    await show('#/brief');
    await page.getByLabel('Title').fill(markup);
    await page.getByRole('button', { name: 'Write the brief' }).click();
    await page.locator('iframe').waitFor({ timeout: 60_000 });
    expect(await harm('brief')).toEqual([]);
    await show('#/paste');
    await page.getByRole('textbox').first().fill(texts.join('\n').slice(0, 20_000));
    await expect.poll(() => page.locator('.main .loading').count()).toBe(0);
    expect(await harm('paste')).toEqual([]);
  });

  it('ran no script, opened nothing, refused no policy and let no request leave', async () => {
    expect(await page.evaluate(() => (globalThis as { planted?: unknown }).planted)).toBeUndefined();
    expect({ dialogs, opened, faults }).toEqual({ dialogs: [], opened: [], faults: [] });
  });
});
