import { FileUp } from 'lucide-react';
import { type DragEvent, useId, useRef, useState } from 'react';
import type { FormatInfo } from '#shared/contract/knowledge.ts';
import { useClient, useQuery } from '#renderer/client/index.ts';
import { Failed, Loading, Shown, TextField, useText, type ViewProps } from '#renderer/ui/index.ts';
import { addDroppedFiles } from '../import/import-store.ts';
import { guides, later } from './guides.ts';
import './open.css';

interface Tool {
  readonly name: string;
  readonly formats: readonly FormatInfo[];
}

/** What analysts come from, by the names of their tools: what comes over, how to get it, and where to drop it. */
export function OpenView(_: ViewProps) {
  const t = useText();
  const [sought, setSought] = useState('');
  const { data, error, reload } = useQuery((client, signal) => client.knowledge.listFormats(undefined, { signal }), [], {
    refreshOn: 'nothing',
  });
  const tools = toolsOf(data ?? []);
  const needle = sought.trim().toLowerCase();
  const shown = tools.filter(({ name, formats }) =>
    [name, ...formats.flatMap(({ title, brings, extensions }) => [title, brings, ...extensions])].join(' ').toLowerCase().includes(needle),
  );
  return (
    <div className="view-page">
      <div className="view-head">
        <h1>{t('open.title')}</h1>
        {data ? <Shown shown={shown.length} total={tools.length} what={t('open.what')} /> : null}
      </div>
      <p className="quiet">{t('open.about')}</p>
      <div className="open-find">
        <TextField
          label={t('open.find')}
          type="search"
          maxLength={100}
          value={sought}
          onChange={(event) => setSought(event.target.value)}
        />
      </div>
      {error ? <Failed error={error} onRetry={reload} /> : null}
      {!data && !error ? <Loading /> : null}
      <ul className="open-tools">
        {shown.map((tool) => (
          <ToolCard key={tool.name} tool={tool} />
        ))}
      </ul>
      {data ? (
        <section className="stack" aria-labelledby="open-later">
          <h2 id="open-later">{t('open.later')}</h2>
          <p className="quiet">{t('open.later.hint')}</p>
          <p className="row">
            {later.map((name) => (
              <span key={name} className="chip">
                {name}
              </span>
            ))}
          </p>
        </section>
      ) : null}
    </div>
  );
}

function ToolCard({ tool: { name, formats } }: { tool: Tool }) {
  const t = useText();
  const client = useClient();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const guide = Object.hasOwn(guides, name) ? guides[name] : undefined;
  const brings = [...new Set(formats.map((format) => format.brings).filter(Boolean))];
  const hold = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <li
      className={over ? 'panel open-tool open-over' : 'panel open-tool'}
      onDragOver={hold}
      onDragLeave={() => setOver(false)}
      // The window itself takes what is dropped; here it only shows where.
      onDrop={() => setOver(false)}
    >
      <h2 id={id}>{name}</h2>
      <p className="row">
        {formats.map((format) => (
          <span key={format.id} className="chip">
            {format.title}
          </span>
        ))}
      </p>
      <dl className="open-facts">
        {brings.length > 0 ? (
          <div>
            <dt className="label">{t('open.brings')}</dt>
            <dd>{brings.join(' ')}</dd>
          </div>
        ) : null}
        {guide?.leaves ? (
          <div>
            <dt className="label">{t('open.leaves')}</dt>
            <dd>{guide.leaves}</dd>
          </div>
        ) : null}
        {guide ? (
          <div>
            <dt className="label">{t('open.get')}</dt>
            <dd>{guide.get}</dd>
          </div>
        ) : null}
      </dl>
      <button type="button" className="open-drop" aria-describedby={id} onClick={() => input.current?.click()}>
        <FileUp size={16} aria-hidden />{' '}
        {t('open.drop', { extensions: [...new Set(formats.flatMap(({ extensions }) => extensions))].map((one) => `.${one}`).join(' ') })}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t('open.choose', { name })}
        onChange={(event) => {
          addDroppedFiles(client, [...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </li>
  );
}

/** Formats by the tools they come from, tools with instructions first. */
function toolsOf(formats: readonly FormatInfo[]): Tool[] {
  const found = new Map<string, FormatInfo[]>();
  for (const format of formats.filter(({ reads }) => reads))
    for (const name of format.from) found.set(name, [...(found.get(name) ?? []), format]);
  const guided = (name: string) => (Object.hasOwn(guides, name) ? 0 : 1);
  return [...found]
    .map(([name, its]) => ({ name, formats: its }))
    .sort((a, b) => guided(a.name) - guided(b.name) || a.name.localeCompare(b.name));
}
