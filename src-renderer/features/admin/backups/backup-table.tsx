import { ShieldCheck, ShieldX } from 'lucide-react';
import type { Backup } from '#shared/contract/admin.ts';
import { Button, useText } from '#renderer/ui/index.ts';
import { sizeWords } from './size-words.ts';

/** The copies, newest first; each can be checked again, restored and deleted. */
export function BackupTable(props: {
  backups: readonly Backup[];
  busy: boolean;
  onRestore: (backup: Backup) => void;
  onVerify: (backup: Backup) => void;
  onDelete: (backup: Backup) => void;
}) {
  const t = useText();
  return (
    <div className="table-scroll panel" tabIndex={0} role="region" aria-label={t('backup.list')}>
      <table className="table table-cards backup-table">
        <thead>
          <tr>
            <th scope="col">{t('backup.made')}</th>
            <th scope="col" className="backup-minor">
              {t('backup.why')}
            </th>
            <th scope="col">{t('backup.state')}</th>
            <th scope="col" className="numeric backup-minor">
              {t('backup.objects')}
            </th>
            <th scope="col" className="numeric backup-minor">
              {t('backup.size')}
            </th>
            <th scope="col">
              <span className="hidden-visually">{t('backup.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {props.backups.map((backup) => {
            const usable = backup.state === 'verified' && !backup.foreign;
            const name = t('backup.of', { time: t.time(backup.takenAt) });
            return (
              <tr key={backup.backupId}>
                <td className="backup-when cell-main">{t.time(backup.takenAt)}</td>
                <td className="backup-minor">{t(`backup.reason.${backup.reason}`)}</td>
                <td>
                  <span className={usable ? 'chip chip-good' : 'chip chip-warn'}>
                    {usable ? <ShieldCheck size={14} aria-hidden /> : <ShieldX size={14} aria-hidden />}{' '}
                    {t(backup.foreign ? 'backup.foreign' : `backup.state.${backup.state}`)}
                  </span>
                  {backup.problem ? <div className="small quiet">{backup.problem}</div> : null}
                </td>
                <td className="numeric backup-minor" data-label={t('backup.objects')}>
                  {t.number(backup.objects)}
                </td>
                <td className="numeric backup-minor">{sizeWords(backup.size, t.number)}</td>
                <td className="cell-main">
                  <div className="row backup-actions">
                    <Button
                      small
                      disabled={props.busy || !usable}
                      aria-label={`${t('backup.restore')}: ${name}`}
                      onClick={() => props.onRestore(backup)}
                    >
                      {t('backup.restore')}
                    </Button>
                    <Button
                      small
                      kind="quiet"
                      disabled={props.busy || backup.foreign}
                      aria-label={`${t('backup.verify')}: ${name}`}
                      onClick={() => props.onVerify(backup)}
                    >
                      {t('backup.verify')}
                    </Button>
                    <Button
                      small
                      kind="quiet"
                      disabled={props.busy}
                      aria-label={`${t('backup.delete')}: ${name}`}
                      onClick={() => props.onDelete(backup)}
                    >
                      {t('backup.delete')}
                    </Button>
                  </div>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
