import { OctagonAlert, X } from 'lucide-react';
import { useState } from 'react';
import type { WorkspaceState } from '#shared/contract/admin.ts';
import { IconButton, LinkButton, useText } from '#renderer/ui/index.ts';
import { useBackups } from './use-backups.ts';
import './backups.css';

/** Over every view, until it is put away: damage that showed, saved changes that are not there any more, a copy that failed. */
export function WorkspaceWarning({ workspace }: { workspace: WorkspaceState }) {
  const t = useText();
  const [away, setAway] = useState<string | undefined>();
  const { backups } = useBackups();
  const told = workspace.damage ? `${workspace.damage.what} ${workspace.damage.lacks}` : workspace.notice;
  const said = told !== undefined && told !== away ? told : backups?.problem;
  if (said === undefined || said === away) return null;
  return (
    <div className="workspace-warning" role="alert">
      <OctagonAlert size={18} aria-hidden />
      <p className="grow">{said}</p>
      <LinkButton small href="#/backups">
        {t('backup.title')}
      </LinkButton>
      <IconButton small icon={X} label={t('ui.close')} onClick={() => setAway(said)} />
    </div>
  );
}
