import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { type ListAct, listAct } from './list-keys.ts';
import './data.css';

export interface GridColumn<R> {
  key: string;
  title: string;
  /** A width for `grid-template-columns`. */
  width: string;
  numeric?: boolean;
  sortable?: boolean;
  /** Stands in the head instead of the title. */
  head?: ReactNode;
  cell: (row: R, index: number) => ReactNode;
}

interface GridProps<R> {
  label: string;
  columns: readonly GridColumn<R>[];
  /** Rows in all; those not loaded yet are undefined. */
  count: number;
  row: (index: number) => R | undefined;
  /** Told which rows are in sight, to load them. */
  onRange: (first: number, last: number) => void;
  sort?: { key: string; descending: boolean };
  onSort?: (key: string) => void;
  selected: number;
  onSelect: (index: number) => void;
  onOpen: (index: number) => void;
  rowHeight?: number;
  /** Where rows can be picked besides: which are, and Space and Shift with the arrows to pick. */
  picked?: (row: R) => boolean;
  onPick?: (index: number, how: 'toggle' | 'extend') => void;
}

/** A table of any length that draws only the rows in sight. Arrows, Page, Home and End move; Enter opens. */
export function VirtualGrid<R>(props: GridProps<R>) {
  const { columns, count, rowHeight = 32, selected } = props;
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count, getScrollElement: () => frame.current, estimateSize: () => rowHeight, overscan: 12 });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const { onRange } = props;
  useEffect(() => {
    if (count > 0) onRange(first, last);
  }, [first, last, count, onRange]);
  // The chosen row comes into sight, whether a key chose it or something beside the table did.
  useEffect(() => {
    const box = frame.current;
    if (!box || selected < 0) return;
    const top = selected * rowHeight;
    const head = box.querySelector('.grid-head')?.clientHeight ?? 0;
    box.scrollTop = Math.max(Math.min(box.scrollTop, top), top + head + rowHeight - box.clientHeight);
  }, [selected, rowHeight]);
  const least = columns.reduce((sum, column) => sum + Number(/([\d.]+)rem/.exec(column.width)?.[1] ?? 5), 0);
  const template = { gridTemplateColumns: columns.map((column) => column.width).join(' ') };
  const move = (to: number) => {
    const index = Math.max(0, Math.min(count - 1, to));
    props.onSelect(index);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.target !== frame.current || count === 0) return;
    const page = Math.max(1, Math.floor((frame.current?.clientHeight ?? 400) / rowHeight) - 2);
    const targets: Partial<Record<ListAct, number>> = {
      down: selected + 1,
      up: selected - 1,
      pageDown: selected + page,
      pageUp: selected - page,
      first: 0,
      last: count - 1,
    };
    const act = listAct(event);
    const target = act && targets[act];
    if (act === 'pick' && props.onPick && selected >= 0) {
      event.preventDefault();
      props.onPick(selected, event.shiftKey ? 'extend' : 'toggle');
    } else if (target !== undefined) {
      event.preventDefault();
      move(target);
      if (event.shiftKey) props.onPick?.(Math.max(0, Math.min(count - 1, target)), 'extend');
    } else if (act === 'open' && selected >= 0) {
      event.preventDefault();
      props.onOpen(selected);
    }
  };
  return (
    <div
      ref={frame}
      className="grid panel grow"
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      aria-multiselectable={props.onPick ? true : undefined}
      aria-activedescendant={items.some((item) => item.index === selected) ? `${id}-${selected}` : undefined}
      onKeyDown={onKey}
    >
      <div className="grid-head" role="row" aria-rowindex={1} style={{ ...template, minWidth: `${least}rem` }}>
        {columns.map((column) => {
          const sorted = props.sort?.key === column.key ? (props.sort.descending ? 'descending' : 'ascending') : undefined;
          return (
            <div key={column.key} role="columnheader" aria-sort={sorted} className={column.numeric ? 'numeric' : undefined}>
              {column.head !== undefined ? (
                column.head
              ) : column.sortable && props.onSort ? (
                <button type="button" onClick={() => props.onSort?.(column.key)}>
                  {column.title}
                  {sorted === 'ascending' ? <ArrowUp size={12} aria-hidden /> : null}
                  {sorted === 'descending' ? <ArrowDown size={12} aria-hidden /> : null}
                </button>
              ) : (
                <span>{column.title}</span>
              )}
            </div>
          );
        })}
      </div>
      <div className="grid-body" role="rowgroup" style={{ height: virtual.getTotalSize(), minWidth: `${least}rem` }}>
        {items.map((item) => {
          const row = props.row(item.index);
          return (
            <div
              key={item.key}
              id={`${id}-${item.index}`}
              className="grid-row"
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={item.index === selected || (row !== undefined && (props.picked?.(row) ?? false))}
              style={{ ...template, top: item.start, height: item.size }}
              onClick={(event) => {
                if (event.shiftKey && props.onPick) props.onPick(item.index, 'extend');
                else if ((event.ctrlKey || event.metaKey) && props.onPick) props.onPick(item.index, 'toggle');
                props.onSelect(item.index);
              }}
              onDoubleClick={() => props.onOpen(item.index)}
            >
              {columns.map((column) => (
                <div key={column.key} role="gridcell" className={column.numeric ? 'numeric' : undefined}>
                  {row === undefined ? '…' : column.cell(row, item.index)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
