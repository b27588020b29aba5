import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { hasDisplay } from './browser.mjs';
import { requireWritable, root, SetupError } from './setup.mjs';

const electronDir = join(root, 'node_modules', 'electron');
const attempt = join(root, 'out', 'electron-download');
const downloadTime = 300_000;
const probeTime = 5000;
const tryAgainAfter = 24 * 60 * 60 * 1000;

/**
 * Electron's program, or why there is none. Its package downloads the binary when it is first
 * asked for; where that fails, it is not tried again for a day.
 * @returns {Promise<{ program: string } | { why: string }>}
 */
export async function findElectron() {
  if (!hasDisplay()) return { why: 'this session has no display' };
  const there = installedElectron();
  if (there) return { program: there };
  if (!existsSync(join(electronDir, 'install.js'))) return { why: 'Electron is not installed' };
  if (existsSync(attempt) && Date.now() - statSync(attempt).mtimeMs < tryAgainAfter)
    return { why: 'Electron’s program could not be downloaded lately' };
  console.log('Getting Electron’s program (once) …');
  await download();
  const now = installedElectron();
  if (now) return { program: now };
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(attempt, '');
  return { why: 'Electron’s program could not be downloaded' };
}

/** @returns {string | undefined} */
export function installedElectron() {
  try {
    const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(electronDir, 'dist');
    const program = join(folder, readFileSync(join(electronDir, 'path.txt'), 'utf8'));
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

/** Runs the package's own installer. A machine without a way to its server learns so at once. */
async function download() {
  const server = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com';
  try {
    await fetch(server, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(probeTime) });
  } catch {
    return;
  }
  await new Promise((resolve) => {
    const child = spawn(process.execPath, [join(electronDir, 'install.js')], { stdio: 'ignore', cwd: root, timeout: downloadTime });
    child.on('exit', resolve);
    child.on('error', resolve);
  });
}

const inputs = ['src-main', 'src-preload', 'src-shared', 'build/electron.vite.config.ts', 'package.json', 'package-lock.json'];
const stamp = join(root, 'out', 'desktop.stamp');

/** Builds main, the engine's process and the preload into out/, where their sources changed; silent. */
export async function buildDesktop() {
  const hash = createHash('sha256');
  for (const input of inputs) {
    for (const file of filesOf(join(root, input))) hash.update(relative(root, file)).update('\0').update(readFileSync(file));
  }
  const wanted = hash.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(join(root, 'out', 'main', 'main.js'))) return;
  requireWritable(root);
  try {
    const { build } = await import('electron-vite');
    await build({ root, configFile: join(root, 'build', 'electron.vite.config.ts'), logLevel: 'error' });
  } catch (error) {
    throw new SetupError(`The desktop app could not be built: ${error instanceof Error ? error.message : error}`);
  }
  writeFileSync(stamp, wanted);
}

function filesOf(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
