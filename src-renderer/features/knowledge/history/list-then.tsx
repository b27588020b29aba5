import { useState } from 'react';
import { useQuery } from '#renderer/client/index.ts';
import { Button, Failed, Loading, Shown, TextField, useText } from '#renderer/ui/index.ts';
import { EntityLine } from '../entity-parts.tsx';

const step = 25;

/** The entities as they were at a moment, to read only. */
export function ListThen({ at }: { at: string }) {
  const t = useText();
  const [text, setText] = useState('');
  const [limit, setLimit] = useState(step);
  const asked = { at, limit, ...(text.trim() && { text: text.trim() }) };
  const { data, error, reload } = useQuery((client, signal) => client.knowledge.listEntitiesAt(asked, { signal }), [asked]);
  return (
    <section className="stack" aria-labelledby="list-then">
      <div className="view-head">
        <h3 id="list-then">{t('time.then')}</h3>
        {data ? <Shown shown={data.shown} total={data.total} /> : null}
      </div>
      <TextField label={t('time.filter')} value={text} onChange={(event) => setText(event.target.value)} />
      {error ? <Failed error={error} onRetry={reload} /> : null}
      {!data && !error ? <Loading /> : null}
      {data && data.total === 0 ? <p>{t('time.nothing')}</p> : null}
      <ul className="time-list">
        {data?.rows.map((entity) => (
          <li key={entity.id}>
            <EntityLine entity={entity} plain />
          </li>
        ))}
      </ul>
      {data && data.shown < data.total && limit < 500 ? (
        <div>
          <Button small onClick={() => setLimit(Math.min(500, limit * 2))}>
            {t('ui.more')}
          </Button>
        </div>
      ) : null}
    </section>
  );
}
