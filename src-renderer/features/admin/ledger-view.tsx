import { Download } from 'lucide-react';
import type { Ledger, LedgerEntry } from '#shared/contract/admin.ts';
import { saveFile, useQuery } from '#renderer/client/index.ts';
import { Button, Failed, Loading, Shown, useText, type ViewProps } from '#renderer/ui/index.ts';
import { AuditChain } from './audit/audit-chain.tsx';
import { ledgerCsv } from './ledger-file.ts';
import './admin.css';

/** The proof that nothing left: what was sent, what was refused, and whether the record of it all still holds together. */
export function LedgerView(_: ViewProps) {
  const t = useText();
  const { data, error, reload } = useQuery((client, signal) => client.admin.getLedger(undefined, { signal }), [], { refreshOn: 'ledger' });
  return (
    <div className="view-page">
      <div className="view-head">
        <h1>{t('ledger.title')}</h1>
        <span className="quiet">{t('ledger.about')}</span>
      </div>
      {error ? <Failed error={error} onRetry={reload} /> : null}
      {!data && !error ? <Loading /> : null}
      {data ? <Proof ledger={data} /> : null}
      <AuditChain />
      {data ? (
        <>
          <Entries title={t('ledger.sent')} none={t('ledger.sent.none')} entries={data.requests} />
          <Entries title={t('ledger.refused')} none={t('ledger.refused.none')} entries={data.refused} />
        </>
      ) : null}
    </div>
  );
}

function Proof({ ledger }: { ledger: Ledger }) {
  const t = useText();
  const save = (kind: 'json' | 'csv') => {
    const text = kind === 'json' ? `${JSON.stringify(ledger, null, 2)}\n` : ledgerCsv(ledger);
    saveFile(new Blob([text], { type: kind === 'json' ? 'application/json' : 'text/csv' }), `egress-ledger.${kind}`);
  };
  return (
    <section className="proof panel" aria-label={t('ledger.summary')}>
      <div className="proof-number">
        <b>{t.number(ledger.requests.length)}</b>
        <span>{t('ledger.requests', { count: ledger.requests.length })}</span>
      </div>
      <dl className="proof-facts">
        <div>
          <dt className="label">{t('ledger.network')}</dt>
          <dd>{t(ledger.network === 'off' ? 'ledger.network.off' : 'ledger.network.on')}</dd>
        </div>
        <div>
          <dt className="label">{t('ledger.refused')}</dt>
          <dd>{t.number(ledger.refused.length)}</dd>
        </div>
        <div>
          <dt className="label">{t('ledger.since')}</dt>
          <dd>{t.time(ledger.since)}</dd>
        </div>
      </dl>
      <div className="row">
        <Button icon={Download} onClick={() => save('json')}>
          {t('ledger.json')}
        </Button>
        <Button icon={Download} onClick={() => save('csv')}>
          {t('ledger.csv')}
        </Button>
      </div>
    </section>
  );
}

function Entries({ title, none, entries }: { title: string; none: string; entries: readonly LedgerEntry[] }) {
  const t = useText();
  const shown = entries.slice(0, 500);
  return (
    <section className="stack">
      <div className="view-head">
        <h2>{title}</h2>
        <Shown shown={shown.length} total={entries.length} />
      </div>
      {entries.length === 0 ? (
        <p className="quiet">{none}</p>
      ) : (
        <div className="table-scroll panel" tabIndex={0} role="region" aria-label={title}>
          <table className="table table-wide table-cards">
            <thead>
              <tr>
                <th scope="col">{t('ledger.at')}</th>
                <th scope="col">{t('ledger.host')}</th>
                <th scope="col">{t('ledger.request')}</th>
                <th scope="col">{t('ledger.purpose')}</th>
                <th scope="col">{t('ledger.outcome')}</th>
                <th scope="col" className="numeric">
                  {t('ledger.bytesOut')}
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((entry, index) => (
                <tr key={`${index}-${entry.at}`}>
                  <td>{t.time(entry.at)}</td>
                  <td>
                    <code>{`${entry.host}:${entry.port}`}</code>
                  </td>
                  <td className="cell-main">
                    <code>{`${entry.method} ${entry.path}`}</code>
                  </td>
                  <td>{entry.purpose}</td>
                  <td>
                    <span className={entry.outcome === 'refused' ? 'chip chip-good' : 'chip chip-warn'}>
                      {t(`ledger.${entry.outcome}.one`)}
                    </span>{' '}
                    <span className="quiet">{entry.reason}</span>
                  </td>
                  <td className="numeric" data-label={t('ledger.bytesOut')}>
                    {t.number(entry.bytesOut)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
