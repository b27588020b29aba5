import type { Worker } from 'node:worker_threads';
import type { Log } from '#main/platform/host.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { GraphDelta } from './delta.ts';
import type { FromWorker, QuestionName, Questions, ToWorker } from './messages.ts';
import type { WalkFilter } from './walk.ts';

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds from the call to the answer, waiting and loading included; 30 s unless told. */
  readonly deadlineMs?: number | undefined;
  /** Laid over the graph for this question alone: a branch's edges and nodes. */
  readonly overlay?: GraphOverlay | undefined;
}

/** Edges of four numbers (src, type, dst, rel) and nodes of three (id, 1 where live, type) that differ. */
export type GraphOverlay = GraphDelta;

/**
 * The graph in a thread of its own, loaded when first asked and let go when nobody asks. Ids are the store's integer keys. Answers
 * are typed arrays that belong to the caller. All methods throw `cancelled`, `timed_out`, `unavailable`
 * (closed, too many waiting, or the thread ended twice) and what the loader throws.
 */
export interface GraphService {
  khop(question: Questions['khop']['ask'], options?: AskOptions): Promise<Questions['khop']['answer']>;
  shortestPaths(question: Questions['shortestPaths']['ask'], options?: AskOptions): Promise<Questions['shortestPaths']['answer']>;
  degree(ids: Questions['degree']['ask'], options?: AskOptions): Promise<Uint32Array>;
  components(filter?: WalkFilter, options?: AskOptions): Promise<Questions['components']['answer']>;
  snapshot(maxNodes: number, options?: AskOptions): Promise<Questions['snapshot']['answer']>;
  /** The whole graph as one block of bytes, to be stored and given back by the loader. */
  serialise(options?: AskOptions): Promise<Uint8Array>;
  /** Loads the graph if it is not yet, and says how large it is. */
  ready(options?: AskOptions): Promise<Questions['size']['answer']>;
  /** Whether the thread runs and has its graph. */
  isLoaded(): boolean;
  /** Tells of a committed transaction. To be called after the commit, in order; questions asked later see it. */
  apply(delta: GraphDelta): void;
  close(): Promise<void>;
}

export interface GraphServiceOptions {
  /** Starts the entry `graph` with these data, as `host.spawnWorker('graph', data)` does. */
  readonly spawn: (data: unknown) => Worker;
  /** For the entry's loader. */
  readonly data: unknown;
  readonly log: Log;
  /** Most questions that wait. */
  readonly queue?: number;
  /** How long a thread may go on with a question that is no longer wanted before it is ended. */
  readonly graceMs?: number;
  /** After so long without a question the thread ends; the next question starts another. */
  readonly idleMs?: number;
  /** A graph that took longer to load is kept. */
  readonly quickLoadMs?: number;
  /** How long a question waits for the graph to be loaded, before its own deadline begins. A million objects take a minute. */
  readonly loadingMs?: number;
}

interface Asked {
  readonly id: number;
  readonly name: QuestionName;
  readonly question: unknown;
  readonly overlay: GraphOverlay | undefined;
  until: number;
  /** Begins the question's own time; it was asked while the graph was being loaded. */
  begin: (() => void) | undefined;
  readonly settle: (outcome: { value: unknown } | { error: unknown }) => void;
  settled: boolean;
  retried: boolean;
}

const usualDeadlineMs = 30_000;
const usualLoadingMs = 180_000;
const longestTimerMs = 2 ** 31 - 1;

