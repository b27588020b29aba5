import type { Job } from '#shared/contract/jobs.ts';
import { ContractError, isContractError } from '#shared/transport/errors.ts';

/** The signal's reason where the workspace closes: work that can go on later stops where it is. */
export const CLOSING = 'the workspace closes';

/** What long work is given: a signal to obey and a way to tell how far it is. */
export interface JobHandle {
  readonly jobId: string;
  readonly signal: AbortSignal;
  /** `fraction` from 0 to 1, undefined where the end is not known. Told at most ten times a second. */
  progress(fraction: number | undefined, detail?: string): void;
}

export interface Jobs {
  /** Starts work and answers at once with its id. `again`: where it failed or was cancelled it may be started once more as it is. */
  start<T>(title: string, work: (handle: JobHandle) => Promise<T>, options?: { readonly again?: boolean }): string;
  /** Starts work that failed or was cancelled once more, as a job of its own. Throws `conflict` where that cannot be. */
  retry(jobId: string): string;
  list(): Job[];
  get(jobId: string): Job;
  cancel(jobId: string): Job;
  /** What a finished job answered. Throws its failure, or `unavailable` while it runs. */
  result<T>(jobId: string): T;
  /** Settles when the job has ended, however it ended. */
  settled(jobId: string): Promise<void>;
  /** All but one: the work that closes the workspace is itself one. */
  cancelAll(except?: string): Promise<void>;
}

interface Running {
  job: Job;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
  again?: (() => string) | undefined;
  result?: unknown;
  failure?: unknown;
}

const TELL_EVERY_MS = 100;
const MOST_KEPT = 50;

export function createJobs(options: {
  readonly now: () => number;
  readonly newId: () => string;
  readonly onProgress: (job: Job) => void;
  readonly onError: (title: string, error: unknown) => void;
  /** Told of every failure, also of those that are a sentence. */
  readonly onFailure?: (error: unknown) => void;
}): Jobs {
  const known = new Map<string, Running>();

  const find = (jobId: string): Running => {
    const running = known.get(jobId);
    if (!running) throw new ContractError('not_found', 'This job is not known any more; look at the list of jobs.');
    return running;
  };
  const at = () => new Date(options.now()).toISOString();

  const jobs: Jobs = {
    start(title, work, { again = false } = {}) {
      const jobId = options.newId();
      const abort = new AbortController();
      let toldAt = 0;
      const job: Job = { jobId, title, state: 'running', startedAt: at() };
      const handle: JobHandle = {
        jobId,
        signal: abort.signal,
        progress(fraction, detail) {
          const { progress: _before, ...rest } = running.job;
          running.job = {
            ...rest,
            ...(fraction !== undefined && { progress: Math.min(1, Math.max(0, fraction)) }),
            ...(detail !== undefined && { detail }),
          };
          if (options.now() - toldAt < TELL_EVERY_MS) return;
          toldAt = options.now();
          options.onProgress(running.job);
        },
      };
      const end = (change: Partial<Job>) => {
        const canRetry = running.again !== undefined && change.state !== 'done';
        running.job = { ...running.job, ...change, finishedAt: at(), ...(canRetry && { canRetry }) };
        if (!canRetry) running.again = undefined;
        options.onProgress(running.job);
      };
      const running: Running = { job, abort, ended: Promise.resolve(), ...(again && { again: () => jobs.start(title, work, { again }) }) };
      known.set(jobId, running);
      const ended = Promise.resolve()
        .then(() => work(handle))
        .then(
          (result) => {
            running.result = result;
            end({ state: 'done', progress: 1 });
          },
          (error: unknown) => {
            running.failure = error;
            if (abort.signal.aborted) return end({ state: 'cancelled' });
            options.onFailure?.(error);
            if (!isContractError(error)) options.onError(title, error);
            end({
              state: 'failed',
              failure: isContractError(error) ? error.message : 'Something went wrong in the engine; its log has the details.',
            });
          },
        );
      Object.assign(running, { ended });
      for (const [id, old] of known) {
        if (known.size <= MOST_KEPT) break;
        if (old.job.state !== 'running') known.delete(id);
      }
      options.onProgress(job);
      return jobId;
    },
    list: () => [...known.values()].map(({ job }) => job).reverse(),
    get: (jobId) => find(jobId).job,
    cancel(jobId) {
      const running = find(jobId);
      running.abort.abort();
      return running.job;
    },
    retry(jobId) {
      const running = find(jobId);
      const { job, again } = running;
      if (job.state === 'running' || !again)
        throw new ContractError('conflict', `“${job.title}” cannot be started once more from here; start it where it was started.`);
      const { canRetry: _once, ...rest } = job;
      Object.assign(running, { job: rest, again: undefined });
      options.onProgress(rest);
      return again();
    },
    result<T>(jobId: string): T {
      const { job, result, failure } = find(jobId);
      if (job.state === 'running') throw new ContractError('unavailable', 'This job is still running; wait until it is done.');
      if (job.state === 'cancelled') throw new ContractError('cancelled', `“${job.title}” was cancelled.`);
      if (failure !== undefined) throw failure;
      return result as T;
    },
    settled: (jobId) => find(jobId).ended,
    async cancelAll(except) {
      const others = [...known.values()].filter(({ job }) => job.jobId !== except);
      // What they would do once more is of a workspace that closes.
      for (const running of others) {
        running.again = undefined;
        const { canRetry: _gone, ...rest } = running.job;
        running.job = rest;
        running.abort.abort(CLOSING);
      }
      await Promise.all(others.map(({ ended }) => ended));
    },
  };
  return jobs;
}
