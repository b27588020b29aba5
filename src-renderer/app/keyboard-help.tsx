import { useState } from 'react';
import { Dialog, keyLabel, TextField, useText } from '#renderer/ui/index.ts';
import { keyGroups } from './keys.ts';

/** All keys, searched by what they do or by their name. */
export function KeyboardHelp({ onClose }: { onClose: () => void }) {
  const t = useText();
  return (
    <Dialog title={t('help.title')} onClose={onClose}>
      <KeyboardMap />
    </Dialog>
  );
}

export function KeyboardMap() {
  const t = useText();
  const [sought, setSought] = useState('');
  const needle = sought.trim().toLowerCase();
  const groups = keyGroups
    .map(({ title, before, rows }) => ({
      title,
      rows: rows
        .map(({ key, what }) => ({ keys: [...(before ? [before] : []), key].map(keyLabel), what: t(what) }))
        .filter(({ keys, what }) => `${keys.join(' ')} ${what} ${t(title)}`.toLowerCase().includes(needle)),
    }))
    .filter(({ rows }) => rows.length > 0);
  return (
    <div className="stack">
      <TextField label={t('help.find')} type="search" value={sought} maxLength={100} onChange={(event) => setSought(event.target.value)} />
      <p className="hidden-visually" role="status">
        {t('help.found', { count: groups.reduce((sum, { rows }) => sum + rows.length, 0) })}
      </p>
      <div className="keys">
        {groups.map(({ title, rows }) => (
          <section key={title}>
            <h3>{t(title)}</h3>
            <dl>
              {rows.map(({ keys, what }) => (
                <div key={`${keys.join()}-${what}`}>
                  <dt>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </div>
  );
}
