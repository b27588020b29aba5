import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { NodeFilter } from './list-filter.ts';

export type Sort = 'name' | 'type' | 'externalId' | 'modified' | 'degree';

/** Passing objects up to which all are fetched and sorted; where more pass, a walk in the order of an index meets a page of them soon. */
const MOST_GATHERED = 10_000;

/**
 * Where a page ended: the value sorted by (null: among those without it), the key, and for the order by
 * type the type. Opaque to callers.
 */
type Place = readonly [value: string | number | null, key: number, type?: string];

export interface OrderedPage {
  readonly keys: number[];
  /** Of the last object, to go on from. */
  readonly next: string | undefined;
}

interface Asked {
  readonly sort: Sort;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
  readonly after?: string | undefined;
}

const columns: Readonly<Record<Exclude<Sort, 'type'>, string>> = {
  name: 'o.name COLLATE NOCASE',
  externalId: 'o.external_id',
  modified: 'o.modified',
  degree: 'n.degree',
};

/**
 * One page of the objects that pass, in order. Those without the value come last in either direction;
 * equal values go by the key, in the direction of the order. By type: within a type by name, always ascending.
 */
export function orderedPage(database: Database, filter: NodeFilter, passing: number, asked: Asked): OrderedPage {
  const after = asked.after === undefined ? undefined : placeFrom(asked.after, asked.sort);
  if (passing === 0) return { keys: [], next: undefined };
  const gather = passing <= MOST_GATHERED;
  const rows: Row[] = [];
  let skip = after ? 0 : asked.offset;
  for (const section of sectionsOf(database, filter, asked, gather, after)) {
    const params = { ...filter.params, ...section.params, limit: asked.limit - rows.length, skip };
    const found = prepared(database, `${section.sql} LIMIT @limit OFFSET @skip`).all(params) as Row[];
    for (const row of found) rows.push(section.type === undefined ? row : { ...row, type: section.type });
    if (rows.length >= asked.limit) break;
    if (found.length > 0) skip = 0;
    else if (skip > 0)
      skip -= prepared(database, `SELECT count(*) FROM (${section.sql})`)
        .pluck()
        .get({ ...filter.params, ...section.params }) as number;
  }
  const last = rows.at(-1);
  return {
    keys: rows.map(({ id }) => id),
    next:
      last && rows.length === asked.limit
        ? JSON.stringify([last.value, last.id, ...(last.type === undefined ? [] : [last.type])])
        : undefined,
  };
}

interface Row {
  readonly id: number;
  readonly value: string | number | null;
  readonly type?: string | undefined;
}

interface Section {
  readonly sql: string;
  readonly params: Readonly<Record<string, string | number | null>>;
  readonly type?: string;
}

/** A page is put together from parts that each lie in the order of one index. */
function* sectionsOf(database: Database, filter: NodeFilter, asked: Asked, gather: boolean, after: Place | undefined): Generator<Section> {
  const where = gather ? filter.drive : filter.check;
  if (asked.sort !== 'type') {
    yield* valueSections(columns[asked.sort], asked.sort, where, asked.descending, gather, after, {});
    return;
  }
  for (const { id, value } of typesOf(database, filter, asked.descending, gather)) {
    if (after && value !== after[2] && value < (after[2] as string) !== asked.descending) continue;
    const place = after && value === after[2] ? after : undefined;
    // The table's own type too, so that the index over (type, name) serves.
    for (const section of valueSections(columns.name, 'name', `${where} AND n.type = @of AND o.type = @of`, false, gather, place, {
      of: id,
    }))
      yield { ...section, type: value };
  }
}

function* valueSections(
  column: string,
  sort: Sort,
  where: string,
  descending: boolean,
  gather: boolean,
  after: Place | undefined,
  params: Readonly<Record<string, string | number | null>>,
): Generator<Section> {
  const way = descending ? 'DESC' : 'ASC';
  const past = descending ? '<' : '>';
  const plain = column.replace(' COLLATE NOCASE', '');
  // CROSS JOIN keeps the planner from turning the walk round; a gathering begins with the few that pass.
  const from =
    sort === 'degree'
      ? 'FROM node n'
      : gather
        ? 'FROM node n CROSS JOIN object o ON o.id = n.id'
        : 'FROM object o CROSS JOIN node n ON n.id = o.id';
  const key = sort === 'degree' ? 'n.id' : 'o.id';
  // The few that pass are sorted; the index would be walked to its end for them.
  const by = gather && sort === 'degree' ? '+n.degree' : column;
  const [value, last] = after ?? [null, 0];
  if (!after || value !== null) {
    const later = after ? ` AND (${column}, ${key}) ${past} (@value, @last)` : '';
    const there = sort === 'degree' ? '' : ` AND ${plain} IS NOT NULL`;
    yield {
      sql: `SELECT ${key} AS id, ${plain} AS value ${from} WHERE ${where}${there}${later} ORDER BY ${by} ${way}, ${key} ${way}`,
      params: after ? { ...params, value, last } : params,
    };
  }
  if (sort === 'degree') return;
  const later = after && value === null ? ` AND ${key} > @last` : '';
  yield {
    sql: `SELECT ${key} AS id, NULL AS value ${from} WHERE ${where} AND ${plain} IS NULL${later} ORDER BY ${key}`,
    params: later ? { ...params, last } : params,
  };
}

/** The types that may pass, in the order of their names. */
function typesOf(database: Database, filter: NodeFilter, descending: boolean, gather: boolean): { id: number; value: string }[] {
  const types = gather ? `SELECT n.type AS a FROM node n WHERE ${filter.drive}` : filter.types;
  const sql = `SELECT t.id, t.value FROM (SELECT DISTINCT a FROM (${types})) x JOIN term t ON t.id = x.a ORDER BY t.value ${descending ? 'DESC' : 'ASC'}`;
  return prepared(database, sql).all(gather || filter.special ? filter.params : {}) as { id: number; value: string }[];
}

function placeFrom(text: string, sort: Sort): Place {
  let place: unknown;
  try {
    place = JSON.parse(text);
  } catch {
    place = undefined;
  }
  if (Array.isArray(place)) {
    const [value, key, type] = place as unknown[];
    const isValue = value === null || typeof value === 'number' || typeof value === 'string';
    if (isValue && Number.isSafeInteger(key) && (sort === 'type' ? typeof type === 'string' : type === undefined))
      return type === undefined ? [value, key as number] : [value, key as number, type as string];
  }
  throw new ContractError('invalid_input', 'This page does not belong to this order; begin with the first page.');
}
