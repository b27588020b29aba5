import { Clock3, History, Redo2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { HistoryEntry } from '#shared/contract/knowledge.ts';
import { asContractError, useBranch, useClient, useQuery } from '#renderer/client/index.ts';
import { Button, Empty, Failed, IconButton, Loading, Shown, toast, useText, type ViewProps } from '#renderer/ui/index.ts';
import { ConflictInbox } from './conflict-inbox.tsx';
import { TimeTravel } from './time-travel.tsx';

/** What was done in this workspace, newest first; each action can be taken back and done again. */
export function HistoryView(_: ViewProps) {
  const t = useText();
  const client = useClient();
  const [limit, setLimit] = useState(50);
  const [moment, setMoment] = useState<string | undefined>();
  const { branch } = useBranch();
  const { data, error, reload } = useQuery((on, signal) => on.knowledge.listHistory({ limit }, { signal }), [limit]);
  const act = (entry: HistoryEntry) => {
    const done = entry.undone ? client.knowledge.redo({ action: entry.action }) : client.knowledge.undo({ action: entry.action });
    done.then(
      () => {
        toast(t(entry.undone ? 'edit.redone' : 'edit.undone', { what: entry.what }));
        reload();
      },
      (cause: unknown) => toast(asContractError(cause).message),
    );
  };
  return (
    <div className="view-page">
      <div className="view-head">
        <h1>{t('history.title')}</h1>
        {data ? <Shown shown={data.rows.length} total={data.total} /> : null}
        <span className="grow" />
        {branch || !data?.rows.length ? null : (
          <Button
            icon={Clock3}
            aria-pressed={moment !== undefined}
            onClick={() => setMoment(moment === undefined ? data.rows[0]?.at : undefined)}
          >
            {t(moment === undefined ? 'time.open' : 'time.close')}
          </Button>
        )}
      </div>
      {moment !== undefined && !branch ? <TimeTravel at={moment} onPick={setMoment} /> : null}
      <ConflictInbox />
      {error ? <Failed error={error} onRetry={reload} /> : null}
      {!data && !error ? <Loading /> : null}
      {data && data.rows.length === 0 ? (
        <Empty icon={History} title={t('history.none')}>
          {t('history.none.hint')}
        </Empty>
      ) : null}
      {data && data.rows.length > 0 ? (
        <div className="table-scroll panel">
          <table className="table table-wide table-cards">
            <thead>
              <tr>
                <th scope="col">{t('history.what')}</th>
                <th scope="col" className="numeric">
                  {t('history.objects')}
                </th>
                <th scope="col">{t('history.actor')}</th>
                <th scope="col">{t('history.at')}</th>
                <th scope="col">
                  <span className="hidden-visually">{t('history.act')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.rows.map((entry) => (
                <tr key={entry.action} className={entry.undone ? 'undone' : undefined}>
                  <td className="cell-main">
                    {entry.what} {entry.undone ? <span className="chip">{t('history.undone')}</span> : null}
                  </td>
                  <td className="numeric" data-label={t('history.objects')}>
                    {t.number(entry.objects)}
                  </td>
                  <td>{entry.actor}</td>
                  <td>{t.time(entry.at)}</td>
                  <td className="cell-end">
                    <span className="row">
                      {moment !== undefined ? (
                        <IconButton small icon={Clock3} label={t('time.pick', { what: entry.what })} onClick={() => setMoment(entry.at)} />
                      ) : null}
                      {entry.undoable ? (
                        <Button
                          small
                          kind="quiet"
                          icon={entry.undone ? Redo2 : Undo2}
                          aria-label={t(entry.undone ? 'history.redoOne' : 'history.undoOne', { what: entry.what })}
                          onClick={() => act(entry)}
                        >
                          {t(entry.undone ? 'edit.redo' : 'edit.undo')}
                        </Button>
                      ) : null}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {data && data.rows.length < data.total && limit < 500 ? (
        <Button onClick={() => setLimit(Math.min(500, limit * 2))}>{t('ui.more')}</Button>
      ) : null}
    </div>
  );
}
