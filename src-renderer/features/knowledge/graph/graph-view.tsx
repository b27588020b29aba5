import { useQuery } from '#renderer/client/index.ts';
import { Failed, useText, type ViewProps } from '#renderer/ui/index.ts';
import { EntityLine } from '../entity-parts.tsx';
import { Neighbourhood } from './neighbourhood.tsx';

/** One entity's surroundings over the whole window. */
export function GraphView({ place: { rest } }: ViewProps) {
  const t = useText();
  const id = rest[0] ?? '';
  const entity = useQuery((client, signal) => client.knowledge.getEntity({ id }, { signal }), [id]);
  return (
    <div className="view-fill view-scroll">
      <div className="view-head">
        <h1>{t('graph.title')}</h1>
        {entity.data ? <EntityLine entity={entity.data} /> : null}
      </div>
      {entity.error ? <Failed error={entity.error} onRetry={entity.reload} /> : null}
      {entity.data ? <Neighbourhood id={entity.data.id} tall /> : null}
    </div>
  );
}
