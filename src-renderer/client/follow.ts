import type { Job } from '#shared/contract/jobs.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { RedoubtClient } from './connect.ts';

/** What the face knows from the engine's events, as an external store for React. */
export interface Follower {
  subscribe(listener: () => void): () => void;
  jobs(): readonly Job[];
  revision(of: 'graph' | 'ledger' | 'matches'): number;
}

/** The graph may change many times a second during an import; views ask anew at most this often (milliseconds). */
const settle = 500;

export function followEngine(client: RedoubtClient): Follower {
  const listeners = new Set<() => void>();
  let jobs: readonly Job[] = [];
  const revisions = { graph: 0, ledger: 0, matches: 0 };
  const waiting = { graph: false, ledger: false, matches: false };
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const bump = (of: keyof typeof revisions) => {
    if (waiting[of]) return;
    waiting[of] = true;
    setTimeout(() => {
      waiting[of] = false;
      revisions[of]++;
      tell();
    }, settle);
  };
  const list = () => {
    client.jobs.list().then(
      (all) => {
        jobs = all;
        tell();
      },
      () => {},
    );
  };
  client.knowledge.onGraphChanged(() => {
    bump('graph');
    bump('matches');
  });
  client.intel.onMatchesChanged(() => bump('matches'));
  client.admin.onLedgerChanged(() => bump('ledger'));
  client.jobs.onProgressed((job) => {
    jobs = withJob(jobs, job);
    tell();
  });
  client.admin.onWorkspaceChanged((workspace) => {
    if (workspace.state === 'open') list();
    else jobs = [];
    bump('graph');
    bump('ledger');
    bump('matches');
  });
  list();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    jobs: () => jobs,
    revision: (of) => revisions[of],
  };
}

/** The list with one job brought up to date; the newest stands first. */
export function withJob(jobs: readonly Job[], job: Job): readonly Job[] {
  return jobs.some((other) => other.jobId === job.jobId) ? jobs.map((other) => (other.jobId === job.jobId ? job : other)) : [job, ...jobs];
}

/** Waits until a job has ended; throws its failure. Events may be missed while waiting to subscribe, so it also asks. */
export function finished(client: RedoubtClient, jobId: string, signal?: AbortSignal): Promise<Job> {
  return new Promise((resolve, reject) => {
    const look = (job: Job) => {
      if (job.jobId !== jobId || job.state === 'running') return;
      stop();
      if (job.state === 'done') resolve(job);
      else if (job.state === 'cancelled') reject(new ContractError('cancelled', 'Cancelled.'));
      else reject(new ContractError('internal', job.failure ?? job.title));
    };
    const stop = client.jobs.onProgressed(look);
    signal?.addEventListener('abort', () => {
      stop();
      reject(new ContractError('cancelled', 'Cancelled.'));
    });
    client.jobs.get({ jobId }).then(look, (error: unknown) => {
      stop();
      reject(error);
    });
  });
}
