import { sql } from 'kysely';
import type { EntityPage, Facet, Stats } from '#shared/contract/knowledge.ts';
import { tlpLevels } from '#shared/domain/knowledge/stix.ts';
import type { Database } from '#main/platform/database/database.ts';
import { all, get, prepared } from '#main/platform/database/sql.ts';
import { RETIRED } from '../state.ts';
import { type Filters, matching } from './filters.ts';
import { SUMMARY_COLUMNS, type SummaryRow, summaryOf } from './summary.ts';

/**
 * Live objects by STIX type; live relationships, with both ends live, by relationship type. Standing
 * relationships are the edges that are no embedded reference (there the edge stands for its source);
 * those of retired ends, which are few, are taken off.
 */
export function stats(database: Database): Stats {
  type Count = { value: string; n: number };
  const counts = (text: string) => prepared(database, text).all() as Count[];
  const objects = counts(
    `SELECT t.value, count(*) AS n FROM object o JOIN term t ON t.id = o.type WHERE (o.state & ${RETIRED}) = 0 GROUP BY o.type ORDER BY t.value`,
  );
  const standing = counts(
    `SELECT t.value, x.n FROM (SELECT type, count(*) AS n FROM edge WHERE rel <> src GROUP BY type) x JOIN term t ON t.id = x.type ORDER BY t.value`,
  );
  const retired = `SELECT id FROM object WHERE (state & ${RETIRED}) <> 0`;
  const ended = counts(
    `SELECT t.value, count(*) AS n FROM (
       SELECT e.type, e.rel FROM (${retired}) o CROSS JOIN edge e ON e.src = o.id WHERE e.rel <> e.src
       UNION SELECT e.type, e.rel FROM (${retired}) o CROSS JOIN edge e ON e.dst = o.id WHERE e.rel <> e.src
     ) x JOIN term t ON t.id = x.type GROUP BY x.type`,
  );
  const off = new Map(ended.map(({ value, n }) => [value, n]));
  const live = standing.map(({ value, n }): [string, number] => [value, n - (off.get(value) ?? 0)]);
  return {
    objects: Object.fromEntries(objects.map(({ value, n }) => [value, n])),
    relationships: Object.fromEntries(live.filter(([, n]) => n > 0)),
  };
}

interface ListParams extends Filters {
  readonly sort: 'name' | 'type' | 'externalId' | 'modified' | 'degree';
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
}

const DEGREE = '((SELECT count(*) FROM edge e WHERE e.src = o.id) + (SELECT count(*) FROM edge e WHERE e.dst = o.id))';

/** What each order sorts by. Rows without the property come last in either direction. */
const orders = {
  name: sql<string>`o.name COLLATE NOCASE`,
  type: sql<string>`t.value`,
  externalId: sql<string>`o.external_id`,
  modified: sql<number>`o.modified`,
  degree: sql<number>`${sql.raw(DEGREE)}`,
} as const;

interface ListRow extends SummaryRow {
  readonly degree: number;
  readonly source: string | null;
}

export function listEntities(database: Database, params: ListParams): EntityPage {
  const found = matching(params);
  const total =
    get(
      database,
      found.select(({ fn }) => fn.countAll<number>().as('n')),
    )?.n ?? 0;
  const order = orders[params.sort];
  const page = found
    .select('o.id')
    .orderBy(sql`${order} IS NULL`)
    .orderBy(order, params.descending ? 'desc' : 'asc')
    .orderBy(orders.name)
    .orderBy('o.id')
    .limit(params.limit)
    .offset(params.offset);
  const keys = all(database, page).map(({ id }) => id);
  const rows = prepared(
    database,
    `SELECT ${SUMMARY_COLUMNS}, ${DEGREE} AS degree, i.source FROM json_each(?) j JOIN object o ON o.id = j.value
     JOIN term t ON t.id = o.type JOIN term c ON c.id = o.common LEFT JOIN op ON op.id = o.op LEFT JOIN import i ON i.id = op.import ORDER BY j.key`,
  ).all(JSON.stringify(keys)) as ListRow[];
  const facets = prepared(database, 'SELECT t.kind, t.value FROM facet f JOIN term t ON t.id = f.term WHERE f.object = ?');
  return {
    rows: rows.map((row) => {
      const terms = facets.all(row.key) as { kind: string; value: string }[];
      return {
        ...summaryOf(row),
        tactics: terms.filter(({ kind }) => kind === 'phase').map(({ value }) => value.slice(value.indexOf(':') + 1)),
        platforms: terms.filter(({ kind }) => kind === 'platform').map(({ value }) => value),
        degree: row.degree,
        source: row.source ?? 'you',
      };
    }),
    shown: rows.length,
    total,
  };
}

/** Keys of the objects that pass the filters, at most `limit`, in the order in which they came. */
export function selection(database: Database, { filter, limit }: { filter: Filters; limit: number }): { keys: number[] } {
  return { keys: all(database, matching(filter).select('o.id').orderBy('o.id').limit(limit)).map(({ id }) => id) };
}

export function facets(database: Database): { types: Facet[]; tactics: Facet[]; platforms: Facet[]; tlp: Facet[]; tags: Facet[] } {
  const live = `(o.state & ${RETIRED}) = 0`;
  const list = (sql: string): Facet[] =>
    (prepared(database, sql).all() as { value: string; label: string | null; n: number }[]).map(({ value, label, n }) => ({
      value,
      label: label ?? value,
      count: n,
    }));
  const tlp = prepared(
    database,
    `SELECT c.tlp, count(*) AS n FROM object o JOIN term c ON c.id = o.common WHERE ${live} GROUP BY c.tlp ORDER BY c.tlp`,
  ).all() as { tlp: number | null; n: number }[];
  return {
    types: list(
      `SELECT t.value, NULL AS label, count(*) AS n FROM object o JOIN term t ON t.id = o.type WHERE ${live} GROUP BY t.id ORDER BY n DESC`,
    ),
    tactics: list(
      `SELECT substr(t.value, instr(t.value, ':') + 1) AS value, max(tactic.name) AS label, count(DISTINCT f.object) AS n
       FROM term t JOIN facet f ON f.term = t.id JOIN object o ON o.id = f.object AND ${live}
       LEFT JOIN tactic k ON k.phase = t.id LEFT JOIN object tactic ON tactic.id = k.object
       WHERE t.kind = 'phase' GROUP BY 1 ORDER BY n DESC`,
    ),
    platforms: list(
      `SELECT t.value, NULL AS label, count(*) AS n FROM term t JOIN facet f ON f.term = t.id JOIN object o ON o.id = f.object AND ${live}
       WHERE t.kind = 'platform' GROUP BY t.id ORDER BY n DESC`,
    ),
    tlp: tlp.map(({ tlp: level, n }) => {
      const value = level === null ? 'none' : (tlpLevels[level] as string);
      return { value, label: level === null ? 'No TLP' : `TLP:${value.toUpperCase()}`, count: n };
    }),
    tags: list(
      `SELECT t.value, NULL AS label, count(*) AS n FROM tag g JOIN term t ON t.id = g.term JOIN object o ON o.id = g.object AND ${live} GROUP BY t.id ORDER BY n DESC`,
    ),
  };
}
