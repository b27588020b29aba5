import { useState } from 'react';
import { canonical } from '#shared/domain/knowledge/canonical.ts';
import type { Entity, PropertyProvenance, Provenance } from '#shared/contract/knowledge.ts';
import { useQuery } from '#renderer/client/index.ts';
import { Failed, Loading, Shown, useText } from '#renderer/ui/index.ts';
import { exploreHref } from '../links.ts';
import { propertyLabel } from './fact-table.tsx';
import { ValueText } from './value-text.tsx';

/** Of each property who said it, when and by which operation; what it replaced, and who says the same. */
export function ProvenanceTab({ entity }: { entity: Entity }) {
  const t = useText();
  const [sought, setSought] = useState('');
  const { data, error, reload } = useQuery(
    (client, signal) => client.knowledge.getPropertyProvenance({ id: entity.id }, { signal }),
    [entity.id],
  );
  if (error) return <Failed error={error} onRetry={reload} />;
  if (!data) return <Loading />;
  const needle = sought.trim().toLowerCase();
  const rows = data.filter(
    ({ property, provenance }) => property.includes(needle) || provenance.source.toLowerCase().includes(needle) || needle === '',
  );
  return (
    <>
      <section aria-labelledby="provenance">
        <h2 id="provenance">{t('entity.provenance')}</h2>
        <ul className="sources">
          {entity.provenance.map((one) => (
            <li key={one.operation}>
              <SourceName provenance={one} />
              <span className="quiet small">
                <ProvenanceKind kind={one.kind} /> {one.format}
              </span>
              <span className="quiet small">{t.time(one.at)}</span>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="sources">
        <div className="view-head">
          <h2 id="sources">{t('sources.title')}</h2>
          <Shown shown={rows.length} total={data.length} />
          <span className="grow" />
          <input
            className="input json-find"
            type="search"
            aria-label={t('sources.filter')}
            placeholder={t('sources.filter')}
            value={sought}
            onChange={(event) => setSought(event.target.value)}
          />
        </div>
        {data.length === 0 ? <p className="quiet">{t('sources.none')}</p> : null}
        {rows.length > 0 ? (
          <div className="table-scroll panel">
            <table className="table table-wide table-cards">
              <thead>
                <tr>
                  <th scope="col">{t('sources.property')}</th>
                  <th scope="col">{t('sources.value')}</th>
                  <th scope="col">{t('entity.source')}</th>
                  <th scope="col">{t('sources.others')}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <PropertyRow key={row.property} row={row} />
                ))}
              </tbody>
            </table>
          </div>
        ) : null}
      </section>
    </>
  );
}

function PropertyRow({ row }: { row: PropertyProvenance }) {
  const t = useText();
  const value = canonical(row.value);
  const others = row.others.filter((other) => other.value === undefined || canonical(other.value) !== value);
  const confirming = new Set(
    row.others
      .filter((other) => other.value !== undefined && canonical(other.value) === value)
      .map(({ provenance }) => provenance.importId ?? provenance.source),
  );
  confirming.delete(row.provenance.importId ?? row.provenance.source);
  return (
    <tr>
      <th scope="row" className="property-cell cell-main">
        {propertyLabel(t, row.property)}
        <code className="quiet small">{row.property}</code>
      </th>
      <td className="property-value cell-main">
        <ValueText value={row.value} />
        {confirming.size > 0 ? <span className="chip chip-good">{t('sources.confirmed', { count: confirming.size })}</span> : null}
      </td>
      <td>
        <Said provenance={row.provenance} />
      </td>
      <td>
        {others.length === 0 ? null : (
          <details className="disclosure">
            <summary>{t.number(others.length)}</summary>
            <ul className="stack">
              {others.slice(0, 20).map((other, index) => (
                <li key={`${other.provenance.operation} ${index}`}>
                  <span className={other.lost ? 'chip chip-warn' : 'chip'}>{t(other.lost ? 'sources.lost' : 'sources.replaced')}</span>{' '}
                  {other.value === undefined ? null : <ValueText value={other.value} />}
                  <Said provenance={other.provenance} />
                </li>
              ))}
              {others.length > 20 ? <li className="shown">{t('ui.andMore', { count: others.length - 20 })}</li> : null}
            </ul>
          </details>
        )}
      </td>
    </tr>
  );
}

function Said({ provenance }: { provenance: Provenance }) {
  const t = useText();
  return (
    <span className="said" title={t('sources.operation', { operation: provenance.operation })}>
      <SourceName provenance={provenance} />
      <span className="quiet small">
        <ProvenanceKind kind={provenance.kind} />, {t.time(provenance.at)}
      </span>
    </span>
  );
}

function SourceName({ provenance: { importId, source } }: { provenance: Provenance }) {
  return importId ? <a href={exploreHref({ importId })}>{source}</a> : <span>{source}</span>;
}

export function ProvenanceKind({ kind }: { kind: Provenance['kind'] }) {
  const t = useText();
  return t(`provenance.${kind}`);
}
