import { useState } from 'react';
import { saveFile, useAction } from '#renderer/client/index.ts';
import { Button, CopyButton, Dialog, Failed, Notice, TextField, useText } from '#renderer/ui/index.ts';
import { runJob } from './use-backups.ts';
import { fetchWorkspaceFile } from './transfer.ts';

/** The whole workspace as one signed file, under a passphrase of its own. */
export function ExportDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [fingerprint, setFingerprint] = useState<string | undefined>();
  const write = useAction(async (client) => {
    const jobId = await runJob(client, client.admin.exportWorkspace({ passphrase }));
    const { file, name, fingerprint: signedBy } = await fetchWorkspaceFile(client, jobId);
    saveFile(file, name);
    setFingerprint(signedBy);
  });
  const ready = passphrase.length >= 8 && passphrase === again;
  return (
    <Dialog
      title={t('workspaceFile.export')}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t(fingerprint ? 'ui.close' : 'ui.cancel')}</Button>
          {fingerprint ? null : (
            <Button kind="primary" type="submit" form="export-workspace" disabled={!ready || write.busy}>
              {t(write.busy ? 'workspaceFile.writing' : 'workspaceFile.export.do')}
            </Button>
          )}
        </>
      }
    >
      {fingerprint ? (
        <Notice kind="good" title={t('workspaceFile.written')}>
          <p>{t('workspaceFile.fingerprint.hint')}</p>
          <p>
            <code className="fingerprint">{fingerprint}</code> <CopyButton text={fingerprint} label={t('workspaceFile.fingerprint.copy')} />
          </p>
        </Notice>
      ) : (
        <form
          id="export-workspace"
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) void write.run();
          }}
        >
          <p className="quiet">{t('workspaceFile.export.hint')}</p>
          <TextField
            label={t('workspaceFile.passphrase.new')}
            type="password"
            autoComplete="new-password"
            value={passphrase}
            onChange={(event) => setPassphrase(event.target.value)}
          />
          <TextField
            label={t('unlock.passphrase.again')}
            type="password"
            autoComplete="new-password"
            value={again}
            error={again !== '' && again !== passphrase && !passphrase.startsWith(again) ? t('unlock.differs') : undefined}
            onChange={(event) => setAgain(event.target.value)}
          />
          {write.error ? <Failed error={write.error} /> : null}
        </form>
      )}
    </Dialog>
  );
}
