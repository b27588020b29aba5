import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { createServer, connect as netConnect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Channel } from '#shared/transport/channel.ts';
import { type Loopback, startLoopback } from './loopback.ts';
import { maxFrame } from './socket-channel.ts';

const log = { info() {}, warn() {}, error() {} };
let folder: string;
let server: Loopback;
let channels: Channel[];
let time: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'face-'));
  mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'not for the page');
  writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html>the face');
  writeFileSync(join(folder, 'renderer', 'assets', 'main-1a2b.js'), 'let face');
  writeFileSync(join(folder, 'renderer', 'notes.unknown'), 'no known type');
  channels = [];
  time = 1_000_000;
  server = await start();
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

function start(port = 0) {
  return startLoopback({
    filesDir: join(folder, 'renderer'),
    port,
    now: () => time,
    log,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    onChannel: (channel) => void channels.push(channel),
  });
}

const token = () => server.address.split('#token=')[1] ?? '';

function ask(
  path: string,
  { method = 'GET', headers = {}, body = '' }: { method?: string; headers?: OutgoingHttpHeaders; body?: string } = {},
) {
  return new Promise<{ status: number; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: server.port, path, method, headers: { host: `127.0.0.1:${server.port}`, ...headers } },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const session = (body: unknown, headers: OutgoingHttpHeaders = { origin: server.origin }) =>
  ask('/session', { method: 'POST', headers, body: JSON.stringify(body) });

/** `open`, or the status of the refusal. */
function knock({
  path = '/channel',
  protocols = ['redoubt.v1', `token.${token()}`],
  origin = server.origin as string | undefined,
  host = `127.0.0.1:${server.port}`,
} = {}) {
  return new Promise<WebSocket | string>((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, protocols, { headers: { host, ...(origin ? { origin } : {}) } });
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_request, answer) => resolve(String(answer.statusCode)));
    socket.on('error', (error) => resolve(error.message));
  });
}

