import { useEffect, useState } from 'react';
import { PackNotices } from '#renderer/features/intel/index.ts';
import { Loading, TextField, useText, type ViewProps } from '#renderer/ui/index.ts';
import { KeyboardMap } from '../keyboard-help.tsx';
import type { Topic } from './topic.ts';
import { topics } from './topics.ts';
import './help.css';

type Loaded = Readonly<Record<string, Topic>>;

/** Short topics that need no network; the search reads all of them. */
export function HelpView({ place: { rest } }: ViewProps) {
  const t = useText();
  const [sought, setSought] = useState('');
  const [loaded, setLoaded] = useState<Loaded>({});
  const entry = topics.find(({ name }) => name === rest[0]) ?? topics[0];
  const needle = sought.trim().toLowerCase();
  const wanted = needle ? topics : entry ? [entry] : [];
  const missing = wanted.filter(({ name }) => !loaded[name]);
  const key = missing.map(({ name }) => name).join();
  useEffect(() => {
    let here = true;
    void Promise.all(missing.map(async ({ name, load }) => [name, (await load()).topic] as const)).then((found) => {
      if (here && found.length > 0) setLoaded((old) => ({ ...old, ...Object.fromEntries(found) }));
    });
    return () => {
      here = false;
    };
  }, [key]);
  const shown = needle
    ? topics.filter(({ name, title }) => `${title} ${JSON.stringify(loaded[name] ?? '')}`.toLowerCase().includes(needle))
    : topics;
  const topic = entry ? loaded[entry.name] : undefined;
  return (
    <div className="view-page">
      <h1>{t('manual.title')}</h1>
      <div className="manual">
        <nav className="stack" aria-label={t('manual.topics')}>
          <TextField
            label={t('manual.find')}
            type="search"
            maxLength={100}
            value={sought}
            onChange={(event) => setSought(event.target.value)}
          />
          <p className="quiet small" role="status">
            {t('manual.found', { count: shown.length })}
          </p>
          <ul className="manual-list">
            {shown.map(({ name, title }) => (
              <li key={name}>
                <a href={`#/help/${name}`} aria-current={name === entry?.name ? 'page' : undefined}>
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <article className="manual-topic panel" aria-labelledby="manual-topic">
          <h2 id="manual-topic">{entry?.title}</h2>
          {topic ? (
            <>
              <p className="manual-lead">{topic.lead}</p>
              {topic.sections.map(({ heading, text, links }) => (
                <section key={heading}>
                  <h3>{heading}</h3>
                  {text.map((paragraph) => (
                    <p key={paragraph}>{paragraph}</p>
                  ))}
                  {links ? (
                    <p className="row">
                      {links.map(({ label, href }) => (
                        <a key={href} href={href}>
                          {label}
                        </a>
                      ))}
                    </p>
                  ) : null}
                </section>
              ))}
              {entry?.name === 'keys' ? <KeyboardMap /> : null}
              {entry?.name === 'notices' ? <PackNotices /> : null}
            </>
          ) : (
            <Loading />
          )}
        </article>
      </div>
    </div>
  );
}
