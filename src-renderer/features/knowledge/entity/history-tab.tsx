import { Redo2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { Entity } from '#shared/contract/knowledge.ts';
import { useQuery } from '#renderer/client/index.ts';
import { Button, Failed, Loading, Shown, useText } from '#renderer/ui/index.ts';
import { useUndo } from '../use-edit.ts';

/** What was done to one object, newest first; each action can be taken back and done again. */
export function HistoryTab({ entity }: { entity: Entity }) {
  const t = useText();
  const { undo, redo } = useUndo();
  const [limit, setLimit] = useState(50);
  const { data, error, reload } = useQuery(
    (client, signal) => client.knowledge.listHistory({ id: entity.id, limit }, { signal }),
    [entity.id, limit],
  );
  if (error) return <Failed error={error} onRetry={reload} />;
  if (!data) return <Loading />;
  return (
    <section aria-labelledby="happened">
      <div className="view-head">
        <h2 id="happened">{t('happened.title')}</h2>
        <Shown shown={data.rows.length} total={data.total} />
      </div>
      {data.rows.length === 0 ? <p className="quiet">{t('happened.none')}</p> : null}
      <ol className="happened">
        {data.rows.map((entry) => (
          <li key={entry.action} className={entry.undone ? 'undone' : undefined}>
            <div className="grow">
              <p>
                {entry.what} {entry.undone ? <span className="chip">{t('history.undone')}</span> : null}
              </p>
              <p className="quiet small">{t('entity.noteBy', { author: entry.actor, at: t.time(entry.at) })}</p>
            </div>
            {entry.undoable ? (
              <Button
                small
                icon={entry.undone ? Redo2 : Undo2}
                aria-label={t(entry.undone ? 'history.redoOne' : 'history.undoOne', { what: entry.what })}
                onClick={() => void (entry.undone ? redo(entry.action) : undo(entry.action)).then(reload)}
              >
                {t(entry.undone ? 'edit.redo' : 'edit.undo')}
              </Button>
            ) : null}
          </li>
        ))}
      </ol>
      {data.rows.length < data.total && limit < 500 ? (
        <Button onClick={() => setLimit(Math.min(500, limit * 2))}>{t('ui.more')}</Button>
      ) : null}
    </section>
  );
}
