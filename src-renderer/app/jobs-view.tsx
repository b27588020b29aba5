import { ListTodo } from 'lucide-react';
import type { Job } from '#shared/contract/jobs.ts';
import { asContractError, useClient, useJobs } from '#renderer/client/index.ts';
import { Button, Empty, Progress, toast, useText, type ViewProps } from '#renderer/ui/index.ts';
import './jobs.css';

const looks = { running: 'chip', done: 'chip chip-good', failed: 'chip chip-bad', cancelled: 'chip chip-warn' } as const;

/** Long work: what runs, how far it is, and what recent work came to. */
export function JobsView(_: ViewProps) {
  const t = useText();
  const jobs = useJobs();
  return (
    <div className="view-page">
      <h1>{t('jobs.title')}</h1>
      {jobs.length === 0 ? (
        <Empty icon={ListTodo} title={t('jobs.none')}>
          {t('jobs.none.hint')}
        </Empty>
      ) : (
        <ul className="panel jobs">
          {jobs.map((job) => (
            <JobLine key={job.jobId} job={job} />
          ))}
        </ul>
      )}
    </div>
  );
}

export function JobLine({ job }: { job: Job }) {
  const t = useText();
  const client = useClient();
  return (
    <li className="job">
      <div className="job-head">
        <strong className="grow clip">{job.title}</strong>
        <span className={looks[job.state]}>{t(`jobs.${job.state}`)}</span>
        {job.state === 'running' ? (
          <Button
            small
            onClick={() => void client.jobs.cancel({ jobId: job.jobId }).catch((error: unknown) => toast(asContractError(error).message))}
          >
            {t('ui.cancel')}
          </Button>
        ) : null}
      </div>
      {job.state === 'running' ? <Progress label={job.title} value={job.progress} /> : null}
      <p className="quiet small">
        {job.failure ?? job.detail ?? ''} {t('jobs.started', { at: t.time(job.startedAt) })}
      </p>
    </li>
  );
}
