import { PackagePlus } from 'lucide-react';
import type { Pack } from '#shared/contract/intel.ts';
import { useAction, useJob, useQuery } from '#renderer/client/index.ts';
import { Button, Failed, Loading, Notice, Progress, useText, type ViewProps } from '#renderer/ui/index.ts';
import { useState } from 'react';
import './intel.css';

/** The packs that came with the program, and whether this workspace has them. */
export function PacksView(_: ViewProps) {
  const t = useText();
  const { data, error, reload } = useQuery((client, signal) => client.intel.listPacks(undefined, { signal }), []);
  const [jobId, setJobId] = useState<string | undefined>();
  const job = useJob(jobId);
  const install = useAction(async (client, names: string[]) => setJobId((await client.intel.installPacks({ names })).jobId));
  const missing = data?.filter((pack) => !pack.installed) ?? [];
  const running = job?.state === 'running';
  return (
    <div className="view-page">
      <div className="view-head">
        <h1>{t('packs.title')}</h1>
        <span className="quiet">{t('packs.about')}</span>
      </div>
      {error ? <Failed error={error} onRetry={reload} /> : null}
      {!data && !error ? <Loading /> : null}
      {install.error ? <Failed error={install.error} /> : null}
      {job?.state === 'failed' ? (
        <Notice kind="bad" title={t('packs.failed')}>
          <p>{job.failure}</p>
        </Notice>
      ) : null}
      {running ? (
        <div className="panel stack pack-job">
          <p role="status">{`${job.title}${job.detail ? `: ${job.detail}` : ''}`}</p>
          <Progress label={job.title} value={job.progress} />
        </div>
      ) : null}
      {missing.length > 1 ? (
        <div>
          <Button
            kind="primary"
            icon={PackagePlus}
            disabled={running || install.busy}
            onClick={() => void install.run(missing.map((pack) => pack.name))}
          >
            {t('packs.installAll', { count: missing.length })}
          </Button>
        </div>
      ) : null}
      <ul className="packs">
        {data?.map((pack) => (
          <li key={pack.name} className="panel pack">
            <PackFacts pack={pack} />
            <div className="row">
              {pack.installed ? (
                <span className="chip chip-good">{t('packs.installed', { version: pack.installedVersion ?? pack.version })}</span>
              ) : (
                <Button icon={PackagePlus} disabled={running || install.busy} onClick={() => void install.run([pack.name])}>
                  {t('packs.install')}
                </Button>
              )}
              {pack.installed && pack.installedVersion !== pack.version ? (
                <Button small disabled={running || install.busy} onClick={() => void install.run([pack.name])}>
                  {t('packs.update', { version: pack.version })}
                </Button>
              ) : null}
            </div>
            <p className="quiet small">{pack.notice}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function PackFacts({ pack }: { pack: Pack }) {
  const t = useText();
  return (
    <div>
      <h2>
        {pack.title} <span className="quiet">{pack.version}</span>
      </h2>
      <p className="quiet">
        {t('packs.counts', {
          objects: t.number(pack.objects),
          relationships: t.number(pack.relationships),
          released: t.date(pack.released),
        })}
      </p>
    </div>
  );
}
