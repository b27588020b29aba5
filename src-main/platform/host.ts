import type { Worker } from 'node:worker_threads';

/** The system's keychain, where there is a real one (Linux `basic_text` is none). */
export interface SecretStore {
  get(name: string): Promise<Uint8Array | undefined>;
  set(name: string, value: Uint8Array): Promise<void>;
  delete(name: string): Promise<void>;
}

/** Entry points that run beside the engine; each host knows where its own build of them lies. */
export type Entry = 'reader' | 'graph' | 'backup';

/**
 * A process beside the engine, with messages both ways (structured clones), that can be killed in the middle of a
 * statement. Node's ChildProcess is one; Electron's are made by the window's process and reached over a port.
 */
export interface SideProcess {
  /** Undefined until it runs, and for ever where it could not be started. */
  readonly pid?: number | undefined;
  /** Throws where the message cannot be cloned. */
  send(message: unknown, sent?: () => void): unknown;
  kill(signal: 'SIGKILL'): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'exit' | 'error', listener: () => void): unknown;
}

/** The engine's whole world, made by each host: Electron, headless, command line, tests. */
export interface Host {
  /** Folder of the workspace: `workspace.db`, `keys.json`, the lock and the attach socket. */
  readonly dataDir: string;
  /** Folder of shipped data: packs, demo workspace. */
  readonly resourcesDir: string;
  /** Of the program that runs: `0.1.0`. */
  readonly version: string;
  readonly secrets: SecretStore | undefined;
  readonly notify: (title: string, body: string) => void;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  readonly log: Log;
  /** A process that can be killed in the middle of a statement. */
  readonly spawnProcess: (entry: Entry) => SideProcess;
  /** A thread for pure computation. */
  readonly spawnWorker: (entry: Entry, data: unknown) => Worker;
}

export interface Log {
  info(message: string, details?: Record<string, unknown>): void;
  warn(message: string, details?: Record<string, unknown>): void;
  error(message: string, error?: unknown): void;
}
