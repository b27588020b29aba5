import { Archive, FileDown, FileUp } from 'lucide-react';
import { useState } from 'react';
import type { Backup } from '#shared/contract/admin.ts';
import { useAction, useJobs } from '#renderer/client/index.ts';
import { Button, Dialog, Empty, Failed, Loading, Notice, toast, useText, type ViewProps } from '#renderer/ui/index.ts';
import { BackupPlot } from './backup-plot.tsx';
import { BackupTable } from './backup-table.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { RestoreDialog } from './restore-dialog.tsx';
import { BackupSettingsForm } from './settings-form.tsx';
import { runJob, useBackups } from './use-backups.ts';
import '../admin.css';
import './backups.css';

type Open = { kind: 'restore' | 'delete'; backup: Backup } | { kind: 'export' } | { kind: 'import' } | undefined;

/** Copies of the workspace: made, checked, restored; and the workspace as one file. */
export function BackupsView(_: ViewProps) {
  const t = useText();
  const { backups, error, reload, show } = useBackups();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const make = useAction(async (client) => runJob(client, client.admin.createBackup()));
  const verify = useAction(async (client, backupId: string) => runJob(client, client.admin.verifyBackup({ backupId })));
  const remove = useAction(async (client, backupId: string) => client.admin.deleteBackup({ backupId }));
  const jobs = useJobs();
  const busy = make.busy || verify.busy || jobs.some(({ state, title }) => state === 'running' && title === 'Copy the workspace');
  const failure = make.error ?? verify.error ?? remove.error;
  return (
    <div className="view-page">
      <div className="view-head">
        <h1>{t('backup.title')}</h1>
        <span className="quiet">{t('backup.about')}</span>
      </div>
      <div className="row">
        <Button kind="primary" icon={Archive} disabled={busy} onClick={() => void make.run()}>
          {t(make.busy ? 'backup.making' : 'backup.make')}
        </Button>
        <Button icon={FileDown} onClick={() => setOpen({ kind: 'export' })}>
          {t('workspaceFile.export')}
        </Button>
        <Button icon={FileUp} onClick={() => setOpen({ kind: 'import' })}>
          {t('workspaceFile.import')}
        </Button>
      </div>
      {failure ? <Failed error={failure} /> : null}
      {error ? <Failed error={error} onRetry={reload} /> : null}
      {!backups && !error ? <Loading /> : null}
      {backups?.problem ? (
        <Notice kind="bad" title={t('backup.problem')}>
          <p>{backups.problem}</p>
        </Notice>
      ) : null}
      {backups ? (
        backups.backups.length === 0 ? (
          <Empty icon={Archive} title={t('backup.none')}>
            {t('backup.none.hint')}
          </Empty>
        ) : (
          <>
            <BackupPlot backups={backups.backups} />
            <BackupTable
              backups={backups.backups}
              busy={busy}
              onRestore={(backup) => setOpen({ kind: 'restore', backup })}
              onVerify={async ({ backupId }) => {
                if ((await verify.run(backupId)) !== undefined) toast(t('backup.verified'));
              }}
              onDelete={(backup) => setOpen({ kind: 'delete', backup })}
            />
          </>
        )
      ) : null}
      {backups ? <BackupSettingsForm backups={backups} onSaved={show} /> : null}
      {open?.kind === 'restore' ? (
        <RestoreDialog
          backup={open.backup}
          onClose={close}
          onRestored={() => {
            close();
            toast(t('backup.restored'));
          }}
        />
      ) : null}
      {open?.kind === 'delete' ? (
        <Dialog
          title={t('backup.delete.title', { time: t.time(open.backup.takenAt) })}
          onClose={close}
          foot={
            <>
              <Button onClick={close}>{t('ui.cancel')}</Button>
              <Button
                kind="danger"
                onClick={async () => {
                  const left = await remove.run(open.backup.backupId);
                  if (left) show(left);
                  close();
                }}
              >
                {t('backup.delete')}
              </Button>
            </>
          }
        >
          <p>{t('backup.delete.hint')}</p>
        </Dialog>
      ) : null}
      {open?.kind === 'export' ? <ExportDialog onClose={close} /> : null}
      {open?.kind === 'import' ? (
        <ImportDialog
          fresh={false}
          onClose={close}
          onDone={() => {
            close();
            toast(t('workspaceFile.imported'));
          }}
        />
      ) : null}
    </div>
  );
}
