import { AsyncLocalStorage } from 'node:async_hooks';

/** What the code running now may do past the guard. Nothing unless it runs inside `pass`. */
export type Passage =
  /** One TCP connection to one address that was looked up and checked beforehand. */
  | { readonly kind: 'connect'; readonly address: string; readonly port: number }
  | { readonly kind: 'look-up'; readonly host: string }
  /** A process or thread of ours, started by a host. */
  | { readonly kind: 'start'; readonly what: string };

const passage = new AsyncLocalStorage<Passage>();

export function currentPassage(): Passage | undefined {
  return passage.getStore();
}

/** Runs `act` with one permit. Only `platform/http` and the hosts call this; a test asserts it. */
export function pass<T>(permit: Passage, act: () => T): T {
  return passage.run(permit, act);
}
