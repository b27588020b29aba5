import type { SecretStore } from '#main/platform/host.ts';
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
  | { readonly kind: 'secret'; readonly call: number; readonly value?: Uint8Array; readonly failed?: boolean };

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
