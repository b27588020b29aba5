import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { socketChannel } from '#main/platform/loopback/socket-channel.ts';
import { contract } from '#shared/contract/index.ts';
import { createClient } from '#shared/transport/client.ts';
import { buildFace } from '../../build/launch/face.mjs';
import { findNode, root } from '../../build/launch/setup.mjs';

// The command line as a process of its own over the real engine.

const cliFile = join(root, 'build/launch/redoubt.mjs');
const passphrase = 'correct horse battery';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'doors-process-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);
const environment = (change: Record<string, string> = {}) => ({
  PATH: process.env.PATH ?? '',
  HOME: folder,
  REDOUBT_WORKSPACE: path('workspace'),
  REDOUBT_PASSPHRASE: passphrase,
  ...change,
});

function redoubt(args: string[], change: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(findNode(), [cliFile, ...args], {
    encoding: 'utf8',
    env: environment(change),
    timeout: 60_000,
    maxBuffer: 1 << 28,
  });
  return { status, out: stdout, err: stderr };
}
const json = (args: string[], change: Record<string, string> = {}) => {
  const { status, out, err } = redoubt([...args, '--json'], change);
  return { status, document: JSON.parse(out) as never as Record<string, unknown>, err };
};

const stix = (type: string, number: number, rest: Record<string, unknown>) => ({
  type,
  spec_version: '2.1',
  id: `${type}--00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  created: '2026-01-01T00:00:00.000Z',
  modified: '2026-01-01T00:00:00.000Z',
  ...rest,
});
const bundle = (objects: unknown[]) => JSON.stringify({ type: 'bundle', id: 'bundle--00000000-0000-4000-8000-000000000000', objects });
const heron = stix('intrusion-set', 1, { name: 'Quiet Heron' });
const reed = stix('malware', 2, { name: 'Reed', is_family: true });
const uses = stix('relationship', 3, { relationship_type: 'uses', source_ref: heron.id, target_ref: reed.id });

describe('the command line over the engine', { timeout: 120_000 }, () => {
  it('makes a workspace once', () => {
    const { status, document } = json(['init']);
    expect(status).toBe(0);
    expect(document).toEqual({ workspace: path('workspace'), recoveryCode: expect.stringMatching(/^[0-9A-Z]{4}(-[0-9A-Z]{4})+$/) });
    writeFileSync(path('code'), document.recoveryCode as string);
    expect(json(['init'])).toMatchObject({ status: 1, document: { error: { code: 'conflict' } } });
  });

  it('opens it by passphrase, key file or recovery code, and not otherwise', () => {
    expect(json(['stats']).document).toEqual({ objects: {}, relationships: {} });
    writeFileSync(path('key'), `${passphrase}\nsecond line`);
    expect(json(['stats', '--key-file', path('key')], { REDOUBT_PASSPHRASE: '' }).status).toBe(0);
    expect(json(['stats'], { REDOUBT_PASSPHRASE: '', REDOUBT_RECOVERY_CODE: readFileSync(path('code'), 'utf8') }).status).toBe(0);
    const wrong = json(['stats'], { REDOUBT_PASSPHRASE: 'not this one' });
    expect(wrong).toMatchObject({ status: 1, document: { error: { code: 'wrong_passphrase' } } });
    expect(wrong.err.trim().split('\n')).toHaveLength(1);
    expect(json(['stats'], { REDOUBT_PASSPHRASE: '' })).toMatchObject({ status: 1, err: expect.stringContaining('--key-file') });
    expect(json(['stats'], { REDOUBT_WORKSPACE: path('elsewhere') })).toMatchObject({
      status: 1,
      err: expect.stringContaining('redoubt init'),
    });
    expect(existsSync(path('elsewhere'))).toBe(false);
  });

  it('imports, counts, finds and exports', () => {
    writeFileSync(path('good.json'), bundle([heron, reed, uses]));
    const { status, document } = json(['import', path('good.json')]);
    expect(status).toBe(0);
    expect(document).toEqual([
      { file: path('good.json'), format: 'stix', created: 3, updated: 0, unchanged: 0, rejected: [], loss: expect.any(Array) },
    ]);
    expect(json(['import', path('good.json')]).document).toMatchObject([{ created: 0, unchanged: 3 }]);
    expect(json(['stats']).document).toEqual({ objects: { 'intrusion-set': 1, malware: 1 }, relationships: { uses: 1 } });
    expect(json(['search', 'heron']).document).toEqual({ results: [{ id: heron.id, type: 'intrusion-set', name: 'Quiet Heron' }] });
    expect(redoubt(['show', 'Quiet Heron']).out).toContain(heron.id);
    expect(json(['export', '--format', 'stix2.1', '-o', path('out.json')]).status).toBe(0);
    const exported = JSON.parse(readFileSync(path('out.json'), 'utf8')) as { objects: { id: string }[] };
    for (const object of [heron, reed, uses]) expect(exported.objects).toContainEqual(object);
    expect(json(['ledger']).document).toEqual({ requests: [] });
    expect(json(['audit', 'verify'])).toMatchObject({ status: 0, document: { valid: true } });
  });

  it('walks neighbours and paths', () => {
    const { document } = json(['neighbours', 'Quiet Heron', '--hops', '1']);
    expect((document.nodes as { id: string }[]).map(({ id }) => id).sort()).toEqual([heron.id, reed.id]);
    expect(redoubt(['paths', '--from', 'Quiet Heron', '--to', 'Reed']).out).toBe('Quiet Heron —uses→ Reed\n');
  });

  it('ends with 3 where an object breaks a MUST, with 1 where a file is no JSON', () => {
    const nameless = stix('malware', 9, { is_family: false });
    writeFileSync(path('partly.json'), bundle([{ ...nameless, id: 'malware--not-a-uuid' }, stix('tool', 10, { name: 'Sickle' })]));
    const partly = json(['import', path('partly.json')]);
    expect(partly.status).toBe(3);
    expect(partly.document).toMatchObject([
      { created: 1, rejected: [{ id: 'malware--not-a-uuid', path: expect.any(String), reason: expect.any(String) }] },
    ]);
    writeFileSync(path('broken.json'), '{"type":"bundle","objects":[{"type":');
    const broken = json(['import', path('broken.json'), '--as', 'stix']);
    expect(broken.status).toBe(1);
    expect(broken.document).toMatchObject([{ file: path('broken.json'), created: 0 }]);
    expect(broken.err).toMatch(/^\S.*\n$/);
  });

  it('changes nothing in a dry run', () => {
    const before = json(['stats']).document;
    writeFileSync(path('more.json'), bundle([stix('campaign', 20, { name: 'Low Water' })]));
    expect(json(['import', path('more.json'), '--dry-run']).document).toMatchObject([{ created: 1 }]);
    expect(json(['stats']).document).toEqual(before);
  });

  it('undoes and lists what was done', () => {
    expect(json(['tag', 'Reed', 'marsh']).document).toEqual({ id: reed.id, tags: ['marsh'] });
    expect(redoubt(['undo']).status).toBe(0);
    expect(json(['show', 'Reed']).document.tags).toEqual([]);
    expect(redoubt(['history']).out).toContain('undone');
  });

  it('lets several at once wait for each other', async () => {
    const codes = await Promise.all(
      ['one', 'two', 'three'].map((tag) => {
        const child = spawn(findNode(), [cliFile, 'tag', 'Reed', tag], { env: environment(), stdio: 'ignore' });
        return new Promise((resolve) => child.on('close', resolve));
      }),
    );
    expect(codes).toEqual([0, 0, 0]);
    expect((json(['show', 'Reed']).document.tags as string[]).sort()).toEqual(['one', 'three', 'two']);
  });

  it('takes paths from where the person stands, whatever folder npm runs it in', () => {
    const { status, stdout } = spawnSync(findNode(), [cliFile, 'import', 'more.json', '--dry-run', '--json'], {
      encoding: 'utf8',
      cwd: root,
      env: environment({ npm_lifecycle_event: 'redoubt', INIT_CWD: folder }),
    });
    expect([status, JSON.parse(stdout)]).toMatchObject([0, [{ file: 'more.json', created: 1 }]]);
  });

  it('survives a reader that goes away', async () => {
    const child = spawn(findNode(), [cliFile, 'history', '--json'], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (piece) => {
      err += String(piece);
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(err).toBe('');
  });

  it('puts everything back on Ctrl-C', async () => {
    const before = json(['stats']).document;
    writeFileSync(
      path('large.json'),
      bundle(
        Array.from({ length: 60_000 }, (_, number) =>
          stix('tool', 1000 + number, { name: `Tool ${number}`, description: 'x'.repeat(200) }),
        ),
      ),
    );
    const child = spawn(findNode(), [cliFile, 'import', path('large.json')], { env: environment(), stdio: ['ignore', 'ignore', 'pipe'] });
    // The write-ahead log grows as soon as something is written.
    const size = () => readdirSync(path('workspace')).includes('workspace.db-wal');
    await vi.waitFor(() => expect(size()).toBe(true), { timeout: 20_000, interval: 20 });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill('SIGINT');
    let err = '';
    child.stderr.on('data', (piece) => {
      err += String(piece);
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
    expect(err).toContain('everything is as it was before');
    expect(json(['stats']).document).toEqual(before);
  });
});

describe('the headless host over the engine', { timeout: 120_000 }, () => {
  const running: ChildProcess[] = [];
  beforeAll(() => buildFace(), 60_000);
  afterAll(() => {
    for (const child of running) child.kill('SIGKILL');
  });

  async function serve(...args: string[]) {
    const child = spawn(findNode(), [cliFile, 'serve', '--json', ...args], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    running.push(child);
    let out = '';
    let err = '';
    child.stdout.on('data', (piece) => {
      out += String(piece);
    });
    child.stderr.on('data', (piece) => {
      err += String(piece);
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await vi.waitFor(() => expect(out).toMatch(/\}\s*$/), { timeout: 20_000 });
    const { address } = JSON.parse(out) as { address?: string };
    if (address === undefined) throw new Error(`serve failed: ${err}`);
    return { child, address: new URL(address), ended, err: () => err };
  }

  function page(address: URL) {
    const socket = new WebSocket(`ws://${address.host}/channel`, ['redoubt.v1', address.hash.replace('#token=', 'token.')], {
      origin: address.origin,
    });
    return createClient(contract, socketChannel(socket));
  }

  it('serves the page, and lets command lines in while the workspace is open', async () => {
    const { child, address, ended, err } = await serve();
    expect(await (await fetch(address.origin)).text()).toContain('<div id="root">');
    const client = page(address);
    expect(await client.admin.unlock({ passphrase })).toMatchObject({ state: 'open' });
    await vi.waitFor(() => expect(existsSync(path('workspace/attach.json'))).toBe(true));
    // No passphrase: the running engine answers.
    expect(json(['stats'], { REDOUBT_PASSPHRASE: '' })).toMatchObject({ status: 0, document: { relationships: { uses: 1 } } });
    writeFileSync(path('attached.json'), bundle([stix('campaign', 30, { name: 'High Water' })]));
    const changed = new Promise((resolve) => client.knowledge.onGraphChanged(resolve));
    expect(json(['import', path('attached.json')], { REDOUBT_PASSPHRASE: '' }).document).toMatchObject([{ created: 1 }]);
    expect(await changed).toMatchObject({ reason: 'import' });
    // A page names no paths of this machine.
    const { jobId } = await client.knowledge.previewImport({ files: [{ source: { path: path('attached.json') } }] });
    await vi.waitFor(async () => expect((await client.jobs.get({ jobId })).state).not.toBe('running'));
    const { files } = await client.knowledge.getImportPreview({ jobId });
    expect(files).toMatchObject([{ created: 0, samples: [], failure: expect.any(String) }]);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(existsSync(path('workspace/attach.json'))).toBe(false);
    expect(err()).not.toMatch(/error|Error/);
  });

  it('is no obstacle after it was killed', async () => {
    const { child, address, ended } = await serve();
    await page(address).admin.unlock({ passphrase });
    await vi.waitFor(() => expect(existsSync(path('workspace/attach.json'))).toBe(true));
    child.kill('SIGKILL');
    await ended;
    expect(existsSync(path('workspace/attach.json'))).toBe(true);
    expect(json(['search', 'high water']).document).toMatchObject({ results: [{ name: 'High Water' }] });
    expect(existsSync(path('workspace/attach.json'))).toBe(false);
  });

  it('says in one sentence that its port is taken', async () => {
    const { address, child, ended } = await serve();
    const second = redoubt(['serve', '--port', address.port, '--workspace', path('second')]);
    expect(second).toMatchObject({
      status: 1,
      out: '',
      err: `Port ${address.port} is taken by another program; choose another with --port, or leave --port out for a free one.\n`,
    });
    child.kill('SIGTERM');
    await ended;
  });
});
