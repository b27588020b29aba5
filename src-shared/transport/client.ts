import type { z } from 'zod';
import type { Command, Contract, Event, Query } from '../contract/define.ts';
import type { Channel } from './channel.ts';
import { ContractError } from './errors.ts';
import { ServerMessage } from './protocol.ts';

type Callable = Query | Command;

export interface CallOptions {
  readonly signal?: AbortSignal;
}

type Caller<C extends Callable> =
  undefined extends z.input<C['input']>
    ? (input?: z.input<C['input']>, options?: CallOptions) => Promise<z.output<C['output']>>
    : (input: z.input<C['input']>, options?: CallOptions) => Promise<z.output<C['output']>>;

/** The contract as functions: a misspelt name or a wrong input does not compile. */
export type Client<C extends Contract> = {
  readonly [W in keyof C]: {
    readonly [N in keyof C[W] as C[W][N] extends Callable ? N : never]: C[W][N] extends Callable ? Caller<C[W][N]> : never;
  } & {
    readonly [N in keyof C[W] as C[W][N] extends Event ? `on${Capitalize<N & string>}` : never]: C[W][N] extends Event
      ? (listener: (payload: z.output<C[W][N]['payload']>) => void) => () => void
      : never;
  };
};

/** Makes a client over a channel. Every pending call fails with `unavailable` when the channel closes. */
export function createClient<C extends Contract>(contract: C, channel: Channel): Client<C> {
  let nextCall = 0;
  let closed = false;
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  const listeners = new Map<string, Set<(payload: unknown) => void>>();

  channel.onMessage(({ head, body }) => {
    const parsed = ServerMessage.safeParse(head);
    if (!parsed.success) return;
    const message = parsed.data;
    if (message.kind === 'event') {
      tell(message.name, message.payload);
      return;
    }
    const call = pending.get(message.call);
    if (!call) return;
    pending.delete(message.call);
    if (message.kind === 'answer') call.resolve(message.output);
    else if (message.kind === 'blob') call.resolve({ header: message.header, body: body ?? new Uint8Array() });
    else call.reject(new ContractError(message.error.code, message.error.message));
  });

  channel.onClose(() => {
    closed = true;
    for (const { reject } of pending.values()) reject(connectionLost());
    pending.clear();
  });

  /** One listener's mistake keeps no other from hearing. */
  const tell = (name: string, payload: unknown) => {
    for (const listener of Array.from(listeners.get(name) ?? [])) {
      try {
        listener(payload);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  };

  const call = (name: string, input: unknown, options: CallOptions = {}) =>
    new Promise<unknown>((resolve, reject) => {
      if (closed) return reject(connectionLost());
      if (options.signal?.aborted) return reject(new ContractError('cancelled', 'Cancelled.'));
      const number = nextCall++;
      const abort = () => {
        if (!pending.delete(number)) return;
        channel.send({ head: { kind: 'cancel', call: number } });
        reject(new ContractError('cancelled', 'Cancelled.'));
      };
      const settle =
        <T>(next: (value: T) => void) =>
        (value: T) => {
          options.signal?.removeEventListener('abort', abort);
          next(value);
        };
      pending.set(number, { resolve: settle(resolve), reject: settle(reject) });
      options.signal?.addEventListener('abort', abort, { once: true });
      try {
        channel.send({ head: { kind: 'call', call: number, name, ...(input === undefined ? {} : { input }) } });
      } catch {
        pending.get(number)?.reject(new ContractError('invalid_input', `${name}: the input cannot be sent; it must be JSON.`));
        pending.delete(number);
      }
    });

  const subscribe = (name: string, listener: (payload: unknown) => void) => {
    const set = listeners.get(name) ?? new Set();
    listeners.set(name, set);
    set.add(listener);
    return () => void set.delete(listener);
  };

  const client: Record<string, Record<string, unknown>> = {};
  for (const [word, parts] of Object.entries(contract)) {
    const functions: Record<string, unknown> = {};
    for (const [name, part] of Object.entries(parts)) {
      const full = `${word}.${name}`;
      if (part.kind === 'event') {
        functions[`on${name[0]?.toUpperCase()}${name.slice(1)}`] = (listener: (payload: unknown) => void) => subscribe(full, listener);
      } else {
        functions[name] = (input?: unknown, options?: CallOptions) => call(full, input, options);
      }
    }
    client[word] = functions;
  }
  return client as Client<C>;
}

function connectionLost() {
  return new ContractError('unavailable', 'The connection to the engine is gone. Reload the window to connect again.');
}
