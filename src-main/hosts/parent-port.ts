import { EventEmitter } from 'node:events';
import type { Host, SecretStore, SideProcess } from '#main/platform/host.ts';
import { type Channel, type Message, ownBody } from '#shared/transport/channel.ts';
import { portChannel } from '#shared/transport/port-channel.ts';
import { ContractError } from '#shared/transport/errors.ts';

/** A page's port, as Electron's utility process gets it. */
export interface PagePort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: Message }) => void): void;
  on(event: 'close', listener: () => void): void;
  off(event: 'message', listener: (event: { data: Message }) => void): void;
  start(): void;
  close(): void;
}

/** What the window's process says to the engine's. */
export type FromWindow =
  | { readonly kind: 'start'; readonly dataDir: string; readonly resourcesDir: string; readonly hasKeychain: boolean }
  | { readonly kind: 'page' }
  | { readonly kind: 'close' }
  | { readonly kind: 'secret'; readonly call: number; readonly value?: Uint8Array; readonly failed?: boolean }
  /** Brings the port of a process that was asked for. */
  | { readonly kind: 'spawned'; readonly process: number; readonly pid: number | undefined }
  | { readonly kind: 'exited'; readonly process: number }
  | { readonly kind: 'open'; readonly view?: string; readonly paths: readonly string[] }
  | { readonly kind: 'lock' };

export interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: FromWindow; ports: PagePort[] }) => void): void;
}

/** A channel to one page. */
export function parentPortChannel(port: PagePort): Channel {
  let listening: ((event: { data: Message }) => void) | undefined;
  return portChannel({
    post: (message) => port.postMessage(ownBody(message)),
    listen(listener) {
      if (listening) port.off('message', listening);
      listening = ({ data }) => listener(data);
      port.on('message', listening);
      port.start();
    },
    onClose: (listener) => port.on('close', listener),
    close: () => port.close(),
  });
}

/** The keychain lives in the window's process; this one asks for it. */
export function parentSecrets(parent: ParentPort): SecretStore {
  let calls = 0;
  const waiting = new Map<number, (answer: { value?: Uint8Array; failed?: boolean }) => void>();
  parent.on('message', ({ data }) => {
    if (data.kind !== 'secret') return;
    waiting.get(data.call)?.(data);
    waiting.delete(data.call);
  });
  const ask = (action: 'get' | 'set' | 'delete', name: string, value?: Uint8Array) =>
    new Promise<Uint8Array | undefined>((resolve, reject) => {
      const call = calls++;
      waiting.set(call, (answer) => {
        if (answer.failed) reject(new ContractError('unavailable', 'The system’s keychain did not answer; use the passphrase.'));
        else resolve(answer.value);
      });
      parent.postMessage({ kind: 'secret', call, action, name, ...(value ? { value } : {}) });
    });
  return {
    get: (name) => ask('get', name),
    set: async (name, value) => void (await ask('set', name, value)),
    delete: async (name) => void (await ask('delete', name)),
  };
}

/**
 * Processes beside the engine. Only the window's process can start them under Electron (nothing else may run this
 * program as Node), so it is asked to, and hands over a port to each.
 */
export function parentProcesses(parent: ParentPort): Host['spawnProcess'] {
  let count = 0;
  const running = new Map<number, { started(pid: number | undefined, port: PagePort): void; ended(): void }>();
  parent.on('message', ({ data, ports }) => {
    if (data.kind === 'exited') running.get(data.process)?.ended();
    else if (data.kind === 'spawned' && ports[0]) running.get(data.process)?.started(data.pid, ports[0]);
  });
  return (entry) => {
    const process = count++;
    const events = new EventEmitter<{ message: [unknown]; exit: []; error: [] }>();
    const waiting: { message: unknown; sent: (() => void) | undefined }[] = [];
    let pid: number | undefined;
    let port: PagePort | undefined;
    running.set(process, {
      started(itsPid, itsPort) {
        pid = itsPid;
        port = itsPort;
        port.on('message', ({ data }) => events.emit('message', data));
        port.start();
        for (const { message, sent } of waiting.splice(0)) side.send(message, sent);
      },
      ended() {
        running.delete(process);
        port?.close();
        events.emit('exit');
      },
    });
    const side: SideProcess = {
      get pid() {
        return pid;
      },
      send(message, sent) {
        if (port) {
          port.postMessage(message);
          sent?.();
        } else {
          // As if it had crossed already: what the sender changes afterwards stays with the sender.
          waiting.push({ message: structuredClone(message), sent });
        }
      },
      kill: () => parent.postMessage({ kind: 'kill', process }),
      on: (event: 'message' | 'exit' | 'error', listener: (message: unknown) => void) => events.on(event, listener),
    };
    parent.postMessage({ kind: 'spawn', process, entry });
    return side;
  };
}
