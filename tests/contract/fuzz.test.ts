import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { contract } from '#shared/contract/index.ts';
import type { Channel } from '#shared/transport/channel.ts';
import { memoryChannel } from '#shared/transport/memory-channel.ts';
import { dispatch, serve } from '#shared/transport/serve.ts';
import { webSocketChannel } from '#shared/transport/web-socket-channel.ts';
import { codec, like, sockets } from './channels.ts';
import { small, smallHandlers } from './small-contract.ts';

const prototypeNames = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];
const word = fc.oneof(fc.constantFrom('text', 'knowledge', '', ...prototypeNames), fc.string());
const call = fc.oneof(fc.constantFrom('echo', 'shout', 'write', 'told', 'bytes', '', ...prototypeNames), fc.string());
const name = fc.oneof(
  fc.tuple(word, call).map(([left, right]) => `${left}.${right}`),
  fc.array(word, { maxLength: 5 }).map((parts) => parts.join('.')),
  fc.string({ minLength: 100, maxLength: 5000 }),
  fc.anything(),
);
const number = fc.oneof(fc.nat(20), fc.constantFrom(-1, 0.5, Number.NaN, 2 ** 60, '1', null, undefined));
const head = fc.oneof(
  fc.record(
    { kind: fc.constantFrom('call', 'cancel', 'answer', '__proto__', 1), call: number, name, input: fc.anything(), more: fc.anything() },
    { requiredKeys: ['kind', 'call'] },
  ),
  fc.record({ kind: fc.constant('call'), call: fc.nat(20), name, input: fc.anything() }),
  fc.anything(),
);

/** An end that keeps what it is told, and speaks without any copying or checking. */
function bareChannel() {
  const sent: { kind: string; call?: number }[] = [];
  let listener: Parameters<Channel['onMessage']>[0] = () => undefined;
  const channel: Channel = {
    send: (message) => void sent.push(message.head as { kind: string; call?: number }),
    onMessage: (next) => {
      listener = next;
    },
    onClose: () => undefined,
    close: () => undefined,
  };
  return { channel, sent, say: (message: unknown) => listener({ head: message }) };
}

const isNumber = (value: unknown) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const asks = (message: unknown) => {
  if (typeof message !== 'object' || message === null || !Object.hasOwn(message, 'kind') || !Object.hasOwn(message, 'call')) return false;
  return (message as { kind: unknown }).kind === 'call' && isNumber((message as { call: unknown }).call);
};

describe('serve, whatever it is told', () => {
  it('answers each call exactly once, ignores the rest, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(head, { maxLength: 30 }), async (messages) => {
        const { channel, sent, say } = bareChannel();
        const options = { caller: { door: 'browser' as const, permissions: new Set(['read' as const]) }, isOpen: () => true };
        const served = serve(small, smallHandlers(), channel, { ...options, onError: () => undefined, maxPending: 4 });
        for (const message of messages) say(message);
        for (const message of messages) if (asks(message)) say({ kind: 'cancel', call: (message as { call: number }).call });
        await new Promise((resolve) => setImmediate(resolve));
        expect(sent).toHaveLength(messages.filter(asks).length);
        for (const answer of sent) expect(['answer', 'blob', 'failure']).toContain(answer.kind);
        served.close();
        say({ kind: 'call', call: 1, name: 'text.state' });
        await new Promise((resolve) => setImmediate(resolve));
        expect(sent).toHaveLength(messages.filter(asks).length);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['deeply nested', JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown],
    ['deeply nested under a prototype key', JSON.parse(`{"__proto__":${'['.repeat(50_000)}${']'.repeat(50_000)}}`) as unknown],
  ])('refuses an input that is %s', async (_, value) => {
    const { channel, sent, say } = bareChannel();
    const options = { caller: { door: 'browser' as const, permissions: new Set(['read' as const]) }, isOpen: () => true };
    serve(small, smallHandlers(), channel, { ...options, onError: () => undefined });
    say({ kind: 'call', call: 1, name: 'text.echo', input: { value } });
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toEqual([{ kind: 'failure', call: 1, error: { code: 'too_large', message: expect.any(String) as string } }]);
  });

  it('refuses a second call under a number that is in use, and leaves the first alone', async () => {
    const { channel, sent, say } = bareChannel();
    const options = { caller: { door: 'browser' as const, permissions: new Set(['read' as const]) }, isOpen: () => true };
    serve(small, smallHandlers(), channel, { ...options, onError: () => undefined });
    say({ kind: 'call', call: 1, name: 'text.wait' });
    say({ kind: 'call', call: 1, name: 'text.state' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toMatchObject([{ kind: 'failure', call: 1, error: { code: 'unavailable' } }]);
    say({ kind: 'cancel', call: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent.slice(1)).toMatchObject([{ kind: 'failure', call: 1, error: { code: 'cancelled' } }]);
  });

  it('outlives a channel, a log and an audit that fail', async () => {
    const broken: Channel = {
      ...memoryChannel()[0],
      send: () => {
        throw new Error('gone');
      },
      onMessage: (listener) => setImmediate(() => listener({ head: { kind: 'call', call: 1, name: 'text.write', input: { n: 1 } } })),
    };
    const fail = () => {
      throw new Error('full');
    };
    const handlers = smallHandlers();
    const caller = { door: 'browser' as const, permissions: new Set(['read' as const, 'write' as const]) };
    const served = serve(small, handlers, broken, { caller, isOpen: () => true, onError: fail, onCommand: fail });
    served.emit('text.told', { text: 'a' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(handlers.written).toEqual([1]);
  });

  it('finds no call by any other than its own full name', async () => {
    const own = new Set(Object.entries(contract).flatMap(([left, parts]) => Object.keys(parts).map((right) => `${left}.${right}`)));
    const context = { caller: { door: 'engine' as const, permissions: new Set<never>() }, signal: new AbortController().signal };
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.tuple(word, call).map((parts) => parts.join('.')),
          fc.string(),
        ),
        async (asked) => {
          fc.pre(!own.has(asked));
          await expect(dispatch(contract, {}, asked, undefined, context, () => true)).rejects.toMatchObject({ code: 'not_found' });
        },
      ),
    );
  });
});

describe('a socket, whatever it is sent', () => {
  let pair: Awaited<ReturnType<typeof sockets>>;
  beforeAll(async () => {
    pair = await sockets();
    const caller = { door: 'browser' as const, permissions: new Set(['read' as const]) };
    serve(small, smallHandlers(), webSocketChannel(like(pair.accepted), codec), { caller, isOpen: () => true, onError: () => undefined });
  });
  afterAll(() => pair.stop());

  it('still answers afterwards', async () => {
    const garbage = fc.sample(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 200 }), fc.json()), 300);
    for (const piece of garbage) pair.client.send(piece);
    pair.client.send('{"kind":"call","call":7,"name":"text.state"}');
    expect(await answerTo(pair.client, 7)).toEqual({ kind: 'answer', call: 7, output: 'there' });
  });

  it('a frame against the protocol ends the connection and not the process', async () => {
    const closed = new Promise((resolve) => pair.accepted.once('close', resolve));
    // All reserved bits set: no WebSocket frame may look so (RFC 6455, section 5.2).
    (pair.client as unknown as { _socket: { write(bytes: Uint8Array): void } })._socket.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
    await closed;
  });
});

function answerTo(socket: WebSocket, number: number) {
  return new Promise<unknown>((resolve) =>
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { call?: number };
      if (message.call === number) resolve(message);
    }),
  );
}
