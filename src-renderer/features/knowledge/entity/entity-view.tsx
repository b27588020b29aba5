import { useState } from 'react';
import { useQuery } from '#renderer/client/index.ts';
import { CopyButton, Empty, Failed, LinkButton, Loading, useText, type ViewProps } from '#renderer/ui/index.ts';
import { SearchX } from 'lucide-react';
import { EntityMarks, KindGlyph, typeLabel } from '../entity-parts.tsx';
import { Neighbourhood } from '../graph/neighbourhood.tsx';
import { searchHref } from '../links.ts';
import { EditableText, Notes, Tags } from './annotations.tsx';
import { Blocks } from './blocks.tsx';
import { FactTable } from './fact-table.tsx';
import { aliasesOf, readFacts, referencesOf } from './facts.ts';
import { History } from './provenance.tsx';
import { ProseView } from './prose-view.tsx';
import { References } from './references.tsx';
import { Relationships } from './relationships.tsx';
import './entity.css';

/** All that is known about one entity, opened by a sentence computed from the graph. */
export function EntityView({ place: { rest } }: ViewProps) {
  const t = useText();
  const id = rest[0] ?? '';
  const { data, error, reload } = useQuery((client, signal) => client.knowledge.getEntity({ id }, { signal }), [id]);
  const [raw, setRaw] = useState(false);
  if (error?.code === 'not_found')
    return (
      <Empty
        icon={SearchX}
        title={t('entity.notFound')}
        action={<LinkButton href={searchHref({ text: id })}>{t('entity.searchInstead')}</LinkButton>}
      >
        {error.message}
      </Empty>
    );
  if (error)
    return (
      <div className="view-pad">
        <Failed error={error} onRetry={reload} />
      </div>
    );
  if (!data) return <Loading />;
  const aliases = aliasesOf(data.object, data.name);
  const description = typeof data.object.description === 'string' ? data.object.description : '';
  const facts = readFacts(data.object);
  return (
    <article className="entity" key={data.id}>
      <header className="entity-head">
        <div className="entity-kind">
          <KindGlyph type={data.type} size={16} />
          <span className="label">{typeLabel(t, data.type)}</span>
          {data.externalId ? <span className="chip chip-id">{data.externalId}</span> : null}
          <EntityMarks entity={data} />
          <span className="grow" />
          <code className="quiet small entity-stix-id">{data.id}</code>
          <CopyButton text={data.id} label={t('entity.copyId')} />
        </div>
        <EditableText id={data.id} property="name" value={data.name} label={t('entity.name')}>
          <h1>{data.name}</h1>
        </EditableText>
        {data.headline ? <p className="headline">{data.headline}</p> : null}
        {aliases.length > 0 ? (
          <p className="row">
            <span className="label">{t('entity.aliases')}</span>
            {aliases.map((alias) => (
              <span key={alias} className="chip">
                {alias}
              </span>
            ))}
          </p>
        ) : null}
        <Tags entity={data} />
      </header>
      <div className="entity-main">
        <section aria-labelledby="about">
          <h2 id="about">{t('entity.description')}</h2>
          <EditableText id={data.id} property="description" value={description} label={t('entity.description')} long>
            {description ? <ProseView text={description} /> : <p className="quiet">{t('entity.noDescription')}</p>}
          </EditableText>
        </section>
        {facts.length > 0 ? (
          <section aria-labelledby="facts">
            <h2 id="facts">{t('entity.facts')}</h2>
            <FactTable facts={facts} />
          </section>
        ) : null}
        <Blocks entity={data} />
        <Relationships entity={data} />
        <Notes entity={data} />
        <References references={referencesOf(data.object)} />
        <History entity={data} />
        <section>
          <details className="disclosure" onToggle={(event) => setRaw(event.currentTarget.open)}>
            <summary>{t('entity.raw')}</summary>
            {raw ? (
              <>
                <CopyButton words text={JSON.stringify(data.object, null, 2)} label={t('entity.copyJson')} />
                <pre className="code">{JSON.stringify(data.object, null, 2)}</pre>
              </>
            ) : null}
          </details>
        </section>
      </div>
      <aside className="entity-graph" aria-label={t('graph.title')}>
        <h2>{t('graph.title')}</h2>
        <Neighbourhood id={data.id} />
      </aside>
    </article>
  );
}
