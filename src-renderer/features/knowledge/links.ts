/** Addresses of this feature's views, for links everywhere. */
export const entityHref = (id: string, part?: string) => `#/entity/${encodeURIComponent(id)}${part ? `/${part}` : ''}`;
export const graphHref = (id: string) => `#/graph/${encodeURIComponent(id)}`;
export function pathsHref(ends: { from?: string; to?: string } = {}): string {
  const query = new URLSearchParams(ends).toString();
  return query ? `#/paths?${query}` : '#/paths';
}
export const importHref = '#/import';

export interface ListPlace {
  text?: string;
  types?: readonly string[];
  tactics?: readonly string[];
  platforms?: readonly string[];
  tlp?: readonly string[];
  tags?: readonly string[];
  importId?: string | undefined;
  retired?: boolean;
}

const lists = ['types', 'tactics', 'platforms', 'tlp', 'tags'] as const;

/** The filters of a list as a query string, and back. */
export function toQuery(place: ListPlace): string {
  const query = new URLSearchParams();
  if (place.text) query.set('q', place.text);
  for (const name of lists) for (const value of place[name] ?? []) query.append(name, value);
  if (place.importId) query.set('import', place.importId);
  if (place.retired) query.set('retired', '1');
  const text = query.toString();
  return text ? `?${text}` : '';
}

export function fromQuery(query: URLSearchParams): Required<Omit<ListPlace, 'importId'>> & { importId: string | undefined } {
  return {
    text: query.get('q') ?? '',
    types: query.getAll('types'),
    tactics: query.getAll('tactics'),
    platforms: query.getAll('platforms'),
    tlp: query.getAll('tlp'),
    tags: query.getAll('tags'),
    importId: query.get('import') ?? undefined,
    retired: query.get('retired') === '1',
  };
}

export const searchHref = (place: ListPlace) => `#/search${toQuery(place)}`;
export const exploreHref = (place: ListPlace = {}) => `#/explore${toQuery(place)}`;
