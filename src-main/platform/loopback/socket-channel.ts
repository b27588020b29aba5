import type { WebSocket } from 'ws';
import type { Channel } from '#shared/transport/channel.ts';
import { type WebSocketLike, webSocketChannel } from '#shared/transport/web-socket-channel.ts';

/** The largest frame a client may send: an upload's piece (1 MiB of base64) and its frame. */
export const maxFrame = 2 * 1024 * 1024;

/** A client that does not read what it asked for is cut off here rather than filling the memory. */
const maxUnread = 512 * 1024 * 1024;

/** A channel over one of `ws`'s sockets, with a heartbeat so that a dead peer is noticed. */
export function socketChannel(socket: WebSocket): Channel {
  let alive = true;
  socket.on('pong', () => {
    alive = true;
  });
  // An oversized or broken frame: ws closes the socket itself afterwards.
  socket.on('error', () => undefined);
  const heartbeat = setInterval(() => {
    if (!alive || socket.bufferedAmount > maxUnread) return socket.terminate();
    alive = false;
    socket.ping();
  }, 30_000);
  heartbeat.unref();
  socket.on('close', () => clearInterval(heartbeat));

  const like: WebSocketLike = {
    get binaryType() {
      return socket.binaryType;
    },
    set binaryType(type) {
      socket.binaryType = type as 'arraybuffer';
    },
    get readyState() {
      return socket.readyState;
    },
    send: (data) => socket.send(data),
    close: () => socket.close(),
    addEventListener(type: string, listener: ((event: { data: unknown }) => void) & (() => void)) {
      if (type === 'message') socket.addEventListener('message', (event) => listener({ data: event.data }));
      else if (type === 'open') socket.addEventListener('open', () => listener());
      else if (type === 'close') socket.addEventListener('close', () => listener());
    },
  };
  return webSocketChannel(like, codec);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
const codec = { encode: (text: string) => encoder.encode(text), decode: (bytes: Uint8Array) => decoder.decode(bytes) };
