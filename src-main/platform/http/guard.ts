import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import dnsPromises from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import workerThreads from 'node:worker_threads';
import { ContractError } from '#shared/transport/errors.ts';
import { sealBindings } from './guard-bindings.ts';
import { mayStart, takeConnection, takeLookUp } from './passage.ts';

/** Something that tried to pass the policy by. `port` is 0 where there is none. */
export interface Refusal {
  readonly at: number;
  readonly by: string;
  readonly host: string;
  readonly port: number;
}

export interface GuardTerms {
  /** Whether TCP to this very machine is let through. Off: a proxy or resolver on loopback is a way out too. */
  readonly loopback?: boolean;
  /** Whether raw bindings are sealed as well. Electron's own main process needs them. */
  readonly bindings?: boolean;
}

const early: Refusal[] = [];
const listeners = new Set<(refusal: Refusal) => void>();
let installed = false;

/** Tells of every refusal, those from before included (at most 1,000). Returns how to stop. */
export function onRefusal(listener: (refusal: Refusal) => void): () => void {
  for (const refusal of early.splice(0)) listener(refusal);
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/**
 * Closes every way out of this thread that is not `platform/http`: connections, name look-ups,
 * datagrams, listening to other machines, child processes and threads. To be called before
 * anything else is loaded. Cannot be taken back; a second call changes nothing.
 */
export function installGuard(terms: GuardTerms = {}): void {
  if (installed) return;
  const settled = { loopback: terms.loopback ?? false, bindings: terms.bindings ?? true };
  installed = true;
  const mayConnect = (host: string, port: number, floor: 'functions' | 'handles') =>
    takeConnection(host, port, floor) || (settled.loopback && isLoopback(host));

  replace(
    net.Socket.prototype,
    'connect',
    (connect) =>
      function (this: net.Socket, ...args: unknown[]) {
        const target = targetOf(args);
        if (target.path !== undefined) {
          if (!isLocalPath(target.path)) throw refuse('net.connect', target.path, 0);
        } else if (!mayConnect(target.host, target.port, 'functions')) {
          throw refuse('net.connect', target.host, target.port);
        }
        return connect.apply(this, args);
      },
  );
  replace(
    net.Server.prototype,
    'listen',
    (listen) =>
      function (this: net.Server, ...args: unknown[]) {
        const target = targetOf(args, '::');
        const isHandle = typeof args[0] === 'object' && args[0] !== null && ('_handle' in args[0] || 'fd' in args[0]);
        if (isHandle) throw refuse('net.listen', 'a foreign handle', 0);
        if (target.path !== undefined ? !isLocalPath(target.path) : !isLoopback(target.host))
          throw refuse('net.listen', target.path ?? target.host, target.port);
        return listen.apply(this, args);
      },
  );

  const lookUp = (by: string) => (original: Callable) =>
    function (this: unknown, ...args: unknown[]) {
      const host = String(args[0]);
      // An address stands for itself: nobody is asked.
      if (by === 'dns.lookup' && (net.isIP(host) !== 0 || takeLookUp(host))) return original.apply(this, args);
      throw refuse(by, host, 0);
    };
  for (const name of lookUps) {
    replace(dns, name, lookUp(`dns.${name}`));
    replace(dnsPromises, name, lookUp(`dns.${name}`));
    replace(dns.Resolver.prototype, name, lookUp(`dns.${name}`));
    replace(dnsPromises.Resolver.prototype, name, lookUp(`dns.${name}`));
  }

  for (const name of ['bind', 'connect', 'send', 'addMembership']) {
    replace(dgram.Socket.prototype, name, () => () => {
      throw refuse(`dgram.${name}`, 'a datagram', 0);
    });
  }

  const start = (by: string, nameOf: (args: unknown[]) => string) => (original: Callable) =>
    function (this: unknown, ...args: unknown[]) {
      if (!mayStart()) throw refuse(by, nameOf(args), 0);
      return original.apply(this, args);
    };
  const programOf = ([options]: unknown[]) => String((options as { file?: unknown } | undefined)?.file ?? 'a program');
  replace(childProcess.ChildProcess.prototype, 'spawn', start('child_process.spawn', programOf));
  for (const name of ['spawnSync', 'execSync', 'execFileSync']) {
    replace(
      childProcess,
      name,
      start(`child_process.${name}`, ([program]) => String(program)),
    );
  }
  if ('execve' in process)
    replace(
      process,
      'execve',
      start('process.execve', ([program]) => String(program)),
    );
  const { Worker } = workerThreads;
  class GuardedWorker extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      if (!mayStart()) throw refuse('worker_threads.Worker', 'a thread', 0);
      super(...args);
    }
  }
  replace(workerThreads, 'Worker', () => GuardedWorker as unknown as Callable);

  syncBuiltinESMExports();
  if (settled.bindings) sealBindings({ mayConnect, isLoopback, mayStart, refuse });
}

/** Whether an address is this very machine. Names are not addresses: `localhost` is no loopback here. */
export function isLoopback(host: string): boolean {
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host) || host === '::1' || /^::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(host);
}

function refuse(by: string, host: string, port: number): ContractError {
  const refusal: Refusal = { at: Date.now(), by, host: host.slice(0, 253), port };
  if (listeners.size === 0 && early.length < 1000) early.push(refusal);
  for (const listener of listeners) listener(refusal);
  const where = port > 0 ? `${refusal.host}:${port}` : refusal.host;
  return new ContractError(
    'network_denied',
    `Refused by the network guard: ${by} to ${where}; only platform/http may leave this process, and only where the user allowed it.`,
  );
}

/** What `net`'s overloads of connect and listen mean: (options), (port, host), (path), or an array of these. */
function targetOf(args: unknown[], withoutHost = 'localhost'): { path?: string; host: string; port: number } {
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as unknown[];
  if (typeof first === 'object' && first !== null) {
    const { path, host, port } = first as { path?: unknown; host?: unknown; port?: unknown };
    if (path !== undefined && path !== null && path !== '') return { path: String(path), host: '', port: 0 };
    return { host: host === undefined || host === null || host === '' ? withoutHost : String(host), port: Number(port ?? 0) };
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return { path: first, host: '', port: 0 };
  return { host: typeof second === 'string' && second !== '' ? second : withoutHost, port: Number(first ?? 0) };
}

/** A Unix socket, or a named pipe of this machine: `\\server\pipe\…` would be another one. */
function isLocalPath(path: string): boolean {
  return process.platform !== 'win32' || /^\\\\[.?]\\pipe\\/i.test(path);
}

type Callable = (...args: unknown[]) => unknown;

const lookUps = [
  'lookup',
  'lookupService',
  'resolve',
  'resolve4',
  'resolve6',
  'resolveAny',
  'resolveCaa',
  'resolveCname',
  'resolveMx',
  'resolveNaptr',
  'resolveNs',
  'resolvePtr',
  'resolveSoa',
  'resolveSrv',
  'resolveTlsa',
  'resolveTxt',
  'reverse',
];

/** Puts a function of ours in another's place, for good: it can be neither assigned nor deleted afterwards. */
function replace(target: object, name: string, make: (original: Callable) => unknown): void {
  const original = Reflect.get(target, name) as unknown;
  if (typeof original !== 'function') return;
  Object.defineProperty(target, name, { value: make(original as Callable), writable: false, configurable: false, enumerable: true });
}
