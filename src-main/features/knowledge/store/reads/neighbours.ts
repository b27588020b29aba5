import type { Edge, Neighbour } from '#shared/contract/knowledge.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { uuidText } from '../codec.ts';
import { requireKey } from './entity.ts';
import { SUMMARY_COLUMNS, type SummaryRow, summariesOf, summaryOf } from './summary.ts';

interface NeighbourParams {
  readonly id: string;
  readonly direction: 'out' | 'in' | 'both';
  readonly relationshipTypes?: readonly string[] | undefined;
  readonly types?: readonly string[] | undefined;
  readonly limit: number;
  readonly offset: number;
}

type Row = SummaryRow & { relation: string; direction: 'out' | 'in'; rel: number };

/** Neighbours by one relation in one direction that are put in the order of their names; more come in the order of their arrival. */
const MOST_NAMED = 5_000;

interface Group {
  readonly type: number;
  readonly relation: string;
  readonly direction: 'out' | 'in';
  readonly n: number;
}

/**
 * One hop, by SQL, page by page: by relation and direction, therein by type and name. Only the groups that a
 * page touches are sorted, and a hub's large ones not at all, so that the first page of 50,000 costs little more than counting.
 */
export function neighbours(database: Database, params: NeighbourParams): { rows: Neighbour[]; shown: number; total: number } {
  const key = requireKey(database, params.id);
  const termIds = (kind: string, values: readonly string[] | undefined) =>
    values?.length
      ? JSON.stringify(
          prepared(database, 'SELECT id FROM term WHERE kind = ? AND value IN (SELECT value FROM json_each(?))')
            .pluck()
            .all(kind, JSON.stringify(values)),
        )
      : null;
  const bound = { key, types: termIds('type', params.types) };
  const relations = termIds('relation', params.relationshipTypes);
  const groups: Group[] = [];
  for (const direction of ['in', 'out'] as const) {
    if (params.direction !== 'both' && params.direction !== direction) continue;
    const found = prepared(
      database,
      `SELECT x.type, r.value AS relation, x.n FROM (SELECT e.type, count(*) AS n ${liveEdges(direction)}
         AND (@relations IS NULL OR e.type IN (SELECT value FROM json_each(@relations))) GROUP BY e.type) x JOIN term r ON r.id = x.type`,
    ).all({ ...bound, relations }) as Omit<Group, 'direction'>[];
    for (const group of found) groups.push({ ...group, direction });
  }
  groups.sort((a, b) => (a.relation < b.relation ? -1 : a.relation > b.relation ? 1 : a.direction < b.direction ? -1 : 1));
  const rows: Row[] = [];
  let skip = params.offset;
  for (const { type, relation, direction, n } of groups) {
    const limit = params.limit - rows.length;
    if (limit === 0) break;
    if (skip >= n) {
      skip -= n;
      continue;
    }
    const other = direction === 'out' ? 'dst' : 'src';
    const order = n > MOST_NAMED ? `e.${other}, e.rel` : 't.value, o.name COLLATE NOCASE, e.rel';
    const found = prepared(
      database,
      `SELECT ${SUMMARY_COLUMNS}, e.rel ${liveEdges(direction, 'JOIN object o ON o.id = n.id JOIN term t ON t.id = o.type JOIN term c ON c.id = o.common')}
       AND e.type = @type ORDER BY ${order} LIMIT @limit OFFSET @skip`,
    ).all({ ...bound, type, limit, skip }) as (SummaryRow & { rel: number })[];
    for (const row of found) rows.push({ ...row, relation, direction });
    skip = 0;
  }
  const total = groups.reduce((sum, { n }) => sum + n, 0);
  const relationships = relationshipsOf(
    database,
    rows.map(({ rel }) => rel),
  );
  return {
    rows: rows.map((row) => {
      const relationship = relationships.get(row.rel);
      return {
        entity: summaryOf(row),
        relationshipType: row.relation,
        direction: row.direction,
        ...(relationship && { relationshipId: relationship.id }),
        ...(relationship?.description && { description: relationship.description }),
      };
    }),
    shown: rows.length,
    total,
  };
}

/** The edges of `@key` whose other end is live and of `@types`. */
function liveEdges(direction: 'out' | 'in', joins = ''): string {
  const [mine, other] = direction === 'out' ? ['src', 'dst'] : ['dst', 'src'];
  return `FROM edge e CROSS JOIN node n ON n.id = e.${other} ${joins} WHERE e.${mine} = @key AND n.state = 0
    AND (@types IS NULL OR n.type IN (SELECT value FROM json_each(@types)))`;
}

/** Ids and descriptions of relationship objects by key; keys of objects that hold an embedded reference are left out. */
export function relationshipsOf(database: Database, keys: readonly number[]): Map<number, { id: string; description: string | undefined }> {
  const rows = prepared(
    database,
    `SELECT r.id AS key, r.uuid, json_extract(r.rest, '$.description') AS description FROM json_each(?) j JOIN relationship r ON r.id = j.value`,
  ).all(JSON.stringify(keys)) as { key: number; uuid: Uint8Array; description: unknown }[];
  return new Map(
    rows.map(({ key, uuid, description }) => [
      key,
      { id: `relationship--${uuidText(uuid)}`, description: typeof description === 'string' ? description : undefined },
    ]),
  );
}

/** Turns keys from the graph service into what a picture or list needs; retired nodes are left out. */
export function hydrate(
  database: Database,
  { keys, edges }: { keys: readonly number[]; edges: readonly (readonly [source: number, target: number, type: number, rel: number])[] },
): { nodes: (ReturnType<typeof summaryOf> & { key: number })[]; edges: Edge[] } {
  const rows = summariesOf(database, keys);
  const idOf = (key: number) => {
    const row = rows.get(key);
    return row && `${row.type}--${uuidText(row.uuid)}`;
  };
  const relationships = relationshipsOf(
    database,
    edges.map(([, , , rel]) => rel),
  );
  const term = prepared(database, 'SELECT value FROM term WHERE id = ?').pluck();
  const types = new Map<number, string>();
  const typeOf = (id: number) => {
    let value = types.get(id);
    if (value === undefined) types.set(id, (value = (term.get(id) as string | undefined) ?? 'related-to'));
    return value;
  };
  return {
    nodes: keys.flatMap((key) => {
      const row = rows.get(key);
      return row ? [{ ...summaryOf(row), key }] : [];
    }),
    edges: edges.flatMap(([source, target, type, rel]) => {
      const [from, to] = [idOf(source), idOf(target)];
      const relationship = relationships.get(rel);
      return from && to
        ? [{ source: from, target: to, relationshipType: typeOf(type), ...(relationship && { relationshipId: relationship.id }) }]
        : [];
    }),
  };
}
