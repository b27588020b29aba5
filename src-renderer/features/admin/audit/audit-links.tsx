import type { AuditLink } from '#shared/contract/admin.ts';
import { useText } from '#renderer/ui/index.ts';
import { auditWords } from './audit-words.ts';
import './audit.css';

/** Milliseconds times this is a tick of the log's clock. */
const clockStep = 1024;

/** The record of what was done, a line for each link of the chain. */
export function AuditLinks({ rows }: { rows: readonly AuditLink[] }) {
  const t = useText();
  return (
    <div className="table-scroll panel" tabIndex={0} role="region" aria-labelledby="audit-list">
      <table className="table table-wide table-cards">
        <thead>
          <tr>
            <th scope="col" className="numeric">
              {t('auditLog.number')}
            </th>
            <th scope="col">{t('ledger.at')}</th>
            <th scope="col">{t('auditLog.kind')}</th>
            <th scope="col">{t('history.what')}</th>
            <th scope="col">{t('history.actor')}</th>
            <th scope="col">{t('auditLog.link')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ number, entry, chain }) => (
            <tr key={number}>
              <td className="numeric" data-label={t('auditLog.number')}>
                {t.number(number)}
              </td>
              <td className="audit-time">{t.time(new Date(Number(entry.clock) / clockStep).toISOString())}</td>
              <td>
                <span className={entry.property === 'commandFailed' ? 'chip chip-warn' : 'chip'}>{words(entry.kind)}</span>
              </td>
              <td className="cell-main">
                <What entry={entry} />
              </td>
              <td>{words(entry.actor)}</td>
              <td data-label={t('auditLog.link')}>
                <code className="small quiet" title={chain}>
                  {chain.slice(0, 12)}
                </code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const words = (value: unknown) => (typeof value === 'string' ? value : '');

function What({ entry }: Pick<AuditLink, 'entry'>) {
  const t = useText();
  const { what, object, facts } = auditWords(entry);
  return (
    <span className="audit-what">
      {what ? <strong>{what}</strong> : null}
      {typeof entry.count === 'number' ? <span>{t('auditLog.objects', { count: entry.count })}</span> : null}
      {facts.map(({ name, value }, index) => (
        <span key={`${index} ${name}`}>
          {name ? <span className="quiet">{name} </span> : null}
          {value}
        </span>
      ))}
      {object ? (
        <a className="audit-object mono small" href={`#/entity/${encodeURIComponent(object)}`}>
          {object}
        </a>
      ) : null}
    </span>
  );
}
