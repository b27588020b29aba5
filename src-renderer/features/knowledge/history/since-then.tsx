import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { Difference } from '#shared/contract/knowledge.ts';
import { asContractError, useClient, useQuery } from '#renderer/client/index.ts';
import { Button, Failed, IconButton, Loading, Shown, toast, useText } from '#renderer/ui/index.ts';
import { EntityLine } from '../entity-parts.tsx';

const step = 20;
const chips = { added: 'chip chip-good', changed: 'chip', removed: 'chip chip-warn' } as const;

/** What was added, changed and removed from a moment to now; one object can be set back. */
export function SinceThen({ at }: { at: string }) {
  const t = useText();
  const client = useClient();
  const [limit, setLimit] = useState(step);
  const { data, error, reload } = useQuery((on, signal) => on.knowledge.diffTimes({ from: at, limit }, { signal }), [at, limit]);
  const revert = async ({ entity }: Difference) => {
    try {
      const { action } = await client.knowledge.revertObject({ id: entity.id, at });
      toast(t('time.reverted', { name: entity.name }), {
        label: t('edit.undo'),
        run: () => void client.knowledge.undo({ action }).then(reload, (cause: unknown) => toast(asContractError(cause).message)),
      });
      reload();
    } catch (cause) {
      toast(asContractError(cause).message);
    }
  };
  return (
    <section className="stack" aria-labelledby="since-then">
      <div className="view-head">
        <h3 id="since-then">{t('time.since')}</h3>
        {data ? <Shown shown={data.shown} total={data.total} /> : null}
      </div>
      {error ? <Failed error={error} onRetry={reload} /> : null}
      {!data && !error ? <Loading /> : null}
      {data ? <p role="status">{data.total === 0 ? t('time.same') : t('time.counts', data.counts)}</p> : null}
      <ul className="time-list">
        {data?.rows.map((row) => (
          <li key={row.entity.id}>
            <span className="row">
              <EntityLine entity={row.entity} plain={row.state === 'removed'} />
              <span className={chips[row.state]}>{t(`changes.state.${row.state}`)}</span>
              {row.state === 'added' ? null : (
                <IconButton
                  small
                  icon={RotateCcw}
                  label={t('time.revertOne', { name: row.entity.name })}
                  onClick={() => void revert(row)}
                />
              )}
            </span>
            {row.properties.length + row.tags.added.length + row.tags.removed.length > 0 ? (
              <div className="quiet">
                {t('time.properties')}:{' '}
                {[
                  ...row.properties.map(({ property }) => property),
                  ...row.tags.added.map((tag) => `+${tag}`),
                  ...row.tags.removed.map((tag) => `−${tag}`),
                ].join(', ')}
              </div>
            ) : null}
            {row.actions[0] ? (
              <div className="quiet">
                {row.actions[0].what} {row.actions[0].actor}, {t.time(row.actions[0].at)}
              </div>
            ) : null}
          </li>
        ))}
      </ul>
      {data && data.shown < data.total && limit < 200 ? (
        <div>
          <Button small onClick={() => setLimit(Math.min(200, limit * 2))}>
            {t('ui.more')}
          </Button>
        </div>
      ) : null}
    </section>
  );
}
