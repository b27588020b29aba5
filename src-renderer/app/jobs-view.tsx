import { ListTodo, RotateCcw, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { Job } from '#shared/contract/jobs.ts';
import { asContractError, useClient, useJobs, useQuery } from '#renderer/client/index.ts';
import { importHref } from '#renderer/features/knowledge/index.ts';
import { Button, Empty, LinkButton, Progress, Segments, toast, useText, type ViewProps } from '#renderer/ui/index.ts';
import './jobs.css';

const looks = { running: 'chip', done: 'chip chip-good', failed: 'chip chip-bad', cancelled: 'chip chip-warn' } as const;
const choices = ['all', 'running', 'failed'] as const;

/** Long work: what runs, how far it is, how long it took and what it came to. */
export function JobsView(_: ViewProps) {
  const t = useText();
  const jobs = useJobs();
  const [only, setOnly] = useState<(typeof choices)[number]>('all');
  const shown = only === 'all' ? jobs : jobs.filter((job) => job.state === only);
  const count = (choice: (typeof choices)[number]) => (choice === 'all' ? jobs : jobs.filter((job) => job.state === choice)).length;
  return (
    <div className="view-page">
      <div className="view-head">
        <h1>{t('jobs.title')}</h1>
        <span className="quiet">{t('jobs.kept')}</span>
      </div>
      <CutOff />
      <Segments
        label={t('jobs.only')}
        value={only}
        options={choices.map((value) => ({ value, label: t('jobs.choice', { choice: t(`jobs.${value}`), count: count(value) }) }))}
        onChange={setOnly}
      />
      {shown.length === 0 ? (
        <Empty icon={ListTodo} title={t('jobs.none')}>
          {t('jobs.none.hint')}
        </Empty>
      ) : (
        <ul className="panel jobs">
          {shown.map((job) => (
            <JobLine key={job.jobId} job={job} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** Imports that an end of the program cut off: each is finished by the same file, or taken back. */
function CutOff() {
  const t = useText();
  const client = useClient();
  const { data, reload } = useQuery((on, signal) => on.knowledge.listImports(undefined, { signal }), []);
  const cut = data?.filter(({ state }) => state === 'unfinished') ?? [];
  if (cut.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="jobs-cut">
      <h2 id="jobs-cut">{t('jobs.cutOff')}</h2>
      <p className="quiet">{t('jobs.cutOff.hint')}</p>
      <ul className="panel jobs">
        {cut.map(({ importId, file, action, startedAt }) => (
          <li key={importId} className="job">
            <div className="job-head">
              <strong className="grow clip">{file}</strong>
              <LinkButton small href={importHref} aria-label={t('jobs.goOnOne', { file })}>
                {t('jobs.goOn')}
              </LinkButton>
              {action ? (
                <Button
                  small
                  icon={Undo2}
                  aria-label={t('jobs.takeBackOne', { file })}
                  onClick={() =>
                    void client.knowledge.undo({ action }).then(reload, (error: unknown) => toast(asContractError(error).message))
                  }
                >
                  {t('jobs.takeBack')}
                </Button>
              ) : null}
            </div>
            <p className="quiet small">{t('jobs.started', { at: t.time(startedAt) })}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function JobLine({ job }: { job: Job }) {
  const t = useText();
  const client = useClient();
  const seconds = job.finishedAt ? (Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000 : undefined;
  return (
    <li className="job">
      <div className="job-head">
        <strong className="grow clip">{job.title}</strong>
        <span className={looks[job.state]}>{t(`jobs.${job.state}`)}</span>
        {job.state === 'running' ? (
          <Button
            small
            aria-label={t('jobs.cancelOne', { title: job.title })}
            onClick={() => void client.jobs.cancel({ jobId: job.jobId }).catch((error: unknown) => toast(asContractError(error).message))}
          >
            {t('ui.cancel')}
          </Button>
        ) : null}
        {job.canRetry ? (
          <Button
            small
            icon={RotateCcw}
            aria-label={t('jobs.retryOne', { title: job.title })}
            onClick={() => void client.jobs.retry({ jobId: job.jobId }).catch((error: unknown) => toast(asContractError(error).message))}
          >
            {t('jobs.retry')}
          </Button>
        ) : null}
      </div>
      {job.state === 'running' ? <Progress label={job.title} value={job.progress} /> : null}
      {job.failure ? <p className="job-failure">{job.failure}</p> : null}
      <p className="quiet small job-facts">
        {job.failure || !job.detail ? null : <span>{job.detail}</span>}
        <span>{t('jobs.started', { at: t.time(job.startedAt) })}</span>
        {seconds === undefined ? null : <span>{t('jobs.took', { seconds: t.number(Math.round(seconds * 10) / 10) })}</span>}
      </p>
    </li>
  );
}
