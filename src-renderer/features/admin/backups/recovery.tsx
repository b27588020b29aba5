import { useState } from 'react';
import type { WorkspaceState } from '#shared/contract/admin.ts';
import { useAction } from '#renderer/client/index.ts';
import { Button, Loading, Notice, useText } from '#renderer/ui/index.ts';
import { ImportDialog } from './import-dialog.tsx';
import { RestoreFacts, useRestorePreview } from './restore-dialog.tsx';
import { runJob, useBackups } from './use-backups.ts';
import './backups.css';

/** At the gate of a damaged workspace: what is broken, which copy can take its place, what that copy lacks. */
export function Recovery({ damage, onOpen }: { damage: NonNullable<WorkspaceState['damage']>; onOpen: () => void }) {
  const t = useText();
  const [importing, setImporting] = useState(false);
  return (
    <div className="stack">
      <div>
        {/* The form that had the focus is gone: this is where reading goes on. */}
        <h1 tabIndex={-1} ref={damage.canRestore ? focused : undefined}>
          {t('recover.title')}
        </h1>
        <p className="quiet">{t(!damage.backup ? 'recover.hint.none' : damage.canRestore ? 'recover.hint' : 'recover.hint.keys')}</p>
      </div>
      <Notice kind="bad" title={t('recover.what')}>
        <p>{damage.what}</p>
      </Notice>
      {damage.backup ? (
        <Notice kind="info" title={t('recover.copy', { time: t.time(damage.backup.takenAt) })}>
          <p>{damage.lacks}</p>
        </Notice>
      ) : (
        <Notice kind="warn" title={t('recover.none')}>
          <p>{damage.lacks}</p>
        </Notice>
      )}
      {damage.canRestore && damage.backup ? <Choice newest={damage.backup.backupId} onOpen={onOpen} /> : null}
      {damage.backup ? null : (
        <div className="row">
          <Button onClick={() => location.reload()}>{t('recover.again')}</Button>
          {damage.canRestore ? <Button onClick={() => setImporting(true)}>{t('workspaceFile.import')}</Button> : null}
        </div>
      )}
      {importing ? <ImportDialog fresh={false} damaged onClose={() => setImporting(false)} onDone={onOpen} /> : null}
    </div>
  );
}

const focused = (element: HTMLHeadingElement | null) => element?.focus();

function Choice({ newest, onOpen }: { newest: string; onOpen: () => void }) {
  const t = useText();
  const { backups } = useBackups();
  const [chosen, setChosen] = useState(newest);
  const preview = useRestorePreview(chosen);
  const restore = useAction(async (client) => runJob(client, client.admin.restoreBackup({ backupId: chosen })));
  const usable = backups?.backups.filter(({ state, foreign }) => state === 'verified' && !foreign) ?? [];
  return (
    <div className="stack">
      {usable.length > 1 ? (
        <div className="field">
          <label htmlFor="recover-copy">{t('recover.choose')}</label>
          <select id="recover-copy" className="input" value={chosen} onChange={(event) => setChosen(event.target.value)}>
            {usable.map((backup) => (
              <option key={backup.backupId} value={backup.backupId}>
                {t.time(backup.takenAt)}
              </option>
            ))}
          </select>
        </div>
      ) : null}
      {preview.error ? (
        <Notice kind="bad" title={t('backup.unusable')}>
          <p>{preview.error.message}</p>
        </Notice>
      ) : preview.data ? (
        <RestoreFacts preview={preview.data} told={chosen === newest} />
      ) : (
        <Loading label={t('backup.checking')} />
      )}
      {restore.error ? (
        <Notice kind="bad" title={t('backup.restore.failed')}>
          <p>{restore.error.message}</p>
        </Notice>
      ) : null}
      <Button
        kind="primary"
        disabled={!preview.data || restore.busy}
        onClick={async () => {
          if ((await restore.run()) !== undefined) onOpen();
        }}
      >
        {t(restore.busy ? 'backup.restoring' : 'recover.do')}
      </Button>
    </div>
  );
}
