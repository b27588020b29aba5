import { Undo2 } from 'lucide-react';
import { asContractError, useClient, useQuery } from '#renderer/client/index.ts';
import { Button, Failed, toast, useText } from '#renderer/ui/index.ts';
import { exploreHref } from '../links.ts';
import { ProvenanceKind } from '../entity/provenance-tab.tsx';

const looks = { running: 'chip', done: 'chip chip-good', unfinished: 'chip chip-warn', undone: 'chip' } as const;

/** All imports of this workspace; an unfinished one says how to finish it, a finished one can be taken back. */
export function ImportsList() {
  const t = useText();
  const client = useClient();
  const { data, error, reload } = useQuery((on, signal) => on.knowledge.listImports(undefined, { signal }), []);
  if (error) return <Failed error={error} onRetry={reload} />;
  if (!data || data.length === 0) return null;
  const takeBack = (action: string) => {
    client.knowledge.undo({ action }).then(
      (entry) => {
        toast(t('edit.undone', { what: entry.what }), {
          label: t('edit.redo'),
          run: () => void client.knowledge.redo({ action: entry.action }).then(reload, () => {}),
        });
        reload();
      },
      (cause: unknown) => toast(asContractError(cause).message),
    );
  };
  return (
    <section className="stack" aria-labelledby="imports">
      <h2 id="imports">{t('imports.title')}</h2>
      <div className="table-scroll panel">
        <table className="table table-wide table-cards">
          <thead>
            <tr>
              <th scope="col">{t('imports.file')}</th>
              <th scope="col">{t('imports.state')}</th>
              <th scope="col">{t('imports.when')}</th>
              <th scope="col" className="numeric">
                {t('import.created')}
              </th>
              <th scope="col" className="numeric">
                {t('import.updated')}
              </th>
              <th scope="col" className="numeric">
                {t('import.unchanged')}
              </th>
              <th scope="col" className="numeric">
                {t('imports.rejected')}
              </th>
              <th scope="col" className="numeric">
                {t('imports.lost')}
              </th>
              <th scope="col">
                <span className="hidden-visually">{t('imports.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.map((record) => (
              <tr key={record.importId}>
                <td className="cell-main">
                  <a href={exploreHref({ importId: record.importId })}>{record.file}</a>
                  <span className="quiet small imports-kind">
                    <ProvenanceKind kind={record.kind} /> · {record.format}
                  </span>
                </td>
                <td>
                  <span className={looks[record.state]}>{t(`imports.${record.state}`)}</span>
                  {record.branch ? (
                    <a className="chip" href={`#/branches/${record.branch}`}>
                      {t('imports.onBranch')}
                    </a>
                  ) : null}
                  {record.state === 'unfinished' ? <p className="small quiet">{t('imports.resume')}</p> : null}
                </td>
                <td>{t.time(record.startedAt)}</td>
                <td className="numeric" data-label={t('import.created')}>
                  {t.number(record.created)}
                </td>
                <td className="numeric" data-label={t('import.updated')}>
                  {t.number(record.updated)}
                </td>
                <td className="numeric" data-label={t('import.unchanged')}>
                  {t.number(record.unchanged)}
                </td>
                <td className="numeric" data-label={t('imports.rejected')}>
                  {t.number(record.rejected)}
                </td>
                <td className="numeric" data-label={t('imports.lost')}>
                  {t.number(record.lost)}
                </td>
                <td className="cell-end">
                  {record.action && record.state !== 'running' ? (
                    <Button small kind="quiet" icon={Undo2} onClick={() => record.action && takeBack(record.action)}>
                      {t('imports.undo')}
                    </Button>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
