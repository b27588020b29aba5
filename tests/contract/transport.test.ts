import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Permission } from '#shared/contract/define.ts';
import { type Client, createClient } from '#shared/transport/client.ts';
import { type Served, serve } from '#shared/transport/serve.ts';
import { channels, type Joined } from './channels.ts';
import { type Small, secret, small, smallHandlers } from './small-contract.ts';

const door = (...permissions: Permission[]) => ({ door: 'browser' as const, permissions: new Set(permissions) });

/** The same questions and the same answers, whatever carries them. */
describe.each(Object.keys(channels) as (keyof typeof channels)[])('over the %s channel', (kind) => {
  let joined: Joined;
  let client: Client<Small>;
  let served: Served;
  let handlers: ReturnType<typeof smallHandlers>;
  let open: boolean;
  let logged: [string, unknown][];
  let audited: string[];
  /** All that reached the near side, as text: what must not be in there must not be anywhere. */
  let wire: string;

  beforeEach(async () => {
    joined = await channels[kind]();
    handlers = smallHandlers();
    [open, logged, audited, wire] = [true, [], [], ''];
    served = serve(small, handlers, joined.far, {
      caller: door('read', 'write'),
      isOpen: () => open,
      onError: (name, error) => logged.push([name, error]),
      onCommand: (name, _caller, outcome) => audited.push(`${name} ${outcome}`),
      maxPending: 8,
    });
    const tapped = {
      ...joined.near,
      onMessage: (listener: Parameters<Joined['near']['onMessage']>[0]) =>
        joined.near.onMessage((message) => {
          wire += `${JSON.stringify(message.head)}${message.body ? Buffer.from(message.body.buffer).toString('latin1') : ''}`;
          listener(message);
        }),
    };
    client = createClient(small, tapped);
  });
  afterEach(() => joined.end());

  it('answers with values as JSON carries them', async () => {
    const value = { text: 'ä€𝄞\u2028', numbers: [0, -0.5, 1e300], empty: {}, nothing: null, list: [[], [true]] };
    expect(await client.text.echo({ value })).toEqual({ value });
  });

  it('fills in defaults', async () => {
    expect(await client.text.shout({ text: 'a' })).toBe('A');
    expect(await client.text.shout({ text: 'a', times: 3 })).toBe('AAA');
  });

  it('answers many calls at once, each with its own', async () => {
    const texts = ['a', 'b', 'c', 'd', 'e', 'f'];
    expect(await Promise.all(texts.map((text) => client.text.shout({ text })))).toEqual(texts.map((text) => text.toUpperCase()));
  });

  it('refuses unknown keys, wrong types and missing input', async () => {
    const loose = client.text as unknown as Record<string, (input?: unknown) => Promise<unknown>>;
    for (const input of [
      { text: 'a', more: 1 },
      { text: 1 },
      {},
      undefined,
      null,
      [],
      'a',
      { text: 'a', times: 0 },
      { text: 'x'.repeat(101) },
    ])
      await expect(loose.shout?.(input)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(client.text.wait('x' as unknown as undefined)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('says in an error where the input is wrong', async () => {
    await expect(client.text.shout({ text: 'a', times: 0.5 })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('text.shout: times:') as string,
    });
  });

  it('refuses what this door may not do, and audits the try', async () => {
    await expect(client.text.govern()).rejects.toMatchObject({ code: 'forbidden' });
    expect(audited).toEqual(['text.govern failed']);
  });

  it('answers only what is marked so while locked', async () => {
    open = false;
    await expect(client.text.write({ n: 1 })).rejects.toMatchObject({ code: 'locked' });
    expect(handlers.written).toEqual([]);
    expect(await client.text.state()).toBe('there');
  });

  it('audits commands with their outcome, and no queries', async () => {
    await client.text.write({ n: 1 });
    await client.text.shout({ text: 'a' });
    await expect(client.text.write({ n: 'x' } as unknown as { n: number })).rejects.toMatchObject({ code: 'invalid_input' });
    expect(audited).toEqual(['text.write done', 'text.write failed']);
  });

  it('passes on errors of the closed list, and of all others neither stack nor message', async () => {
    await expect(client.text.fail('known')).rejects.toMatchObject({ code: 'not_found', message: 'There is no such thing.' });
    for (const how of ['unknown', 'text', 'nothing'] as const)
      await expect(client.text.fail(how)).rejects.toMatchObject({ code: 'internal' });
    await expect(client.text.lie()).rejects.toMatchObject({ code: 'internal' });
    expect(logged.map(([name]) => name)).toEqual(['text.fail', 'text.fail', 'text.fail', 'text.lie']);
    expect(wire).not.toContain(secret);
    expect(wire).not.toContain('at ');
  });

  it('sends nothing beyond what the contract says', async () => {
    expect(await client.text.strip()).toEqual({ shown: 'this' });
    await client.text.bytes({ count: 4 });
    expect(wire).not.toContain(secret);
  });

  it.each([0, 1, 2, 3, 1000])('carries a blob of %i numbers, aligned and alone in its buffer', async (count) => {
    const { header, body } = await client.text.bytes({ count });
    expect(header).toEqual({ count });
    expect(body.byteOffset % 8).toBe(0);
    expect([...new Uint32Array(body.buffer, body.byteOffset, count)]).toEqual([...Array(count).keys()]);
    expect(body.byteLength).toBe(count * 4);
    expect(Buffer.from(body.buffer).includes(Buffer.of(0xaa, 0xaa, 0xaa))).toBe(false);
  });

  it('cancels: the caller hears at once, the handler hears, the place is free again', async () => {
    const abort = new AbortController();
    const waits = Array.from({ length: 8 }, () => client.text.wait(undefined, { signal: abort.signal }));
    await expect(client.text.shout({ text: 'a' })).rejects.toMatchObject({ code: 'unavailable' });
    abort.abort();
    for (const wait of waits) await expect(wait).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => client.text.shout({ text: 'a' }).catch(() => '')).toBe('A');
    await expect(client.text.wait(undefined, { signal: abort.signal })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('a command that came to its end although cancelled is audited as done', async () => {
    const abort = new AbortController();
    const stopped = client.text.stop(undefined, { signal: abort.signal });
    await client.text.state();
    abort.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => audited).toEqual(['text.stop done']);
  });

  it('tells events to all listeners, checked, until they leave', async () => {
    const heard: string[] = [];
    const leave = client.text.onTold(({ text }) => heard.push(`1 ${text}`));
    client.text.onTold((payload) => heard.push(`2 ${JSON.stringify(payload)}`));
    served.emit('text.told', { text: 'a', hidden: secret });
    await expect.poll(() => heard).toEqual(['1 a', '2 {"text":"a"}']);
    leave();
    served.emit('text.told', { text: 'b' });
    await expect.poll(() => heard).toEqual(['1 a', '2 {"text":"a"}', '2 {"text":"b"}']);
    served.emit('text.told', { text: 1 });
    served.emit('text.shout', 'x');
    served.emit('toString', 'x');
    expect(logged.map(([name]) => name)).toEqual(['text.told', 'text.shout', 'toString']);
  });

  it('fails all pending and later calls when the connection ends, and stops their handlers', async () => {
    const pending = client.text.wait();
    await client.text.state();
    await joined.end();
    await expect(pending).rejects.toMatchObject({ code: 'unavailable' });
    await expect(client.text.state()).rejects.toMatchObject({ code: 'unavailable' });
    await expect.poll(() => handlers.woken).toBe(1);
    // Nothing is answered into a closed channel, and nothing of it is an error.
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(logged).toEqual([]);
  });

  it('a client made too late learns that the connection is gone', async () => {
    await joined.end();
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (kind === 'port') return;
    const late = createClient(small, joined.near);
    await Promise.resolve();
    await expect(late.text.state()).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('an input that JSON cannot carry', () => {
  it('fails with one sentence, and the client goes on', async () => {
    const { near, far } = await channels.memory();
    serve(small, smallHandlers(), far, { caller: door('read'), isOpen: () => true, onError: () => undefined });
    const client = createClient(small, near);
    const round: Record<string, unknown> = {};
    round.self = round;
    await expect(client.text.echo({ value: round as never })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(client.text.echo({ value: 1n as never })).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await client.text.state()).toBe('there');
  });
});
