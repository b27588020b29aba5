import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Channel } from '#shared/transport/channel.ts';
import { type Attachable, attach, listenForAttachments } from './attach.ts';

let dataDir: string;
let channels: Channel[];
const open: Attachable[] = [];
const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const file = () => join(dataDir, 'attach.json');
const content = () => JSON.parse(readFileSync(file(), 'utf8')) as { socket: string; token: string; pid: number; version: number };

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'attach-'));
  channels = [];
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  rmSync(dataDir, { recursive: true });
});

async function listen() {
  const listening = await listenForAttachments({ dataDir, randomBytes, onChannel: (channel) => void channels.push(channel) });
  open.push(listening);
  return listening;
}

describe('attaching', () => {
  it('joins two ends', async () => {
    await listen();
    const mine = await attach(dataDir);
    const heard = new Promise((resolve) => channels[0]?.onMessage(resolve));
    mine?.send({ head: { hello: 1 } });
    expect(await heard).toEqual({ head: { hello: 1 } });
    const answer = new Promise((resolve) => mine?.onMessage(resolve));
    channels[0]?.send({ head: 'big', body: new Uint8Array(3_000_000).fill(7) });
    expect(await answer).toMatchObject({ head: 'big', body: { length: 3_000_000 } });
    mine?.close();
  });

  it.skipIf(process.platform === 'win32')('is for this user only, and its path fits a socket', async () => {
    await listen();
    const { socket } = content();
    expect(Buffer.byteLength(socket)).toBeLessThan(100);
    for (const path of [file(), dirname(socket), socket]) expect(statSync(path).mode & 0o077).toBe(0);
  });

  it('needs the token, and is not for pages', async () => {
    await listen();
    const { socket, token } = content();
    const knock = (headers: Record<string, string>) =>
      new Promise<string>((resolve) => {
        const client = new WebSocket(`ws+unix:${socket}:/`, { headers });
        client.on('open', () => resolve('open'));
        client.on('error', (error) => resolve(error.message));
      });
    expect(await knock({})).toContain('401');
    expect(await knock({ authorization: 'Bearer ' })).toContain('401');
    expect(await knock({ authorization: `Bearer ${token}`, origin: 'http://127.0.0.1' })).toContain('401');
    expect(channels).toHaveLength(0);
    expect(await knock({ authorization: `Bearer ${token}` })).toBe('open');
  });

  it('leaves nothing behind', async () => {
    const listening = await listen();
    const { socket } = content();
    await listening.close();
    expect(existsSync(file())).toBe(false);
    expect(existsSync(dirname(socket))).toBe(false);
    expect(await attach(dataDir)).toBeUndefined();
  });

  it('does not take away the file of another engine', async () => {
    const first = await listen();
    await listen();
    await first.close();
    expect(await attach(dataDir)).toBeDefined();
  });

  it('clears away what a killed engine left', async () => {
    const listening = await listen();
    const saved = content();
    await listening.close();
    // 2^22 is above any process number of Linux; what matters is that no process has it.
    writeFileSync(file(), JSON.stringify({ ...saved, pid: 4_194_305 }));
    expect(await attach(dataDir)).toBeUndefined();
    expect(existsSync(file())).toBe(false);
  });

  it.each(['', '{', '{"version":2}', '[]', '{"version":1,"pid":1,"socket":"/x","token":"t","more":1}'])(
    'is not misled by the file %j',
    async (text) => {
      writeFileSync(file(), text);
      expect(await attach(dataDir)).toBeUndefined();
    },
  );

  it('does not wait for ever for a stranger at the socket', { timeout: 10_000 }, async () => {
    const listening = await listen();
    const saved = content();
    await listening.close();
    const stranger = createServer(() => undefined);
    const path = join(dataDir, 's');
    await new Promise<void>((resolve) => stranger.listen(path, resolve));
    writeFileSync(file(), JSON.stringify({ ...saved, socket: path }));
    expect(await attach(dataDir)).toBeUndefined();
    expect(existsSync(file())).toBe(true);
    stranger.close();
  });
});
