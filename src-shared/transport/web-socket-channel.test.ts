import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from './channel.ts';
import { type WebSocketLike, webSocketChannel } from './web-socket-channel.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const codec = { encode: (text: string) => encoder.encode(text), decode: (bytes: Uint8Array) => decoder.decode(bytes) };

function fakeSocket(readyState = 1) {
  const listeners = new Map<string, ((event: { data: unknown }) => void)[]>();
  const sent: (string | Uint8Array<ArrayBuffer>)[] = [];
  const socket = {
    binaryType: 'blob',
    readyState,
    send: (data: string | Uint8Array<ArrayBuffer>) => void sent.push(data),
    close: () => undefined,
    addEventListener: (type: string, listener: (event: { data: unknown }) => void) =>
      void listeners.set(type, [...(listeners.get(type) ?? []), listener]),
  };
  const fire = (type: string, data?: unknown) => {
    for (const listener of listeners.get(type) ?? []) listener({ data });
  };
  return { socket: socket as unknown as WebSocketLike & { readyState: number }, sent, fire, listeners };
}

const wire = (frame: string | Uint8Array<ArrayBuffer>) =>
  typeof frame === 'string' ? frame : frame.buffer.slice(frame.byteOffset, frame.byteOffset + frame.byteLength);

describe('the socket channel', () => {
  it('brings any message through its frames', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.option(fc.uint8Array({ maxLength: 100 }), { nil: undefined }), (head, bytes) => {
        const [from, to] = [fakeSocket(), fakeSocket()];
        const got: Message[] = [];
        webSocketChannel(to.socket, codec).onMessage((message) => got.push(message));
        webSocketChannel(from.socket, codec).send({ head, ...(bytes ? { body: new Uint8Array(bytes) } : {}) });
        for (const frame of from.sent) to.fire('message', wire(frame));
        expect(got).toHaveLength(1);
        expect(got[0]?.head).toEqual(JSON.parse(JSON.stringify(head)));
        expect(got[0]?.body ? [...got[0].body] : undefined).toEqual(bytes ? [...bytes] : undefined);
        expect((got[0]?.body?.byteOffset ?? 0) % 8).toBe(0);
      }),
    );
  });

  it('ignores any frame that is none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.string(), fc.anything()), (data) => {
        const { socket, fire } = fakeSocket();
        const got: Message[] = [];
        webSocketChannel(socket, codec).onMessage((message) => got.push(message));
        fire('message', data instanceof Uint8Array ? new Uint8Array(data).buffer : data);
        for (const { head } of got) expect(() => JSON.stringify(head)).not.toThrow();
      }),
    );
  });

  it('ignores a frame whose head claims more than there is', () => {
    const { socket, fire } = fakeSocket();
    const got: Message[] = [];
    webSocketChannel(socket, codec).onMessage((message) => got.push(message));
    const frame = new Uint8Array(12);
    new DataView(frame.buffer).setUint32(0, 0xffff_ffff, true);
    fire('message', frame.buffer);
    expect(got).toEqual([]);
  });

  it('keeps what is sent before the socket opens, and what comes before somebody listens, in order', () => {
    const { socket, fire, sent } = fakeSocket(0);
    const channel = webSocketChannel(socket, codec);
    channel.send({ head: 1 });
    channel.send({ head: 2 });
    expect(sent).toEqual([]);
    socket.readyState = 1;
    fire('open');
    expect(sent).toEqual(['1', '2']);
    fire('message', '3');
    fire('message', '4');
    const got: unknown[] = [];
    channel.onMessage(({ head }) => got.push(head));
    expect(got).toEqual([3, 4]);
  });

  it('hears errors of the socket, which would else end the process', () => {
    const { socket, listeners } = fakeSocket();
    webSocketChannel(socket, codec);
    expect(listeners.get('error')).toHaveLength(1);
  });
});
