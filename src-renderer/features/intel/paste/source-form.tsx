import { Archive } from 'lucide-react';
import { useState } from 'react';
import { type Tlp, tlpLevels } from '#shared/domain/knowledge/stix.ts';
import { Button, Check, Segments, Select, TextField, useText } from '#renderer/ui/index.ts';

export interface Kept {
  readonly as: 'observables' | 'indicators';
  readonly keepText: boolean;
  readonly source: { title: string; url?: string; author?: string; date?: string; tlp?: Tlp };
}

/** Where the text is from, and what becomes of what is kept. */
export function SourceForm({ count, busy, onKeep }: { count: number; busy: boolean; onKeep: (kept: Kept) => void }) {
  const t = useText();
  const [title, setTitle] = useState('');
  const [url, setUrl] = useState('');
  const [author, setAuthor] = useState('');
  const [date, setDate] = useState('');
  const [tlp, setTlp] = useState<Tlp | 'none'>('none');
  const [as, setAs] = useState<Kept['as']>('observables');
  const [keepText, setKeepText] = useState(true);
  const badUrl = url.trim() !== '' && !/^[a-z][a-z0-9+.-]*:\S+$/i.test(url.trim());
  return (
    <form
      className="paste-source"
      aria-labelledby="paste-source"
      onSubmit={(event) => {
        event.preventDefault();
        if (count === 0 || title.trim() === '' || badUrl) return;
        onKeep({
          as,
          keepText,
          source: {
            title: title.trim(),
            ...(url.trim() !== '' && { url: url.trim() }),
            ...(author.trim() !== '' && { author: author.trim() }),
            ...(date !== '' && { date }),
            ...(tlp !== 'none' && { tlp }),
          },
        });
      }}
    >
      <h2 id="paste-source">{t('paste.source')}</h2>
      <TextField
        label={t('paste.source.title')}
        hint={t('paste.source.titleHint')}
        required
        maxLength={1000}
        value={title}
        onChange={(event) => setTitle(event.target.value)}
      />
      <div className="paste-fields">
        <TextField
          label={t('paste.source.url')}
          inputMode="url"
          maxLength={2000}
          value={url}
          onChange={(event) => setUrl(event.target.value)}
          error={badUrl ? t('paste.source.urlBad') : undefined}
        />
        <TextField label={t('paste.source.author')} maxLength={300} value={author} onChange={(event) => setAuthor(event.target.value)} />
        <TextField label={t('paste.source.date')} type="date" value={date} onChange={(event) => setDate(event.target.value)} />
        <Select
          label={t('paste.source.tlp')}
          value={tlp}
          options={[
            { value: 'none', label: t('paste.source.noTlp') },
            ...tlpLevels.map((level) => ({ value: level, label: `TLP:${level.toUpperCase()}` })),
          ]}
          onChange={setTlp}
        />
      </div>
      <div className="row">
        <Segments
          label={t('paste.as')}
          value={as}
          options={[
            { value: 'observables', label: t('paste.as.observables') },
            { value: 'indicators', label: t('paste.as.indicators') },
          ]}
          onChange={setAs}
        />
        <Check label={t('paste.keepText')} checked={keepText} onChange={(event) => setKeepText(event.target.checked)} />
        <span className="grow" />
        <Button kind="primary" type="submit" icon={Archive} disabled={busy || count === 0 || title.trim() === '' || badUrl}>
          {t('paste.keep', { count })}
        </Button>
      </div>
    </form>
  );
}
