import { Minimize2 } from 'lucide-react';
import { useState } from 'react';
import type { Compaction } from '#shared/contract/admin.ts';
import { finished, useAction, useClient, useJob } from '#renderer/client/index.ts';
import { Button, Failed, Progress, useText } from '#renderer/ui/index.ts';

/** Gives back the space that nothing fills, and says how large the database was and is. */
export function Compact({ free, onDone }: { free: number; onDone: () => void }) {
  const t = useText();
  const client = useClient();
  const [jobId, setJobId] = useState<string | undefined>();
  const [outcome, setOutcome] = useState<Compaction | undefined>();
  const job = useJob(jobId);
  const { run, busy, error } = useAction(async (on) => {
    setOutcome(undefined);
    const started = await on.admin.compactWorkspace();
    setJobId(started.jobId);
    await finished(on, started.jobId);
    setOutcome(await on.admin.getCompaction(started));
    onDone();
  });
  return (
    <div className="stack">
      <p className="quiet small">{t('settings.compact.about', { free: t.bytes(free) })}</p>
      {busy ? (
        <>
          <Progress label={t('settings.compact.running')} value={job?.progress} />
          <p className="quiet small" role="status">
            {job?.detail ?? t('settings.compact.running')}
          </p>
        </>
      ) : null}
      {error ? error.code === 'cancelled' ? <p className="quiet">{t('settings.compact.cancelled')}</p> : <Failed error={error} /> : null}
      {outcome ? (
        <p role="status">{t('settings.compact.done', { before: t.bytes(outcome.before), after: t.bytes(outcome.after) })}</p>
      ) : null}
      <div className="row">
        <Button icon={Minimize2} disabled={busy} onClick={() => void run()}>
          {t('settings.compact')}
        </Button>
        {busy && jobId ? <Button onClick={() => void client.jobs.cancel({ jobId }).catch(() => {})}>{t('ui.cancel')}</Button> : null}
      </div>
    </div>
  );
}
