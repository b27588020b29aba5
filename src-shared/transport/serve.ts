import type { z } from 'zod';
import { type Blob, blobMark, type Command, type Contract, type Event, type Permission, type Query } from '../contract/define.ts';
import { withinBounds } from './bounds.ts';
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
  /** Told of every failure, also of those that are a sentence. */
  readonly onFailure?: (error: unknown) => void;
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
  if (!withinBounds(input)) throw new ContractError('too_large', `${name}: the input is nested too deeply or holds too many values.`);
  const parsed = part.input.safeParse(input);
  if (!parsed.success) throw new ContractError('invalid_input', `${name}: ${firstIssue(parsed.error)}`);
  const [word, call] = name.split('.') as [string, string];
  const handler = (handlers as AnyHandlers)[word]?.[call];
  if (!handler) throw new Error(`${name} has no handler`);
  const output = await handler(parsed.data, context);
  // A command that came to its end has changed what it had to change, whatever was asked meanwhile.
  if (part.kind === 'query' && context.signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
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

  /** False where the message could not be sent; a channel that fails must not end the engine. */
  const reply = (head: ServerMessage, body?: Uint8Array<ArrayBuffer>) => {
    if (!open) return true;
    try {
      channel.send(body ? { head, body } : { head });
      return true;
    } catch (error) {
      report('a message to the face', error);
      return false;
    }
  };

  const report = (name: string, error: unknown) => {
    try {
      options.onError(name, error);
    } catch {
      // The log itself fails; there is nobody left to tell.
    }
  };

  const refuse = (call: number, error: unknown) => {
    const { code, message } = isContractError(error)
      ? error
      : { code: 'internal' as const, message: 'Something went wrong in the engine; its log has the details.' };
    reply({ kind: 'failure', call, error: { code, message } });
  };

  /** Runs one call and answers it exactly once. Never rejects. */
  const answer = async (call: number, name: string, input: unknown) => {
    if (running.size >= maxPending || running.has(call))
      return refuse(call, new ContractError('unavailable', 'Too many calls at once; wait for some to finish.'));
    const abort = new AbortController();
    running.set(call, abort);
    const isCommand = lookUp(contract, name)?.kind === 'command';
    const settled = (outcome: 'done' | 'failed') => {
      if (isCommand) options.onCommand?.(name, options.caller, outcome);
    };
    try {
      const context = { caller: options.caller, signal: abort.signal };
      const { part, output } = await dispatch(contract, handlers, name, input, context, options.isOpen).catch((error: unknown) => {
        try {
          settled('failed');
        } catch (unaudited) {
          report(name, unaudited);
        }
        throw error;
      });
      settled('done');
      const header = part.output.meta()?.[blobMark] as z.ZodType | undefined;
      const sent = header
        ? reply({ kind: 'blob', call, header: header.parse((output as Blob<unknown>).header) }, (output as Blob<unknown>).body)
        : reply({ kind: 'answer', call, output });
      if (!sent) refuse(call, undefined);
    } catch (error) {
      options.onFailure?.(error);
      if (!isContractError(error)) report(name, error);
      refuse(call, error);
    } finally {
      running.delete(call);
    }
  };

  channel.onMessage(({ head }) => {
    if (!open) return;
    const parsed = ClientMessage.safeParse(head);
    if (!parsed.success) {
      const call = callNumber(head);
      if (call !== undefined) refuse(call, new ContractError('invalid_input', 'That is no call: it needs a name and an input.'));
      return;
    }
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
    emit: (name, payload) => {
      const part = lookUp(contract, name);
      const checked = part?.kind === 'event' ? part.payload.safeParse(payload) : undefined;
      if (checked?.success) reply({ kind: 'event', name, payload: checked.data });
      else
        report(name, checked ? new Error(`${name} told out of contract: ${firstIssue(checked.error)}`) : new Error(`${name} is no event`));
    },
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
  // Keys come from the caller and may be of any length.
  return `${where}${issue.message}`.slice(0, 300);
}

/** The call that a malformed message wants answered, so that its caller does not wait for ever. */
function callNumber(head: unknown): number | undefined {
  if (typeof head !== 'object' || head === null || !Object.hasOwn(head, 'kind') || !Object.hasOwn(head, 'call')) return undefined;
  const { kind, call } = head as { kind: unknown; call: unknown };
  return kind === 'call' && typeof call === 'number' && Number.isSafeInteger(call) && call >= 0 ? call : undefined;
}

function printable(name: string) {
  return name.replace(/[^\w.-]/g, '?').slice(0, 60);
}
