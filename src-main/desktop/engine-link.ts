import type { MessageChannelMain, MessagePortMain, UtilityProcess } from 'electron';
import type { Opening } from './openings.ts';
import type { Activity } from './tray.ts';
import { createSides } from './sides.ts';

/** What the engine's process is told first. */
export interface EngineStart {
  readonly kind: 'start';
  readonly dataDir: string;
  readonly resourcesDir: string;
  readonly hasKeychain: boolean;
}

/** What goes to the engine's process; `page` brings a port. */
export type ToEngine =
  | EngineStart
  | { readonly kind: 'page' }
  | { readonly kind: 'close' }
  | { readonly kind: 'secret'; readonly call: number; readonly value?: Uint8Array; readonly failed?: boolean }
  /** Brings the port of a process that the engine asked for. */
  | { readonly kind: 'spawned'; readonly process: number; readonly pid: number | undefined }
  | { readonly kind: 'exited'; readonly process: number }
  | { readonly kind: 'open'; readonly view?: string | undefined; readonly paths: readonly string[] }
  | { readonly kind: 'lock' };

/** What comes from it. */
export type FromEngine =
  | {
      readonly kind: 'secret';
      readonly call: number;
      readonly action: 'get' | 'set' | 'delete';
      readonly name: string;
      readonly value?: Uint8Array;
    }
  | { readonly kind: 'notify'; readonly title: string; readonly body: string }
  | { readonly kind: 'spawn'; readonly process: number; readonly entry: string }
  | { readonly kind: 'kill'; readonly process: number }
  | { readonly kind: 'activity'; readonly running: number; readonly progress?: number }
  /** A job that took a while has ended. */
  | { readonly kind: 'ended'; readonly title: string; readonly failed: boolean };

interface Secrets {
  get(name: string): Promise<Uint8Array | undefined>;
  set(name: string, value: Uint8Array): Promise<void>;
  delete(name: string): Promise<void>;
}

export interface EngineLinkTerms {
  readonly fork: () => UtilityProcess;
  /** Starts a process that runs beside the engine; undefined where there is no such entry. */
  readonly forkSide: (entry: string) => UtilityProcess | undefined;
  readonly newChannel: () => MessageChannelMain;
  readonly start: EngineStart;
  readonly secrets: Secrets | undefined;
  readonly notify: (title: string, body: string) => void;
  readonly onActivity: (activity: Activity) => void;
  readonly onEnded: (job: { readonly title: string; readonly failed: boolean }) => void;
  /** The engine's process ended and nobody had asked it to. */
  readonly onDied: () => void;
}

export interface EngineLink {
  /** Gives one page's end of a channel to the engine, starting the engine where it is not running. */
  handOver(port: MessagePortMain): void;
  /** Passes on what a person asked the app to open. */
  ask(opening: Opening): void;
  lock(): void;
  /** Asks the engine to close its workspace, and resolves when its process is gone. */
  close(): Promise<void>;
}

const closeTime = 10_000;

/** The engine in a process of its own: started at the first page, and again where it has died. */
export function createEngineLink(terms: EngineLinkTerms): EngineLink {
  const { fork, forkSide, newChannel, start, secrets, notify } = terms;
  let closing = false;
  let running: { process: UtilityProcess; gone: Promise<void> } | undefined;

  const answer = async (process: UtilityProcess, message: FromEngine) => {
    if (message.kind === 'notify') return notify(message.title, message.body);
    if (message.kind !== 'secret') return;
    const reply = (rest: { value?: Uint8Array; failed?: boolean }) =>
      process.postMessage({ kind: 'secret', call: message.call, ...rest } satisfies ToEngine);
    try {
      if (!secrets) throw new Error('no keychain');
      if (message.action === 'get') {
        const value = await secrets.get(message.name);
        return reply(value ? { value } : {});
      }
      if (message.action === 'set' && message.value) await secrets.set(message.name, message.value);
      else if (message.action === 'delete') await secrets.delete(message.name);
      reply({});
    } catch {
      reply({ failed: true });
    }
  };

  const engine = () => {
    if (running) return running.process;
    const process = fork();
    const sides = createSides({ forkSide, newChannel, tell: (message, ports) => process.postMessage(message, ports) });
    const gone = new Promise<void>((resolve) => {
      process.once('exit', () => {
        running = undefined;
        sides.killAll();
        resolve();
        if (!closing) terms.onDied();
      });
    });
    process.on('message', (message: FromEngine) => {
      if (message.kind === 'spawn') sides.spawn(message.process, message.entry);
      else if (message.kind === 'kill') sides.kill(message.process);
      else if (message.kind === 'activity') terms.onActivity(message);
      else if (message.kind === 'ended') terms.onEnded(message);
      else void answer(process, message);
    });
    process.postMessage(start satisfies ToEngine);
    running = { process, gone };
    return process;
  };

  return {
    handOver: (port) => engine().postMessage({ kind: 'page' } satisfies ToEngine, [port]),
    ask: ({ view, paths }) => engine().postMessage({ kind: 'open', view, paths } satisfies ToEngine),
    lock: () => running?.process.postMessage({ kind: 'lock' } satisfies ToEngine),
    async close() {
      closing = true;
      if (!running) return;
      const { process, gone } = running;
      process.postMessage({ kind: 'close' } satisfies ToEngine);
      const timer = setTimeout(() => process.kill(), closeTime);
      await gone;
      clearTimeout(timer);
    },
  };
}
