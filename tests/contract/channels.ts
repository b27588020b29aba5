import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { WebSocket, WebSocketServer } from 'ws';
import type { Channel, Message } from '#shared/transport/channel.ts';
import { memoryChannel } from '#shared/transport/memory-channel.ts';
import { portChannel } from '#shared/transport/port-channel.ts';
import { type WebSocketLike, webSocketChannel } from '#shared/transport/web-socket-channel.ts';

/** Two joined ends, and how to take the connection away when the test is over. */
export interface Joined {
  readonly near: Channel;
  readonly far: Channel;
  end(): Promise<void>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
export const codec = { encode: (text: string) => encoder.encode(text), decode: (bytes: Uint8Array) => decoder.decode(bytes) };

/** The three channels of the contract, each made of what carries it in real life. */
export const channels: Record<'memory' | 'port' | 'socket', () => Promise<Joined>> = {
  async memory() {
    const [near, far] = memoryChannel();
    return { near, far, end: async () => near.close() };
  },
  async port() {
    const { port1, port2 } = new MessageChannel();
    return { near: overPort(port1), far: overPort(port2), end: async () => port1.close() };
  },
  async socket() {
    const { client, accepted, stop } = await sockets();
    return { near: webSocketChannel(like(client), codec), far: webSocketChannel(like(accepted), codec), end: stop };
  },
};

/** A real socket pair over loopback. */
export async function sockets() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [[accepted]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [[WebSocket], unknown];
  const stop = async () => {
    client.terminate();
    accepted.terminate();
    await new Promise((resolve) => server.close(resolve));
  };
  return { client, accepted, stop };
}

export const like = (socket: WebSocket) => socket as unknown as WebSocketLike;

function overPort(port: MessagePort): Channel {
  return portChannel({
    post: (message) => port.postMessage(message),
    listen: (listener) => port.on('message', (message: Message) => listener(message)),
    onClose: (listener) => port.on('close', listener),
    close: () => port.close(),
  });
}
