import { contract, type RedoubtContract } from '#shared/contract/index.ts';
import type { Channel, Message } from '#shared/transport/channel.ts';
import { type Client, createClient } from '#shared/transport/client.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { portChannel } from '#shared/transport/port-channel.ts';
import { webSocketChannel } from '#shared/transport/web-socket-channel.ts';

export type RedoubtClient = Client<RedoubtContract>;

export interface Connection {
  readonly client: RedoubtClient;
  /** Called once, when the engine is gone. */
  onClose(listener: () => void): void;
}

/** In the desktop window the engine's port comes as a message, perhaps before anyone asks: listen from the first moment. */
const desktopPort = new Promise<MessagePort>((resolve) => {
  if (typeof window === 'undefined') return;
  window.addEventListener('message', function take(event) {
    const port = event.ports[0];
    if (event.source !== window || event.data !== 'engine' || !port) return;
    window.removeEventListener('message', take);
    resolve(port);
  });
});

/** Connects to the engine: by a socket to the page's own origin in a browser, by the handed-over port in the desktop window. */
export async function connect(): Promise<Connection> {
  const channel = location.protocol.startsWith('http') ? await socketChannel() : messagePortChannel(await desktopPort);
  return over(channel);
}

function over(channel: Channel): Connection {
  return { client: createClient(contract, channel), onClose: (listener) => channel.onClose(listener) };
}

/** Where this tab keeps the run's token, so that a reload needs no new address. */
const tokenKey = 'redoubt.token';
const subprotocol = 'redoubt.v1';

async function socketChannel(): Promise<Channel> {
  const token = await takeToken();
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${location.host}/channel`, [subprotocol, `token.${token}`]);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('close', () => reject(refused()), { once: true });
  });
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  return webSocketChannel(socket, { encode: (text) => encoder.encode(text), decode: (bytes) => decoder.decode(bytes) });
}

/** The fragment holds the run's token, or a code that buys it once; it leaves the address bar at once. */
async function takeToken(): Promise<string> {
  const [, kind, secret] = /^#(token|launch)=([\w.~-]+)$/.exec(location.hash) ?? [];
  if (!kind || !secret) {
    const kept = sessionStorage.getItem(tokenKey);
    if (!kept) throw refused();
    return kept;
  }
  history.replaceState(null, '', location.pathname);
  const answer = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ [kind]: secret }),
  });
  const body: unknown = answer.ok ? await answer.json() : undefined;
  const token = typeof body === 'object' && body !== null && 'token' in body ? body.token : undefined;
  if (typeof token !== 'string') throw refused();
  sessionStorage.setItem(tokenKey, token);
  return token;
}

function messagePortChannel(port: MessagePort): Channel {
  const closers: (() => void)[] = [];
  port.addEventListener('close', () => {
    for (const listener of closers) listener();
  });
  return portChannel({
    post: (message) => port.postMessage(message),
    listen: (listener) => {
      port.onmessage = (event: MessageEvent<Message>) => listener(event.data);
      port.start();
    },
    onClose: (listener) => void closers.push(listener),
    close: () => port.close(),
  });
}

function refused() {
  return new ContractError('unavailable', 'The engine refused the connection. Open the address that it printed when it started.');
}
