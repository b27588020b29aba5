import type { EntityPage } from '#shared/contract/knowledge.ts';
import type { Json } from '#shared/domain/knowledge/stix.ts';
import type { GridColumn, Text } from '#renderer/ui/index.ts';
import { propertyLabel } from '../entity/fact-table.tsx';
import { EntityLine, EntityMarks, typeLabel } from '../entity-parts.tsx';
import { tlpLabel } from '../entity-filters.tsx';
import { inWords } from '../kinds.ts';
import { type ChosenColumn, sorts } from './table-place.ts';

export type Row = EntityPage['rows'][number];

/** Columns that every row has; all others are properties of the object. */
export const fixedColumns = [
  'name',
  'externalId',
  'type',
  'degree',
  'tactics',
  'platforms',
  'tlp',
  'tags',
  'modified',
  'created',
  'source',
] as const;
export type FixedColumn = (typeof fixedColumns)[number];

/** Properties worth a column of their own, offered in the chooser. */
export const propertyColumns = [
  'criticality',
  'exposure',
  'zone',
  'owner',
  'business_unit',
  'status',
  'operating_system',
  'asset_type',
  'severity',
  'score',
  'cvss_vector',
  'confidence',
  'labels',
  'aliases',
  'valid_until',
  'vendor',
  'version',
  'description',
];

const widths: Readonly<Record<FixedColumn, number>> = {
  name: 20,
  externalId: 8,
  type: 10,
  degree: 5,
  tactics: 12,
  platforms: 12,
  tlp: 9,
  tags: 10,
  modified: 8,
  created: 8,
  source: 11,
};

/** Columns that say nothing any more where their words are cut. */
const whole: ReadonlySet<string> = new Set(['modified', 'created']);

export const isFixed = (key: string): key is FixedColumn => fixedColumns.some((one) => one === key);
export const widthOf = ({ key, width }: ChosenColumn): number => width ?? (isFixed(key) ? widths[key] : 10);

export function columnTitle(t: Text, key: string): string {
  if (!isFixed(key)) return propertyLabel(t, key);
  if (key === 'externalId' || key === 'tlp' || key === 'tags' || key === 'created') return t(`table.column.${key}`);
  return t(`explore.${key === 'degree' ? 'links' : key}`);
}

/** Properties that the engine must answer with each row. */
export const askedProperties = (columns: readonly ChosenColumn[]): string[] =>
  columns.flatMap(({ key }) => (isFixed(key) || !/^[a-z][a-z0-9_]{2,}$/.test(key) ? [] : [key])).slice(0, 20);

export function gridColumns(t: Text, chosen: readonly ChosenColumn[]): GridColumn<Row>[] {
  return chosen.map((column) => {
    const width = widthOf(column);
    return {
      key: column.key,
      title: columnTitle(t, column.key),
      // One that was set by hand keeps its width; the others share what is left.
      width:
        column.width === undefined ? `minmax(${whole.has(column.key) ? width : Math.max(5, width * 0.7)}rem, ${width}fr)` : `${width}rem`,
      numeric: column.key === 'degree' || column.key === 'criticality' || column.key === 'score' || column.key === 'confidence',
      sortable: sorts.some((one) => one === column.key),
      cell: (row: Row) => cell(t, row, column.key),
    };
  });
}

function cell(t: Text, row: Row, key: string) {
  if (!isFixed(key)) return said(t, row.properties?.[key]);
  if (key === 'name')
    return (
      <span className="entity-line">
        <EntityLine entity={row} plain />
        <EntityMarks entity={row} />
      </span>
    );
  if (key === 'type') return typeLabel(t, row.type);
  if (key === 'degree') return t.number(row.degree);
  if (key === 'tactics') return row.tactics.map(inWords).join(', ');
  if (key === 'platforms' || key === 'tags') return row[key].join(', ');
  if (key === 'tlp') return row.tlp ? tlpLabel(t, row.tlp) : '';
  if (key === 'modified' || key === 'created') {
    const at = row[key];
    return at ? t.date(at) : '';
  }
  return row[key] ?? '';
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

function said(t: Text, value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return time.test(value) ? t.date(value) : value;
  if (typeof value === 'number') return t.number(value);
  if (typeof value === 'boolean') return t(value ? 'ui.yes' : 'ui.no');
  if (Array.isArray(value)) return value.map((item) => said(t, item)).join(', ');
  return JSON.stringify(value);
}
