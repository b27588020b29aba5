import { createServer, type Server } from 'node:http';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { contract } from '#shared/contract/index.ts';
import { browserPath, createWorkspace, skipped, startWorld, type World } from './face-world.ts';

// Our own page, taken over: it runs what it wants, and has the token of its session. What is left between it and the
// machine are the page's policy and the contract.

describe.skipIf(!browserPath)(`a hostile renderer${skipped}`, { timeout: 120_000 }, () => {
  let world: World;
  let page: Page;
  let outside: Server;
  let outsideAddress: string;
  let reached: string[];
  let folder: string;

  beforeAll(async () => {
    world = await startWorld();
    ({ page } = await world.open());
    await createWorkspace(page, world.address);
    reached = [];
    outside = createServer((request, answer) => {
      reached.push(`${request.method} ${request.url}`);
      answer.writeHead(200, { 'access-control-allow-origin': '*' }).end('outside');
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    outsideAddress = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    folder = mkdtempSync(join(tmpdir(), 'hostile-renderer-'));
    writeFileSync(join(folder, 'secret.json'), '{"type":"bundle","id":"bundle--2b1f0c1e-8a55-4a4b-9d54-3b7bd3c5b6f1","objects":[]}');
  }, 120_000);
  afterAll(async () => {
    await world?.close();
    outside?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('loads, sends and runs nothing from elsewhere', async () => {
    const outcome = await page.evaluate(async (address) => {
      const load = (element: HTMLElement) =>
        new Promise<string>((resolve) => {
          element.addEventListener('load', () => resolve('loaded'));
          element.addEventListener('error', () => resolve('refused'));
          document.body.append(element);
          setTimeout(() => resolve('refused'), 1500);
        });
      const make = <T extends HTMLElement>(tag: string, properties: Partial<T>) =>
        Object.assign(document.createElement(tag) as T, properties);
      const tried = (act: () => unknown) => {
        try {
          act();
          return 'ran';
        } catch {
          return 'refused';
        }
      };
      const settled = (promise: Promise<unknown>) =>
        promise.then(
          () => 'ran',
          () => 'refused',
        );
      Reflect.set(globalThis, 'planted', false);
      const inline = document.createElement('script');
      inline.textContent = 'globalThis.planted = true';
      document.body.append(inline);
      const holder = document.createElement('div');
      holder.innerHTML = '<img src=x onerror="globalThis.planted = true"><svg onload="globalThis.planted = true"></svg>';
      document.body.append(holder);
      const form = make<HTMLFormElement>('form', { method: 'POST', action: `${address}/form`, target: 'nowhere' });
      const frame = make<HTMLIFrameElement>('iframe', { name: 'nowhere' });
      document.body.append(frame, form);
      form.submit();
      const socket = new Promise<string>((resolve) => {
        try {
          const made = new WebSocket(address.replace('http', 'ws'));
          made.addEventListener('open', () => resolve('ran'));
          made.addEventListener('error', () => resolve('refused'));
        } catch {
          resolve('refused');
        }
      });
      const code = new Blob(['postMessage(1)'], { type: 'text/javascript' });
      const result = {
        fetch: await settled(fetch(`${address}/fetch`)),
        opaque: await settled(fetch(`${address}/opaque`, { mode: 'no-cors' })),
        beacon: navigator.sendBeacon(`${address}/beacon`, 'x'),
        socket: await socket,
        events: await new Promise((resolve) => {
          const source = new EventSource(`${address}/events`);
          source.addEventListener('error', () => resolve('refused'));
          source.addEventListener('open', () => resolve('ran'));
        }),
        image: await load(make<HTMLImageElement>('img', { src: `${address}/image.png` })),
        script: await load(make<HTMLScriptElement>('script', { src: `${address}/script.js` })),
        style: await load(make<HTMLLinkElement>('link', { rel: 'stylesheet', href: `${address}/style.css` })),
        evaluated: tried(() => Reflect.construct(Function, ['return 1'])()),
        worker: await new Promise((resolve) => {
          try {
            const worker = new Worker(URL.createObjectURL(code));
            worker.addEventListener('message', () => resolve('ran'));
            worker.addEventListener('error', () => resolve('refused'));
          } catch {
            resolve('refused');
          }
        }),
        planted: Reflect.get(globalThis, 'planted') as boolean,
      };
      await new Promise((resolve) => setTimeout(resolve, 300));
      return result;
    }, outsideAddress);
    // A beacon says only that it was queued; that it did not arrive is seen outside.
    const { beacon: _, ...rest } = outcome;
    expect(rest).toEqual({
      fetch: 'refused',
      opaque: 'refused',
      socket: 'refused',
      events: 'refused',
      image: 'refused',
      script: 'refused',
      style: 'refused',
      evaluated: 'refused',
      worker: 'refused',
      planted: false,
    });
    // As text: the test's own tool would take an import in a function for one of its own.
    for (const module of [`${outsideAddress}/module.js`, 'data:text/javascript,globalThis.planted=true'])
      expect(await page.evaluate(`import(${JSON.stringify(module)}).then(() => 'ran', () => 'refused')`)).toBe('refused');
    expect(reached).toEqual([]);
  });

  /** The page's own channel, with nothing between it and the wire. */
  async function rawChannel() {
    const engine = new URL(world.address);
    const socket = new WebSocket(`ws://${engine.host}/channel`, ['redoubt.v1', `token.${engine.hash.replace('#token=', '')}`], {
      headers: { origin: engine.origin, host: engine.host },
    });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    let next = 0;
    const waiting = new Map<number, (head: { kind: string; error?: { code: string; message: string }; output?: unknown }) => void>();
    socket.on('message', (data: Buffer, binary: boolean) => {
      const text = binary ? data.subarray(4, 4 + data.readUInt32LE(0)).toString() : data.toString();
      const head = JSON.parse(text) as { call?: number; kind: string };
      if (head.call !== undefined) waiting.get(head.call)?.(head);
    });
    return {
      socket,
      call: (name: unknown, input?: unknown) =>
        new Promise<{ kind: string; error?: { code: string; message: string }; output?: unknown }>((resolve) => {
          const call = next++;
          waiting.set(call, resolve);
          socket.send(JSON.stringify({ kind: 'call', call, name, ...(input === undefined ? {} : { input }) }));
        }),
    };
  }

  it('names no file of this machine, to read or to write', async () => {
    const { call, socket } = await rawChannel();
    const secret = join(folder, 'secret.json');
    const { output } = await call('knowledge.previewImport', { files: [{ source: { path: secret } }] });
    const jobId = (output as { jobId?: string } | undefined)?.jobId;
    // Whether the call or the job refuses, nothing of the file is read.
    if (jobId !== undefined) {
      const done = async () => ((await call('jobs.get', { jobId })).output as { state: string }).state;
      while ((await done()) === 'running') await new Promise((resolve) => setTimeout(resolve, 20));
      const preview = (await call('knowledge.getImportPreview', { jobId })).output as
        | { files: { failure?: string; created: number }[] }
        | undefined;
      for (const file of preview?.files ?? []) expect(file.failure).toMatch(/Paths are not allowed through this door/);
    }
    for (const path of [join(folder, 'out.csv'), '../../out.csv', '/dev/sda', '\\\\server\\share']) {
      const answer = await call('knowledge.exportGraph', { format: 'csv', path });
      expect(answer.error?.code).toBe('forbidden');
    }
    expect(existsSync(join(folder, 'out.csv'))).toBe(false);
    socket.close();
  });

  it('finds no word behind the contract, and is told nothing of the inside', async () => {
    const { call, socket } = await rawChannel();
    const names = [
      '__proto__.toString',
      'admin.__proto__',
      'admin.constructor',
      'constructor.prototype',
      'knowledge.valueOf',
      'jobs.',
      '.',
      'a.b.c',
      'process.exit',
      '',
      42,
      null,
      ['admin.lock'],
    ];
    for (const name of names) {
      const answer = await Promise.race([call(name), new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 400))]);
      if (answer) expect(answer.kind).toBe('failure');
      expect(JSON.stringify(answer ?? '')).not.toMatch(/at .*\.ts|node_modules|\/src-main\//);
    }
    socket.close();
  });

  it('breaks no call with values of the wrong kind, and leaves the engine well', { timeout: 110_000 }, async () => {
    const { call, socket } = await rawChannel();
    const values: unknown[] = [
      null,
      [],
      'x',
      -1,
      1e308,
      true,
      {},
      JSON.parse('{"__proto__":{"polluted":true}}'),
      { path: '/etc/passwd' },
      { id: 'a'.repeat(100_000) },
      { toString: 1 },
    ];
    const closing = new Set(['admin.lock']);
    let refused = 0;
    for (const [word, calls] of Object.entries(contract)) {
      for (const [name, { kind }] of Object.entries(calls)) {
        if (kind === 'event' || closing.has(`${word}.${name}`)) continue;
        // Calls without an input may run whatever they are given; those are for the contract's own tests.
        for (const value of values) {
          const answer = await call(`${word}.${name}`, value);
          if (answer.kind === 'failure') refused++;
          expect(JSON.stringify(answer.error ?? {})).not.toMatch(/at .*\.ts|node_modules|\/src-main\/|SQLITE|\/etc\/passwd/);
        }
      }
    }
    expect(refused).toBeGreaterThan(300);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect((await call('knowledge.getStats')).kind).toBe('answer');
    socket.close();
  });

  it('cannot drown the engine: thousands of calls at once are answered or refused, and another page still works', async () => {
    const { call, socket } = await rawChannel();
    const flood = await Promise.all(Array.from({ length: 3000 }, (_, n) => call('knowledge.search', { text: `portal ${n % 7}` })));
    expect(flood.every(({ kind }) => kind === 'answer' || kind === 'failure')).toBe(true);
    const codes = new Set(flood.flatMap(({ error }) => error?.code ?? []));
    expect([...codes].filter((code) => code !== 'unavailable')).toEqual([]);
    await page.reload();
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    socket.close();
  });
});
