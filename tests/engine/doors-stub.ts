import type { Terminal } from '#main/cli/terminal.ts';
import { contract } from '#shared/contract/index.ts';
import type { Job } from '#shared/contract/jobs.ts';
import type { Channel } from '#shared/transport/channel.ts';
import { createClient } from '#shared/transport/client.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { memoryChannel } from '#shared/transport/memory-channel.ts';
import { type Caller, type Served, serve } from '#shared/transport/serve.ts';

type Handler = (input: never, context: { caller: Caller; signal: AbortSignal }) => unknown;

/** An engine that knows only the calls it is given, with jobs that end when told. */
export function stubEngine(handlers: Record<string, Record<string, Handler>>) {
  const served = new Set<Served>();
  const jobs = new Map<string, Job>();
  const callers: Caller[] = [];
  let state: 'none' | 'locked' | 'open' = 'open';
  const emit = (name: string, payload: unknown) => {
    for (const one of served) one.emit(name, payload);
  };
  const workspace = () => ({ state, name: 'stub', keychain: false, keychainAvailable: false });
  const finish = (jobId: string, change: Partial<Job>) => {
    const job = { ...(jobs.get(jobId) as Job), ...change };
    jobs.set(jobId, job);
    emit('jobs.progressed', job);
    return job;
  };
  const all = {
    ...handlers,
    admin: { getWorkspace: workspace, ...handlers.admin },
    jobs: {
      get: ({ jobId }: { jobId: string }) => {
        const job = jobs.get(jobId);
        if (!job) throw new ContractError('not_found', 'There is no such job.');
        return job;
      },
      cancel: ({ jobId }: { jobId: string }) => finish(jobId, { state: 'cancelled' }),
      ...handlers.jobs,
    },
  };
  return {
    callers,
    emit,
    finish,
    startJob(change: Partial<Job> = { state: 'done' }) {
      const jobId = `job-${jobs.size}`;
      jobs.set(jobId, { jobId, title: 'Stub', state: 'running', startedAt: '2026-11-23T00:00:00Z', ...change });
      return { jobId };
    },
    setState(next: typeof state) {
      state = next;
      emit('admin.workspaceChanged', workspace());
    },
    connect(channel: Channel, caller: Caller): Served {
      callers.push(caller);
      const one = serve(contract, all, channel, {
        caller,
        isOpen: () => state === 'open',
        onError: (name, error) => {
          throw new Error(name, { cause: error });
        },
      });
      served.add(one);
      return one;
    },
  };
}

export type StubEngine = ReturnType<typeof stubEngine>;

export function stubSession(engine: StubEngine, caller: Caller) {
  const [near, far] = memoryChannel();
  engine.connect(far, caller);
  return { client: createClient(contract, near), attached: false, close: async () => near.close() };
}

/** A terminal that keeps what it is told. */
export function stubTerminal(change: Partial<Terminal> = {}) {
  const seen = { out: '', err: '', progress: [] as string[], abandoned: [] as number[] };
  let interrupt: () => void = () => undefined;
  const io: Terminal = {
    env: {},
    isScreen: false,
    columns: 80,
    canAsk: false,
    async out(text) {
      seen.out += typeof text === 'string' ? text : new TextDecoder().decode(text);
    },
    err(text) {
      seen.err += text;
    },
    progress: (line) => void (line !== undefined && seen.progress.push(line)),
    askHidden: () => Promise.reject(new Error('nobody is there')),
    onInterrupt(listener) {
      interrupt = listener;
      return () => undefined;
    },
    abandon: (code) => void seen.abandoned.push(code),
    finished: async () => undefined,
    ...change,
  };
  return { io, seen, interrupt: () => interrupt() };
}
