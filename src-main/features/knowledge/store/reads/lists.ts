import type { EntityPage, Facet, Stats } from '#shared/contract/knowledge.ts';
import { type Json, type StixObject, tlpLevels } from '#shared/domain/knowledge/stix-object.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { type Filters, matching } from './filters.ts';
import { nodeFilter, totalOf } from './list-filter.ts';
import { orderedPage, type Sort } from './list-order.ts';
import { objectByKey } from './entity.ts';
import { SUMMARY_COLUMNS, SUMMARY_TABLES, type SummaryRow, summaryOf } from './summary.ts';

/** Live objects by STIX type; live relationships, with both ends live, by relationship type: kept counts (store/nodes.ts). */
export function stats(database: Database): Stats {
  const counts = (text: string) => Object.fromEntries(prepared(database, text).raw().all() as [string, number][]);
  return {
    objects: counts(
      "SELECT t.value, sum(y.n) AS n FROM tally y JOIN term t ON t.id = y.a WHERE y.kind = 'object' GROUP BY y.a HAVING sum(y.n) > 0 ORDER BY t.value",
    ),
    relationships: counts(
      `SELECT t.value, sum(CASE y.kind WHEN 'relation' THEN y.n ELSE -y.n END) AS n FROM tally y JOIN term t ON t.id = y.a
       WHERE y.kind IN ('relation', 'ended') GROUP BY y.a HAVING sum(CASE y.kind WHEN 'relation' THEN y.n ELSE -y.n END) > 0 ORDER BY t.value`,
    ),
  };
}

interface ListParams extends Filters {
  readonly sort: Sort;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
  /** `next` of the page before; instead of an offset. */
  readonly after?: string | undefined;
  /** Properties to answer with each row. */
  readonly properties?: readonly string[] | undefined;
}

/** A text in a cell of a table is cut at this length, a list at this many items; what is larger is only said to be. */
const CELL = { text: 300, items: 20, json: 2_000 };

interface ListRow extends SummaryRow {
  readonly degree: number;
  readonly source: string | null;
  readonly created: number | null;
}

export function listEntities(database: Database, params: ListParams): EntityPage {
  const filter = nodeFilter(params);
  const total = totalOf(database, params, filter);
  const { keys, next } = orderedPage(database, filter, total.total, params);
  const rows = prepared(
    database,
    `SELECT ${SUMMARY_COLUMNS}, n.degree, o.created, i.source FROM json_each(?) j CROSS JOIN object o ON o.id = j.value JOIN node n ON n.id = o.id
     JOIN term t ON t.id = o.type JOIN term c ON c.id = o.common LEFT JOIN op ON op.id = o.op LEFT JOIN import i ON i.id = op.import ORDER BY j.key`,
  ).all(JSON.stringify(keys)) as ListRow[];
  const facets = prepared(database, 'SELECT t.kind, t.value FROM facet f JOIN term t ON t.id = f.term WHERE f.object = ?');
  const tags = prepared(database, 'SELECT t.value FROM tag g JOIN term t ON t.id = g.term WHERE g.object = ? ORDER BY t.value').pluck();
  const asked = params.properties ?? [];
  return {
    rows: rows.map((row) => {
      const terms = facets.all(row.key) as { kind: string; value: string }[];
      return {
        ...summaryOf(row),
        tactics: terms.filter(({ kind }) => kind === 'phase').map(({ value }) => value.slice(value.indexOf(':') + 1)),
        platforms: terms.filter(({ kind }) => kind === 'platform').map(({ value }) => value),
        degree: row.degree,
        source: row.source ?? 'you',
        tags: tags.all(row.key) as string[],
        ...(row.created !== null && { created: new Date(row.created).toISOString() }),
        ...(asked.length > 0 && { properties: cellsOf(objectByKey(database, row.key), asked) }),
      };
    }),
    shown: rows.length,
    ...total,
    ...(next !== undefined && { next }),
  };
}

function cellsOf(object: StixObject | undefined, asked: readonly string[]): Record<string, Json> {
  const cells: Record<string, Json> = {};
  for (const property of asked) {
    const value = object && Object.hasOwn(object, property) ? object[property] : undefined;
    if (value !== undefined) cells[property] = cellOf(value);
  }
  return cells;
}

