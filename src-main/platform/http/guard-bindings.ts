import type { ContractError } from '#shared/transport/errors.ts';

interface Rules {
  readonly mayConnect: (host: string, port: number, floor: 'handles') => boolean;
  readonly isLoopback: (host: string) => boolean;
  readonly mayStart: () => boolean;
  readonly refuse: (by: string, host: string, port: number) => ContractError;
}

type Native = Record<string, unknown>;

/** libuv's EACCES: the callers above turn it into an error event. */
const noAccess = -13;

/**
 * The same wall one floor below: the native handles, where an address is final whatever look-up
 * came before. Then the door to those handles, `process.binding`, is closed.
 */
export function sealBindings(rules: Rules): void {
  const binding = (name: string): Native | undefined => {
    try {
      // Deprecated for use by others, but the only view of the handles; absent in some builds.
      return (process as unknown as { binding(name: string): Native }).binding(name);
    } catch {
      return undefined;
    }
  };
  const prototypeOf = (owner: Native | undefined, name: string) => (owner?.[name] as { prototype?: Native } | undefined)?.prototype;

  const tcp = prototypeOf(binding('tcp_wrap'), 'TCP');
  for (const name of ['connect', 'connect6']) {
    wrap(
      tcp,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]) {
          const [, host, port] = args as [unknown, string, number];
          if (rules.mayConnect(host, port, 'handles')) return original.apply(this, args);
          rules.refuse(`tcp.${name}`, host, port);
          return noAccess;
        },
    );
  }
  for (const name of ['bind', 'bind6']) {
    wrap(
      tcp,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]) {
          const [host, port] = args as [string, number];
          if (rules.isLoopback(host)) return original.apply(this, args);
          rules.refuse(`tcp.${name}`, host, port);
          return noAccess;
        },
    );
  }
  const udp = prototypeOf(binding('udp_wrap'), 'UDP');
  for (const name of ['bind', 'bind6', 'connect', 'connect6', 'send', 'send6']) {
    wrap(udp, name, () => () => {
      rules.refuse(`udp.${name}`, 'a datagram', 0);
      return noAccess;
    });
  }
  const resolver = prototypeOf(binding('cares_wrap'), 'ChannelWrap');
  for (const name of resolver ? Object.getOwnPropertyNames(resolver) : []) {
    if (!/^query|^getHostByAddr/.test(name)) continue;
    wrap(resolver, name, () => (_request: unknown, host: unknown) => {
      rules.refuse(`dns.${name}`, String(host), 0);
      return noAccess;
    });
  }
  const child = prototypeOf(binding('process_wrap'), 'Process');
  wrap(
    child,
    'spawn',
    (original) =>
      function (this: unknown, ...args: unknown[]) {
        if (rules.mayStart()) return original.apply(this, args);
        rules.refuse('process.spawn', String((args[0] as { file?: unknown } | undefined)?.file), 0);
        return noAccess;
      },
  );

  Object.defineProperty(process, 'binding', {
    value: (name: unknown) => {
      throw rules.refuse('process.binding', String(name), 0);
    },
    writable: false,
    configurable: false,
  });
}

function wrap(target: Native | undefined, name: string, make: (original: (...args: unknown[]) => unknown) => unknown): void {
  const original = target?.[name];
  if (!target || typeof original !== 'function') return;
  Object.defineProperty(target, name, { value: make(original as (...args: unknown[]) => unknown), writable: false, configurable: false });
}
