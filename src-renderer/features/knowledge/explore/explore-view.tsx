import { Table } from 'lucide-react';
import { useEffect, useState } from 'react';
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
import { entityHref, importHref, toQuery } from '../links.ts';
import { SavedViews } from '../saved-views.tsx';
import { useUndoKeys } from '../use-edit.ts';
import { BulkBar } from './bulk-bar.tsx';
import { ColumnChooser } from './column-chooser.tsx';
import { askedProperties, gridColumns, type Row } from './columns.tsx';
import { countOf, extend, isPicked, nothing, toggle } from './selection.ts';
import { sorts, tableFrom, tableHref, writeColumn } from './table-place.ts';
import { usePages } from './use-pages.ts';
import '../lists.css';

/** The table of all entities: filtered, sorted and paged by the engine, drawn only where it is in sight. */
export function ExploreView({ place: { query } }: ViewProps) {
  const t = useText();
  const place = tableFrom(query);
  const { filters, columns, sort } = place;
  const [selected, setSelected] = useState(-1);
  const [picks, setPicks] = useState(nothing);
  useUndoKeys();
  const filter = engineFilters(filters);
  const properties = askedProperties(columns);
  const asked = { ...filter, sort: sort.key, descending: sort.descending, ...(properties.length > 0 && { properties }) };
  const filterKey = JSON.stringify(filter);
  const pages = usePages<Row>(
    (client, offset, limit, signal, after) =>
      client.knowledge.listEntities({ ...asked, offset, limit, ...(after !== undefined && { after }) }, signal ? { signal } : {}),
    JSON.stringify(asked),
  );
  // What was picked under other filters may not be in sight any more.
  useEffect(() => {
    setPicks(nothing);
    setSelected(-1);
  }, [filterKey]);
  const change = (next: Partial<typeof place>) => go(tableHref({ ...place, ...next }), true);
  const shown = gridColumns(t, columns);
  const pick = (index: number, how: 'toggle' | 'extend') => {
    const row = pages.row(index);
    if (!row) return;
    setPicks((old) => (how === 'toggle' ? toggle(old, row.id, index) : extend(old, index, (at) => pages.row(at)?.id).selection));
  };
  const count = countOf(picks, pages.total);
  const all: GridColumn<Row> = {
    key: 'picked',
    title: t('table.select'),
    width: '2.5rem',
    head: (
      <label className="pick">
        <span className="hidden-visually">{t('table.selectAll', { count: t.number(pages.total) })}</span>
        <input
          type="checkbox"
          checked={picks.all || (count > 0 && count === pages.total)}
          ref={(box) => {
            if (box) box.indeterminate = !picks.all && count > 0 && count < pages.total;
          }}
          onChange={(event) => setPicks(event.target.checked ? { all: true } : nothing)}
        />
      </label>
    ),
    cell: (row, index) => (
      <label className="pick">
        <span className="hidden-visually">{t('table.selectRow', { name: row.name })}</span>
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isPicked(picks, row.id)}
          onClick={(event) => {
            event.stopPropagation();
            pick(index, event.shiftKey ? 'extend' : 'toggle');
          }}
          readOnly
        />
      </label>
    ),
  };
  const chosen = pages.row(selected);
  return (
    <div className="view-fill">
      <div className="view-head explore-head">
        <h1>{t('explore.title')}</h1>
        {pages.loaded ? <Shown shown={pages.total} total={pages.total} what={t('explore.what')} atLeast={pages.atLeast} /> : null}
        <span className="quiet small explore-keys">{t('table.keys')}</span>
        <span className="grow" />
        <SavedViews list="explore" now={{ query: toQuery(filters).replace(/^\?/, ''), columns: columns.map(writeColumn), sort }} />
        <ColumnChooser columns={columns} onChange={(next) => change({ columns: next })} />
      </div>
      <EntityFilters place={filters} onChange={(next) => change({ filters: next })} />
      {count > 0 ? (
        <BulkBar
          target={picks.all ? { filter } : { ids: [...picks.ids] }}
          count={count}
          atLeast={picks.all && pages.atLeast === true}
          onClear={() => setPicks(nothing)}
        />
      ) : null}
      {pages.error ? <Failed error={pages.error} onRetry={pages.reload} /> : null}
      {!pages.loaded && !pages.error ? <Loading /> : null}
      {pages.loaded && pages.total === 0 ? (
        <Empty icon={Table} title={t('explore.none')} action={<LinkButton href={importHref}>{t('nav.import')}</LinkButton>}>
          {t('explore.none.hint')}
        </Empty>
      ) : null}
      {pages.total > 0 ? (
        <div className={chosen && count < 2 ? 'list-beside with-side' : 'list-beside'}>
          <div className="stack">
            <VirtualGrid
              label={t('explore.title')}
              columns={[all, ...shown]}
              count={pages.total}
              row={pages.row}
              onRange={pages.onRange}
              sort={sort}
              onSort={(key) => {
                const next = sorts.find((one) => one === key);
                if (next)
                  change({
                    sort: { key: next, descending: sort.key === next ? !sort.descending : next === 'degree' || next === 'modified' },
                  });
                setSelected(-1);
              }}
              selected={selected}
              onSelect={setSelected}
              picked={(row) => isPicked(picks, row.id)}
              onPick={pick}
              onOpen={(index) => {
                const row = pages.row(index);
                if (row) go(entityHref(row.id));
              }}
            />
          </div>
          {chosen && count < 2 ? (
            <aside className="side panel" aria-label={t('explore.side')}>
              <EntityCard id={chosen.id} onClose={() => setSelected(-1)} />
            </aside>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
