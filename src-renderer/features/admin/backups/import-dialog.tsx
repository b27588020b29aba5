import { useId, useState } from 'react';
import type { WorkspaceFileReport } from '#shared/contract/admin.ts';
import { useAction } from '#renderer/client/index.ts';
import { Button, Dialog, Failed, Notice, Progress, TextField, useText } from '#renderer/ui/index.ts';
import { sizeWords } from './size-words.ts';
import { sendWorkspaceFile } from './transfer.ts';
import { runJob } from './use-backups.ts';

/** A workspace file: sent, checked, looked into, and only then put in the place of the open workspace (or made one, at the gate). */
export function ImportDialog({
  fresh,
  damaged = false,
  onClose,
  onDone,
}: {
  fresh: boolean;
  /** What stands cannot be kept as a copy: it is set aside. */
  damaged?: boolean;
  onClose: () => void;
  onDone: (recoveryCode: string | undefined) => void;
}) {
  const t = useText();
  const id = useId();
  const [file, setFile] = useState<File | undefined>();
  const [sent, setSent] = useState<number | undefined>();
  const [passphrase, setPassphrase] = useState('');
  const [own, setOwn] = useState('');
  const [seen, setSeen] = useState<{ uploadId: string; report: WorkspaceFileReport } | undefined>();
  const look = useAction(async (client, chosen: File) => {
    setSent(0);
    const uploadId = await sendWorkspaceFile(client, chosen, setSent);
    const jobId = await runJob(client, client.admin.inspectWorkspaceFile({ source: { uploadId }, passphrase }));
    setSeen({ uploadId, report: await client.admin.getWorkspaceFileReport({ jobId }) });
  });
  const take = useAction(async (client, uploadId: string) => {
    const jobId = await runJob(
      client,
      client.admin.importWorkspace({ source: { uploadId }, passphrase, ...(fresh && { newPassphrase: own }) }),
    );
    return client.admin.getImportedWorkspace({ jobId });
  });
  const go = async () => {
    if (!seen) return;
    const made = await take.run(seen.uploadId);
    if (made) onDone(made.recoveryCode);
  };
  const busy = look.busy || take.busy;
  return (
    <Dialog
      title={t('workspaceFile.import')}
      onClose={busy ? () => undefined : onClose}
      foot={
        <>
          <Button onClick={onClose} disabled={busy}>
            {t('ui.cancel')}
          </Button>
          {seen ? (
            <Button kind="primary" onClick={go} disabled={busy || (fresh && own.length < 8)}>
              {t(take.busy ? 'workspaceFile.importing' : fresh ? 'workspaceFile.import.make' : 'workspaceFile.import.replace')}
            </Button>
          ) : (
            <Button kind="primary" type="submit" form={`${id}-form`} disabled={busy || !file || passphrase === ''}>
              {t(look.busy ? 'workspaceFile.looking' : 'workspaceFile.look')}
            </Button>
          )}
        </>
      }
    >
      {seen ? (
        <div className="stack">
          <FileFacts report={seen.report} />
          {fresh ? (
            <TextField
              label={t('unlock.passphrase.new')}
              type="password"
              autoComplete="new-password"
              value={own}
              onChange={(event) => setOwn(event.target.value)}
              hint={t('unlock.strength.hint')}
            />
          ) : (
            <Notice kind="warn" title={t(damaged ? 'backup.aside' : 'workspaceFile.import.kept')} />
          )}
          {take.error ? <Failed error={take.error} /> : null}
        </div>
      ) : (
        <form
          id={`${id}-form`}
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (file) void look.run(file);
          }}
        >
          <div className="field">
            <label htmlFor={`${id}-file`}>{t('workspaceFile.file')}</label>
            <input
              id={`${id}-file`}
              className="input"
              type="file"
              accept=".redoubt"
              onChange={(event) => setFile(event.target.files?.[0])}
            />
          </div>
          <TextField
            label={t('workspaceFile.passphrase')}
            type="password"
            autoComplete="off"
            value={passphrase}
            onChange={(event) => setPassphrase(event.target.value)}
          />
          {look.busy && sent !== undefined ? <Progress value={sent < 1 ? sent : undefined} label={t('workspaceFile.looking')} /> : null}
          {look.error ? <Failed error={look.error} /> : null}
        </form>
      )}
    </Dialog>
  );
}

function FileFacts({ report: { createdAt, size, fingerprint, own, content } }: { report: WorkspaceFileReport }) {
  const t = useText();
  return (
    <>
      <Notice kind="good" title={t('workspaceFile.whole')}>
        <p>{t('workspaceFile.made', { time: t.time(createdAt), size: sizeWords(size, t.number) })}</p>
        {content ? (
          <p>
            {t('workspaceFile.holds', { objects: content.objects, relationships: content.relationships, operations: content.operations })}
          </p>
        ) : null}
      </Notice>
      <p>
        <span className="label">{t(own ? 'workspaceFile.signed.own' : 'workspaceFile.signed.other')}</span>
        <br />
        <code className="fingerprint">{fingerprint}</code>
      </p>
      {content && content.newest.length > 0 ? (
        <ul className="backup-changes small">
          {content.newest.map((change, index) => (
            <li key={`${index}-${change.at}`}>
              <span className="quiet">{t.time(change.at)}</span> {change.what}
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
