import { tlpLevels } from '#shared/domain/knowledge/stix-object.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { DELETED, MISSING } from '../state.ts';
import type { Filters } from './filters.ts';

/** Objects counted one by one; past it a total is a least one. */
export const MOST_COUNTED = 50_000;

/**
 * How a filter asks of `node n`. `drive` begins with the objects that a filter names (few pass), `check`
 * asks it of each object of a walk (many pass). Lists are JSON parameters, so that their length does not
 * change the statement.
 */
export interface NodeFilter {
  readonly drive: string;
  /** The table or the objects named first, as `node n`, one by one: for counting that ends early. */
  readonly from: string;
  readonly check: string;
  /** The types that may pass. */
  readonly types: string;
  readonly params: Readonly<Record<string, string | null>>;
  /** Whether more is asked than types and markings. */
  readonly special: boolean;
}

const ALL = '(SELECT value FROM json_each(@$))';

export function nodeFilter(filters: Filters): NodeFilter {
  const both: string[] = [filters.includeRetired ? `n.state & ${MISSING | DELETED} = 0` : 'n.state = 0'];
  const drive: string[] = [];
  const check: string[] = [];
  const params: Record<string, string> = {};
  const list = (name: string, values: readonly unknown[]) => {
    params[name] = JSON.stringify(values);
    return ALL.replace('$', name);
  };
  let from = 'node n';
  let types: string | undefined;
  const terms = (kind: string, values: readonly string[]) =>
    `SELECT id FROM term WHERE kind = '${kind}' AND value IN ${list(kind, values)}`;
  if (filters.types?.length) {
    const types = terms('type', filters.types);
    both.push(`n.type IN (${types})`);
    drive.push(`n.id IN (SELECT id FROM object WHERE type IN (${types}))`);
  }
  if (filters.tlp?.length)
    both.push(
      `ifnull(n.tlp, -1) IN ${list(
        'tlp',
        filters.tlp.map((level) => tlpLevels.findIndex((known) => known === level)),
      )}`,
    );
  const through = (table: 'facet' | 'tag', wanted: string) => {
    drive.push(`n.id IN (SELECT object FROM ${table} WHERE term IN (${wanted}))`);
    check.push(`EXISTS (SELECT 1 FROM ${table} f WHERE f.object = n.id AND f.term IN (${wanted}))`);
  };
  if (filters.tactics?.length)
    through(
      'facet',
      `SELECT id FROM term WHERE kind = 'phase' AND substr(value, instr(value, ':') + 1) IN ${list('tactics', filters.tactics)}`,
    );
  if (filters.platforms?.length) through('facet', terms('platform', filters.platforms));
  if (filters.tags?.length) through('tag', terms('tag', filters.tags));
  if (filters.importId !== undefined) {
    params['importId'] = filters.importId;
    const key = '(SELECT id FROM import WHERE uuid = @importId)';
    const written = `SELECT id FROM op WHERE import = ${key}`;
    drive.push(`n.id IN (SELECT id FROM object WHERE op IN (${written}) UNION SELECT object FROM confirmation WHERE import = ${key})`);
    from = `(SELECT w.id FROM op CROSS JOIN object w ON w.op = op.id WHERE op.import = ${key}
      UNION ALL SELECT k.object FROM confirmation k WHERE k.import = ${key} AND NOT EXISTS (SELECT 1 FROM object w JOIN op ON op.id = w.op WHERE w.id = k.object AND op.import = ${key})) d
      CROSS JOIN node n ON n.id = d.id`;
    // The next larger type of each operation, by seeks in one index.
    types = `WITH RECURSIVE step (op, a) AS (
        SELECT op.id, (SELECT min(w.type) FROM object w WHERE w.op = op.id) FROM op WHERE op.import = ${key}
        UNION ALL SELECT step.op, (SELECT min(w.type) FROM object w WHERE w.op = step.op AND w.type > step.a) FROM step WHERE step.a IS NOT NULL)
      SELECT a FROM step WHERE a IS NOT NULL
      UNION SELECT w.type FROM confirmation k CROSS JOIN node w ON w.id = k.object WHERE k.import = ${key}`;
    check.push(
      `(EXISTS (SELECT 1 FROM object w JOIN op ON op.id = w.op WHERE w.id = n.id AND op.import = ${key}) OR EXISTS (SELECT 1 FROM confirmation k WHERE k.object = n.id AND k.import = ${key}))`,
    );
  }
  // Where other filters drive, types are only asked.
  const special = check.length > 0;
  const driving = [...both, ...(special && filters.types?.length ? drive.slice(1) : drive)].join(' AND ');
  return {
    drive: driving,
    from,
    types:
      types ??
      (special ? `SELECT n.type AS a FROM node n WHERE ${driving}` : "SELECT a FROM tally WHERE kind IN ('object', 'retired') AND n > 0"),
    check: [...both, ...check].join(' AND '),
    params,
    special,
  };
}

export interface Total {
  readonly total: number;
  /** There are more; `total` were counted. */
  readonly atLeast?: true;
}

/** How many objects pass: from the kept counts where they say it, else counted up to MOST_COUNTED. */
export function totalOf(database: Database, filters: Filters, filter = nodeFilter(filters)): Total {
  if (!filter.special) return { total: tallied(database, filters) };
  const single = filters.types?.length || filters.tlp?.length || filters.includeRetired ? undefined : singleFacet(database, filters);
  if (single !== undefined) return { total: single };
  const total = prepared(
    database,
    `SELECT count(*) FROM (SELECT 1 FROM ${filter.from} WHERE ${filters.importId === undefined ? filter.drive : filter.check} LIMIT ${MOST_COUNTED + 1})`,
  )
    .pluck()
    .get(filter.params) as number;
  return total > MOST_COUNTED ? { total: MOST_COUNTED, atLeast: true } : { total };
}

function tallied(database: Database, { types, tlp, includeRetired }: Filters): number {
  const level = tlp?.length ? JSON.stringify(tlp.map((one) => tlpLevels.findIndex((known) => known === one))) : null;
  return prepared(
    database,
    `SELECT ifnull(sum(y.n), 0) FROM tally y WHERE (y.kind = 'object' OR (@retired = 1 AND y.kind = 'retired'))
       AND (@types IS NULL OR y.a IN (SELECT id FROM term WHERE kind = 'type' AND value IN (SELECT value FROM json_each(@types))))
       AND (@level IS NULL OR y.b IN (SELECT value FROM json_each(@level)))`,
  )
    .pluck()
    .get({ types: types?.length ? JSON.stringify(types) : null, level, retired: includeRetired ? 1 : 0 }) as number;
}

/** The count of one tactic or one platform alone. */
function singleFacet(database: Database, { tactics = [], platforms = [], tags = [], importId }: Filters): number | undefined {
  if (tactics.length + platforms.length !== 1 || tags.length > 0 || importId !== undefined) return undefined;
  const [kind, term, value] = tactics.length === 1 ? ['tactic', 'tactic', tactics[0]] : ['facet', 'platform', platforms[0]];
  const n = prepared(database, 'SELECT y.n FROM term t JOIN tally y ON y.kind = ? AND y.a = t.id WHERE t.kind = ? AND t.value = ?')
    .pluck()
    .get(kind, term, value) as number | undefined;
  return n ?? 0;
}
