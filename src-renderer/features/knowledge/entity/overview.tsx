import { Expand } from 'lucide-react';
import type { Entity } from '#shared/contract/knowledge.ts';
import { LinkButton, useText } from '#renderer/ui/index.ts';
import { Neighbourhood } from '../graph/neighbourhood.tsx';
import { graphHref } from '../links.ts';
import { EditableText } from './annotations.tsx';
import { Blocks } from './blocks.tsx';
import { EditableFacts } from './editable-facts.tsx';
import { referencesOf } from './facts.ts';
import { Notes } from './notes.tsx';
import { ProseView } from './prose-view.tsx';
import { References } from './references.tsx';
import { Relationships } from './relationships.tsx';

/** The first part of the page: what it is, what is known of it, what it is related to. */
export function Overview({ entity }: { entity: Entity }) {
  const t = useText();
  const description = typeof entity.object.description === 'string' ? entity.object.description : '';
  return (
    <>
      <div className="entity-main" id="entity-part" role="tabpanel" aria-label={t('tabs.overview')}>
        <section aria-labelledby="about">
          <h2 id="about">{t('entity.description')}</h2>
          <EditableText id={entity.id} property="description" value={description} label={t('entity.description')} long>
            {description ? <ProseView text={description} /> : <p className="quiet">{t('entity.noDescription')}</p>}
          </EditableText>
        </section>
        <EditableFacts entity={entity} />
        <Blocks entity={entity} />
        <Relationships entity={entity} />
        <Notes entity={entity} />
        <References references={referencesOf(entity.object)} />
      </div>
      <aside className="entity-graph" aria-label={t('graph.title')}>
        <div className="view-head">
          <h2 className="grow">{t('graph.title')}</h2>
          <LinkButton small kind="quiet" icon={Expand} href={graphHref(entity.id)}>
            {t('graph.large')}
          </LinkButton>
        </div>
        <Neighbourhood id={entity.id} />
      </aside>
    </>
  );
}
