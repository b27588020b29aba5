import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '#shared/contract/admin.ts';
import { isPublicAddress } from './addresses.ts';
import { createHttp, entryOfRefusal, type HttpRequest } from './http.ts';
import { policyOfRules } from './policy.ts';
import { nodeTransport, type Transport, type TransportRequest } from './transport.ts';

const now = () => Date.UTC(2026, 10, 23);
const rule = { host: 'feed.example', purpose: 'feed:kev' };

function way({
  rules = [rule],
  answers = {},
  names = { 'feed.example': ['93.184.215.14'], 'other.example': ['93.184.215.15'] },
  privately = false,
  broken = false,
}: {
  rules?: (typeof rule)[];
  answers?: Record<string, { status: number; headers?: Record<string, string>; body?: string }>;
  names?: Record<string, string[]>;
  privately?: boolean;
  broken?: boolean;
} = {}) {
  const entries: LedgerEntry[] = [];
  const sent: TransportRequest[] = [];
  const lookedUp: string[] = [];
  const transport: Transport = {
    async resolve(host) {
      lookedUp.push(host);
      const found = names[host] ?? (/^[\d.:]+$/.test(host) ? [host] : undefined);
      if (!found) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
      return found;
    },
    async send(request) {
      sent.push(request);
      if (broken) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      const { status, headers = {}, body = '' } = answers[request.url.href] ?? { status: 200, body: 'ok' };
      return { status, headers, body: new TextEncoder().encode(body) };
    },
  };
  const http = createHttp({
    policy: { ...policyOfRules(() => rules), allowsPrivate: () => privately },
    ledger: {
      append: (entry) => entries.push({ ...entry }) - 1,
      complete: (kept, end) => void Object.assign(entries[kept as number] ?? {}, end),
    },
    transport,
    now,
  });
  const ask = (request: Partial<HttpRequest>) => http.request({ url: 'https://feed.example/kev.json', purpose: 'feed:kev', ...request });
  return { ask, entries, sent, lookedUp };
}

