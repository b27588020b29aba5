import { Download } from 'lucide-react';
import { useState } from 'react';
import { asContractError, saveFile, useClient, useQuery } from '#renderer/client/index.ts';
import { Button, Check, Failed, Loading, Progress, Select, Shown, toast, useText, type ViewProps } from '#renderer/ui/index.ts';
import { AuditChain } from './audit-chain.tsx';
import { AuditLinks } from './audit-links.tsx';
import { auditFile } from './audit-pieces.ts';
import './audit.css';

const page = 50;
/** Whether the record of all that was done still holds together, and the record itself. */
export function AuditView(_: ViewProps) {
  const t = useText();
  const client = useClient();
  const [kind, setKind] = useState('');
  const [actor, setActor] = useState('');
  const [door, setDoor] = useState('');
  const [failed, setFailed] = useState(false);
  const [limit, setLimit] = useState(page);
  const [share, setShare] = useState<number | undefined>();
  const asked = {
    of: 'operations' as const,
    newestFirst: true,
    ...(kind && { kind }),
    ...(actor && { actor }),
    ...(failed && { failed }),
    ...(failed && door && { door }),
    limit,
  };
  const { data, error, reload } = useQuery((engine, signal) => engine.admin.listAudit(asked, { signal }), [asked]);
  const save = async () => {
    setShare(0);
    try {
      saveFile(await auditFile(client, new Date().toISOString(), setShare), 'redoubt-audit.jsonl');
    } catch (cause) {
      toast(asContractError(cause).message);
    } finally {
      setShare(undefined);
    }
  };
  const choices = (all: string, values: readonly { value: string; count: number }[]) => [
    { value: '', label: all },
    ...values.map(({ value, count }) => ({ value, label: t('auditLog.choice', { value, count }) })),
  ];
  return (
    <div className="view-page">
      <div className="view-head">
        <h1>{t('auditLog.title')}</h1>
        <span className="quiet">{t('auditLog.about')}</span>
      </div>
      <AuditChain />
      <section className="panel audit-export" aria-labelledby="audit-export">
        <div className="grow">
          <h2 id="audit-export">{t('auditLog.export')}</h2>
          <p className="quiet">{t('auditLog.export.hint')}</p>
          <code>{t('auditLog.export.command')}</code>
        </div>
        {share === undefined ? (
          <Button icon={Download} onClick={() => void save()}>
            {t('auditLog.export.do')}
          </Button>
        ) : (
          <span className="audit-progress">
            <Progress label={t('auditLog.export')} value={share} />
          </span>
        )}
      </section>
      <section className="stack" aria-labelledby="audit-list">
        <div className="view-head">
          <h2 id="audit-list">{t('auditLog.list')}</h2>
          {data ? <Shown shown={data.rows.length} total={data.matching} what={t('auditLog.what')} /> : null}
        </div>
        <div className="filters">
          <Select
            label={t('auditLog.kind')}
            bare
            value={kind}
            options={choices(t('auditLog.kind.all'), data?.kinds ?? [])}
            onChange={setKind}
          />
          <Select
            label={t('auditLog.actor')}
            bare
            value={actor}
            options={choices(t('auditLog.actor.all'), data?.actors ?? [])}
            onChange={setActor}
          />
          <Check label={t('auditLog.failed')} checked={failed} onChange={(event) => setFailed(event.target.checked)} />
          {failed ? (
            <Select
              label={t('auditLog.door')}
              bare
              value={door}
              options={choices(t('auditLog.door.all'), data?.doors ?? [])}
              onChange={setDoor}
            />
          ) : null}
        </div>
        {error ? <Failed error={error} onRetry={reload} /> : null}
        {!data && !error ? <Loading /> : null}
        {data && data.rows.length === 0 ? <p className="quiet">{t('auditLog.none')}</p> : null}
        {data && data.rows.length > 0 ? <AuditLinks rows={data.rows} /> : null}
        {data && data.rows.length < data.matching && limit < 1000 ? (
          <div>
            <Button onClick={() => setLimit(Math.min(1000, limit * 2))}>{t('ui.more')}</Button>
          </div>
        ) : null}
      </section>
    </div>
  );
}
