import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findBrowser } from '../../build/launch/browser.mjs';
import { buildFace } from '../../build/launch/face.mjs';
import { compiled } from '../../build/launch/setup.mjs';
import { say, spread } from './measure.ts';
import { environment, passphrase, redoubt, root } from './processes.ts';

const browserArguments = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const attack = join(root, '..', 'shared', 'data', 'attack', 'enterprise-attack-18.1.stix21.derived.json.gz');

/**
 * From the start of the headless host's process to a view that can be used, in a browser that runs
 * already with an empty profile: the form that unlocks, then (passphrase sent at once) the overview
 * and the first search. The workspace holds the packs, and Enterprise ATT&CK whole where the data is here.
 */
export async function benchStart({ rounds = 5 } = {}): Promise<Record<string, unknown>> {
  const executablePath = findBrowser();
  if (!executablePath) return { skipped: 'no browser on this machine' };
  await buildFace();
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-bench-'));
  const dataDir = join(folder, 'workspace');
  const browser = await chromium.launch({ executablePath, args: browserArguments });
  try {
    await redoubt(['init', '--workspace', dataDir]);
    await redoubt(['pack', 'install', '--workspace', dataDir]);
    if (existsSync(attack)) await redoubt(['import', attack, '--workspace', dataDir], [0, 3]);
    const runs: Awaited<ReturnType<typeof oneStart>>[] = [];
    for (let turn = 0; turn < rounds; turn++) {
      const run = await oneStart(browser, dataDir);
      say(`  ${turn + 1}/${rounds} ${JSON.stringify(run)}`);
      runs.push(run);
    }
    const over = (figure: keyof (typeof runs)[number]) => spread(runs.map((run) => run[figure] / 1000));
    return {
      workspace: existsSync(attack) ? 'packs and Enterprise ATT&CK 18.1' : 'packs',
      seconds: {
        toAddress: over('address'),
        toUnlockForm: over('form'),
        toOverview: over('overview'),
        toFirstSearch: over('search'),
      },
      targets: { toUnlockForm: 3 },
    };
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds from the start of the process. */
async function oneStart(browser: Awaited<ReturnType<typeof chromium.launch>>, dataDir: string) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const began = performance.now();
  const since = () => Math.round(performance.now() - began);
  const host = spawn(process.execPath, [join(root, 'src-main', 'headless.ts'), '--workspace', dataDir], {
    cwd: root,
    // As `npm start` does.
    env: environment({ NODE_COMPILE_CACHE: compiled }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => host.once('exit', resolve));
  try {
    const page = await context.newPage();
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      host.stdout.on('data', (piece: Buffer) => {
        said += piece.toString();
        const found = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w.~-]+/.exec(said);
        if (found) resolve(found[0]);
      });
      host.once('exit', (code) => reject(new Error(`the host ended with ${code}: ${said}`)));
    });
    const address = since();
    await page.goto(url, { waitUntil: 'commit' });
    const field = page.getByLabel('Passphrase', { exact: true });
    await field.click();
    const form = since();
    await field.fill(passphrase);
    await field.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page
      .getByRole('link', { name: /Technique/ })
      .first()
      .waitFor();
    const overview = since();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder(/A name, an id/).fill('T1059.001');
    await page
      .getByRole('option', { name: /PowerShell/ })
      .first()
      .waitFor();
    return { address, form, overview, search: since() };
  } finally {
    await context.close();
    host.kill('SIGTERM');
    await ended;
  }
}
