import type { Log, SideProcess } from '#main/platform/host.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { WorkspaceKey } from '../database.ts';
import type { CrossedError } from './messages.ts';
import { endedTwice, type ReaderProcess, startReader } from './reader-process.ts';
import { arrived } from './run-read.ts';

export interface ReadOptions {
  /** Ends the read: at once for the caller; its process is killed if it does not finish by itself within `graceMs`. */
  readonly signal?: AbortSignal;
  /** Milliseconds from the call to the answer, waiting in the queue included. */
  readonly deadlineMs?: number;
  /** Reads in the background wait for the others, and never hold the last process of a pool. */
  readonly priority?: 'interactive' | 'background';
}

/** Reads that can be ended at any time (docs/adr/0002). */
export interface Readers {
  /**
   * Runs a read of the registry by name. Params and answer are structured-cloned (typed arrays pass).
   * Throws `cancelled`, `timed_out`, `unavailable` (queue full, closed, or the process died twice) and what the read throws.
   */
  read<T>(name: string, params: unknown, options?: ReadOptions): Promise<T>;
  /** Ends every process and read; settles when the system has taken the processes back. */
  close(): Promise<void>;
}

export interface ReadersOptions {
  /** Starts the entry `reader` with IPC in `advanced` serialization, as `host.spawnProcess('reader')` does. */
  readonly spawn: () => SideProcess;
  readonly log: Log;
  /** The encrypted database file. */
  readonly path: string;
  readonly key: WorkspaceKey;
  /** Most processes at a time. */
  readonly size?: number;
  /** Most reads that wait. */
  readonly queue?: number;
  /** For reads that name no deadline of their own. */
  readonly deadlineMs?: number;
  /** How long a cancelled read may still finish by itself: about what a new process costs. */
  readonly graceMs?: number;
  readonly openWithinMs?: number;
  /** After so long without a read all processes end; the next read starts one. */
  readonly idleMs?: number;
}

interface Read {
  readonly id: number;
  readonly name: string;
  readonly params: unknown;
  readonly background: boolean;
  readonly settle: (outcome: { value: unknown } | { error: unknown }) => void;
  retried: boolean;
  settled: boolean;
}

