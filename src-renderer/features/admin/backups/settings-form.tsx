import { type FormEvent, useState } from 'react';
import type { Backups } from '#shared/contract/admin.ts';
import { useAction } from '#renderer/client/index.ts';
import { Button, Check, Failed, TextField, toast, useText } from '#renderer/ui/index.ts';

const fields = ['everyHours', 'everyOperations', 'keepDaily', 'keepWeekly', 'keepNewest'] as const;
const bounds = {
  everyHours: [1, 720],
  everyOperations: [10, 1_000_000],
  keepDaily: [1, 366],
  keepWeekly: [0, 520],
  keepNewest: [1, 100],
} as const;

/** When copies are made by themselves and how many are kept. The folder is named by the command line; a page names no paths. */
export function BackupSettingsForm({ backups, onSaved }: { backups: Backups; onSaved: (backups: Backups) => void }) {
  const t = useText();
  const [wanted, setWanted] = useState(() => backups.settings);
  const save = useAction((client) => client.admin.setBackupSettings(wanted));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const saved = await save.run();
    if (!saved) return;
    onSaved(saved);
    toast(t('backup.settings.saved'));
  };
  const wrong = (field: (typeof fields)[number]) => {
    const [least, most] = bounds[field];
    return !Number.isInteger(wanted[field]) || wanted[field] < least || wanted[field] > most
      ? t('backup.settings.bounds', { least: t.number(least), most: t.number(most) })
      : undefined;
  };
  return (
    <form className="panel backup-settings" onSubmit={submit} aria-labelledby="backup-settings">
      <h2 id="backup-settings">{t('backup.settings')}</h2>
      <Check
        label={t('backup.settings.automatic')}
        checked={wanted.automatic}
        onChange={(event) => setWanted({ ...wanted, automatic: event.target.checked })}
      />
      <div className="backup-fields">
        {fields.map((field) => (
          <TextField
            key={field}
            label={t(`backup.settings.${field}`)}
            type="number"
            inputMode="numeric"
            min={bounds[field][0]}
            max={bounds[field][1]}
            value={Number.isNaN(wanted[field]) ? '' : wanted[field]}
            error={wrong(field)}
            onChange={(event) => setWanted({ ...wanted, [field]: event.target.valueAsNumber })}
          />
        ))}
      </div>
      <p className="small quiet">
        {t('backup.settings.folder')} <code>{backups.folder}</code>
      </p>
      {save.error ? <Failed error={save.error} /> : null}
      <div>
        <Button kind="primary" type="submit" disabled={save.busy || fields.some((field) => wrong(field) !== undefined)}>
          {t('backup.settings.save')}
        </Button>
      </div>
    </form>
  );
}
