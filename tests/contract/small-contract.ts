import { z } from 'zod';
import { blob, command, event, query } from '#shared/contract/define.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { CallContext, Handlers } from '#shared/transport/serve.ts';

/** A contract with one of everything that the transport has to carry. */
export const small = {
  text: {
    echo: query('Says it again.', z.strictObject({ value: z.json() }), z.object({ value: z.json() })),
    shout: query('In capitals.', z.strictObject({ text: z.string().max(100), times: z.int().min(1).default(1) }), z.string()),
    wait: query('Waits to be cancelled.', z.void(), z.string()),
    state: query('Works while locked.', z.void(), z.string(), { whileLocked: true }),
    strip: query('Answers with more than it may.', z.void(), z.object({ shown: z.string() })),
    lie: query('Answers out of contract.', z.void(), z.string()),
    fail: query('Throws what is told.', z.enum(['known', 'unknown', 'nothing', 'text']), z.void()),
    bytes: query('Numbers as bytes.', z.strictObject({ count: z.int().min(0).max(1e6) }), blob(z.object({ count: z.int() }))),
    write: command('Changes something.', z.strictObject({ n: z.int() }), z.int()),
    stop: command('Changes something although cancelled meanwhile.', z.void(), z.string()),
    govern: command('For administrators.', z.void(), z.void(), { needs: 'admin' }),
    told: event('Something was told.', z.object({ text: z.string() })),
  },
};
export type Small = typeof small;

/** A secret that no answer may ever show. */
export const secret = 'hunter2-/home/someone/.ssh';

export function smallHandlers(): Handlers<Small> & { written: number[]; woken: number } {
  const written: number[] = [];
  const aborted = (signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const handlers = {
    written,
    woken: 0,
    text: {
      echo: ({ value }) => ({ value }),
      shout: ({ text, times }) => text.toUpperCase().repeat(times),
      wait: async (_: void, { signal }: CallContext) => {
        await aborted(signal);
        handlers.woken++;
        return 'woken';
      },
      state: () => 'there',
      strip: () => ({ shown: 'this', hidden: secret }),
      lie: () => ({ [secret]: secret }) as unknown as string,
      fail: (how) => {
        if (how === 'known') throw new ContractError('not_found', 'There is no such thing.', { cause: new Error(secret) });
        if (how === 'unknown') throw new TypeError(secret);
        if (how === 'text') throw secret as unknown as Error;
        throw undefined as unknown as Error;
      },
      bytes: ({ count }) => {
        // In a larger buffer, at an odd place, as a slice of a file would be.
        const pool = new Uint8Array(count * 4 + 7).fill(0xaa);
        const body = pool.subarray(3, 3 + count * 4);
        const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
        for (let index = 0; index < count; index++) view.setUint32(index * 4, index, true);
        return { header: { count, path: secret }, body };
      },
      write: ({ n }) => written.push(n),
      stop: async (_, { signal }) => {
        await aborted(signal);
        return 'done';
      },
      govern: () => undefined,
    },
  } satisfies Handlers<Small> & { written: number[]; woken: number };
  return handlers;
}
