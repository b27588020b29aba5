import { FileUp, FolderInput } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useBranch, useClient, useJob } from '#renderer/client/index.ts';
import { Button, Notice, Progress, useText, type ViewProps } from '#renderer/ui/index.ts';
import { FilePreviewCard } from './file-preview-card.tsx';
import { addDroppedFiles, type ImportState, previewAgain, removeFile, runImport, startOver, useImport } from './import-store.ts';
import { ImportReport } from './import-report.tsx';
import { ImportsList } from './imports-list.tsx';
import { filesOfPicker } from './packed-folder.ts';
import './import.css';

/** From files to facts: choose, read one preview of all, import with progress, read the report. */
export function ImportView(_: ViewProps) {
  const t = useText();
  const client = useClient();
  const state = useImport();
  const job = useJob(state.jobId);
  const { branch } = useBranch();
  const goesTo = state.preview?.branch;
  const moved = state.phase === 'preview' && goesTo !== branch?.id;
  useEffect(() => {
    if (moved) previewAgain(client);
  }, [moved, client]);
  return (
    <div className="view-page">
      <div className="view-head">
        <h1>{t('import.title')}</h1>
        <Steps phase={state.phase} />
      </div>
      {state.phase === 'picking' || state.phase === 'uploading' || state.phase === 'preview' ? (
        <DropZone small={state.files.length > 0} />
      ) : null}
      {state.error ? (
        <Notice
          kind={state.error.code === 'cancelled' ? 'info' : 'bad'}
          title={t(state.error.code === 'cancelled' ? 'import.cancelled' : 'import.failed')}
        >
          <p>{state.error.code === 'cancelled' ? t('import.cancelled.hint') : state.error.message}</p>
        </Notice>
      ) : null}
      {state.phase === 'uploading' || state.phase === 'previewing' ? (
        <ul className="stack panel import-files" aria-label={t('import.files')}>
          {state.files.map(({ key, file, received }) => (
            <li key={key} className="import-file">
              <span className="clip">{file.name}</span>
              <span className="quiet small">{t('import.received', { received: t.bytes(received), size: t.bytes(file.size) })}</span>
              <Progress label={t('import.sending', { file: file.name })} value={file.size === 0 ? 1 : received / file.size} />
            </li>
          ))}
          <li className="row">
            <span role="status">{t(state.phase === 'uploading' ? 'import.uploading' : 'import.reading')}</span>
            <Button small kind="quiet" onClick={startOver}>
              {t('ui.cancel')}
            </Button>
          </li>
        </ul>
      ) : null}
      {state.phase === 'preview' && state.preview ? <Preview state={state} /> : null}
      {state.phase === 'importing' ? (
        <div className="panel stack import-files">
          <h2>{job?.title ?? t('import.running')}</h2>
          <Progress label={t('import.running')} value={job?.progress} />
          <p role="status" aria-live="polite">
            {job?.detail ?? t('import.starting')} {job?.progress === undefined ? '' : t.percent(job.progress)}
          </p>
          <div className="row">
            <Button disabled={!state.jobId} onClick={() => state.jobId && void client.jobs.cancel({ jobId: state.jobId }).catch(() => {})}>
              {t('ui.cancel')}
            </Button>
            <span className="quiet small">{t('import.cancelHint')}</span>
          </div>
        </div>
      ) : null}
      {state.phase === 'report' ? <ImportReport files={state.report} onAgain={startOver} /> : null}
      <ImportsList />
    </div>
  );

  function Preview({ state: { preview, files } }: { state: ImportState }) {
    const readable = preview?.files.filter((file) => !file.failure) ?? [];
    const sum = (of: 'created' | 'updated' | 'unchanged' | 'rejectedTotal' | 'lossTotal') =>
      readable.reduce((total, file) => total + file[of], 0);
    return (
      <section className="stack" aria-label={t('import.preview')}>
        <div className="import-sum panel">
          <p className="import-sentence">
            {t('import.sum', {
              files: inputsOf(preview?.files ?? []),
              created: sum('created'),
              updated: sum('updated'),
              unchanged: sum('unchanged'),
            })}
          </p>
          <p className="row">
            <span className={sum('rejectedTotal') > 0 ? 'chip chip-bad' : 'chip chip-good'}>
              {t('import.rejectedCount', { count: sum('rejectedTotal') })}
            </span>
            <span className={sum('lossTotal') > 0 ? 'chip chip-warn' : 'chip chip-good'}>
              {t('import.lossCount', { count: sum('lossTotal') })}
            </span>
          </p>
          {preview?.refusal ? (
            <Notice kind="bad" title={t('import.refused')}>
              <p>{preview.refusal}</p>
            </Notice>
          ) : preview?.branch ? (
            <p className="quiet small">{t('import.toBranch', { name: branch?.name || t('branches.unnamed') })}</p>
          ) : null}
          <div className="row">
            <Button
              kind="primary"
              icon={FolderInput}
              disabled={readable.length === 0 || preview?.refusal !== undefined || moved}
              onClick={() => void runImport(client)}
            >
              {t('import.run', { count: inputsOf(readable) })}
            </Button>
            <Button kind="quiet" onClick={startOver}>
              {t('import.discard')}
            </Button>
            <span className="quiet small">{t('import.nothingYet')}</span>
          </div>
        </div>
        {preview?.files.map((file, index) => {
          const picked = files[file.input ?? index];
          return picked ? (
            <FilePreviewCard
              key={`${picked.key} ${file.format}`}
              picked={picked}
              preview={file}
              onRemove={() => removeFile(client, picked.key)}
            />
          ) : null;
        })}
      </section>
    );
  }
}

/** Files, folders and archives among the lines of a preview. */
const inputsOf = (lines: readonly { input?: number | undefined }[]) => new Set(lines.map(({ input }, index) => input ?? index)).size;

function DropZone({ small }: { small: boolean }) {
  const t = useText();
  const client = useClient();
  const input = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  return (
    <div className={small ? 'drop-zone drop-zone-small' : 'drop-zone'}>
      <FileUp size={small ? 18 : 28} aria-hidden />
      <div className="grow">
        <h2>{t(small ? 'import.drop.more' : 'import.drop')}</h2>
        {small ? null : <p className="quiet">{t('import.drop.hint')}</p>}
      </div>
      <Button kind={small ? 'plain' : 'primary'} onClick={() => input.current?.click()}>
        {t('import.choose')}
      </Button>
      <Button onClick={() => folder.current?.click()}>{t('import.chooseFolder')}</Button>
      <input
        ref={(element) => {
          folder.current = element;
          element?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        hidden
        aria-label={t('import.chooseFolder')}
        onChange={(event) => {
          addDroppedFiles(client, filesOfPicker(event.target.files));
          event.target.value = '';
        }}
      />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t('import.choose')}
        onChange={(event) => {
          addDroppedFiles(client, [...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </div>
  );
}

const steps = ['picking', 'preview', 'importing', 'report'] as const;

function Steps({ phase }: { phase: ImportState['phase'] }) {
  const t = useText();
  const now = phase === 'uploading' || phase === 'previewing' ? 'picking' : phase;
  return (
    <ol className="steps" aria-label={t('import.steps')}>
      {steps.map((step) => (
        <li key={step} aria-current={step === now ? 'step' : undefined}>
          {t(`import.step.${step}`)}
        </li>
      ))}
    </ol>
  );
}
