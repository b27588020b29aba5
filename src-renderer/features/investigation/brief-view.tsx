import { Download, FileText } from 'lucide-react';
import { type FormEvent, useMemo, useState } from 'react';
import { saveFile, useAction } from '#renderer/client/index.ts';
import { Button, Empty, Failed, TextArea, TextField, useText, type ViewProps } from '#renderer/ui/index.ts';
import { takeStyles } from './take-styles.ts';
import './brief.css';

interface Written {
  html: string;
  fileName: string;
  size: number;
}

/** Writes the brief, shows it as it will look, and saves it as one HTML file. */
export function BriefView(_: ViewProps) {
  const t = useText();
  const [title, setTitle] = useState(t('brief.usualTitle'));
  const [summary, setSummary] = useState('');
  const [written, setWritten] = useState<Written | undefined>();
  const write = useAction(async (client) => {
    const { header, body } = await client.investigation.writeBrief({
      title: title.trim() || t('brief.usualTitle'),
      ...(summary.trim() ? { summary: summary.trim() } : {}),
    });
    setWritten({ html: new TextDecoder().decode(body), fileName: header.fileName, size: header.size });
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void write.run();
  };
  return (
    <div className="view-fill view-scroll">
      <div className="view-head">
        <h1>{t('brief.title')}</h1>
        <span className="quiet">{t('brief.about')}</span>
      </div>
      <div className="brief">
        <form className="stack" onSubmit={submit}>
          <TextField label={t('brief.field.title')} value={title} maxLength={200} onChange={(event) => setTitle(event.target.value)} />
          <TextArea
            label={t('brief.field.summary')}
            hint={t('brief.field.summary.hint')}
            value={summary}
            rows={8}
            maxLength={5000}
            onChange={(event) => setSummary(event.target.value)}
          />
          <div className="row">
            <Button kind={written ? 'plain' : 'primary'} icon={FileText} type="submit" disabled={write.busy}>
              {t(write.busy ? 'brief.writing' : written ? 'brief.again' : 'brief.write')}
            </Button>
            {written ? (
              <Button
                kind="primary"
                icon={Download}
                onClick={() => saveFile(new Blob([written.html], { type: 'text/html' }), written.fileName)}
              >
                {t('brief.save')}
              </Button>
            ) : null}
          </div>
          {written ? (
            <p className="quiet small" role="status">
              {t('brief.written', { file: written.fileName, size: t.bytes(written.size) })}
            </p>
          ) : null}
          {write.error ? <Failed error={write.error} /> : null}
        </form>
        {written ? (
          <Preview html={written.html} />
        ) : (
          <div className="brief-page panel">
            <Empty icon={FileText} title={t('brief.none')}>
              {t('brief.none.hint')}
            </Empty>
          </div>
        )}
      </div>
    </div>
  );
}

/**
 * The file in a frame that may run nothing. The frame inherits the page's policy, which refuses <style>
 * elements, so the file's own rules are taken out and handed over as a style sheet object.
 */
function Preview({ html }: { html: string }) {
  const t = useText();
  const { markup, rules } = useMemo(() => takeStyles(html), [html]);
  return (
    <iframe
      className="brief-page panel"
      title={t('brief.preview')}
      sandbox="allow-same-origin"
      srcDoc={markup}
      onLoad={(event) => {
        const inner = event.currentTarget.contentDocument;
        const view = inner?.defaultView as (Window & { CSSStyleSheet?: typeof CSSStyleSheet }) | null | undefined;
        if (!inner || !view?.CSSStyleSheet) return;
        const sheet = new view.CSSStyleSheet();
        sheet.replaceSync(rules);
        inner.adoptedStyleSheets = [sheet];
      }}
    />
  );
}