describe('the only way out', () => {
  it('lets through what the user allowed, to the address that was checked, and writes it down', async () => {
    const { ask, entries, sent } = way();
    const answer = await ask({
      url: 'https://feed.example/kev.json?key=secret',
      headers: { Authorization: 'Bearer x', Host: 'evil.test' },
    });
    expect(new TextDecoder().decode(answer.body)).toBe('ok');
    expect(sent[0]).toMatchObject({ address: '93.184.215.14', port: 443, headers: { authorization: 'Bearer x' } });
    expect(sent[0]?.headers).not.toHaveProperty('host');
    expect(entries).toEqual([
      {
        at: '2026-11-23T00:00:00.000Z',
        host: 'feed.example',
        port: 443,
        method: 'GET',
        path: '/kev.json',
        purpose: 'feed:kev',
        outcome: 'sent',
        bytesOut: 0,
        bytesIn: 2,
        status: 200,
      },
    ]);
  });

  it.each([
    ['a host without a rule', { url: 'https://other.example/' }],
    ['a part of an allowed host', { url: 'https://example/' }],
    ['a name below an allowed host', { url: 'https://www.feed.example/' }],
    ['an allowed host with a dot more', { url: 'https://feed.example./' }],
    ['another port', { url: 'https://feed.example:8443/' }],
    ['another purpose', { purpose: 'analysis:model' }],
    ['plain http', { url: 'http://feed.example/' }],
    ['another scheme', { url: 'ftp://feed.example/' }],
    ['a password in the address', { url: 'https://me:secret@feed.example/' }],
  ])('refuses %s, looks nothing up, and writes it down', async (_name, request) => {
    const { ask, entries, sent, lookedUp } = way();
    await expect(ask(request)).rejects.toMatchObject({ code: 'network_denied' });
    expect([sent, lookedUp]).toEqual([[], []]);
    expect(entries).toMatchObject([{ outcome: 'refused', bytesOut: 0, reason: expect.any(String) }]);
    expect(JSON.stringify(entries)).not.toContain('secret');
  });

  it('refuses everything without rules', async () => {
    const { ask } = way({ rules: [] });
    await expect(ask({})).rejects.toMatchObject({ code: 'network_denied' });
  });

  it.each([
    ['127.0.0.1'],
    ['10.1.2.3'],
    ['169.254.169.254'],
    ['::1'],
    ['fd00::1'],
    ['::ffff:127.0.0.1'],
    ['64:ff9b::7f00:1'],
    ['2002:7f00:1::'],
  ])('refuses an allowed name that leads to %s, even beside a public address', async (address) => {
    const { ask, entries, sent } = way({ names: { 'feed.example': ['93.184.215.14', address] } });
    await expect(ask({})).rejects.toMatchObject({ code: 'network_denied', message: expect.stringContaining(address) });
    expect(sent).toEqual([]);
    expect(entries).toMatchObject([{ outcome: 'refused' }]);
  });

  it('lets an allowed private host through, but plain http only to this machine', async () => {
    const rules = [rule, { host: '127.0.0.1:11434', purpose: 'feed:kev' }, { host: '10.0.0.1', purpose: 'feed:kev' }];
    const { ask, sent } = way({ rules, privately: true });
    await ask({ url: 'http://127.0.0.1:11434/x' });
    await ask({ url: 'https://10.0.0.1/x' });
    await expect(ask({ url: 'http://10.0.0.1/x' })).rejects.toMatchObject({ code: 'network_denied' });
    expect(sent.map(({ address, port }) => `${address}:${port}`)).toEqual(['127.0.0.1:11434', '10.0.0.1:443']);
  });

  it('checks every redirection anew', async () => {
    const to = (location: string) => ({ 'https://feed.example/kev.json': { status: 302, headers: { location } } });
    const within = way({ answers: to('/new.json') });
    expect((await within.ask({})).url).toBe('https://feed.example/new.json');
    expect(within.entries).toHaveLength(2);
    for (const location of ['https://other.example/', 'http://feed.example/', 'https://127.0.0.1/', '//evil.test/']) {
      const away = way({ answers: to(location) });
      await expect(away.ask({})).rejects.toMatchObject({ code: 'network_denied' });
      expect(away.entries.map(({ outcome }) => outcome)).toEqual(['sent', 'refused']);
    }
  });

  it('shows credentials to the first host only', async () => {
    const { ask, sent } = way({
      rules: [rule, { host: 'other.example', purpose: 'feed:kev' }],
      answers: { 'https://feed.example/kev.json': { status: 307, headers: { location: 'https://other.example/' } } },
    });
    await ask({ headers: { Authorization: 'x', 'X-Api-Key': 'y', Accept: 'z' } });
    expect(sent.map(({ headers }) => Object.keys(headers))).toEqual([['authorization', 'x-api-key', 'accept'], ['accept']]);
  });

  it('does not run in circles, and sends a form once', async () => {
    const { ask, sent } = way({ answers: { 'https://feed.example/kev.json': { status: 303, headers: { location: '/kev.json' } } } });
    await expect(ask({ method: 'POST', body: new Uint8Array(3) })).rejects.toMatchObject({ code: 'unavailable' });
    expect(sent.map(({ method, body }) => `${method} ${body?.length ?? 0}`)).toEqual([
      'POST 3',
      ...Array.from({ length: 5 }, () => 'GET 0'),
    ]);
  });

  it('does not send what could not be written down', async () => {
    const sent: unknown[] = [];
    const http = createHttp({
      policy: policyOfRules(() => [rule]),
      ledger: { append: () => Promise.reject(new Error('disk full')) },
      transport: { resolve: async () => ['93.184.215.14'], send: async (request) => Promise.reject(sent.push(request)) },
      now,
    });
    await expect(http.request({ url: 'https://feed.example/', purpose: 'feed:kev' })).rejects.toThrow();
    expect(sent).toEqual([]);
  });

  it('writes down what failed on the way', async () => {
    const { ask, entries } = way({ broken: true });
    await expect(ask({})).rejects.toMatchObject({ code: 'unavailable' });
    expect(entries).toMatchObject([{ outcome: 'failed', reason: 'ECONNRESET' }]);
    const unknown = way({ names: {} });
    await expect(unknown.ask({})).rejects.toMatchObject({ code: 'unavailable' });
    expect(unknown.entries).toMatchObject([{ outcome: 'failed' }]);
  });

  it('reads rules anew for each request', async () => {
    const rules = [rule];
    const { ask } = way({ rules });
    await ask({});
    rules.pop();
    await expect(ask({})).rejects.toMatchObject({ code: 'network_denied' });
  });

  it('puts a bypass into the ledger as refused', () => {
    expect(entryOfRefusal({ at: now(), by: 'net.connect', host: '192.0.2.1', port: 80 })).toMatchObject({
      outcome: 'refused',
      method: 'net.connect',
      host: '192.0.2.1',
      port: 80,
    });
  });
});

