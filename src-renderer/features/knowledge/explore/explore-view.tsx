import { Table } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { EntityPage } from '#shared/contract/knowledge.ts';
import {
  Empty,
  Failed,
  type GridColumn,
  go,
  LinkButton,
  Loading,
  Shown,
  useText,
  type ViewProps,
  VirtualGrid,
} from '#renderer/ui/index.ts';
import { EntityCard } from '../entity/entity-card.tsx';
import { EntityFilters, engineFilters } from '../entity-filters.tsx';
import { EntityLine, EntityMarks, typeLabel } from '../entity-parts.tsx';
import { inWords } from '../kinds.ts';
import { entityHref, exploreHref, fromQuery, importHref } from '../links.ts';
import { usePages } from './use-pages.ts';
import '../lists.css';

type Row = EntityPage['rows'][number];
const sorts = ['name', 'type', 'externalId', 'modified', 'degree'] as const;
type Sort = (typeof sorts)[number];

/** The table of all entities: filtered, sorted and paged by the engine, drawn only where it is in sight. */
export function ExploreView({ place: { query } }: ViewProps) {
  const t = useText();
  const place = fromQuery(query);
  const [sort, setSort] = useState<{ key: Sort; descending: boolean }>({ key: 'name', descending: false });
  const [selected, setSelected] = useState(-1);
  const asked = { ...engineFilters(place), sort: sort.key, descending: sort.descending };
  const pages = usePages<Row>(
    (client, offset, limit, signal) => client.knowledge.listEntities({ ...asked, offset, limit }, { signal }),
    JSON.stringify(asked),
  );
  const columns = useMemo(
    (): GridColumn<Row>[] => [
      { key: 'name', title: t('explore.name'), width: 'minmax(15rem, 3fr)', sortable: true, cell: (row) => <NameCell row={row} /> },
      { key: 'type', title: t('explore.type'), width: 'minmax(8.5rem, 1.2fr)', sortable: true, cell: (row) => typeLabel(t, row.type) },
      { key: 'degree', title: t('explore.links'), width: '4.5rem', numeric: true, sortable: true, cell: (row) => t.number(row.degree) },
      { key: 'tactics', title: t('explore.tactics'), width: 'minmax(8rem, 1.4fr)', cell: (row) => row.tactics.map(inWords).join(', ') },
      { key: 'platforms', title: t('explore.platforms'), width: 'minmax(7rem, 1.4fr)', cell: (row) => row.platforms.join(', ') },
      {
        key: 'modified',
        title: t('explore.modified'),
        width: '7.5rem',
        sortable: true,
        cell: (row) => (row.modified ? t.date(row.modified) : ''),
      },
      { key: 'source', title: t('explore.source'), width: 'minmax(7rem, 1fr)', cell: (row) => row.source },
    ],
    [t],
  );
  const chosen = pages.row(selected);
  return (
    <div className="view-fill">
      <div className="view-head">
        <h1>{t('explore.title')}</h1>
        {pages.loaded ? <Shown shown={pages.total} total={pages.total} atLeast={pages.atLeast} what={t('explore.what')} /> : null}
        <span className="quiet small">{t('explore.keys')}</span>
      </div>
      <EntityFilters
        place={place}
        onChange={(next) => {
          setSelected(-1);
          go(exploreHref(next), true);
        }}
      />
      {pages.error ? <Failed error={pages.error} onRetry={pages.reload} /> : null}
      {!pages.loaded && !pages.error ? <Loading /> : null}
      {pages.loaded && pages.total === 0 ? (
        <Empty icon={Table} title={t('explore.none')} action={<LinkButton href={importHref}>{t('nav.import')}</LinkButton>}>
          {t('explore.none.hint')}
        </Empty>
      ) : null}
      {pages.total > 0 ? (
        <div className={chosen ? 'list-beside with-side' : 'list-beside'}>
          <div className="stack">
            <VirtualGrid
              label={t('explore.title')}
              columns={columns}
              count={pages.total}
              row={pages.row}
              onRange={pages.onRange}
              sort={sort}
              onSort={(key) => {
                const next = sorts.find((one) => one === key);
                if (next)
                  setSort({ key: next, descending: sort.key === next ? !sort.descending : next === 'degree' || next === 'modified' });
                setSelected(-1);
              }}
              selected={selected}
              onSelect={setSelected}
              onOpen={(index) => {
                const row = pages.row(index);
                if (row) go(entityHref(row.id));
              }}
            />
          </div>
          {chosen ? (
            <aside className="side panel" aria-label={t('explore.side')}>
              <EntityCard id={chosen.id} onClose={() => setSelected(-1)} />
            </aside>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

function NameCell({ row }: { row: Row }) {
  return (
    <span className="entity-line">
      <EntityLine entity={row} plain />
      <EntityMarks entity={row} />
    </span>
  );
}
