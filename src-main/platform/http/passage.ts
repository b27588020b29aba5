import { AsyncLocalStorage } from 'node:async_hooks';

/** What the code running now may do past the guard. Nothing unless it runs inside `pass`. */
export type Passage =
  /** One TCP connection to one address that was looked up and checked beforehand. */
  | { readonly kind: 'connect'; readonly address: string; readonly port: number }
  | { readonly kind: 'look-up'; readonly host: string }
  /** A process or thread of ours, started by a host. */
  | { readonly kind: 'start'; readonly what: string };

interface Ticket {
  readonly permit: Passage;
  /** The floors of the guard where it was shown already: each takes it once. */
  readonly shown: Set<string>;
  over: boolean;
}

const tickets = new AsyncLocalStorage<Ticket>();

/**
 * Runs `act` with one permit. Only `platform/http` and the hosts call this. What `act` leaves
 * behind (listeners, later answers) runs in the same context, so a permit to start ends with
 * `act`, and the others are good for one use.
 */
export function pass<T>(permit: Passage, act: () => T): T {
  const ticket: Ticket = { permit, shown: new Set(), over: false };
  try {
    return tickets.run(ticket, act);
  } finally {
    if (permit.kind === 'start') ticket.over = true;
  }
}

export function mayStart(): boolean {
  const ticket = tickets.getStore();
  return ticket !== undefined && !ticket.over && ticket.permit.kind === 'start';
}

/** Takes the permit to connect, once on each floor. */
export function takeConnection(address: string, port: number, floor: 'functions' | 'handles'): boolean {
  const ticket = tickets.getStore();
  const permit = ticket?.permit;
  if (!ticket || permit?.kind !== 'connect' || permit.address !== address || permit.port !== port) return false;
  return takeOnce(ticket, floor);
}

export function takeLookUp(host: string): boolean {
  const ticket = tickets.getStore();
  return ticket?.permit.kind === 'look-up' && ticket.permit.host === host && takeOnce(ticket, 'functions');
}

function takeOnce(ticket: Ticket, floor: string): boolean {
  if (ticket.shown.has(floor)) return false;
  ticket.shown.add(floor);
  return true;
}
