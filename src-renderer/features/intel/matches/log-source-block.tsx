import { useQuery } from '#renderer/client/index.ts';
import { EntityLine } from '#renderer/features/knowledge/index.ts';
import { useText } from '#renderer/ui/index.ts';
import './matches.css';

/** On the page of a Sigma rule or of a log source that rules want: whether such a log is there. */
export function LogSourceBlock({ id, type }: { id: string; type: string }) {
  const t = useText();
  const { data } = useQuery((client, signal) => client.intel.listLogSources({ id, limit: 1 }, { signal }), [id], {
    enabled: type === 'indicator' || type === 'x-redoubt-log-source',
  });
  const row = data?.rows[0];
  if (!row) return null;
  const { source, standing, because, own, rules } = row;
  return (
    <section aria-labelledby="log-source-block">
      <h2 id="log-source-block">{t('logs.block')}</h2>
      <p className="row">
        <span className={standing === 'missing' ? 'chip chip-bad' : 'chip'}>{t(`logs.standing.${standing}`)}</span>
        <EntityLine entity={source} />
        <span className="quiet small">{t('logs.rules', { count: rules })}</span>
      </p>
      <p>{because}</p>
      <ul>
        {own
          .filter((one) => one.id !== source.id)
          .map((one) => (
            <li key={one.id}>
              <EntityLine entity={one} />
            </li>
          ))}
      </ul>
      {standing === 'missing' ? <p className="quiet small">{t('logs.how')}</p> : null}
    </section>
  );
}
