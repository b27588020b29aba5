import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findBrowser } from '../../build/launch/browser.mjs';
import { buildFace } from '../../build/launch/face.mjs';

const root = join(import.meta.dirname, '..', '..');

/** An installed browser, or undefined: then the journeys are skipped, by name. */
export const browserPath = findBrowser();
export const skipped = browserPath ? '' : ' (skipped: no browser on this machine)';

const browserArguments = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

export interface World {
  readonly address: string;
  readonly browser: Browser;
  /** Of the host's process. */
  readonly hostPid: number | undefined;
  /** Ends the host as a power cut would. */
  killHost(): Promise<void>;
  /** A page that fails the journey on any script error, refused policy or request that leaves the machine. */
  open(options?: BrowserContextOptions): Promise<{ page: Page; faults: string[] }>;
  close(): Promise<void>;
}

/** The real headless host, on an empty folder or on a prepared one (which stays), the built face, a real browser. */
export async function startWorld({ workspace }: { workspace?: string } = {}): Promise<World> {
  await buildFace();
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-face-'));
  const host = spawn(process.execPath, [join(root, 'src-main', 'headless.ts'), '--workspace', workspace ?? join(folder, 'workspace')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  const said: string[] = [];
  const address = await new Promise<string>((resolve, reject) => {
    const listen = (piece: Buffer) => {
      said.push(piece.toString());
      const found = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w.~-]+/.exec(said.join(''));
      if (found) resolve(found[0]);
    };
    host.stdout.on('data', listen);
    host.stderr.on('data', listen);
    host.once('exit', (code) => reject(new Error(`the host ended with ${code}: ${said.join('')}`)));
  });
  const ended = new Promise<void>((resolve) => host.once('exit', () => resolve()));
  const browser = await chromium.launch({ ...(browserPath ? { executablePath: browserPath } : {}), args: browserArguments });
  const origin = new URL(address).origin;
  return {
    address,
    browser,
    hostPid: host.pid,
    async killHost() {
      host.kill('SIGKILL');
      await ended;
    },
    async open(options = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(`script error: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(`console: ${message.text()}`);
      });
      page.on('request', (request) => {
        const url = new URL(request.url());
        if (url.origin !== origin && !['data:', 'blob:', 'about:'].includes(url.protocol))
          faults.push(`left the machine: ${request.url()}`);
      });
      return { page, faults };
    },
    async close() {
      await browser.close();
      host.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const passphrase = 'three blue herons at dawn';

/** Makes the workspace and goes past the recovery code, which it answers with. */
export async function createWorkspace(page: Page, address: string): Promise<string> {
  await page.goto(address);
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByLabel('The same once more').fill(passphrase);
  await page.getByRole('button', { name: 'Create the workspace' }).click();
  const code = page.getByTestId('recovery-code');
  await code.waitFor({ timeout: 30_000 });
  const text = (await code.textContent())?.trim() ?? '';
  await page.getByLabel('I have kept it in a safe place').check();
  await page.getByRole('button', { name: 'Open the workspace' }).click();
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  return text;
}

/** Goes to a view as a link would, and waits until nothing in it is loading. */
export async function goTo(page: Page, hash: string, heading: string | RegExp): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor({ timeout: 30_000 });
}

/** WCAG 2.2 A and AA faults of what is on the page now, in words. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  return violations.flatMap((violation) =>
    violation.nodes.slice(0, 3).map((node) => `${violation.id}: ${node.target.join(' ')} (${node.failureSummary ?? ''})`),
  );
}
