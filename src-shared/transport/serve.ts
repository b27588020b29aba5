import type { z } from 'zod';
import { type Blob, blobMark, type Command, type Contract, type Event, type Permission, type Query } from '../contract/define.ts';
import type { Channel } from './channel.ts';
import { ContractError, isContractError } from './errors.ts';
import { ClientMessage, type ServerMessage } from './protocol.ts';

/** Who calls, through which door, and what that door may do. */
export interface Caller {
  readonly door: 'desktop' | 'browser' | 'cli' | 'engine';
  readonly permissions: ReadonlySet<Permission>;
}

export interface CallContext {
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

type Answer<O extends z.ZodType> = z.input<O>;

/** The handlers a contract asks for: a missing or misspelt one does not compile. */
export type Handlers<C extends Contract> = {
  readonly [W in keyof C]: {
    readonly [N in keyof C[W] as C[W][N] extends Query | Command ? N : never]: C[W][N] extends Query | Command
      ? (input: z.output<C[W][N]['input']>, context: CallContext) => Answer<C[W][N]['output']> | Promise<Answer<C[W][N]['output']>>
      : never;
  };
};

type AnyHandlers = Readonly<Record<string, Readonly<Record<string, (input: unknown, context: CallContext) => unknown>>>>;

export type Emit<C extends Contract> = <W extends keyof C & string, N extends keyof C[W] & string>(
  name: `${W}.${N}`,
  payload: C[W][N] extends Event ? z.input<C[W][N]['payload']> : never,
) => void;

export interface ServeOptions {
  readonly caller: Caller;
  /** False while no workspace is open: only calls marked `whileLocked` are answered. */
  readonly isOpen: () => boolean;
  /** Where stacks go; nothing but code and message crosses the channel. */
  readonly onError: (name: string, error: unknown) => void;
  /** Told of every finished command, for the audit chain. */
  readonly onCommand?: (name: string, caller: Caller, outcome: 'done' | 'failed') => void;
  /** Calls at once from this channel; one more is refused. */
  readonly maxPending?: number;
}

export interface Served {
  emit(name: string, payload: unknown): void;
  close(): void;
}

/** Runs one call by name, past every check. `serve` and calls within the engine share it. */
export async function dispatch(
  contract: Contract,
  handlers: object,
  name: string,
  input: unknown,
  context: CallContext,
  isOpen: () => boolean,
): Promise<{ part: Query | Command; output: unknown }> {
  const part = lookUp(contract, name);
  if (!part || part.kind === 'event') throw new ContractError('not_found', `There is no call named “${printable(name)}”.`);
  if (!context.caller.permissions.has(part.needs))
    throw new ContractError('forbidden', `“${name}” is not allowed through this door (${context.caller.door}).`);
  if (!part.whileLocked && !isOpen()) throw new ContractError('locked', 'Unlock a workspace first.');
  const parsed = part.input.safeParse(input);
  if (!parsed.success) throw new ContractError('invalid_input', `${name}: ${firstIssue(parsed.error)}`);
  const [word, call] = name.split('.') as [string, string];
  const handler = (handlers as AnyHandlers)[word]?.[call];
  if (!handler) throw new Error(`${name} has no handler`);
  const output = await handler(parsed.data, context);
  if (context.signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
  const checked = part.output.safeParse(output);
  if (!checked.success) throw new Error(`${name} answered out of contract: ${firstIssue(checked.error)}`);
  return { part, output: checked.data };
}

/**
 * The only door into the engine: own-property look-up, permission, parse input, handler,
 * parse output, reply.
 */
export function serve(contract: Contract, handlers: object, channel: Channel, options: ServeOptions): Served {
  const running = new Map<number, AbortController>();
  const maxPending = options.maxPending ?? 256;
  let open = true;

  const reply = (head: ServerMessage, body?: Uint8Array<ArrayBuffer>) => {
    if (open) channel.send(body ? { head, body } : { head });
  };

  const answer = async (number: number, name: string, input: unknown) => {
    if (running.size >= maxPending || running.has(number)) {
      const message = 'Too many calls at once; wait for some to finish.';
      return reply({ kind: 'failure', call: number, error: { code: 'unavailable', message } });
    }
    const abort = new AbortController();
    running.set(number, abort);
    const isCommand = lookUp(contract, name)?.kind === 'command';
    try {
      const context = { caller: options.caller, signal: abort.signal };
      const { part, output } = await dispatch(contract, handlers, name, input, context, options.isOpen);
      if (isCommand) options.onCommand?.(name, options.caller, 'done');
      if (part.output.meta()?.[blobMark]) {
        const { header, body } = output as Blob<unknown>;
        reply({ kind: 'blob', call: number, header }, body);
      } else {
        reply({ kind: 'answer', call: number, output });
      }
    } catch (error) {
      if (isCommand) options.onCommand?.(name, options.caller, 'failed');
      if (!isContractError(error)) options.onError(name, error);
      const { code, message } = isContractError(error)
        ? error
        : { code: 'internal' as const, message: 'Something went wrong in the engine; its log has the details.' };
      reply({ kind: 'failure', call: number, error: { code, message } });
    } finally {
      running.delete(number);
    }
  };

  channel.onMessage(({ head }) => {
    const parsed = ClientMessage.safeParse(head);
    if (!parsed.success) return;
    const message = parsed.data;
    if (message.kind === 'cancel') running.get(message.call)?.abort();
    else void answer(message.call, message.name, message.input);
  });

  const close = () => {
    open = false;
    for (const abort of running.values()) abort.abort();
  };
  channel.onClose(close);

  return {
    emit: (name, payload) => reply({ kind: 'event', name, payload }),
    close: () => {
      close();
      channel.close();
    },
  };
}

function lookUp(contract: Contract, name: string) {
  const [word, call, ...more] = name.split('.');
  if (word === undefined || call === undefined || more.length > 0 || !Object.hasOwn(contract, word)) return undefined;
  const parts = contract[word];
  return parts && Object.hasOwn(parts, call) ? parts[call] : undefined;
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'not as expected';
  const where = issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ` : '';
  return `${where}${issue.message}`;
}

function printable(name: string) {
  return name.replace(/[^\w.-]/g, '?').slice(0, 60);
}
