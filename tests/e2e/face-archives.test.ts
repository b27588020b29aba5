import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zipOf } from '../fixtures/archives.ts';
import { accessibilityFaults, browserPath, createWorkspace, goTo, skipped, startWorld, type World } from './face-world.ts';

const rule = (title: string) => `title: ${title}\nlogsource:\n  product: windows\ndetection:\n  a:\n    b: c\n  condition: a\n`;

describe.skipIf(!browserPath)(`folders and archives in a browser${skipped}`, { timeout: 180_000 }, () => {
  let world: World;
  let page: Page;
  let faults: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-face-archives-'));
  beforeAll(async () => {
    world = await startWorld();
    ({ page, faults } = await world.open());
    await createWorkspace(page, world.address);
  }, 120_000);
  afterAll(async () => {
    await world?.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('three files and a zip, dropped anywhere, become one preview and one import', async () => {
    await goTo(page, '#/import', 'Import');
    const zip = Buffer.from(
      zipOf([
        { name: 'rules/c.yml', data: rule('C') },
        { name: 'rules/d.yml', data: rule('D') },
        { name: 'notes.txt', data: 'notes' },
      ]),
    ).toString('base64');
    await page.evaluate(
      ({ rules, archive }) => {
        const data = new DataTransfer();
        for (const [name, text] of rules) data.items.add(new File([text], name));
        data.items.add(new File([Uint8Array.from(atob(archive), (sign) => sign.charCodeAt(0))], 'pack.zip'));
        window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
      },
      {
        rules: [
          ['a.yml', rule('A')],
          ['b.yml', rule('B')],
          ['assets.csv', 'Hostname,IP Address\nportal,192.0.2.1\n'],
        ] as const,
        archive: zip,
      },
    );
    await page.getByText('Nothing is written yet.').waitFor({ timeout: 60_000 });
    const preview = page.getByRole('region', { name: 'Preview' });
    await preview.getByText(/^2 files in it · it has a title/).waitFor();
    await preview.getByText('notes.txt').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Import 4 files' }).click();
    await page.getByRole('region', { name: 'Report' }).getByText('pack.zip').first().waitFor({ timeout: 60_000 });
  });

  it('a chosen folder goes as one', async () => {
    for (const name of ['e', 'f', 'g']) writeFileSync(join(folder, `${name}.yml`), rule(name.toUpperCase()));
    await page.getByRole('button', { name: 'Import more' }).click();
    await page.getByLabel('Choose a folder').last().setInputFiles(folder);
    await page.getByText('Nothing is written yet.').waitFor({ timeout: 60_000 });
    await page.getByText(/^3 files in it/).waitFor();
    expect(faults).toEqual([]);
  });
});