export function createGraphService(options: GraphServiceOptions): GraphService {
  const { log } = options;
  const mostQueued = options.queue ?? 256;
  const graceMs = options.graceMs ?? 2_000;
  // Not every host lets memory be shared; the thread then looks at the clock only.
  const cancelled = typeof SharedArrayBuffer === 'function' ? new SharedArrayBuffer(4) : undefined;
  const flag = cancelled && new Int32Array(cancelled);
  let worker: Worker | undefined;
  let isReady = false;
  let running: Asked | undefined;
  let waiting: Asked[] = [];
  let overdue: NodeJS.Timeout | undefined;
  let idle: NodeJS.Timeout | undefined;
  let loadMs = Number.POSITIVE_INFINITY;
  let failedStarts = 0;
  let nextId = 1;
  let closed = false;
  const ending = new Set<Promise<unknown>>();

  const post = (message: ToWorker) => worker?.postMessage(message);

  const start = () => {
    let mine: Worker;
    try {
      mine = options.spawn(options.data);
    } catch (error) {
      log.error('the thread of the graph could not be started', error);
      failAll(cannotStart());
      return;
    }
    worker = mine;
    isReady = false;
    mine.on('message', (message: FromWorker) => {
      if (mine === worker) hear(message);
    });
    mine.on('error', (error) => log.error('the thread of the graph failed', error));
    mine.on('exit', () => {
      if (mine === worker) crashed();
    });
    post({ kind: 'begin', cancelled });
  };

  const hear = (message: FromWorker) => {
    if (message.kind === 'ready') {
      isReady = true;
      failedStarts = 0;
      ({ loadMs } = message);
      for (const asked of waiting) asked.begin?.();
    } else if (message.kind === 'refused') {
      if (message.error.detail) log.error('the graph could not be loaded', message.error.detail);
      drop();
      failAll(new ContractError(message.error.code, message.error.message));
      return;
    } else if (running?.id === message.id) {
      const asked = running;
      running = undefined;
      clearTimeout(overdue);
      if (message.kind === 'answer') asked.settle({ value: message.value });
      else {
        const { code, message: sentence, detail } = message.error;
        if (detail) log.error(`the question “${asked.name}” failed`, detail);
        asked.settle({ error: code === 'timed_out' ? tooLong() : new ContractError(code, sentence) });
      }
    }
    dispatch();
    rest();
  };

  const rest = () => {
    clearTimeout(idle);
    if (closed || !worker || running || waiting.length > 0 || loadMs > (options.quickLoadMs ?? 500)) return;
    idle = setTimeout(() => {
      if (!running && waiting.length === 0) drop();
    }, options.idleMs ?? 30_000).unref();
  };

  /** Lets the thread go, without waiting for it. */
  const drop = () => {
    const mine = worker;
    worker = undefined;
    isReady = false;
    clearTimeout(overdue);
    clearTimeout(idle);
    if (!mine) return;
    const ended: Promise<unknown> = mine.terminate().finally(() => ending.delete(ended));
    ending.add(ended);
  };

  /** The thread ended by itself. A new one loads from the database, which has all that was told. */
  const crashed = () => {
    const asked = running;
    const wasReady = isReady;
    running = undefined;
    drop();
    if (closed) return;
    log.warn('the thread of the graph ended', { answering: asked?.name ?? 'nothing', loaded: wasReady });
    if (asked && !asked.settled) {
      if (asked.retried) asked.settle({ error: endedTwice() });
      else {
        asked.retried = true;
        waiting.unshift(asked);
      }
    }
    if (!wasReady && ++failedStarts >= 3) {
      failedStarts = 0;
      failAll(cannotStart());
    }
    dispatch();
  };

  const failAll = (error: ContractError) => {
    for (const asked of waiting.splice(0)) asked.settle({ error });
  };

  const dispatch = () => {
    if (closed || running || waiting.length === 0) return;
    if (!worker) start();
    if (!worker || !isReady) return;
    running = waiting.shift() as Asked;
    const { id, name, question, overlay, until } = running;
    try {
      post({ kind: 'ask', id, name, question, ...(overlay && { overlay }), withinMs: until - performance.now() });
    } catch (error) {
      running.settle({ error });
      running = undefined;
      dispatch();
    }
  };

  /** The caller has gone. The thread sees the flag within a few thousand steps; if it does not, it is ended. */
  const abandon = (asked: Asked) => {
    waiting = waiting.filter((one) => one !== asked);
    if (running !== asked) return;
    if (flag) Atomics.store(flag, 0, asked.id);
    overdue = setTimeout(() => {
      log.warn('the thread of the graph did not stop in time', { answering: asked.name });
      running = undefined;
      drop();
      dispatch();
    }, graceMs);
  };

  const ask = <N extends QuestionName>(
    name: N,
    question: Questions[N]['ask'],
    { signal, overlay, deadlineMs = usualDeadlineMs }: AskOptions = {},
  ): Promise<Questions[N]['answer']> =>
    new Promise((resolve, reject) => {
      if (closed) return reject(gone());
      if (signal?.aborted) return reject(new ContractError('cancelled', 'Cancelled before the graph was asked.'));
      if (waiting.length >= mostQueued) return reject(tooMany(waiting.length));
      const asked: Asked = {
        id: nextId++,
        name,
        question,
        overlay,
        until: performance.now() + deadlineMs,
        begin: undefined,
        settled: false,
        retried: false,
        settle(outcome) {
          if (asked.settled) return;
          asked.settled = true;
          clearTimeout(timer);
          signal?.removeEventListener('abort', cancel);
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.value as Questions[N]['answer']);
        },
      };
      const giveUp = (error: ContractError) => {
        abandon(asked);
        asked.settle({ error });
      };
      const cancel = () => giveUp(new ContractError('cancelled', 'Cancelled; the graph is as it was.'));
      const within = (ms: number, late: () => ContractError) => setTimeout(() => giveUp(late()), Math.min(Math.max(0, ms), longestTimerMs));
      let timer: NodeJS.Timeout;
      if (isReady) timer = within(deadlineMs, tooLong);
      else {
        timer = within(options.loadingMs ?? usualLoadingMs, stillLoading);
        asked.begin = () => {
          asked.begin = undefined;
          clearTimeout(timer);
          asked.until = performance.now() + deadlineMs;
          timer = within(deadlineMs, tooLong);
        };
      }
      signal?.addEventListener('abort', cancel, { once: true });
      waiting.push(asked);
      dispatch();
    });

  return {
    khop: (question, askOptions) => ask('khop', question, askOptions),
    shortestPaths: (question, askOptions) => ask('shortestPaths', question, askOptions),
    degree: (ids, askOptions) => ask('degree', ids, askOptions),
    components: (filter = {}, askOptions) => ask('components', filter, askOptions),
    snapshot: (maxNodes, askOptions) => ask('snapshot', maxNodes, askOptions),
    serialise: (askOptions) => ask('serialise', undefined, askOptions),
    isLoaded: () => worker !== undefined && isReady,
    ready: (askOptions) => ask('size', undefined, askOptions),
    apply({ added, removed, nodes }) {
      // Without a thread there is nothing to keep in step: the next one loads what stands then.
      if (!worker || closed) return;
      const delta = { added: Int32Array.from(added), removed: Int32Array.from(removed), nodes: Int32Array.from(nodes) };
      worker.postMessage({ kind: 'apply', delta } satisfies ToWorker, [delta.added.buffer, delta.removed.buffer, delta.nodes.buffer]);
    },
    async close() {
      closed = true;
      const open = [...waiting.splice(0), ...(running ? [running] : [])];
      running = undefined;
      for (const asked of open) asked.settle({ error: gone() });
      drop();
      await Promise.all(ending);
    },
  };
}

const tooLong = () =>
  new ContractError('timed_out', 'Walking the graph took too long and was stopped. Ask for fewer hops, or filter by type, and try again.');

const stillLoading = () =>
  new ContractError(
    'timed_out',
    'The graph of this workspace is still being loaded; try again in a minute. Lists and search work meanwhile.',
  );

const tooMany = (waiting: number) =>
  new ContractError('unavailable', `${waiting} questions already wait for the graph; try again in a moment.`);

const endedTwice = () =>
  new ContractError(
    'unavailable',
    'The thread that walks the graph ended twice over this question; ask for less, and restart Redoubt if it happens again.',
  );

const cannotStart = () =>
  new ContractError('unavailable', 'The thread that walks the graph cannot be started; restart Redoubt, and see its log for the reason.');

const gone = () => new ContractError('unavailable', 'The workspace was closed while its graph was being walked; open it again.');
