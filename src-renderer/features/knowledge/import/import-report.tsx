import { Upload } from 'lucide-react';
import { Button, LinkButton, Notice, useText } from '#renderer/ui/index.ts';
import { exploreHref } from '../links.ts';
import type { ImportOutcome } from './import-store.ts';
import { ReasonList } from './reason-list.tsx';

/** What became of each file, with a way to what it brought. */
export function ImportReport({ files, onAgain }: { files: readonly ImportOutcome[]; onAgain: () => void }) {
  const t = useText();
  const failed = files.filter((file) => file.failure).length;
  return (
    <section className="stack" aria-label={t('import.report')}>
      <Notice
        kind={failed > 0 ? 'warn' : 'good'}
        title={t('import.report.title', { count: files.length - failed, failed })}
        action={
          <Button icon={Upload} onClick={onAgain}>
            {t('import.again')}
          </Button>
        }
      >
        <p>{t('import.report.hint')}</p>
      </Notice>
      {files.map((file, index) => (
        <section key={`${index}-${file.file}`} className="panel import-card" aria-label={file.file}>
          <header className="import-card-head">
            <div className="grow">
              <h2 className="clip">{file.file}</h2>
              <p className="quiet">
                {file.members === undefined ? '' : `${file.format} · ${t('import.members', { count: file.members })} · `}
                {t('import.counts', { created: file.created, updated: file.updated, unchanged: file.unchanged })}
              </p>
            </div>
            {file.importId ? <LinkButton href={exploreHref({ importId: file.importId })}>{t('import.see')}</LinkButton> : null}
          </header>
          {file.failure ? (
            <Notice kind="bad" title={t('import.unreadable')}>
              <p>{file.failure}</p>
            </Notice>
          ) : null}
          <ReasonList
            title={t('import.rejected')}
            kind="bad"
            total={file.rejected.length}
            items={file.rejected.map(({ id, path, reason }) => ({ id, path, what: reason }))}
          />
          <ReasonList title={t('import.lost')} kind="warn" total={file.loss.length} items={file.loss} />
        </section>
      ))}
    </section>
  );
}