describe('files', () => {
  it('serves the face with a strict policy and no script of others', async () => {
    const { status, headers, text } = await ask('/');
    expect([status, text]).toEqual([200, '<!doctype html>the face']);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${server.port}`);
    expect(policy).not.toMatch(/unsafe|\*|https:/);
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });

  it('lets the browser keep only what is named by its content', async () => {
    expect((await ask('/assets/main-1a2b.js')).headers['cache-control']).toContain('immutable');
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/assets/..\\..\\secret.txt',
    '//etc/passwd',
    '/%00',
    '/notes.unknown',
    '/__proto__',
    '/constructor',
    '/index.html/',
    'http://127.0.0.1/secret.txt',
  ])('has nothing at %s', async (path) => {
    const { status, text } = await ask(path);
    expect(status).toBe(404);
    expect(text).not.toContain('not for the page');
  });

  it('answers only GET and HEAD', async () => {
    expect((await ask('/', { method: 'DELETE' })).status).toBe(405);
    expect(await ask('/', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  it.each(['evil.test', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.test:80'])(
    'refuses the host name “%s”, whoever resolves it to us',
    async (host) => {
      expect((await ask('/', { headers: { host } })).status).toBe(421);
    },
  );

  it.each(['https://evil.test', 'null', 'http://127.0.0.1:1', 'http://localhost'])('refuses requests of the page %s', async (origin) => {
    expect((await ask('/', { headers: { origin } })).status).toBe(403);
  });
});

describe('the session', () => {
  it('holds 256 random bits, only ever in the fragment', async () => {
    expect(Buffer.from(token(), 'base64url')).toHaveLength(32);
    expect(new URL(server.address)).toMatchObject({ search: '', pathname: '/', origin: server.origin });
    expect((await ask('/')).text).not.toContain(token());
  });

  it('tells a right token from a wrong one', async () => {
    expect((await session({ token: token() })).status).toBe(200);
    for (const wrong of [{}, { token: '' }, { token: 'x'.repeat(43) }, { token: [token()] }, [token()], null, { token: `${token()}x` }]) {
      expect((await session(wrong)).status).toBe(401);
    }
    expect((await session({ token: token() }, {})).status).toBe(403);
    expect((await session({ token: token() }, { origin: 'https://evil.test' })).status).toBe(403);
    expect((await session({ token: token(), more: 'x'.repeat(5000) })).status).toBe(401);
    expect((await ask('/session')).status).toBe(405);
  });

  it('takes a launch code once and in time', async () => {
    const code = server.launchAddress().split('#launch=')[1] ?? '';
    const first = await session({ launch: code });
    expect(JSON.parse(first.text)).toEqual({ token: token() });
    expect((await session({ launch: code })).status).toBe(401);
    const late = server.launchAddress().split('#launch=')[1] ?? '';
    time += 60_001;
    expect((await session({ launch: late })).status).toBe(401);
  });

  it('stops answering after a hundred wrong tokens', async () => {
    for (let guess = 0; guess < 100; guess++) await session({ token: `guess-${guess}` });
    expect((await session({ token: token() })).status).toBe(401);
    expect(await knock()).toBe('401');
  });
});

describe('the channel', () => {
  it('opens for our own page with the token, and carries messages and bodies', async () => {
    const socket = await knock();
    if (typeof socket === 'string') throw new Error(socket);
    expect(socket.protocol).toBe('redoubt.v1');
    const [channel] = channels;
    const heard = new Promise((resolve) => channel?.onMessage(resolve));
    socket.send('{"hello":1}');
    expect(await heard).toEqual({ head: { hello: 1 } });
    const got = new Promise<Buffer>((resolve) => socket.on('message', (data: Buffer) => resolve(data)));
    channel?.send({ head: 'h', body: new Uint8Array([1, 2, 3]) });
    expect([...(await got)].slice(-3)).toEqual([1, 2, 3]);
    const closed = new Promise<void>((resolve) => channel?.onClose(resolve));
    socket.terminate();
    await closed;
  });

  it.each([
    ['no token', { protocols: ['redoubt.v1'] }, '401'],
    ['a wrong token', { protocols: ['redoubt.v1', 'token.AAAA'] }, '401'],
    ['another page', { origin: 'https://evil.test' }, '403'],
    ['no page at all', { origin: '' }, '403'],
    ['another name for this machine', { host: 'evil.test', origin: 'http://evil.test' }, '403'],
    ['another path', { path: '/channel?x' }, '403'],
  ])('stays shut for %s', async (_name, given, status) => {
    expect(await knock(given)).toBe(status);
    expect(channels).toHaveLength(0);
  });

  it('drops a client that sends more than a frame may hold', async () => {
    const socket = await knock();
    if (typeof socket === 'string') throw new Error(socket);
    const code = new Promise((resolve) => socket.on('close', resolve));
    socket.send('x'.repeat(maxFrame + 1));
    expect(await code).toBe(1009);
  });
});

describe('the server', () => {
  it('cannot be reached from another machine', async () => {
    const mine = Object.values(networkInterfaces())
      .flat()
      .find((address) => address && !address.internal && address.family === 'IPv4');
    if (!mine) return;
    const outcome = await new Promise((resolve) => {
      netConnect(server.port, mine.address)
        .on('connect', () => resolve('open'))
        .on('error', () => resolve('shut'));
    });
    expect(outcome).toBe('shut');
  });

  it('says which port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(start(port)).rejects.toThrow(`Port ${port} is taken by another program; choose another with --port`);
    other.close();
  });

  it('says that the face is not built', async () => {
    await expect(
      startLoopback({ filesDir: join(folder, 'nowhere'), now: () => 0, log, randomBytes: (n) => new Uint8Array(n), onChannel() {} }),
    ).rejects.toThrow('The face is not built');
  });
});