function cellOf(value: Json): Json {
  if (typeof value === 'string') return value.length > CELL.text ? `${value.slice(0, CELL.text)}…` : value;
  if (Array.isArray(value) && value.length > CELL.items) return cellOf(value.slice(0, CELL.items));
  if (typeof value === 'object' && value !== null && JSON.stringify(value).length > CELL.json) return '…';
  return value;
}

/** Keys of the objects that pass the filters, at most `limit`, in the order in which they came. */
export function selection(database: Database, { filter, limit }: { filter: Filters; limit: number }): { keys: number[] } {
  const { where, params } = matching(filter);
  return {
    keys: prepared(database, `SELECT o.id FROM ${SUMMARY_TABLES} WHERE ${where} ORDER BY o.id LIMIT @limit`)
      .pluck()
      .all({ ...params, limit }) as number[],
  };
}

interface NamedParams {
  readonly types?: readonly string[] | undefined;
  readonly text?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Live objects by name, those whose name holds the text: a list that asks little of the tables, for moments in the past. */
export function listNamed(database: Database, { types, text, limit, offset }: NamedParams) {
  const wanted = text?.trim().toLowerCase();
  const filter = matching({ types });
  const from = `FROM ${SUMMARY_TABLES} WHERE ${filter.where}${wanted ? " AND instr(lower(ifnull(o.name, '')), @text) > 0" : ''}`;
  const params = wanted ? { ...filter.params, text: wanted } : filter.params;
  const total = prepared(database, `SELECT count(*) ${from}`).pluck().get(params) as number;
  const rows = prepared(database, `SELECT ${SUMMARY_COLUMNS} ${from} ORDER BY o.name COLLATE NOCASE, o.id LIMIT @limit OFFSET @offset`).all(
    { ...params, limit, offset },
  ) as SummaryRow[];
  return { rows: rows.map(summaryOf), shown: rows.length, total };
}

export function facets(database: Database): { types: Facet[]; tactics: Facet[]; platforms: Facet[]; tlp: Facet[]; tags: Facet[] } {
  const list = (sql: string): Facet[] =>
    (prepared(database, sql).all() as { value: string; label: string | null; n: number }[]).map(({ value, label, n }) => ({
      value,
      label: label ?? value,
      count: n,
    }));
  const tlp = prepared(
    database,
    "SELECT nullif(y.b, -1) AS tlp, sum(y.n) AS n FROM tally y WHERE y.kind = 'object' GROUP BY y.b HAVING sum(y.n) > 0 ORDER BY nullif(y.b, -1)",
  ).all() as { tlp: number | null; n: number }[];
  return {
    types: list(
      `SELECT t.value, NULL AS label, sum(y.n) AS n FROM tally y JOIN term t ON t.id = y.a WHERE y.kind = 'object' GROUP BY y.a HAVING sum(y.n) > 0 ORDER BY n DESC`,
    ),
    tactics: list(
      `SELECT t.value, (SELECT max(o.name) FROM term p JOIN tactic k ON k.phase = p.id JOIN object o ON o.id = k.object
         WHERE p.kind = 'phase' AND substr(p.value, instr(p.value, ':') + 1) = t.value) AS label, y.n
       FROM tally y JOIN term t ON t.id = y.a WHERE y.kind = 'tactic' AND y.n > 0 ORDER BY y.n DESC`,
    ),
    platforms: list(
      `SELECT t.value, NULL AS label, y.n FROM tally y JOIN term t ON t.id = y.a AND t.kind = 'platform' WHERE y.kind = 'facet' AND y.n > 0 ORDER BY y.n DESC`,
    ),
    tlp: tlp.map(({ tlp: level, n }) => {
      const value = level === null ? 'none' : (tlpLevels[level] as string);
      return { value, label: level === null ? 'No TLP' : `TLP:${value.toUpperCase()}`, count: n };
    }),
    tags: list(
      `SELECT t.value, NULL AS label, count(*) AS n FROM tag g JOIN term t ON t.id = g.term JOIN node n ON n.id = g.object AND n.state = 0 GROUP BY t.id ORDER BY n DESC`,
    ),
  };
}
