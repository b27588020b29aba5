import { ArrowUpRight, Waypoints, X } from 'lucide-react';
import { useQuery } from '#renderer/client/index.ts';
import { Failed, IconButton, LinkButton, Loading, useText } from '#renderer/ui/index.ts';
import { EntityMarks, KindGlyph, relationLabel, typeLabel } from '../entity-parts.tsx';
import { entityHref, graphHref } from '../links.ts';
import { aliasesOf, readFacts } from './facts.ts';
import { FactTable } from './fact-table.tsx';
import './entity.css';

/** The short form of an entity, beside a list. */
export function EntityCard({ id, onClose }: { id: string; onClose?: () => void }) {
  const t = useText();
  const { data, error, reload } = useQuery((client, signal) => client.knowledge.getEntity({ id }, { signal }), [id]);
  if (error) return <Failed error={error} onRetry={reload} />;
  if (!data) return <Loading />;
  const aliases = aliasesOf(data.object, data.name);
  return (
    <div className="stack">
      <div className="card-head">
        <KindGlyph type={data.type} size={18} />
        <div className="grow">
          <span className="label">{typeLabel(t, data.type)}</span>
          <h2>{data.name}</h2>
        </div>
        {onClose ? <IconButton small icon={X} label={t('ui.close')} onClick={onClose} /> : null}
      </div>
      <div className="row">
        {data.externalId ? <span className="chip chip-id">{data.externalId}</span> : null}
        <EntityMarks entity={data} />
      </div>
      {data.headline ? <p className="headline">{data.headline}</p> : null}
      {aliases.length > 0 ? <p className="quiet small">{t('entity.aka', { names: aliases.join(', ') })}</p> : null}
      <div className="row">
        <LinkButton small kind="primary" icon={ArrowUpRight} href={entityHref(data.id)}>
          {t('entity.open')}
        </LinkButton>
        <LinkButton small icon={Waypoints} href={graphHref(data.id)}>
          {t('entity.graph')}
        </LinkButton>
      </div>
      {data.neighbours.length > 0 ? (
        <ul className="card-links">
          {[...data.neighbours]
            .sort((a, b) => b.count - a.count)
            .slice(0, 8)
            .map((group) => (
              <li key={`${group.relationshipType} ${group.direction} ${group.type}`}>
                <span className="quiet">{relationLabel(t, group.relationshipType, group.direction)}</span>
                <KindGlyph type={group.type} size={12} />
                <span className="grow clip">{typeLabel(t, group.type)}</span>
                <span>{t.number(group.count)}</span>
              </li>
            ))}
        </ul>
      ) : null}
      <FactTable facts={readFacts(data.object).slice(0, 8)} />
    </div>
  );
}
