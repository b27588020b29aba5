import { Building2, PackagePlus } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useAction, useJob, useQuery } from '#renderer/client/index.ts';
import { Button, Check, Failed, Loading, Notice, Progress, useText } from '#renderer/ui/index.ts';
import { PackFacts } from './packs-view.tsx';
import './intel.css';

/** What an empty workspace offers: the built-in packs, the demo, and (from the caller) one's own files. */
export function FirstRun({ files }: { files: ReactNode }) {
  const t = useText();
  const packs = useQuery((client, signal) => client.intel.listPacks(undefined, { signal }), []);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [jobId, setJobId] = useState<string | undefined>();
  const job = useJob(jobId);
  const install = useAction(async (client, names: string[]) => setJobId((await client.intel.installPacks({ names })).jobId));
  const demo = useAction(async (client) => setJobId((await client.intel.openDemo()).jobId));
  const chosen = packs.data?.filter((pack) => !pack.installed && !left.has(pack.name)).map((pack) => pack.name) ?? [];
  const busy = install.busy || demo.busy || job?.state === 'running';
  const error = packs.error ?? install.error ?? demo.error;
  return (
    <div className="first-run">
      <section className="panel first-choice first-packs" aria-labelledby="first-packs">
        <h2 id="first-packs">{t('first.packs')}</h2>
        <p className="quiet">{t('first.packs.hint')}</p>
        {packs.data ? (
          <ul className="stack">
            {packs.data.map((pack) => (
              <li key={pack.name}>
                <Check
                  label={<PackFacts pack={pack} />}
                  disabled={pack.installed || busy}
                  checked={pack.installed || !left.has(pack.name)}
                  onChange={() => {
                    const next = new Set(left);
                    if (!next.delete(pack.name)) next.add(pack.name);
                    setLeft(next);
                  }}
                />
              </li>
            ))}
          </ul>
        ) : packs.error ? null : (
          <Loading />
        )}
        <Button kind="primary" icon={PackagePlus} disabled={busy || chosen.length === 0} onClick={() => void install.run(chosen)}>
          {t('first.packs.do', { count: chosen.length })}
        </Button>
        {packs.data?.[0] ? <p className="quiet small">{packs.data[0].notice}</p> : null}
      </section>
      <section className="panel first-choice" aria-labelledby="first-demo">
        <h2 id="first-demo">{t('first.demo')}</h2>
        <p className="quiet">{t('first.demo.hint')}</p>
        <Button icon={Building2} disabled={busy} onClick={() => void demo.run()}>
          {t('first.demo.do')}
        </Button>
      </section>
      {files}
      <div className="first-progress" role="status" aria-live="polite">
        {error ? <Failed error={error} {...(packs.error ? { onRetry: packs.reload } : {})} /> : null}
        {job?.state === 'failed' ? (
          <Notice kind="bad" title={t('packs.failed')}>
            <p>{job.failure}</p>
          </Notice>
        ) : null}
        {job?.state === 'running' ? (
          <div className="stack">
            <p>{`${job.title}${job.detail ? `: ${job.detail}` : ''}`}</p>
            <Progress label={job.title} value={job.progress} />
          </div>
        ) : null}
      </div>
    </div>
  );
}
