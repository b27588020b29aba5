import { ChevronDown, ChevronRight } from 'lucide-react';
import type { Matrix } from '#shared/contract/coverage.ts';
import { entityHref } from '#renderer/features/knowledge/index.ts';
import { go, useText } from '#renderer/ui/index.ts';
import type { CellLike, Place } from './scale.ts';

/** One tactic: its head and its techniques. */
export function MatrixColumn(props: {
  tactic: Matrix['tactics'][number];
  places: readonly Place[];
  count: (cell: CellLike) => number;
  step: (cell: CellLike) => number;
  opened: (place: Place) => boolean;
  standing: number;
  onStand: (row: number) => void;
  onHover: (place: Place | undefined) => void;
  onToggle: (place: Place) => void;
}) {
  const t = useText();
  const { tactic } = props;
  return (
    <div className="matrix-column" role="rowgroup">
      <div role="row" className="matrix-head">
        <div role="columnheader">
          <a href={entityHref(tactic.id)} title={tactic.externalId}>
            {tactic.name}
          </a>
          <span className="quiet">{t('matrix.techniqueCount', { count: tactic.techniques.length })}</span>
        </div>
      </div>
      {props.places.map((place, row) => {
        const { cell, parent, technique } = place;
        const count = props.count(cell);
        const subs = parent ? 0 : technique.subTechniques.length;
        const usedSubs = parent ? 0 : technique.subTechniques.filter((one) => props.count(one) > 0).length;
        return (
          <div key={`${technique.id} ${cell.id}`} role="row">
            <div
              role="gridcell"
              className={`cell heat-${props.step(cell)}${parent ? ' cell-sub' : ''}`}
              tabIndex={props.standing === row ? 0 : -1}
              data-at={props.standing === row}
              onFocus={() => props.onStand(row)}
              onPointerEnter={() => props.onHover(place)}
              onClick={() => go(entityHref(cell.id))}
            >
              <span className="cell-name">
                <span className="hidden-visually">{`${cell.externalId} `}</span>
                {cell.name}
              </span>
              {count > 0 ? (
                <span className="cell-count">
                  <span className="hidden-visually">{t('matrix.cellUsed')}</span>
                  {t.number(count)}
                </span>
              ) : null}
              {subs > 0 ? (
                <button
                  type="button"
                  className={usedSubs > 0 ? 'cell-subs cell-subs-used' : 'cell-subs'}
                  tabIndex={-1}
                  aria-expanded={props.opened(place)}
                  onClick={(event) => {
                    event.stopPropagation();
                    props.onToggle(place);
                  }}
                >
                  {props.opened(place) ? <ChevronDown size={11} aria-hidden /> : <ChevronRight size={11} aria-hidden />}
                  <span className="hidden-visually">{t('matrix.subs', { name: cell.name })}</span>
                  {usedSubs > 0 ? `${usedSubs}/${subs}` : subs}
                </button>
              ) : null}
            </div>
          </div>
        );
      })}
    </div>
  );
}
