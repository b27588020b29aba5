import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath, createWorkspace, skipped, startWorld, type World } from './face-world.ts';

// A page of somebody else, in the same browser and profile as an open Redoubt, tries to get at the headless host: by
// its own site, by a name that was bound anew to 127.0.0.1 (DNS rebinding), by forms, frames, windows and sockets.

describe.skipIf(!browserPath)(`a hostile page in the browser${skipped}`, { timeout: 120_000 }, () => {
  let world: World;
  let browser: Browser;
  let context: BrowserContext;
  let face: Page;
  let hostile: Page;
  let evil: Server;
  let evilOrigin: string;
  let engine: URL;
  let token: string;

  beforeAll(async () => {
    world = await startWorld();
    engine = new URL(world.address);
    token = engine.hash.replace('#token=', '');
    evil = createServer((_request, answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><body>hostile'));
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    evilOrigin = `http://evil.test:${(evil.address() as AddressInfo).port}`;
    browser = await chromium.launch({
      executablePath: browserPath ?? '',
      args: ['--no-sandbox', '--disable-background-networking', '--host-resolver-rules=MAP evil.test 127.0.0.1, MAP rebind.test 127.0.0.1'],
    });
    context = await browser.newContext();
    face = await context.newPage();
    await createWorkspace(face, world.address);
    hostile = await context.newPage();
    await hostile.goto(evilOrigin);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await world?.close();
    evil?.close();
  });

  it('reads nothing by fetch, script, picture, style or frame', async () => {
    const index = await (await fetch(engine.origin)).text();
    const script = /src="\.?(\/assets\/[^"]+\.js)"/.exec(index)?.[1] ?? '';
    const style = /href="\.?(\/assets\/[^"]+\.css)"/.exec(index)?.[1] ?? '';
    expect([script, style]).not.toContain('');
    const outcome = await hostile.evaluate(
      async ([origin = '', scriptPath = '', stylePath = '']) => {
        const load = (tag: 'script' | 'img' | 'link' | 'iframe', path: string) =>
          new Promise<string>((resolve) => {
            const element = document.createElement(tag);
            element.addEventListener('load', () => resolve('loaded'));
            element.addEventListener('error', () => resolve('refused'));
            if (element instanceof HTMLLinkElement) Object.assign(element, { rel: 'stylesheet', href: origin + path });
            else (element as HTMLScriptElement).src = origin + path;
            document.body.append(element);
            setTimeout(() => resolve('nothing'), 3000);
          });
        const frame = document.createElement('iframe');
        frame.src = `${origin}/`;
        const framed = new Promise<string>((resolve) => frame.addEventListener('load', () => resolve('done')));
        document.body.append(frame);
        await framed;
        return {
          fetched: await fetch(`${origin}/`).then(
            () => 'read',
            () => 'refused',
          ),
          withCookies: await fetch(`${origin}/`, { credentials: 'include' }).then(
            () => 'read',
            () => 'refused',
          ),
          script: await load('script', scriptPath),
          picture: await load('img', '/icon.svg'),
          style: await load('link', stylePath),
          // An error page of the browser itself: of another origin, and not ours.
          framed: frame.contentDocument === null,
        };
      },
      [engine.origin, script, style],
    );
    expect(outcome).toEqual({
      fetched: 'refused',
      withCookies: 'refused',
      script: 'refused',
      picture: 'refused',
      style: 'refused',
      framed: true,
    });
    for (const frame of hostile.frames()) if (frame !== hostile.mainFrame()) expect(await frame.content()).not.toContain('id="root"');
  });

  it('gets no session by guessing, not by a plain post that needs no permission, and not with the right token', async () => {
    const statuses: number[] = [];
    hostile.on('response', (answer) => {
      if (answer.url().endsWith('/session')) statuses.push(answer.status());
    });
    const outcome = await hostile.evaluate(
      async ([origin, right]) => {
        const post = (body: string, type: string, mode: RequestMode) =>
          fetch(`${origin}/session`, { method: 'POST', mode, body, headers: { 'content-type': type } }).then(
            async (answer) => `${answer.type} ${await answer.text()}`,
            () => 'refused',
          );
        return [
          await post('{"token":"guess"}', 'application/json', 'cors'),
          await post('{"token":"guess"}', 'text/plain', 'no-cors'),
          await post(JSON.stringify({ token: right }), 'text/plain', 'no-cors'),
          await post(JSON.stringify({ token: right }), 'text/plain', 'cors'),
        ];
      },
      [engine.origin, token],
    );
    // Even an answer that cannot be read is kept from the page (Cross-Origin-Resource-Policy).
    expect(outcome).toEqual(['refused', 'refused', 'refused', 'refused']);
    expect(statuses.filter((status) => status < 400)).toEqual([]);
    const [form] = await Promise.all([
      hostile.waitForResponse((answer) => answer.url().endsWith('/session')),
      hostile.evaluate(
        ([origin, right]) => {
          const made = document.createElement('form');
          Object.assign(made, { method: 'POST', enctype: 'text/plain', action: `${origin}/session`, target: 'hidden' });
          const field = document.createElement('input');
          Object.assign(field, { name: `{"token":"${right}","x":"`, value: '"}' });
          const frame = document.createElement('iframe');
          frame.name = 'hidden';
          made.append(field);
          document.body.append(frame, made);
          made.submit();
        },
        [engine.origin, token],
      ),
    ]);
    expect(form.status()).toBeGreaterThanOrEqual(400);
    expect(form.headers()['access-control-allow-origin']).toBeUndefined();
  });

  it('opens no channel, with a guessed token or the right one', async () => {
    const knock = (page: Page, host: string) =>
      page.evaluate(
        async ([address, right]) => {
          const open = (protocols: string[]) =>
            new Promise<string>((resolve) => {
              const socket = new WebSocket(`ws://${address}/channel`, protocols);
              socket.addEventListener('open', () => resolve('open'));
              socket.addEventListener('close', () => resolve('closed'));
            });
          return [await open([]), await open(['redoubt.v1', 'token.guess']), await open(['redoubt.v1', `token.${right}`])];
        },
        [host, token],
      );
    expect(await knock(hostile, engine.host)).toEqual(['closed', 'closed', 'closed']);
    // The same from a page whose name leads to this very port: what a rebound name looks like to the browser.
    expect(await knock(hostile, `rebind.test:${engine.port}`)).toEqual(['closed', 'closed', 'closed']);
  });

  it('is answered nothing under a name that was bound anew', async () => {
    const rebound = await context.newPage();
    const answer = await rebound.goto(`http://rebind.test:${engine.port}/`);
    expect(answer?.status()).toBeGreaterThanOrEqual(400);
    expect(await answer?.text()).not.toContain('<script');
    for (const path of ['/', '/session', '/assets/main.js']) {
      const status = await rebound.evaluate(
        (where) =>
          fetch(where, where === '/session' ? { method: 'POST', body: '{}' } : {}).then(
            ({ status: got }) => got,
            () => 999,
          ),
        path,
      );
      expect(status).toBeGreaterThanOrEqual(400);
    }
    await rebound.close();
  });

  it('reaches no window of ours, and a window of ours takes no port from it', async () => {
    const opened = context.waitForEvent('page');
    const handle = await hostile.evaluate(async (address) => {
      const other = window.open(address);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const { port1 } = new MessageChannel();
      let posted = 'posted';
      try {
        other?.postMessage('engine', '*', [port1]);
      } catch {
        posted = 'refused';
      }
      return { closed: other === null || other.closed, posted, frames: other?.length ?? 0 };
    }, `${engine.origin}/`);
    const page = await opened;
    // Our policy puts the window into a browsing context group of its own: to its opener it looks closed.
    expect(handle.closed).toBe(true);
    expect(handle.frames).toBe(0);
    expect(await page.evaluate(() => window.opener === null)).toBe(true);
    await page.close();
  });

  it('left no trace: the engine did nothing, and says so', async () => {
    await face.evaluate(() => {
      location.hash = '#/history';
    });
    await face.getByRole('heading', { level: 1, name: 'History' }).waitFor();
    // Not one action: the view is the empty one.
    await face.getByText('Nothing was done yet').waitFor();
    expect(await face.getByRole('main').getByRole('row').count()).toBe(0);
    await face.evaluate(() => {
      location.hash = '#/ledger';
    });
    await face.getByRole('heading', { level: 1, name: /ledger/i }).waitFor();
    expect(await context.cookies()).toEqual([]);
  });
});
