import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findNode, root } from '../../build/launch/setup.mjs';
import { readTrace } from './network-trace.ts';

// The main job by the command line where there is no way out, each system call of the network written down by the
// kernel's own tracer: it sees native code and child processes too, which no guard in JavaScript can.

const can = (program: string, ...args: string[]) => spawnSync(program, args, { stdio: 'ignore' }).status === 0;
const hasStrace = process.platform === 'linux' && can('strace', '-f', '-qq', '-e', 'trace=network', 'true');
const hasUnshare = process.platform === 'linux' && can('unshare', '-r', '-n', 'true');
const missing = [...(hasStrace ? [] : ['strace']), ...(hasUnshare ? [] : ['unshare'])].join(' and ');

let folder: string;
let calls = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'network-off-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = () => ({
  PATH: process.env.PATH ?? '',
  HOME: folder,
  REDOUBT_PASSPHRASE: 'correct horse battery staple',
  REDOUBT_WORKSPACE: join(folder, 'workspace'),
});

/** The program in a network of its own, with a loopback that is up and nothing else. */
function inIsolation(trace: string, command: readonly string[]): [string, string[]] {
  const script = '(ip link set lo up || true) 2>/dev/null; exec "$@"';
  return ['unshare', ['-r', '-n', 'sh', '-c', script, 'sh', 'strace', '-f', '-qq', '-yy', '-e', 'trace=network', '-o', trace, ...command]];
}

function redoubt(...args: string[]): { status: number | null; out: string; err: string; trace: string } {
  const trace = join(folder, `trace-${calls++}`);
  const [program, options] = inIsolation(trace, [findNode(), join(root, 'src-main/cli.ts'), ...args]);
  const { status, stdout, stderr } = spawnSync(program, options, {
    encoding: 'utf8',
    env: env(),
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, out: stdout, err: stderr, trace };
}

describe.skipIf(missing !== '')(`the main job without a network${missing ? ` (skipped: no ${missing})` : ''}`, () => {
  const bundle = {
    type: 'bundle',
    id: 'bundle--2b1f0c1e-8a55-4a4b-9d54-3b7bd3c5b6f1',
    objects: [
      {
        type: 'intrusion-set',
        spec_version: '2.1',
        id: 'intrusion-set--7a19ecb1-3c65-4de3-a230-993516aed6a6',
        created: '2026-01-01T00:00:00.000Z',
        modified: '2026-01-01T00:00:00.000Z',
        name: 'Quiet Heron',
        external_references: [{ source_name: 'a page', url: 'https://192.0.2.7/must-not-be-fetched' }],
      },
      {
        type: 'indicator',
        spec_version: '2.1',
        id: 'indicator--4d3c2b1a-3c65-4de3-a230-993516aed6a7',
        created: '2026-01-01T00:00:00.000Z',
        modified: '2026-01-01T00:00:00.000Z',
        name: 'A beacon',
        pattern: "[domain-name:value = 'must-not-be-looked-up.example']",
        pattern_type: 'stix',
        valid_from: '2026-01-01T00:00:00Z',
        indicator_types: ['malicious-activity'],
      },
    ],
  };

  it('connects to nothing and looks nothing up, from the first step to the ledger', { timeout: 600_000 }, () => {
    writeFileSync(join(folder, 'bundle.json'), JSON.stringify(bundle));
    writeFileSync(
      join(folder, 'assets.csv'),
      'name,hostname,ip,type\nPortal,portal.example,10.0.0.5,server\nRecords,records.example,10.0.0.6,database\n',
    );
    const outputs = ['out.json', 'layer.json', 'brief.html'].map((name) => join(folder, name));
    const [stix = '', layer = '', brief = ''] = outputs;
    const steps: [args: string[], statuses: number[]][] = [
      [['init', '--json'], [0]],
      [['pack', 'install'], [0]],
      [['import', join(folder, 'bundle.json'), join(folder, 'assets.csv'), '--json'], [0]],
      [['search', 'Quiet Heron', '--json'], [0]],
      [['show', 'T1059.001'], [0]],
      [['neighbours', 'T1059.001', '--hops', '2', '--json'], [0]],
      [['export', '--format', 'stix2.1', '-o', stix], [0]],
      [['export', '--format', 'navigator-layer', '-o', layer], [0]],
      [['brief', '-o', brief], [0]],
      [['audit', 'verify'], [0]],
    ];
    const traces: string[] = [];
    for (const [args, statuses] of steps) {
      const { status, err, trace } = redoubt(...args);
      expect(statuses, `${args.join(' ')}: ${err}`).toContain(status);
      traces.push(trace);
    }
    for (const output of outputs) expect(existsSync(output)).toBe(true);
    const ledger = redoubt('ledger', '--json', '--refused');
    expect(JSON.parse(ledger.out)).toEqual({ requests: [], refused: [] });
    const seen = [...traces, ledger.trace].map((trace) => readTrace(readFileSync(trace, 'utf8')));
    expect(seen.flatMap(({ leaving }) => leaving)).toEqual([]);
    // The tracer saw something at all: every Node makes at least a socket pair or a pipe of this kind.
    expect(seen.reduce((sum, { calls }) => sum + calls, 0)).toBeGreaterThan(0);
  });

  it('serves the browser by loopback only', { timeout: 120_000 }, async () => {
    if (!existsSync(join(root, 'out/renderer/index.html'))) {
      const { buildFace } = await import('../../build/launch/face.mjs');
      await buildFace();
    }
    const trace = join(folder, 'trace-serve');
    const [program, options] = inIsolation(trace, [findNode(), join(root, 'src-main/cli.ts'), 'serve', '--json']);
    const server = spawn(program, options, { env: env(), stdio: ['ignore', 'pipe', 'inherit'] });
    const address = await new Promise<string>((resolve, reject) => {
      let text = '';
      server.stdout.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (text.trimEnd().endsWith('}')) resolve((JSON.parse(text) as { address: string }).address);
      });
      server.on('exit', (code) => reject(new Error(`ended with ${code}`)));
    });
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=/);
    const ended = new Promise<number | null>((resolve) => server.on('exit', resolve));
    const pid = readdirSync('/proc').find((entry) => /^\d+$/.test(entry) && isServer(entry));
    process.kill(Number(pid), 'SIGTERM');
    await ended;
    const { leaving, listening } = readTrace(readFileSync(trace, 'utf8'));
    expect(leaving).toEqual([]);
    expect(listening.length).toBeGreaterThan(0);
    expect(listening.every((where) => /^(?:127\.|unix)/.test(where))).toBe(true);
  });

  /** The traced Node itself, not the tracer: only that one can end in an orderly way. */
  function isServer(pid: string): boolean {
    try {
      const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return args[0] === findNode() && args[2] === 'serve' && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(folder);
    } catch {
      return false;
    }
  }

  it('would have seen a connection and a look-up: the same tracer on a program that tries', () => {
    const trace = join(folder, 'trace-control');
    const attempt = `require('node:net').connect(80, '192.0.2.1').on('error', () => {}); require('node:dns').resolve4('x.example', () => {}); require('node:dns').lookup('y.example', () => {});`;
    const [program, options] = inIsolation(trace, [findNode(), '-e', attempt]);
    spawnSync(program, options, { timeout: 60_000 });
    const { leaving } = readTrace(readFileSync(trace, 'utf8'));
    expect(leaving.some((call) => call.includes('192.0.2.1'))).toBe(true);
    expect(leaving.some((call) => call.includes('htons(53)') || call.includes(':53'))).toBe(true);
  });
});
