import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findBrowser } from '../../build/launch/browser.mjs';
import { buildFace } from '../../build/launch/face.mjs';
import { compiled } from '../../build/launch/setup.mjs';
import { round, say } from './measure.ts';
import { environment, passphrase, redoubt, root } from './processes.ts';

const attack = join(root, '..', 'shared', 'data', 'attack', 'enterprise-attack-18.1.stix21.derived.json.gz');
const flags = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const MINUTE = 60_000;

/**
 * The real headless host and a page in Chromium, ATT&CK loaded, the overview and one neighbourhood seen, then left alone
 * for a minute; measured over the next `seconds`. Counted: the host's process with its threads (the graph's is one) and
 * its readers; and the page's renderer process. Not counted: the browser's own, GPU and network processes, which are the
 * system's or Electron's. Memory both as resident sets, where shared pages count for each process, and as proportional sets.
 */
export async function benchIdle({ seconds = 30, settleMs = MINUTE } = {}): Promise<Record<string, unknown>> {
  const executablePath = findBrowser();
  if (!executablePath || !existsSync('/proc/self/stat')) return { skipped: 'no browser, or no /proc, on this machine' };
  await buildFace();
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-bench-'));
  const dataDir = join(folder, 'workspace');
  await redoubt(['init', '--workspace', dataDir]);
  await redoubt(['pack', 'install', '--workspace', dataDir]);
  if (existsSync(attack)) await redoubt(['import', attack, '--workspace', dataDir], [0, 3]);
  const browser = await chromium.launch({ executablePath, args: flags });
  const host = spawn(process.execPath, [join(root, 'src-main', 'headless.ts'), '--workspace', dataDir], {
    cwd: root,
    env: environment({ NODE_COMPILE_CACHE: compiled }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => host.once('exit', resolve));
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      host.stdout.on('data', (piece: Buffer) => {
        said += piece.toString();
        const found = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w.~-]+/.exec(said);
        if (found) resolve(found[0]);
      });
      host.once('exit', (code) => reject(new Error(`the host ended with ${code}: ${said}`)));
    });
    const before = new Set(renderers());
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    await page.goto(url, { waitUntil: 'commit' });
    await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page
      .getByRole('link', { name: /Technique/ })
      .first()
      .waitFor();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder(/A name, an id/).fill('T1059.001');
    await page
      .getByRole('option', { name: /PowerShell/ })
      .first()
      .click();
    await page.waitForTimeout(settleMs);
    const engine = family(host.pid ?? 0);
    // The others are spare ones that the browser keeps ready.
    const face = renderers()
      .filter((pid) => !before.has(pid))
      .sort((a, b) => memoryOf(b).pssMiB - memoryOf(a).pssMiB)
      .slice(0, 1);
    say(`  engine ${JSON.stringify(engine.map(memoryOf))} page ${JSON.stringify(face.map(memoryOf))}`);
    const cpuBefore = cpuOf([...engine, ...face]);
    await page.waitForTimeout(seconds * 1000);
    // Readers may have been let go meanwhile, and a fresh one started.
    const left = family(host.pid ?? 0);
    const cpuMs = cpuOf([...left, ...face]) - cpuBefore;
    const sum = (pids: readonly number[], part: 'rssMiB' | 'pssMiB') => pids.reduce((total, pid) => total + memoryOf(pid)[part], 0);
    return {
      workspace: existsSync(attack) ? 'packs and Enterprise ATT&CK 18.1' : 'packs',
      processes: { engine: left.length, page: face.length },
      cpuPercent: round(cpuMs / (seconds * 10)),
      residentMiB: round(sum(left, 'rssMiB') + sum(face, 'rssMiB')),
      proportionalMiB: round(sum(left, 'pssMiB') + sum(face, 'pssMiB')),
      engineMiB: round(sum(left, 'rssMiB')),
      pageMiB: round(sum(face, 'rssMiB')),
      targets: { cpuPercent: 0, residentMiB: 400 },
    };
  } finally {
    await browser.close();
    host.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A process and all that it started. */
function family(first: number): number[] {
  const found = [first];
  for (let at = 0; at < found.length; at++) {
    try {
      for (const task of readdirSync(`/proc/${found[at]}/task`))
        found.push(...readFileSync(`/proc/${found[at]}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number));
    } catch {
      // It has ended.
    }
  }
  return found;
}

/** Renderer processes of our own browser. */
function renderers(): number[] {
  return family(process.pid).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer');
    } catch {
      return false;
    }
  });
}

function memoryOf(pid: number): { rssMiB: number; pssMiB: number } {
  const path = `/proc/${pid}/smaps_rollup`;
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const MiB = (name: string) => round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024);
  return { rssMiB: MiB('Rss'), pssMiB: MiB('Pss') };
}

/** Processor time so far, in milliseconds; that of children which ended counts with their parent, so that nothing is lost in between. */
function cpuOf(pids: readonly number[]): number {
  return pids.reduce((total, pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const times = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return total + [11, 12, 13, 14].reduce((sum, field) => sum + Number(times[field]), 0) * 10;
    } catch {
      return total;
    }
  }, 0);
}
