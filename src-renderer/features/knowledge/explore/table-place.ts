import { fromQuery, type ListPlace, toQuery } from '../links.ts';

export const sorts = ['name', 'type', 'externalId', 'modified', 'degree'] as const;
export type Sort = (typeof sorts)[number];

/** A column as chosen: its key and, where it was changed, its width in rem. */
export interface ChosenColumn {
  readonly key: string;
  readonly width?: number;
}

export const usualColumns: readonly ChosenColumn[] = ['name', 'type', 'degree', 'tactics', 'platforms', 'modified', 'source'].map(
  (key) => ({
    key,
  }),
);
const most = 24;

/** The whole table as its address says it: filters, columns, order. */
export interface TablePlace {
  readonly filters: ListPlace;
  readonly columns: readonly ChosenColumn[];
  readonly sort: { readonly key: Sort; readonly descending: boolean };
}

/** Columns as text: `name,type:12`, the number being a width in rem; what is not understood is left out. */
export function readColumns(text: string): ChosenColumn[] {
  const columns = new Map<string, ChosenColumn>();
  for (const part of text.split(',').slice(0, most)) {
    const [, key, width] = /^([A-Za-z][A-Za-z0-9_]{1,40})(?::(\d{1,2}))?$/.exec(part) ?? [];
    if (key) columns.set(key, width === undefined ? { key } : { key, width: Math.min(60, Math.max(4, Number(width))) });
  }
  return [...columns.values()];
}

export const writeColumn = ({ key, width }: ChosenColumn): string => (width === undefined ? key : `${key}:${width}`);

export function tableFrom(query: URLSearchParams): TablePlace {
  const columns = readColumns(query.get('columns') ?? '');
  const sort = query.get('sort') ?? '';
  const key = sorts.find((one) => one === sort.replace(/^-/, '')) ?? 'name';
  return {
    filters: fromQuery(query),
    columns: columns.length > 0 ? columns : usualColumns,
    sort: { key, descending: sort.startsWith('-') },
  };
}

export function tableHref({ filters, columns, sort }: TablePlace): string {
  const query = new URLSearchParams(toQuery(filters));
  const written = columns.map(writeColumn).join(',');
  if (written !== usualColumns.map(writeColumn).join(',')) query.set('columns', written);
  if (sort.key !== 'name' || sort.descending) query.set('sort', `${sort.descending ? '-' : ''}${sort.key}`);
  const text = query.toString();
  return text ? `#/explore?${text}` : '#/explore';
}
