import { contract } from '#shared/contract/index.ts';
import type { Job } from '#shared/contract/jobs.ts';
import { createClient } from '#shared/transport/client.ts';
import { memoryChannel } from '#shared/transport/memory-channel.ts';
import type { Log } from '#main/platform/host.ts';
import { callers, type Doorway } from './doors.ts';

export type DesktopNews =
  | { readonly kind: 'activity'; readonly running: number; readonly progress?: number }
  | { readonly kind: 'ended'; readonly title: string; readonly failed: boolean };

/** Milliseconds: a job that was over sooner was watched by whoever began it. */
const worthTelling = 10_000;
/** Milliseconds between two pieces of news on progress. */
const tellEvery = 500;

/** Tells the window's process what runs, for the tray, the window's icon and notifications; and locks on its behalf. */
export function followForDesktop(engine: Doorway, tell: (news: DesktopNews) => void, log: Log): { lock(): void } {
  const [near, far] = memoryChannel();
  engine.connect(far, callers.desktop);
  const client = createClient(contract, near);
  const running = new Map<string, Job>();
  let waiting = false;
  client.jobs.onProgressed((job) => {
    const began = running.size;
    if (job.state === 'running') running.set(job.jobId, job);
    else if (running.delete(job.jobId) && job.state !== 'cancelled' && tookLong(job))
      tell({ kind: 'ended', title: job.title, failed: job.state === 'failed' });
    if (running.size !== began) tell(activityOf(running));
    else if (!waiting) {
      waiting = true;
      setTimeout(() => {
        waiting = false;
        tell(activityOf(running));
      }, tellEvery).unref();
    }
  });
  return {
    lock: () => void client.admin.lock().catch((error: unknown) => log.error('the workspace could not be locked', error)),
  };
}

function activityOf(jobs: ReadonlyMap<string, Job>): DesktopNews {
  const known = [...jobs.values()].flatMap(({ progress }) => (progress === undefined ? [] : [progress]));
  const sum = known.reduce((total, one) => total + one, 0);
  return { kind: 'activity', running: jobs.size, ...(known.length > 0 ? { progress: sum / known.length } : {}) };
}

function tookLong({ startedAt, finishedAt }: Job): boolean {
  return finishedAt !== undefined && Date.parse(finishedAt) - Date.parse(startedAt) >= worthTelling;
}
