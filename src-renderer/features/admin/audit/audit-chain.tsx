import { ShieldCheck, ShieldX } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { AuditVerification } from '#shared/contract/admin.ts';
import { finished, useAction, useClient, useJob } from '#renderer/client/index.ts';
import { Button, CopyButton, Failed, Notice, Progress, Shown, useText } from '#renderer/ui/index.ts';
import '../admin.css';

/** Recomputes the chain when it is shown, and again when asked; says what does not fit. */
export function AuditChain() {
  const t = useText();
  const client = useClient();
  const [jobId, setJobId] = useState<string | undefined>();
  const [data, setData] = useState<AuditVerification | undefined>();
  const job = useJob(jobId);
  const check = useAction(async (on) => {
    const started = await on.admin.checkAudit();
    setJobId(started.jobId);
    await finished(on, started.jobId);
    setData(await on.admin.getAuditCheck(started));
  });
  const { busy: loading, error } = check;
  const reload = () => void check.run();
  useEffect(reload, []);
  return (
    <section className="stack" aria-labelledby="audit">
      <div className="view-head">
        <h2 id="audit">{t('audit.title')}</h2>
        <Button small disabled={loading} onClick={reload}>
          {t(loading ? 'audit.verifying' : 'audit.verify')}
        </Button>
      </div>
      {loading ? (
        <div className="stack">
          <Progress label={t('audit.verifying')} value={job?.progress} />
          <p className="row">
            <span className="quiet small grow" role="status">
              {job?.progress === undefined
                ? t('audit.verifying')
                : t('audit.progress', { percent: t.percent(job.progress), detail: job.detail ?? '' })}
            </span>
            <Button small disabled={!jobId} onClick={() => jobId && void client.jobs.cancel({ jobId }).catch(() => {})}>
              {t('ui.cancel')}
            </Button>
          </p>
        </div>
      ) : null}
      {error?.code === 'cancelled' ? (
        <p className="quiet">{t('audit.cancelled')}</p>
      ) : error ? (
        <Failed error={error} onRetry={reload} />
      ) : null}
      {data && !loading ? (
        <div className={data.valid ? 'audit panel' : 'audit audit-broken panel'} role="status">
          {data.valid ? <ShieldCheck size={22} aria-hidden /> : <ShieldX size={22} aria-hidden />}
          <div className="grow">
            <h3>{t(data.valid ? 'audit.valid' : 'audit.broken')}</h3>
            <p className="quiet">{t('audit.counts', { operations: data.operations, entries: data.ledgerEntries })}</p>
            <p className="small">
              <span className="label">{t('audit.head')}</span> <code className="audit-head">{data.head}</code>{' '}
              <CopyButton text={data.head} label={t('audit.copyHead')} />
            </p>
            {data.problems.length > 0 ? (
              <Notice kind="bad" title={t('audit.problems')}>
                <ul>
                  {data.problems.slice(0, 50).map((problem) => (
                    <li key={problem}>{problem}</li>
                  ))}
                </ul>
                <Shown shown={Math.min(50, data.problems.length)} total={data.problems.length} />
              </Notice>
            ) : null}
          </div>
        </div>
      ) : null}
    </section>
  );
}
