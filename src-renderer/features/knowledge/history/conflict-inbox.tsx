import type { Conflict } from '#shared/contract/knowledge.ts';
import { useAction, useQuery } from '#renderer/client/index.ts';
import { Button, Failed, Shown, useText } from '#renderer/ui/index.ts';
import { MainsBanner } from '../branches/branch-strip.tsx';
import { EntityLine } from '../entity-parts.tsx';
import { useUndo } from '../use-edit.ts';
import { outline } from '../value-outline.ts';
import '../branches/branches.css';

const MOST_SHOWN = 600;

/** Values that lost when devices exchanged their changes: each is kept here until somebody decides. Nothing is shown while there is none. */
export function ConflictInbox() {
  const t = useText();
  const undo = useUndo();
  const { data, error, reload } = useQuery((on, signal) => on.knowledge.listConflicts({ limit: 50 }, { signal }), []);
  const decide = useAction((on, conflict: Conflict, take: 'standing' | 'lost') =>
    on.knowledge.resolveConflict({ id: conflict.entity.id, property: conflict.property, take, operation: conflict.operation }),
  );
  if (error) return <Failed error={error} onRetry={reload} />;
  if (!data || data.total === 0) return null;
  const act = async (conflict: Conflict, take: 'standing' | 'lost') => {
    const done = await decide.run(conflict, take);
    if (!done) return;
    undo.offer(done.action, t('conflicts.decided', { property: conflict.property, name: conflict.entity.name }));
    reload();
  };
  return (
    <section className="panel stack conflicts" aria-labelledby="conflicts">
      <div className="view-head">
        <h2 id="conflicts">{t('conflicts.title')}</h2>
        <Shown shown={data.rows.length} total={data.total} />
      </div>
      <p className="quiet">{t('conflicts.hint')}</p>
      <MainsBanner />
      {decide.error ? <Failed error={decide.error} /> : null}
      <div className="table-scroll">
        <table className="table table-wide table-cards">
          <thead>
            <tr>
              <th scope="col">{t('changes.object')}</th>
              <th scope="col">{t('changes.what')}</th>
              <th scope="col">{t('conflicts.standing')}</th>
              <th scope="col">{t('conflicts.lost')}</th>
              <th scope="col">{t('changes.decision')}</th>
            </tr>
          </thead>
          <tbody>
            {data.rows.map((conflict) => {
              const of = { property: conflict.property, name: conflict.entity.name };
              return (
                <tr key={`${conflict.entity.id} ${conflict.property} ${conflict.operation}`}>
                  <td className="cell-title">
                    <EntityLine entity={conflict.entity} />
                  </td>
                  <td>{conflict.property}</td>
                  <td data-label={t('conflicts.standing')}>
                    <Value value={conflict.standing} />
                  </td>
                  <td data-label={t('conflicts.lost')}>
                    <Value value={conflict.lost} />
                    <span className="quiet small">{t('conflicts.by', { actor: conflict.actor, at: t.time(conflict.at) })}</span>
                  </td>
                  <td className="cell-main">
                    <span className="row">
                      <Button
                        small
                        disabled={decide.busy}
                        aria-label={t('conflicts.keepOne', of)}
                        onClick={() => void act(conflict, 'standing')}
                      >
                        {t('conflicts.keep')}
                      </Button>
                      <Button
                        small
                        disabled={decide.busy}
                        aria-label={t('conflicts.takeOne', of)}
                        onClick={() => void act(conflict, 'lost')}
                      >
                        {t('conflicts.take')}
                      </Button>
                    </span>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Value({ value }: { value: unknown }) {
  const t = useText();
  if (value === undefined || value === null) return <span className="quiet">{t('changes.nothing')}</span>;
  const text = outline(value, { yes: t('ui.yes'), no: t('ui.no') });
  return <span className="change-value">{text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text}</span>;
}
