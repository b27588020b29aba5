import { useEffect, useState } from 'react';
import type { Backup, RestorePreview } from '#shared/contract/admin.ts';
import { useAction } from '#renderer/client/index.ts';
import type { MessageKey } from '#renderer/messages/index.ts';
import { Button, Dialog, Loading, Notice, useText } from '#renderer/ui/index.ts';
import { runJob } from './use-backups.ts';

const kinds: Partial<Record<string, MessageKey>> = {
  import: 'backup.kind.import',
  put: 'backup.kind.put',
  set: 'backup.kind.set',
  delete: 'backup.kind.delete',
  tag: 'backup.kind.tag',
  untag: 'backup.kind.untag',
  undo: 'backup.kind.undo',
};

/** What a copy holds and what restoring it would cost, before anything happens. */
export function RestoreDialog({ backup, onClose, onRestored }: { backup: Backup; onClose: () => void; onRestored: () => void }) {
  const t = useText();
  const preview = useRestorePreview(backup.backupId);
  const restore = useAction(async (client) => runJob(client, client.admin.restoreBackup({ backupId: backup.backupId })));
  const go = async () => {
    if ((await restore.run()) !== undefined) onRestored();
  };
  return (
    <Dialog
      title={t('backup.restore.title', { time: t.time(backup.takenAt) })}
      onClose={restore.busy ? () => undefined : onClose}
      foot={
        <>
          <Button onClick={onClose} disabled={restore.busy}>
            {t('ui.cancel')}
          </Button>
          <Button kind="primary" onClick={go} disabled={!preview.data || restore.busy}>
            {t(restore.busy ? 'backup.restoring' : 'backup.restore.do')}
          </Button>
        </>
      }
    >
      {preview.error ? (
        <Notice kind="bad" title={t('backup.unusable')}>
          <p>{preview.error.message}</p>
        </Notice>
      ) : preview.data ? (
        <RestoreFacts preview={preview.data} />
      ) : (
        <Loading label={t('backup.checking')} />
      )}
      {restore.error ? (
        <Notice kind="bad" title={t('backup.restore.failed')}>
          <p>{restore.error.message}</p>
        </Notice>
      ) : null}
    </Dialog>
  );
}

export function useRestorePreview(backupId: string) {
  const ask = useAction(async (client, id: string) => {
    const jobId = await runJob(client, client.admin.previewRestore({ backupId: id }));
    return client.admin.getRestorePreview({ jobId });
  });
  const data = useLatest(ask.run, backupId);
  return { data, error: ask.error };
}

function useLatest(run: (id: string) => Promise<RestorePreview | undefined>, backupId: string) {
  const [data, setData] = useState<RestorePreview | undefined>();
  useEffect(() => {
    let over = false;
    setData(undefined);
    void run(backupId).then((preview) => {
      if (!over) setData(preview);
    });
    return () => {
      over = true;
    };
  }, [backupId]);
  return data;
}

/** `told`: what is missing in the copy has been said above already. */
export function RestoreFacts({
  preview: { backup, now, lost, missing, newest },
  told = false,
}: {
  preview: RestorePreview;
  told?: boolean;
}) {
  const t = useText();
  const kept = lost && now;
  return (
    <div className="stack">
      <table className="table backup-compare">
        <thead>
          <tr>
            <th scope="col">
              <span className="hidden-visually">{t('backup.compare')}</span>
            </th>
            <th scope="col" className="numeric">
              {t('backup.compare.copy')}
            </th>
            {now ? (
              <th scope="col" className="numeric">
                {t('backup.compare.now')}
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {(['objects', 'relationships', 'operations'] as const).map((what) => (
            <tr key={what}>
              <th scope="row">{t(`backup.${what}`)}</th>
              <td className="numeric">{t.number(backup[what])}</td>
              {now ? <td className="numeric">{t.number(now[what])}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
      {lost ? (
        lost.operations === 0 ? (
          <Notice kind="good" title={t('backup.lost.none')} />
        ) : (
          <Notice kind="warn" title={t('backup.lost', { count: lost.operations })}>
            <p>{lost.byKind.map(({ kind, operations }) => `${kinds[kind] ? t(kinds[kind]) : kind} ${t.number(operations)}`).join(' · ')}</p>
            <Changes changes={lost.newest} />
          </Notice>
        )
      ) : null}
      {missing !== undefined && !told ? <Notice kind="warn" title={t('backup.missing', { count: missing })} /> : null}
      {kept ? <p className="quiet">{t('backup.kept')}</p> : <p className="quiet">{t('backup.aside')}</p>}
      {newest.length > 0 ? (
        <section>
          <h3>{t('backup.newest')}</h3>
          <Changes changes={newest} />
        </section>
      ) : null}
    </div>
  );
}

function Changes({ changes }: { changes: RestorePreview['newest'] }) {
  const t = useText();
  return (
    <ul className="backup-changes small">
      {changes.map((change, index) => (
        <li key={`${index}-${change.at}`}>
          <span className="quiet">{t.time(change.at)}</span> {change.what}
        </li>
      ))}
    </ul>
  );
}
