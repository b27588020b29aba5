import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { decodeObject, decodeRelationship, type ObjectRow, type RelationshipRow, dashedId, uuidText } from '../codec.ts';
import { DELETED, MISSING } from '../state.ts';
import { requireKey } from './entity.ts';

export interface PageParams {
  /** Where the last page ended; 0 at first. Objects come before relationships. */
  readonly after: { readonly table: 'object' | 'relationship'; readonly key: number };
  readonly limit: number;
  readonly types?: readonly string[] | undefined;
  readonly ids?: readonly string[] | undefined;
}

export interface Page {
  readonly objects: StixObject[];
  /** Tags stand beside the objects, not in them. */
  readonly tagged: readonly { readonly id: string; readonly tags: readonly string[] }[];
  /** Undefined after the last page. */
  readonly next: PageParams['after'] | undefined;
}

/**
 * Standing versions of all objects, revoked and deprecated ones too, page by page in the order of
 * keys. With types or ids, only these and the relationships among them.
 */
export function page(database: Database, { after, limit, types, ids }: PageParams): Page {
  const wanted = wantedSql(database, types, ids);
  if (after.table === 'object') {
    const rows = prepared(
      database,
      `SELECT o.id AS key, t.value AS type, o.uuid, o.state, o.name, o.created, o.modified, c.value AS common, o.rest
       FROM object o JOIN term t ON t.id = o.type JOIN term c ON c.id = o.common
       WHERE o.id > ? AND (o.state & ${MISSING | DELETED}) = 0 ${wanted.object} ORDER BY o.id LIMIT ?`,
    ).all(after.key, ...wanted.values, limit) as (ObjectRow & { key: number })[];
    const last = rows.at(-1);
    return {
      objects: rows.map(decodeObject),
      tagged: tagsOf(database, rows),
      next: rows.length < limit || !last ? { table: 'relationship', key: 0 } : { table: 'object', key: last.key },
    };
  }
  const rows = prepared(
    database,
    `SELECT r.id AS key, r.uuid, r.state, t.value AS type, r.created, r.modified, c.value AS common, r.rest,
       st.value || '--' || lower(hex(s.uuid)) AS source, dt.value || '--' || lower(hex(d.uuid)) AS target
     FROM relationship r JOIN term t ON t.id = r.type JOIN term c ON c.id = r.common
     JOIN object s ON s.id = r.src JOIN term st ON st.id = s.type JOIN object d ON d.id = r.dst JOIN term dt ON dt.id = d.type
     WHERE r.id > ? AND (r.state & ${MISSING | DELETED}) = 0 ${wanted.relationship} ORDER BY r.id LIMIT ?`,
  ).all(after.key, ...wanted.values, ...wanted.values, limit) as (RelationshipRow & { key: number })[];
  const last = rows.at(-1);
  return {
    objects: rows.map((row) => decodeRelationship({ ...row, source: dashedId(row.source), target: dashedId(row.target) })),
    tagged: [],
    next: rows.length < limit || !last ? undefined : { table: 'relationship', key: last.key },
  };
}

function tagsOf(database: Database, rows: readonly (ObjectRow & { key: number })[]): Page['tagged'] {
  const tags = new Map<number, string[]>();
  const found = prepared(
    database,
    'SELECT g.object, t.value FROM json_each(?) j JOIN tag g ON g.object = j.value JOIN term t ON t.id = g.term ORDER BY t.value',
  )
    .raw()
    .all(JSON.stringify(rows.map(({ key }) => key))) as [number, string][];
  for (const [key, tag] of found) tags.set(key, [...(tags.get(key) ?? []), tag]);
  return rows.flatMap((row) => {
    const own = tags.get(row.key);
    return own ? [{ id: `${row.type}--${uuidText(row.uuid)}`, tags: own }] : [];
  });
}

function wantedSql(database: Database, types: readonly string[] | undefined, ids: readonly string[] | undefined) {
  if (!types?.length && !ids?.length) return { object: '', relationship: '', values: [] };
  if (ids?.length) {
    const keys = JSON.stringify(ids.map((id) => requireKey(database, id)));
    const among = (column: string) => `${column} IN (SELECT value FROM json_each(?))`;
    return { object: `AND ${among('o.id')}`, relationship: `AND ${among('r.src')} AND ${among('r.dst')}`, values: [keys] };
  }
  const terms = JSON.stringify(
    prepared(database, "SELECT id FROM term WHERE kind = 'type' AND value IN (SELECT value FROM json_each(?))")
      .pluck()
      .all(JSON.stringify(types)),
  );
  const among = (column: string) => `${column} IN (SELECT value FROM json_each(?))`;
  return { object: `AND ${among('o.type')}`, relationship: `AND ${among('s.type')} AND ${among('d.type')}`, values: [terms] };
}
