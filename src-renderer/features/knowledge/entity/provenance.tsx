import { useState } from 'react';
import type { Entity, Provenance } from '#shared/contract/knowledge.ts';
import { useQuery } from '#renderer/client/index.ts';
import { Failed, useText } from '#renderer/ui/index.ts';
import { exploreHref } from '../links.ts';

/** Where each fact came from and which versions are kept. */
export function History({ entity }: { entity: Entity }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  return (
    <section aria-labelledby="provenance">
      <h2 id="provenance">{t('entity.provenance')}</h2>
      <div className="table-scroll panel">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('entity.source')}</th>
              <th scope="col">{t('entity.sourceKind')}</th>
              <th scope="col">{t('entity.at')}</th>
            </tr>
          </thead>
          <tbody>
            {entity.provenance.map((one) => (
              <tr key={one.operation}>
                <td>{one.importId ? <a href={exploreHref({ importId: one.importId })}>{one.source}</a> : one.source}</td>
                <td>
                  <ProvenanceKind kind={one.kind} /> {one.format ? <code className="quiet">{one.format}</code> : null}
                </td>
                <td>{t.time(one.at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <details className="disclosure" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t('entity.versions', { count: entity.versions })}</summary>
        {open ? <Versions id={entity.id} /> : null}
      </details>
    </section>
  );
}

export function ProvenanceKind({ kind }: { kind: Provenance['kind'] }) {
  const t = useText();
  return t(`provenance.${kind}`);
}

function Versions({ id }: { id: string }) {
  const t = useText();
  const { data, error, reload } = useQuery((client, signal) => client.knowledge.listVersions({ id }, { signal }), [id]);
  if (error) return <Failed error={error} onRetry={reload} />;
  return (
    <ul className="stack">
      {data?.map((version, index) => (
        <li key={`${version.provenance.operation} ${version.modified ?? index}`}>
          <details className="disclosure">
            <summary>
              {version.modified ? t.time(version.modified) : t.time(version.provenance.at)}{' '}
              <span className="quiet">{version.provenance.source}</span>{' '}
              {version.current ? <span className="chip chip-good">{t('entity.current')}</span> : null}
            </summary>
            <pre className="code">{JSON.stringify(version.object, null, 2)}</pre>
          </details>
        </li>
      ))}
    </ul>
  );
}
