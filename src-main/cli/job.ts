import type { Job } from '#shared/contract/jobs.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Context } from './command.ts';

const askEvery = 2000;

/**
 * Starts a job and waits for its end, showing its progress. An interrupt cancels the job and
 * waits until it has put everything back. Throws `cancelled`, or the job's own failure.
 */
export async function runJob(context: Pick<Context, 'client' | 'io' | 'signal'>, start: () => Promise<{ jobId: string }>): Promise<string> {
  const { client, io, signal } = context;
  let mine: string | undefined;
  let settle: ((job: Job) => void) | undefined;
  let fail: ((error: unknown) => void) | undefined;
  const ended = new Promise<Job>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  const early = new Map<string, Job>();
  const see = (job: Job) => {
    if (mine === undefined) return void early.set(job.jobId, job);
    if (job.jobId !== mine) return;
    if (job.state !== 'running') return settle?.(job);
    const share = job.progress === undefined ? '' : ` ${Math.floor(job.progress * 100)} %`;
    io.progress(`${job.title}${share}${job.detail ? ` · ${job.detail}` : ''}`);
  };
  const stopListening = client.jobs.onProgressed(see);
  const ask = () => {
    if (mine !== undefined) client.jobs.get({ jobId: mine }).then(see, (error: unknown) => fail?.(error));
  };
  const cancel = () => {
    io.progress('Cancelling, putting everything back …');
    // A job that ended just now cannot be cancelled; its end is seen anyway.
    if (mine !== undefined) client.jobs.cancel({ jobId: mine }).then(see, () => ask());
  };
  const timer = setInterval(ask, askEvery);
  try {
    signal.throwIfAborted();
    const { jobId } = await start();
    mine = jobId;
    const already = early.get(jobId);
    if (already) see(already);
    ask();
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel);
    const job = await ended;
    if (job.state === 'cancelled') throw new ContractError('cancelled', 'Cancelled; everything is as it was before.');
    if (job.state === 'failed') throw new ContractError('internal', job.failure ?? `${job.title} failed.`);
    return jobId;
  } finally {
    io.progress(undefined);
    clearInterval(timer);
    signal.removeEventListener('abort', cancel);
    stopListening();
  }
}
