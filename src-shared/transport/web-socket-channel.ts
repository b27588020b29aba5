import type { Channel, Message } from './channel.ts';

/** What a browser's WebSocket and the `ws` package's have in common. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close' | 'open' | 'error', listener: () => void): void;
}

const OPEN = 1;

/**
 * JSON text frames; a message with a body is one binary frame: four bytes (little endian)
 * of head length, the head as UTF-8 JSON, padding to a multiple of eight, the body.
 */
export function webSocketChannel(
  socket: WebSocketLike,
  codec: { encode(text: string): Uint8Array; decode(bytes: Uint8Array): string },
): Channel {
  socket.binaryType = 'arraybuffer';
  let listener: ((message: Message) => void) | undefined;
  const early: Message[] = [];
  const queued: (string | Uint8Array<ArrayBuffer>)[] = [];
  // A broken frame is followed by `close`, which is where its end is told; unheard, `ws` would end the process.
  socket.addEventListener('error', () => undefined);
  socket.addEventListener('open', () => {
    for (const frame of queued.splice(0)) socket.send(frame);
  });
  socket.addEventListener('message', ({ data }) => {
    const message = read(data);
    if (!message) return;
    if (listener) listener(message);
    else early.push(message);
  });
  const read = (data: unknown): Message | undefined => {
    try {
      if (typeof data === 'string') return { head: JSON.parse(data) as unknown };
      if (!(data instanceof ArrayBuffer) || data.byteLength < 4) return undefined;
      const length = new DataView(data).getUint32(0, true);
      const head = JSON.parse(codec.decode(new Uint8Array(data, 4, length))) as unknown;
      return { head, body: new Uint8Array(data, padded(4 + length)) };
    } catch {
      return undefined;
    }
  };
  return {
    send({ head, body }) {
      const text = JSON.stringify(head);
      let frame: string | Uint8Array<ArrayBuffer> = text;
      if (body) {
        const encoded = codec.encode(text);
        const start = padded(4 + encoded.length);
        frame = new Uint8Array(start + body.length);
        new DataView(frame.buffer).setUint32(0, encoded.length, true);
        frame.set(encoded, 4);
        frame.set(body, start);
      }
      if (socket.readyState === OPEN) socket.send(frame);
      else if (socket.readyState < OPEN) queued.push(frame);
    },
    onMessage(next) {
      listener = next;
      for (const message of early.splice(0)) next(message);
    },
    onClose(next) {
      if (socket.readyState > OPEN + 1) queueMicrotask(next);
      else socket.addEventListener('close', next);
    },
    close: () => socket.close(),
  };
}

function padded(length: number) {
  return Math.ceil(length / 8) * 8;
}
