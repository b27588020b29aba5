import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults, browserPath, createWorkspace, goTo, skipped, startWorld, type World } from './face-world.ts';

const mail = `APT29 and the Play ransomware group used hxxps://evil[.]example[.]com/a.php <b onclick=alert(1)>now</b>.
They exploited CVE-2021-44228 on 203.0.113.10, beacon 198.51.100[.]77. Invoice\u202efdp.exe`;

describe.skipIf(!browserPath)(`pasting and matching in a browser${skipped}`, { timeout: 120_000 }, () => {
  let world: World;
  let page: Page;
  let faults: string[];
  beforeAll(async () => {
    world = await startWorld();
    ({ page, faults } = await world.open());
    await createWorkspace(page, world.address);
    await page.getByRole('button', { name: 'Open the demo hospital' }).click();
    await page.getByText('What matters on your assets').waitFor({ timeout: 60_000 });
    await page.getByRole('heading', { name: 'Assets at risk' }).waitFor({ timeout: 60_000 });
  }, 180_000);
  afterAll(() => world?.close());

  it('shows first what matters on the assets, and says who would target them once it is told', async () => {
    await page.getByText('Edge firewall', { exact: true }).first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Tell your sector and country' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Harbour Vale');
    await dialog.getByLabel('Countries').fill('gb xyz');
    await dialog.getByText('Not codes of two letters: XYZ').waitFor();
    await dialog.getByLabel('Countries').fill('gb');
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Harbour Vale: Change' }).waitFor();
  });

  it('judges a match by keyboard, and takes it back', async () => {
    await goTo(page, '#/matches', 'Matches');
    const grid = page.getByRole('grid', { name: 'Matches of assets and threats' });
    await grid.waitFor();
    const total = Number(await grid.getAttribute('aria-rowcount'));
    await grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const reason = page.getByLabel('Reason', { exact: true });
    await expect.poll(() => reason.evaluate((field) => field === document.activeElement), { timeout: 10_000 }).toBe(true);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.type('The module is switched off.');
    await page.keyboard.press('Control+Enter');
    await page.getByText(/^Judged: /).waitFor();
    await expect.poll(() => grid.getAttribute('aria-rowcount'), { timeout: 10_000 }).toBe(String(total - 1));
    await page.getByRole('button', { name: 'Judged', exact: true }).click();
    await page.getByRole('row').filter({ hasText: 'Edge firewall' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await expect.poll(() => grid.getAttribute('aria-rowcount'), { timeout: 10_000 }).toBe(String(total));
  });

  it('recognises what is pasted outside a field, keeps what is chosen, and takes it back', async () => {
    await goTo(page, '#/search', 'Search');
    await page.evaluate((text) => {
      const data = new DataTransfer();
      data.setData('text/plain', text);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
    }, mail);
    await page.getByRole('heading', { level: 1, name: 'Paste anything' }).waitFor();
    await page.getByText('198.51.100.77', { exact: true }).waitFor();
    // Markup in the text is text, and what cannot be seen is shown.
    await page.getByText('<b onclick=alert(1)>now</b>').first().waitFor();
    await page.getByText('U+202E').first().waitFor();
    expect(await page.locator('[onclick]').count()).toBe(0);
    await page.getByText('Touches 2 of your assets:').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    const keep = page.getByRole('button', { name: /^Keep \d+ things?$/ });
    expect(await keep.isDisabled()).toBe(true);
    const box = page.getByRole('checkbox', { name: 'Keep 198.51.100.77' });
    await box.focus();
    await page.keyboard.press('Space');
    await page.getByText('1 of').waitFor();
    await page.getByLabel('Title').fill('Mail of a friend');
    await keep.click();
    await page.getByText(/^Kept \d+ objects? from “Mail of a friend”\.$/).waitFor();
    await expect
      .poll(() => page.locator('.paste-hit').filter({ hasText: '198.51.100.77' }).getByText('1 relation').count(), { timeout: 10_000 })
      .toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByText(/^Taken back: /).waitFor();
    await expect
      .poll(() => page.locator('.paste-hit').filter({ hasText: '198.51.100.77' }).getByText('Not in this workspace yet').count(), {
        timeout: 10_000,
      })
      .toBe(1);
  });

  it('shows the matches on the page of a vulnerability', async () => {
    await goTo(page, '#/entity/CVE-2021-44228', 'CVE-2021-44228');
    await page.getByRole('heading', { name: 'Matches' }).waitFor();
    await page.getByRole('link', { name: 'All 3' }).click();
    await page.getByRole('heading', { level: 1, name: 'Matches' }).waitFor();
    await expect.poll(() => page.getByRole('grid').getAttribute('aria-rowcount'), { timeout: 10_000 }).toBe('4');
  });

  it('says on the first screen and on a rule’s page whether its log is there', async () => {
    await goTo(page, '#/import', 'Import');
    const rule = (title: string, logsource: string) => ({
      name: `${title}.yml`,
      mimeType: 'text/yaml',
      buffer: Buffer.from(
        `title: ${title}\nid: 00000000-0000-4000-8000-00000000000${title.length % 10}\nlogsource:\n${logsource}\ndetection:\n  selection:\n    a: b\n  condition: selection\n`,
      ),
    });
    await page
      .getByLabel('Choose files')
      .setInputFiles([
        rule('Odd logon', '  product: windows\n  service: security'),
        rule('Odd cloud call', '  product: aws\n  service: cloudtrail'),
      ]);
    await page.getByRole('button', { name: /^Import 2 files/ }).click({ timeout: 60_000 });
    await page.getByRole('region', { name: 'Report' }).getByText('2 files imported').waitFor({ timeout: 60_000 });
    await goTo(page, '#/', 'Overview');
    const panel = page.getByRole('region', { name: 'Detection rules' });
    await panel.getByText('1 of 2 rules could run on the logs that your assets send.').waitFor({ timeout: 20_000 });
    await panel.getByText('aws cloudtrail').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await goTo(page, '#/entity/indicator--00000000-0000-4000-8000-000000000009', 'Odd logon');
    await page.getByRole('heading', { name: 'Is its log there?' }).waitFor();
    await page.getByText('Windows security log of the servers').first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('had no fault on the way', () => expect(faults).toEqual([]));
});
