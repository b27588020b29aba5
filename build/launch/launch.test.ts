import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeLockfile, type Lockfile } from '../complete-lockfile.ts';
import { findBrowser } from './browser.mjs';
import { findNode, neededNode, requireWritable, root, whatIsMissing } from './setup.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launch-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const lock = (packages: Record<string, unknown>) =>
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...packages } }));
const installed = (packages: Record<string, unknown>) => {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
};
const zod = { version: '4.0.0', integrity: 'sha512-a' };

describe('what is installed', () => {
  it('is what the lockfile says', () => {
    lock({ 'node_modules/zod': zod });
    installed({ 'node_modules/zod': zod });
    expect(whatIsMissing(folder)).toBeUndefined();
    expect(whatIsMissing(root)).toBeUndefined();
  });

  it.each([
    ['nothing at all', undefined, 'nothing is installed'],
    ['one package', {}, 'node_modules/zod is not installed'],
    ['another version', { 'node_modules/zod': { ...zod, version: '4.0.1' } }, 'node_modules/zod is another version'],
    ['other content', { 'node_modules/zod': { ...zod, integrity: 'sha512-b' } }, 'node_modules/zod is another version'],
  ])('is out of date where it is %s', (_name, packages, why) => {
    lock({ 'node_modules/zod': zod });
    if (packages) installed(packages);
    expect(whatIsMissing(folder)).toBe(why);
  });

  it('may lack what is for other systems', () => {
    lock({ 'node_modules/zod': zod, 'node_modules/mac-only': { version: '1.0.0', optional: true } });
    installed({ 'node_modules/zod': zod });
    expect(whatIsMissing(folder)).toBeUndefined();
  });

  it('needs a lockfile, and says so', () => {
    expect(() => whatIsMissing(folder)).toThrow(/package-lock\.json is missing.*git checkout/);
    writeFileSync(join(folder, 'package-lock.json'), '{');
    expect(() => whatIsMissing(folder)).toThrow(/package-lock\.json .* is damaged/);
  });
});

describe('the lockfile', () => {
  it('names every optional package of every system: npm 11 installs nothing otherwise', () => {
    const lockfile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile;
    expect(completeLockfile(lockfile)).toEqual([]);
    delete lockfile.packages['node_modules/@biomejs/cli-win32-x64'];
    expect(completeLockfile(lockfile)).toEqual(['@biomejs/cli-win32-x64']);
    expect(lockfile.packages['node_modules/@biomejs/cli-win32-x64']).toMatchObject({ cpu: ['x64'], os: ['win32'], optional: true });
  });

  it('names no place to load from, so that any registry serves', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved"|https?:\/\/registry/);
  });
});

describe('the launchers', () => {
  const run = (node: string, ...args: string[]) => spawnSync(node, args, { encoding: 'utf8', env: { PATH: process.env.PATH ?? '' } });

  it.each(['start', 'test', 'check', 'build', 'redoubt'])('%s names the Node it needs to one that is too old', (name) => {
    const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '16.20.0' } });`;
    writeFileSync(join(folder, 'old.cjs'), old);
    const { status, stderr, stdout } = run(
      process.execPath,
      '--require',
      join(folder, 'old.cjs'),
      join(root, 'build', 'launch', `${name}.mjs`),
    );
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Redoubt needs Node\.js 20 or newer, this is 16\.20\.0; .+\n$/);
  });

  it('say what to do where nothing is installed', () => {
    cpSync(join(root, 'build', 'launch'), join(folder, 'build', 'launch'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const { status, stderr } = run(process.execPath, join(folder, 'build/launch/redoubt.mjs'), 'stats');
    expect(status).toBe(1);
    expect(stderr).toBe(`Redoubt is not installed yet: run “npm ci --ignore-scripts” in ${folder} first.\n`);
    const start = run(process.execPath, join(folder, 'build/launch/start.mjs'));
    expect(start.status).toBe(1);
    expect(start.stderr).toMatch(/^package-lock\.json is missing .+\n$/);
  });

  it('run the command line, with its exit code', () => {
    const redoubt = join(root, 'build/launch/redoubt.mjs');
    expect(run(process.execPath, redoubt, '--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('import FILE…'),
      stderr: '',
    });
    expect(run(process.execPath, redoubt, 'nonsense')).toMatchObject({ status: 2, stdout: '' });
  });

  const older = ['/usr/bin/node', '/usr/local/bin/node'].find(
    (node) => existsSync(node) && /^v2[0-3]\./.test(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout),
  );
  it.skipIf(!older)(`run under an older Node by way of Node ${neededNode} (skipped: no older Node here)`, () => {
    const redoubt = join(root, 'build/launch/redoubt.mjs');
    expect(run(older ?? '', redoubt, '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('import FILE…'), stderr: '' });
    expect(run(older ?? '', redoubt, 'nonsense')).toMatchObject({ status: 2, stdout: '' });
  });

  it('find a Node that is new enough', () => {
    const { stdout } = run(findNode(), '--version');
    expect(Number(stdout.slice(1).split('.')[0])).toBeGreaterThanOrEqual(neededNode);
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'say where they cannot write (skipped: root may write everywhere)',
    () => {
      chmodSync(folder, 0o500);
      expect(() => requireWritable(folder)).toThrow(`There is no write access to ${folder}`);
    },
  );
});

describe('the browser for the journeys', () => {
  const before = process.env.REDOUBT_BROWSER;
  afterEach(() => {
    if (before === undefined) delete process.env.REDOUBT_BROWSER;
    else process.env.REDOUBT_BROWSER = before;
  });

  it('is the named one, none, or one that is there', () => {
    process.env.REDOUBT_BROWSER = process.execPath;
    expect(findBrowser()).toBe(process.execPath);
    process.env.REDOUBT_BROWSER = join(folder, 'nothing');
    expect(findBrowser()).toBeUndefined();
    process.env.REDOUBT_BROWSER = 'none';
    expect(findBrowser()).toBeUndefined();
    delete process.env.REDOUBT_BROWSER;
    const found = findBrowser();
    if (found !== undefined) expect(existsSync(found)).toBe(true);
  });
});
