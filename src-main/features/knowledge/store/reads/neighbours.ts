import type { Edge, Neighbour } from '#shared/contract/knowledge.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { uuidText } from '../codec.ts';
import { RETIRED } from '../state.ts';
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

/** One hop, by SQL, page by page: relationships first by type, then by name. */
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
  const relations = termIds('relation', params.relationshipTypes);
  const types = termIds('type', params.types);
  const side = (direction: 'out' | 'in') => {
    const [mine, other] = direction === 'out' ? ['src', 'dst'] : ['dst', 'src'];
    return `SELECT e.rel, e.type AS relation, '${direction}' AS direction, e.${other} AS other FROM edge e WHERE e.${mine} = @key
      AND (@relations IS NULL OR e.type IN (SELECT value FROM json_each(@relations)))`;
  };
  const sides = params.direction === 'both' ? `${side('out')} UNION ALL ${side('in')}` : side(params.direction);
  const from = `FROM (${sides}) x JOIN object o ON o.id = x.other AND (o.state & ${RETIRED}) = 0
    AND (@types IS NULL OR o.type IN (SELECT value FROM json_each(@types)))`;
  const bound = { key, relations, types };
  const total = prepared(database, `SELECT count(*) ${from}`).pluck().get(bound) as number;
  const rows = prepared(
    database,
    `SELECT ${SUMMARY_COLUMNS}, r.value AS relation, x.direction, x.rel ${from} JOIN term t ON t.id = o.type JOIN term c ON c.id = o.common JOIN term r ON r.id = x.relation
     ORDER BY r.value, x.direction, t.value, o.name COLLATE NOCASE, x.rel LIMIT @limit OFFSET @offset`,
  ).all({ ...bound, limit: params.limit, offset: params.offset }) as Row[];
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