describe('addresses', () => {
  it('knows those of the open internet', () => {
    for (const address of ['93.184.215.14', '8.8.8.8', '2606:2800:21f::1']) expect(isPublicAddress(address)).toBe(true);
    for (const address of [
      '0.0.0.0',
      '100.64.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '224.0.0.1',
      '255.255.255.255',
      '::',
      'fe80::1',
      'fc00::1',
      'ff02::1',
      '2001:db8::1',
      '',
      'localhost',
      '127.1',
    ])
      expect(isPublicAddress(address)).toBe(false);
  });
});

describe('the real wire', () => {
  const serve = async (answer: Parameters<typeof createServer>[1]) => {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { port, server };
  };
  const send = (port: number, change: Partial<TransportRequest> = {}) =>
    nodeTransport.send({
      url: new URL(`http://name.example:${port}/path?query`),
      address: '127.0.0.1',
      port,
      method: 'GET',
      headers: {},
      maxBytes: 1000,
      signal: AbortSignal.timeout(5000),
      ...change,
    });

  it('goes to the checked address under the name', async () => {
    const { port, server } = await serve((request, response) => response.end(`${request.method} ${request.headers.host} ${request.url}`));
    const { status, body } = await send(port, { method: 'POST', body: new Uint8Array(2) });
    expect([status, new TextDecoder().decode(body)]).toEqual([200, `POST name.example:${port} /path?query`]);
    server.close();
  });

  it('stops at the most bytes, at a broken answer and on demand', async () => {
    const { port, server } = await serve((request, response) => {
      if (request.url === '/broken') {
        response.writeHead(200, { 'content-length': '100' }).write('x');
        setTimeout(() => response.destroy(), 20);
      } else if (request.url !== '/silent') response.end('x'.repeat(1001));
    });
    await expect(send(port)).rejects.toMatchObject({ code: 'too_large' });
    await expect(send(port, { url: new URL(`http://name.example:${port}/broken`) })).rejects.toThrow();
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 20);
    await expect(send(port, { url: new URL(`http://name.example:${port}/silent`), signal: abort.signal })).rejects.toThrow();
    server.closeAllConnections();
    server.close();
  });

  it('passes the guard, and nothing else does', async () => {
    const { port, server } = await serve((_request, response) => response.end('through'));
    const at = (file: string) => JSON.stringify(join(import.meta.dirname, file));
    const script = `
      const { createHttp } = await import(${at('http.ts')}); const { nodeTransport } = await import(${at('transport.ts')});
      const http = createHttp({ policy: { allows: () => true, allowsPrivate: () => true }, ledger: { append() {} }, transport: nodeTransport, now: Date.now });
      const answer = await http.request({ url: 'http://127.0.0.1:${port}/', purpose: 'test' });
      const around = await fetch('http://127.0.0.1:${port}/').then(() => 'open', (error) => error.cause.code);
      process.stdout.write(new TextDecoder().decode(answer.body) + ' ' + around);`;
    const child = spawn(process.execPath, ['--import', join(import.meta.dirname, 'guard-on.ts'), '--input-type=module', '-e', script]);
    let output = '';
    child.stdout.on('data', (piece) => {
      output += String(piece);
    });
    child.stderr.on('data', (piece) => {
      output += String(piece);
    });
    await once(child, 'close');
    expect(output).toBe('through network_denied');
    server.closeAllConnections();
    server.close();
  });
});
