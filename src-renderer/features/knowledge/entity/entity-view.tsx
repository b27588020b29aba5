import { SearchX, Trash2 } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import type { Entity } from '#shared/contract/knowledge.ts';
import { useQuery } from '#renderer/client/index.ts';
import {
  Button,
  CopyButton,
  Dialog,
  Empty,
  Failed,
  go,
  IconButton,
  LinkButton,
  Loading,
  useText,
  type ViewProps,
} from '#renderer/ui/index.ts';
import { EntityMarks, KindGlyph, typeLabel } from '../entity-parts.tsx';
import { entityHref, exploreHref, searchHref } from '../links.ts';
import { useChange, useUndoKeys } from '../use-edit.ts';
import { EditableText } from './annotations.tsx';
import { aliasesOf } from './facts.ts';
import { HistoryTab } from './history-tab.tsx';
import { JsonTab } from './json-tab.tsx';
import { Overview } from './overview.tsx';
import { ProvenanceTab } from './provenance-tab.tsx';
import { Tags } from './tags.tsx';
import { VersionsTab } from './versions-tab.tsx';
import './entity.css';
import './tabs.css';

const tabs = ['overview', 'json', 'versions', 'provenance', 'history'] as const;
type Tab = (typeof tabs)[number];

/** All that is known about one entity, opened by a sentence computed from the graph; each part has an address of its own. */
export function EntityView({ place: { rest } }: ViewProps) {
  const t = useText();
  const id = rest[0] ?? '';
  const tab = tabs.find((one) => one === rest[1]) ?? 'overview';
  useUndoKeys();
  const { data, error, reload } = useQuery((client, signal) => client.knowledge.getEntity({ id }, { signal }), [id]);
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
  // The old answer stays while a newer one is awaited, but never that of another entity.
  if (!data || (data.id !== id && id.includes('--'))) return <Loading />;
  return (
    <article className={tab === 'overview' ? 'entity' : 'entity entity-wide'} key={data.id}>
      <Head entity={data} tab={tab} />
      {tab === 'overview' ? (
        <Overview entity={data} />
      ) : (
        <div className="entity-main" id="entity-part" role="tabpanel" aria-label={t(`tabs.${tab}`)}>
          {tab === 'json' ? <JsonTab entity={data} /> : null}
          {tab === 'versions' ? <VersionsTab entity={data} /> : null}
          {tab === 'provenance' ? <ProvenanceTab entity={data} /> : null}
          {tab === 'history' ? <HistoryTab entity={data} /> : null}
        </div>
      )}
    </article>
  );
}

function Head({ entity, tab }: { entity: Entity; tab: Tab }) {
  const t = useText();
  const [deleting, setDeleting] = useState(false);
  const aliases = aliasesOf(entity.object, entity.name);
  return (
    <header className="entity-head">
      <div className="entity-kind">
        <KindGlyph type={entity.type} size={16} />
        <span className="label">{typeLabel(t, entity.type)}</span>
        {entity.externalId ? <span className="chip chip-id">{entity.externalId}</span> : null}
        <EntityMarks entity={entity} />
        <span className="grow" />
        <code className="quiet small entity-stix-id">{entity.id}</code>
        <CopyButton text={entity.id} label={t('entity.copyId')} />
        <IconButton small icon={Trash2} label={t('entity.delete')} onClick={() => setDeleting(true)} />
      </div>
      <EditableText id={entity.id} property="name" value={entity.name} label={t('entity.name')}>
        <h1>{entity.name}</h1>
      </EditableText>
      {tab === 'overview' && entity.headline ? <p className="headline">{entity.headline}</p> : null}
      {tab === 'overview' && aliases.length > 0 ? (
        <p className="row">
          <span className="label">{t('entity.aliases')}</span>
          {aliases.map((alias) => (
            <span key={alias} className="chip">
              {alias}
            </span>
          ))}
        </p>
      ) : null}
      {tab === 'overview' ? <Tags entity={entity} /> : null}
      <TabList id={entity.id} tab={tab} />
      {deleting ? <DeleteDialog entity={entity} onClose={() => setDeleting(false)} /> : null}
    </header>
  );
}

/** Tabs after the ARIA pattern: arrows choose, Tab goes into the part. */
function TabList({ id, tab }: { id: string; tab: Tab }) {
  const t = useText();
  const show = (next: Tab) => go(entityHref(id, next === 'overview' ? undefined : next), true);
  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    const at = tabs.indexOf(tab);
    const steps: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = tabs[(step + tabs.length) % tabs.length] ?? 'overview';
    show(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-tab=${next}]`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" tabIndex={-1} aria-label={t('tabs.label')} onKeyDown={onKey}>
      {tabs.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          data-tab={one}
          aria-selected={one === tab}
          aria-controls={one === tab ? 'entity-part' : undefined}
          tabIndex={one === tab ? 0 : -1}
          onClick={() => show(one)}
        >
          {t(`tabs.${one}`)}
        </button>
      ))}
    </div>
  );
}

function DeleteDialog({ entity, onClose }: { entity: Entity; onClose: () => void }) {
  const t = useText();
  const { run, busy, error } = useChange();
  const remove = async () => {
    if (!(await run((client) => client.knowledge.deleteObject({ id: entity.id })))) return;
    onClose();
    go(exploreHref({ types: [entity.type] }));
  };
  return (
    <Dialog
      title={t('entity.delete.title', { name: entity.name })}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button kind="danger" icon={Trash2} disabled={busy} onClick={() => void remove()}>
            {t('entity.delete')}
          </Button>
        </>
      }
    >
      <p>{t('entity.delete.hint')}</p>
      {error ? <Failed error={error} /> : null}
    </Dialog>
  );
}