/** What setTimeout can hold; a longer delay would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** A pool of reader processes, each started when it is first needed. */
export function createReaders(options: ReadersOptions): Readers {
  const { log } = options;
  const size = Math.max(1, options.size ?? 2);
  const mostQueued = options.queue ?? 256;
  const usualDeadlineMs = options.deadlineMs ?? 30_000;
  const graceMs = options.graceMs ?? 150;
  const key = options.key.slice();
  const pool = new Set<ReaderProcess>();
  const running = new Map<ReaderProcess, Read>();
  /** Killed by us: their end is no crash. */
  const condemned = new Set<ReaderProcess>();
  const graces = new Map<ReaderProcess, NodeJS.Timeout>();
  /** Ended because nobody reads: none is started in their place. */
  const dismissed = new WeakSet<ReaderProcess>();
  let waiting: Read[] = [];
  let nextId = 0;
  let failedStarts = 0;
  let closed = false;

  const idleMs = options.idleMs ?? 30_000;
  let idle: NodeJS.Timeout | undefined;
  const rest = () => {
    clearTimeout(idle);
    idle = setTimeout(() => {
      for (const reader of pool) {
        if (reader.state !== 'idle' || condemned.has(reader)) continue;
        condemned.add(reader);
        dismissed.add(reader);
        reader.kill();
      }
    }, idleMs).unref();
  };

  /** Whether a process was started; if not, every waiting read has been told. */
  const start = () => {
    try {
      pool.add(
        startReader({
          spawn: options.spawn,
          path: options.path,
          key,
          openWithinMs: options.openWithinMs ?? 30_000,
          onReady: () => {
            failedStarts = 0;
            rest();
            dispatch();
          },
          onAnswer,
          onEnd,
        }),
      );
      return true;
    } catch (error) {
      log.error('a reader process could not be started', error);
      failAll(cannotStart());
      return false;
    }
  };

  const onAnswer = (reader: ReaderProcess, id: number, outcome: { value: unknown } | { error: CrossedError }) => {
    const read = running.get(reader);
    running.delete(reader);
    spare(reader);
    if (read?.id === id) {
      if ('error' in outcome && outcome.error.detail) log.error(`the read “${read.name}” failed`, outcome.error.detail);
      read.settle('error' in outcome ? { error: arrived(outcome.error) } : outcome);
    }
    rest();
    dispatch();
  };

  const onEnd = (reader: ReaderProcess, refused: CrossedError | undefined) => {
    const read = running.get(reader);
    const wasOurs = condemned.delete(reader);
    pool.delete(reader);
    running.delete(reader);
    spare(reader);
    if (closed) return;
    if (refused) {
      if (refused.detail) log.error('a reader process could not open the database', refused.detail);
      failAll(arrived(refused));
      return;
    }
    if (read && !read.settled && !wasOurs) {
      log.warn('a reader process ended while answering', { read: read.name, again: !read.retried });
      if (read.retried) read.settle({ error: endedTwice(read.name) });
      else {
        read.retried = true;
        waiting.unshift(read);
      }
    } else if (!read && !wasOurs && ++failedStarts >= 3) {
      failAll(cannotStart());
      failedStarts = 0;
      return;
    }
    // One stays warm, so that the read after a cancelled one does not wait for a start.
    if (!dismissed.has(reader) && ![...pool].some(isFree)) start();
    dispatch();
  };

  const isFree = (reader: ReaderProcess) => !condemned.has(reader) && (reader.state === 'idle' || reader.state === 'opening');

  const failAll = (error: ContractError) => {
    for (const read of waiting.splice(0)) read.settle({ error });
  };

  const dispatch = () => {
    while (!closed) {
      const busyInBackground = [...running.values()].filter((read) => read.background).length;
      const mayBackground = size === 1 || busyInBackground < size - 1;
      const next = waiting.findIndex((read) => !read.background);
      const at = next >= 0 ? next : mayBackground && waiting.length > 0 ? 0 : -1;
      const read = waiting[at];
      if (!read) return;
      const reader = [...pool].find((one) => one.state === 'idle' && !condemned.has(one));
      if (!reader) break;
      waiting.splice(at, 1);
      try {
        reader.send(read.id, read.name, read.params);
        running.set(reader, read);
      } catch (error) {
        read.settle({ error });
      }
    }
    const opening = [...pool].filter((reader) => reader.state === 'opening').length;
    for (let more = Math.min(waiting.length - opening, size - pool.size); more > 0 && start(); more--);
  };

  /** The caller has gone. A read that waits is forgotten; one that runs loses its process, at once or after the grace. */
  const abandon = (read: Read, afterMs: number) => {
    waiting = waiting.filter((one) => one !== read);
    for (const [reader, its] of running) {
      if (its !== read) continue;
      const condemn = () => {
        graces.delete(reader);
        condemned.add(reader);
        reader.kill();
      };
      if (afterMs <= 0) condemn();
      else graces.set(reader, setTimeout(condemn, afterMs));
    }
  };

  const spare = (reader: ReaderProcess) => {
    clearTimeout(graces.get(reader));
    graces.delete(reader);
  };

  const killAll = () => {
    for (const reader of pool) reader.kill();
  };
  process.on('exit', killAll);

  return {
    read<T>(name: string, params: unknown, { signal, deadlineMs = usualDeadlineMs, priority }: ReadOptions = {}): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        if (closed) return reject(gone());
        if (signal?.aborted) return reject(new ContractError('cancelled', 'Cancelled before reading began; nothing was changed.'));
        if (waiting.length >= mostQueued) return reject(tooMany(waiting.length));
        const began = performance.now();
        const read: Read = {
          id: nextId++,
          name,
          params,
          background: priority === 'background',
          retried: false,
          settled: false,
          settle(outcome) {
            if (read.settled) return;
            read.settled = true;
            clearTimeout(timer);
            signal?.removeEventListener('abort', cancel);
            if ('error' in outcome) reject(outcome.error);
            else resolve(outcome.value as T);
          },
        };
        const cancel = () => {
          abandon(read, graceMs);
          read.settle({
            error: new ContractError('cancelled', `Cancelled after ${seconds(performance.now() - began)}; nothing was changed.`),
          });
        };
        const expire = () => {
          abandon(read, 0);
          read.settle({ error: tooLong(deadlineMs) });
        };
        const timer = setTimeout(expire, Math.min(Math.max(0, deadlineMs), longestTimerMs));
        signal?.addEventListener('abort', cancel, { once: true });
        waiting.push(read);
        dispatch();
      });
    },
    async close() {
      if (!closed) {
        closed = true;
        process.off('exit', killAll);
        for (const timer of graces.values()) clearTimeout(timer);
        clearTimeout(idle);
        const open = [...waiting.splice(0), ...running.values()];
        killAll();
        for (const read of open) read.settle({ error: gone() });
        key.fill(0);
      }
      await Promise.all([...pool].map((reader) => reader.ended));
    },
  };
}

const seconds = (ms: number) => `${(Math.max(0, ms) / 1000).toFixed(1)} s`;

const tooLong = (ms: number) =>
  new ContractError(
    'timed_out',
    `Reading the workspace took longer than ${seconds(ms)} and was stopped; nothing was changed. Ask for less (a filter, fewer hops) or try again.`,
  );

const tooMany = (waiting: number) =>
  new ContractError('unavailable', `${waiting} reads already wait for the workspace; try again in a moment.`);

const cannotStart = () =>
  new ContractError(
    'unavailable',
    'The process that reads the workspace cannot be started; restart Redoubt, and see its log for the reason.',
  );

const gone = () => new ContractError('unavailable', 'The workspace was closed while it was being read; open it again.');
