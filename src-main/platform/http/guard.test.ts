import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLoopback } from './guard.ts';

const guard = join(import.meta.dirname, 'guard-on.ts');
const passage = join(import.meta.dirname, 'passage.ts');

/** Runs each snippet in one guarded process and answers with what became of it. */
function run(snippets: Record<string, string>): Record<string, string> {
  const functions = Object.entries(snippets).map(([name, code]) => `${JSON.stringify(name)}: async () => { ${code} }`);
  const script = `
    const happened = (emitter, ...good) => new Promise((resolve, reject) => {
      emitter.on('error', reject);
      for (const event of good) emitter.on(event, () => resolve(event));
    });
    const called = (start) => new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value))));
    const answers = {};
    for (const [name, act] of Object.entries({ ${functions.join(',\n')} })) {
      try { answers[name] = 'passed: ' + String(await act()); }
      catch (error) { answers[name] = [error.message, error.cause?.message, error.code].filter(Boolean).join(' / '); }
    }
    process.stdout.write(JSON.stringify(answers), () => process.exit(0));`;
  const result = spawnSync(process.execPath, ['--import', guard, '--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(result.stderr).toBe('');
  return JSON.parse(result.stdout) as Record<string, string>;
}

/** Ways out of the process that know nothing of the policy. 192.0.2.0/24 is for documentation (RFC 5737). */
const planted: Record<string, string> = {
  'net.connect': `const net = await import('node:net'); return happened(net.connect(80, '192.0.2.1'), 'connect')`,
  'net.connect with options': `const net = await import('node:net'); return happened(net.connect({ host: '192.0.2.1', port: 80 }), 'connect')`,
  'net.connect to localhost': `const net = await import('node:net'); return happened(net.connect({ port: 80 }), 'connect')`,
  'net.connect to a name, by a look-up of its own': `const net = await import('node:net');
    return happened(net.connect({ host: 'x.test', port: 80, lookup: (name, options, done) => done(null, '192.0.2.1', 4) }), 'connect')`,
  'new Socket': `const { Socket } = await import('node:net'); return happened(new Socket().connect(80, '192.0.2.1'), 'connect')`,
  require: `const { createRequire } = await import('node:module'); const net = createRequire('/')('net'); return happened(net.createConnection(80, '192.0.2.1'), 'connect')`,
  'http.get': `const http = await import('node:http'); return happened(http.get('http://192.0.2.1/'), 'response')`,
  'https.request': `const https = await import('node:https'); return happened(https.request('https://192.0.2.1/').end(), 'response')`,
  'http2.connect': `const http2 = await import('node:http2'); return happened(http2.connect('https://192.0.2.1'), 'connect')`,
  'tls.connect': `const tls = await import('node:tls'); return happened(tls.connect(443, '192.0.2.1'), 'secureConnect')`,
  fetch: `return fetch('https://192.0.2.1/')`,
  'fetch of a name': `return fetch('https://example.test/')`,
  'fetch of loopback': `return fetch('http://127.0.0.1:8081/')`,
  'dns.lookup': `const dns = await import('node:dns'); return called((done) => dns.lookup('example.test', done))`,
  'dns.lookupService': `const dns = await import('node:dns'); return called((done) => dns.lookupService('192.0.2.1', 80, done))`,
  'dns.resolve4': `const dns = await import('node:dns'); return called((done) => dns.resolve4('example.test', done))`,
  'dns.promises': `const { lookup } = await import('node:dns/promises'); return lookup('example.test')`,
  'dns.Resolver': `const { Resolver } = await import('node:dns/promises'); return new Resolver().resolveTxt('example.test')`,
  'dgram.send': `const dgram = await import('node:dgram'); return called((done) => dgram.createSocket('udp4').send('x', 53, '192.0.2.1', done))`,
  'dgram.connect': `const dgram = await import('node:dgram'); return called((done) => dgram.createSocket('udp4').connect(53, '192.0.2.1', done))`,
  'dgram.bind': `const dgram = await import('node:dgram'); return happened(dgram.createSocket('udp4').bind(0), 'listening')`,
  exec: `const { exec } = await import('node:child_process'); return called((done) => exec('curl https://192.0.2.1', done))`,
  execFile: `const { execFile } = await import('node:child_process'); return called((done) => execFile(process.execPath, ['-e', '0'], done))`,
  spawn: `const { spawn } = await import('node:child_process'); return happened(spawn('curl', ['https://192.0.2.1']), 'exit')`,
  spawnSync: `const { spawnSync } = await import('node:child_process'); return spawnSync('curl')`,
  execSync: `const { execSync } = await import('node:child_process'); return execSync('true')`,
  execFileSync: `const { execFileSync } = await import('node:child_process'); return execFileSync('true')`,
  fork: `const { fork } = await import('node:child_process'); return happened(fork('/nothing.mjs'), 'exit')`,
  'cluster.fork': `const cluster = await import('node:cluster'); return happened((cluster.default.setupPrimary({ exec: '/nothing.mjs' }), cluster.default.fork()), 'online')`,
  worker_threads: `const { Worker } = await import('node:worker_threads'); return happened(new Worker('1', { eval: true }), 'exit')`,
  'process.binding': `return process.binding('tcp_wrap')`,
  'listening to everyone': `const net = await import('node:net'); return happened(net.createServer().listen(0), 'listening')`,
  'listening to one address': `const http = await import('node:http'); return happened(http.createServer().listen(0, '192.0.2.1'), 'listening')`,
  'putting the old function back': `const net = await import('node:net'); delete net.Socket.prototype.connect; net.Socket.prototype.connect = () => 'out'; return 'replaced'`,
};

describe('the network guard', () => {
  const answers = run({
    ...planted,
    'its own loopback server': `const net = await import('node:net'); return happened(net.createServer().listen(0, '127.0.0.1'), 'listening')`,
    'a Unix socket': `const net = await import('node:net'); return happened(net.connect('/nowhere/socket'), 'connect')`,
  });

  it.each(Object.keys(planted))('refuses %s', (name) => {
    const [answer] = [answers[name] ?? 'did not run'];
    if (name === 'putting the old function back') expect(answer).toMatch(/Cannot delete property|read only/);
    else expect(answer).toMatch(/Refused by the network guard/);
  });

  it('lets a process serve on loopback and use Unix sockets', () => {
    expect(answers['its own loopback server']).toBe('passed: listening');
    expect(answers['a Unix socket']).toMatch(/ENOENT/);
  });

  it('has the same wall beneath, at the native handles, where a look-up has already changed the address', () => {
    // Reaches the handle as `net` itself does after a look-up, past the patched functions.
    const { handle } = run({
      handle: `const net = await import('node:net');
        const server = net.createServer().listen(0, '127.0.0.1'); await happened(server, 'listening');
        const TCP = server._handle.constructor; server.close();
        return new TCP(0).connect({}, '192.0.2.1', 80)`,
    });
    expect(handle).toBe('passed: -13');
  });

  it('opens for one checked address, for one look-up and for processes of ours only', () => {
    const { right, wrong, twice, lookUp, otherLookUp, start, later } = run({
      twice: `const { pass } = await import(${JSON.stringify(passage)}); const net = await import('node:net');
        return pass({ kind: 'connect', address: '127.0.0.1', port: 9 }, async () => {
          await happened(net.connect(9, '127.0.0.1'), 'connect').catch(() => undefined);
          return happened(net.connect(9, '127.0.0.1'), 'connect');
        })`,
      later: `const { pass } = await import(${JSON.stringify(passage)}); const { execFileSync } = await import('node:child_process');
        return pass({ kind: 'start', what: 'test' }, () => new Promise((resolve) => setTimeout(resolve, 1)).then(() => execFileSync('true')))`,
      right: `const { pass } = await import(${JSON.stringify(passage)}); const net = await import('node:net');
        return pass({ kind: 'connect', address: '127.0.0.1', port: 9 }, () => happened(net.connect(9, '127.0.0.1'), 'connect'))`,
      wrong: `const { pass } = await import(${JSON.stringify(passage)}); const net = await import('node:net');
        return pass({ kind: 'connect', address: '127.0.0.1', port: 9 }, () => happened(net.connect(10, '127.0.0.1'), 'connect'))`,
      lookUp: `const { pass } = await import(${JSON.stringify(passage)}); const { lookup } = await import('node:dns/promises');
        return pass({ kind: 'look-up', host: 'localhost' }, () => lookup('localhost')).then(({ address }) => address)`,
      otherLookUp: `const { pass } = await import(${JSON.stringify(passage)}); const { lookup } = await import('node:dns/promises');
        return pass({ kind: 'look-up', host: 'localhost' }, () => lookup('example.test'))`,
      start: `const { pass } = await import(${JSON.stringify(passage)}); const { execFileSync } = await import('node:child_process');
        return pass({ kind: 'start', what: 'test' }, () => execFileSync(process.execPath, ['-p', '6 * 7']))`,
    });
    expect(right).toMatch(/ECONNREFUSED/);
    expect(wrong).toMatch(/Refused by the network guard/);
    expect(twice).toMatch(/Refused by the network guard/);
    expect(later).toMatch(/Refused by the network guard/);
    expect(lookUp).toMatch(/^passed: (127\.|::1)/);
    expect(otherLookUp).toMatch(/Refused by the network guard/);
    expect(start).toBe('passed: 42\n');
  });

  it('tells of what it refused, also of what came before anyone listened', () => {
    const { told } = run({
      told: `const { onRefusal } = await import(${JSON.stringify(join(import.meta.dirname, 'guard.ts'))});
        await fetch('https://192.0.2.1:8443/').catch(() => undefined);
        const seen = []; onRefusal(({ by, host, port }) => seen.push([by, host, port].join(' ')));
        await import('node:dns').then((dns) => dns.promises.lookup('a.test')).catch(() => undefined);
        return seen.join(', ')`,
    });
    expect(told).toBe('passed: net.connect 192.0.2.1 8443, dns.lookup a.test 0');
  });

  it('gives permits in two places only: the wire, and the host that starts our own processes', () => {
    const sources = join(import.meta.dirname, '..', '..');
    const users = readdirSync(sources, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .filter((file) => /import[^;]*\bpass\b[^;]*passage\.ts/.test(readFileSync(join(sources, file), 'utf8')));
    expect(users.map((file) => file.replaceAll('\\', '/')).sort()).toEqual([
      'hosts/node-host.ts',
      'hosts/run-command-line.ts',
      'platform/http/transport.ts',
    ]);
  });

  it('knows loopback addresses from their look-alikes', () => {
    for (const host of ['127.0.0.1', '127.9.8.7', '::1', '::ffff:127.0.0.1']) expect(isLoopback(host)).toBe(true);
    for (const host of ['localhost', '127.0.0.1.evil.test', '128.0.0.1', '0.0.0.0', '::', '::ffff:192.0.2.1', '1270.0.0.1', ''])
      expect(isLoopback(host)).toBe(false);
  });
});
