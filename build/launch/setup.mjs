import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Compiled code of our own sources: halves the start. A folder of ours, not the shared temporary one. */
export const compiled = join(root, '.cache', 'compiled');

/** The major version of Node that the engine and its tools run on. */
export const neededNode = 24;

/** An error whose message is the one sentence to show; no stack. */
export class SetupError extends Error {}

/** Runs a launcher's main function; a SetupError becomes its one sentence and exit code 1. */
export async function launch(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
  }
}

/** @returns {string | undefined} why the installed packages are not those of package-lock.json */
export function whatIsMissing(folder = root) {
  const lockFile = join(folder, 'package-lock.json');
  if (!existsSync(lockFile))
    throw new SetupError(`package-lock.json is missing in ${folder}; restore it (git checkout package-lock.json) and try again.`);
  const wanted = readPackages(lockFile);
  if (!wanted)
    throw new SetupError(`package-lock.json in ${folder} is damaged; restore it (git checkout package-lock.json) and try again.`);
  // npm writes this file last, so an interrupted installation does not count as one.
  const found = readPackages(join(folder, 'node_modules', '.package-lock.json'));
  if (!found) return 'nothing is installed';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link) continue;
    const there = Object.hasOwn(found, path) ? found[path] : undefined;
    if (!there && (entry.optional || entry.devOptional)) continue;
    if (!there) return `${path} is not installed`;
    if (there.version !== entry.version || there.integrity !== entry.integrity) return `${path} is another version`;
  }
  return undefined;
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Installs the packages of the lockfile where they are missing or out of date. Runs no install scripts. */
export function ensureInstalled() {
  if (!whatIsMissing()) return;
  requireWritable(root);
  console.error('Installing the packages Redoubt is built from (once; this takes a minute) …');
  const npm = process.env.npm_execpath;
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...options], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
    : spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', options, {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
        shell: process.platform === 'win32',
      });
  if (result.error || result.status !== 0)
    throw new SetupError(
      'The packages could not be installed: see npm’s message above, check the connection to the npm registry, and try again.',
    );
  const still = whatIsMissing();
  if (still) throw new SetupError(`npm ci finished, but ${still}; delete node_modules and try again.`);
}

export function requireWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new SetupError(
      `There is no write access to ${folder}; give your user write access to it, or clone Redoubt to a folder of your own.`,
    );
  }
}

/** Path of a Node that is new enough: the one among our packages, else the one running now. */
export function findNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const shipped = join(
    root,
    'node_modules',
    `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
    'bin',
    name,
  );
  if (existsSync(shipped) && runs(shipped)) return shipped;
  if (Number(process.versions.node.split('.')[0]) >= neededNode) return process.execPath;
  throw new SetupError(
    `Redoubt’s engine runs on Node.js ${neededNode} or newer, this is ${process.versions.node} and no package brings a newer one for ${process.platform}-${process.arch}; install Node.js ${neededNode} from https://nodejs.org and try again.`,
  );
}

/** The shipped binary may be one for another C library (Alpine): then it is there but does not run. */
function runs(node) {
  if (process.execPath === node) return true;
  return (
    process.platform !== 'linux' ||
    existsSync('/lib64/ld-linux-x86-64.so.2') ||
    existsSync('/lib/ld-linux-aarch64.so.1') ||
    spawnSync(node, ['-e', '0']).status === 0
  );
}

/**
 * Runs a script of ours under the right Node with this terminal, and resolves with its exit code.
 * Signals are passed on, so that the child can clean up before it ends.
 */
export function runNode(script, args = [], { env = process.env, nodeArgs = [] } = {}) {
  return run(findNode(), [...nodeArgs, script, ...args], { env });
}

/** Runs a program with this terminal and resolves with its exit code; no shell. */
export function run(program, args, { env = process.env, cwd = process.cwd(), stdio = 'inherit' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio, env, cwd });
    const forward = (signal) => child.kill(signal);
    // The terminal sends Ctrl-C to the whole group: we only wait. Other signals come to us alone.
    const ignore = () => undefined;
    process.on('SIGINT', ignore);
    process.on('SIGTERM', forward);
    process.on('SIGHUP', forward);
    const done = () => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', forward);
      process.off('SIGHUP', forward);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('exit', (code, signal) => {
      done();
      resolve(code ?? 128 + (osConstants.signals[signal] ?? 0));
    });
  });
}

/** Environment in which our own Node and tools come first on PATH. */
export function environment(extra = {}) {
  const separator = process.platform === 'win32' ? ';' : ':';
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return {
    ...process.env,
    [key]: [dirname(findNode()), join(root, 'node_modules', '.bin'), process.env[key] ?? ''].join(separator),
    ...extra,
  };
}
