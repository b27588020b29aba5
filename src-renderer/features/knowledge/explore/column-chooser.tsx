import { ArrowDown, ArrowUp, Columns3, Minus, Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button, IconButton, useText } from '#renderer/ui/index.ts';
import { PanelMenu } from '../menu.tsx';
import { columnTitle, fixedColumns, propertyColumns, widthOf } from './columns.tsx';
import { type ChosenColumn, usualColumns } from './table-place.ts';

/** Which columns, in which order, how wide: all by buttons, so that no pointer is needed. */
export function ColumnChooser({ columns, onChange }: { columns: readonly ChosenColumn[]; onChange: (next: ChosenColumn[]) => void }) {
  const t = useText();
  const [own, setOwn] = useState('');
  const chosen = new Set(columns.map(({ key }) => key));
  const others = [...fixedColumns, ...propertyColumns].filter((key) => !chosen.has(key));
  const change = (key: string, next: (column: ChosenColumn) => ChosenColumn) =>
    onChange(columns.map((column) => (column.key === key ? next(column) : column)));
  const move = (from: number, by: number) => {
    const next = [...columns];
    const [column] = next.splice(from, 1);
    if (column) next.splice(from + by, 0, column);
    onChange(next);
  };
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (!/^[a-z][a-z0-9_]{2,40}$/.test(own) || chosen.has(own)) return;
    onChange([...columns, { key: own }]);
    setOwn('');
  };
  return (
    <PanelMenu label={t('table.columns')} icon={Columns3}>
      {() => (
        <div className="stack columns-menu">
          <p className="quiet small">{t('table.columns.about')}</p>
          <ol>
            {columns.map((column, index) => {
              const title = columnTitle(t, column.key);
              const width = widthOf(column);
              return (
                <li key={column.key} className="row">
                  <label className="check grow">
                    <input
                      type="checkbox"
                      checked
                      disabled={columns.length === 1}
                      onChange={() => onChange(columns.filter(({ key }) => key !== column.key))}
                    />
                    <span className="clip">{title}</span>
                  </label>
                  <IconButton
                    small
                    icon={ArrowUp}
                    disabled={index === 0}
                    label={t('table.columns.up', { column: title })}
                    onClick={() => move(index, -1)}
                  />
                  <IconButton
                    small
                    icon={ArrowDown}
                    disabled={index === columns.length - 1}
                    label={t('table.columns.down', { column: title })}
                    onClick={() => move(index, 1)}
                  />
                  <IconButton
                    small
                    icon={Minus}
                    disabled={width <= 4}
                    label={t('table.columns.narrower', { column: title })}
                    onClick={() => change(column.key, ({ key }) => ({ key, width: Math.max(4, width - 2) }))}
                  />
                  <IconButton
                    small
                    icon={Plus}
                    disabled={width >= 60}
                    label={t('table.columns.wider', { column: title })}
                    onClick={() => change(column.key, ({ key }) => ({ key, width: Math.min(60, width + 2) }))}
                  />
                </li>
              );
            })}
          </ol>
          <ul className="columns-others">
            {others.map((key) => (
              <li key={key}>
                <label className="check">
                  <input type="checkbox" checked={false} onChange={() => onChange([...columns, { key }])} />
                  <span className="clip">{columnTitle(t, key)}</span>
                </label>
              </li>
            ))}
          </ul>
          <form className="row" onSubmit={add}>
            <input
              className="input grow"
              aria-label={t('table.columns.own')}
              placeholder={t('table.columns.own')}
              maxLength={41}
              value={own}
              onChange={(event) => setOwn(event.target.value.trim().toLowerCase())}
            />
            <Button small type="submit">
              {t('ui.add')}
            </Button>
          </form>
          <Button small kind="quiet" onClick={() => onChange([...usualColumns])}>
            {t('table.columns.usual')}
          </Button>
        </div>
      )}
    </PanelMenu>
  );
}
