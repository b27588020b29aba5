import { tlpLevels } from '#shared/domain/knowledge/stix.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { DELETED, MISSING, RETIRED } from '../state.ts';

export interface Filters {
  readonly types?: readonly string[] | undefined;
  readonly tactics?: readonly string[] | undefined;
  readonly platforms?: readonly string[] | undefined;
  readonly tlp?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly importId?: string | undefined;
  readonly includeRetired?: boolean | undefined;
}

/**
 * The filters as a condition over `object o` and its `common` term `c`. The text is made of fixed
 * pieces; every value is a parameter.
 */
export function filterSql(database: Database, filters: Filters): { where: string; values: unknown[] } {
  const conditions = [`(o.state & ${filters.includeRetired ? MISSING | DELETED : RETIRED}) = 0`];
  const values: unknown[] = [];
  const among = (condition: string, items: readonly (string | number)[]) => {
    conditions.push(condition);
    values.push(JSON.stringify(items));
  };
  if (filters.types?.length) among('o.type IN (SELECT value FROM json_each(?))', termIds(database, 'type', filters.types));
  if (filters.tactics?.length) {
    const phases = prepared(
      database,
      "SELECT id FROM term WHERE kind = 'phase' AND substr(value, instr(value, ':') + 1) IN (SELECT value FROM json_each(?))",
    )
      .pluck()
      .all(JSON.stringify(filters.tactics)) as number[];
    among('o.id IN (SELECT object FROM facet WHERE term IN (SELECT value FROM json_each(?)))', phases);
  }
  if (filters.platforms?.length)
    among(
      'o.id IN (SELECT object FROM facet WHERE term IN (SELECT value FROM json_each(?)))',
      termIds(database, 'platform', filters.platforms),
    );
  if (filters.tags?.length)
    among('o.id IN (SELECT object FROM tag WHERE term IN (SELECT value FROM json_each(?)))', termIds(database, 'tag', filters.tags));
  if (filters.tlp?.length)
    among(
      'ifnull(c.tlp, -1) IN (SELECT value FROM json_each(?))',
      filters.tlp.map((level) => tlpLevels.indexOf(level as never)),
    );
  if (filters.importId !== undefined) {
    conditions.push(
      `(o.op IN (SELECT op.id FROM op JOIN import i ON i.id = op.import WHERE i.uuid = ?)
        OR o.id IN (SELECT object FROM confirmation k JOIN import i ON i.id = k.import WHERE i.uuid = ?))`,
    );
    values.push(filters.importId, filters.importId);
  }
  return { where: conditions.join(' AND '), values };
}

function termIds(database: Database, kind: string, items: readonly string[]): number[] {
  return prepared(database, 'SELECT id FROM term WHERE kind = ? AND value IN (SELECT value FROM json_each(?))')
    .pluck()
    .all(kind, JSON.stringify(items)) as number[];
}
