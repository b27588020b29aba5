import { z } from 'zod';
import { command, event, query } from './define.ts';

export const Job = z.object({
  jobId: z.string(),
  title: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  /** 0 to 1 where the end is known. */
  progress: z.number().min(0).max(1).optional(),
  /** What is being done now, in words. */
  detail: z.string().optional(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  failure: z.string().optional(),
  /** Failed or cancelled, and may be started once more as it was. */
  canRetry: z.literal(true).optional(),
});
export type Job = z.infer<typeof Job>;

export const jobs = {
  list: query('Lists running and recent jobs, newest first.', z.void(), z.array(Job)),
  get: query('Shows one job.', z.strictObject({ jobId: z.string().max(100) }), Job, { whileLocked: true }),
  cancel: command('Cancels a running job; the data is left as it was before.', z.strictObject({ jobId: z.string().max(100) }), Job, {
    whileLocked: true,
  }),
  retry: command(
    'Starts a job that failed or was cancelled once more, as a job of its own.',
    z.strictObject({ jobId: z.string().max(100) }),
    z.object({ jobId: z.string() }),
  ),
  progressed: event('A job moved on or ended.', Job),
};
