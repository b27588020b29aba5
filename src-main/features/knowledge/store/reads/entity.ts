import type { Entity, EntitySummary, Note, Provenance } from '#shared/contract/knowledge.ts';
import { type HeadlineFacts, headline, headlineReferences } from '#shared/domain/knowledge/headline.ts';
import { compareTimestamps } from '#shared/domain/knowledge/merge.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { decodeObject, decodeRelationship, type ObjectRow, type RelationshipRow, uuidText } from '../codec.ts';
import { CLOCK_STEP } from '../log.ts';
import { MISSING, RETIRED } from '../state.ts';
import { findKey, relationshipKey, SUMMARY_COLUMNS, SUMMARY_TABLES, summariesOf, type SummaryRow, summaryOf } from './summary.ts';

/** A key that must be there. `text` is a STIX id, an external id, a name or an alias. */
export function requireKey(database: Database, text: string): number {
  const key = findKey(database, text);
  if (key === undefined)
    throw new ContractError('not_found', `Nothing in this workspace is called “${text.slice(0, 100)}”; search for it instead.`);
  return key;
}

export function objectByKey(database: Database, key: number): StixObject | undefined {
  const row = prepared(
    database,
    `SELECT t.value AS type, o.uuid, o.state, o.name, o.created, o.modified, c.value AS common, o.rest FROM ${SUMMARY_TABLES} WHERE o.id = ?`,
  ).get(key) as ObjectRow | undefined;
  return row && !(row.state & MISSING) ? decodeObject(row) : undefined;
}

type StoredRelationship = Omit<RelationshipRow, 'source' | 'target'> & { key: number; state: number; src: number; dst: number; op: number };

function relationshipByUuid(
  database: Database,
  id: string,
): (StoredRelationship & { object: StixObject; ends: Map<number, SummaryRow> }) | undefined {
  const row = prepared(
    database,
    `SELECT r.id AS key, r.uuid, r.state, t.value AS type, r.src, r.dst, r.created, r.modified, r.op, c.value AS common, r.rest FROM relationship r
     JOIN term t ON t.id = r.type JOIN term c ON c.id = r.common WHERE r.id = ?`,
  ).get(relationshipKey(database, id)) as StoredRelationship | undefined;
  if (!row) return undefined;
  const ends = summariesOf(database, [row.src, row.dst]);
  const idOf = (key: number) => {
    const end = ends.get(key) as SummaryRow;
    return `${end.type}--${uuidText(end.uuid)}`;
  };
  return { ...row, ends, object: decodeRelationship({ ...row, source: idOf(row.src), target: idOf(row.dst) }) };
}

export function entity(database: Database, { id }: { id: string }): Entity {
  if (/^relationship--[0-9a-f-]{36}$/i.test(id)) return relationshipEntity(database, id);
  const key = requireKey(database, id);
  const summary = prepared(database, `SELECT ${SUMMARY_COLUMNS} FROM ${SUMMARY_TABLES} WHERE o.id = ?`).get(key) as SummaryRow;
  const object = objectByKey(database, key);
  const neighbours = neighbourCounts(database, key);
  const shown = summaryOf(summary);
  return {
    ...shown,
    headline: headline(factsOf(database, key, summary, object, neighbours)),
    object: object ?? { type: shown.type, id: shown.id },
    tags: tagsOf(database, key),
    notes: notesOf(database, key),
    provenance: provenanceOf(database, key),
    versions: versionCount(database, key, object !== undefined),
    neighbours,
  };
}

function relationshipEntity(database: Database, id: string): Entity {
  const found = relationshipByUuid(database, id);
  if (!found) throw new ContractError('not_found', `There is no relationship ${id} in this workspace.`);
  const nameOfEnd = (key: number) => found.ends.get(key)?.name ?? 'something not here';
  const name = `${nameOfEnd(found.src)} ${found.type} ${nameOfEnd(found.dst)}`;
  const summary: SummaryRow = {
    key: found.key,
    type: 'relationship',
    uuid: found.uuid,
    state: found.state,
    name,
    external_id: null,
    modified: found.modified,
    tlp: null,
  };
  return {
    ...summaryOf(summary),
    headline: `${name}.`,
    object: found.object,
    tags: tagsOf(database, found.key),
    notes: [],
    provenance: provenanceOf(database, found.key),
    versions: versionCount(database, found.key, true),
    neighbours: [],
  };
}

function neighbourCounts(database: Database, key: number): Entity['neighbours'] {
  return prepared(
    database,
    `SELECT r.value AS relationshipType, 'out' AS direction, t.value AS type, count(*) AS count
     FROM edge e JOIN node o ON o.id = e.dst AND o.state = 0 JOIN term t ON t.id = o.type JOIN term r ON r.id = e.type
     WHERE e.src = @key GROUP BY e.type, o.type
     UNION ALL
     SELECT r.value, 'in', t.value, count(*)
     FROM edge e JOIN node o ON o.id = e.src AND o.state = 0 JOIN term t ON t.id = o.type JOIN term r ON r.id = e.type
     WHERE e.dst = @key GROUP BY e.type, o.type ORDER BY 4 DESC, 1, 3`,
  ).all({ key }) as Entity['neighbours'];
}

function factsOf(
  database: Database,
  key: number,
  summary: SummaryRow,
  object: StixObject | undefined,
  neighbours: Entity['neighbours'],
): HeadlineFacts {
  const nameOut = (relation: string) =>
    prepared(
      database,
      `SELECT o.name FROM edge e JOIN term r ON r.id = e.type JOIN object o ON o.id = e.dst WHERE e.src = ? AND r.kind = 'relation' AND r.value = ? LIMIT 1`,
    )
      .pluck()
      .get(key, relation) as string | undefined;
  const tactics = prepared(
    database,
    `SELECT coalesce(o.name, substr(t.value, instr(t.value, ':') + 1)) FROM facet f JOIN term t ON t.id = f.term AND t.kind = 'phase'
     LEFT JOIN tactic k ON k.phase = t.id LEFT JOIN object o ON o.id = k.object WHERE f.object = ? ORDER BY t.id`,
  )
    .pluck()
    .all(key) as string[];
  const latest = prepared(
    database,
    `SELECT o.name, o.modified, json_extract(o.rest, '$.last_seen') AS lastSeen FROM edge e JOIN term r ON r.id = e.type JOIN object o ON o.id = e.src
     WHERE e.dst = ? AND r.kind = 'relation' AND r.value = 'uses' AND (o.state & ${RETIRED}) = 0
     ORDER BY json_extract(o.rest, '$.last_seen') IS NULL, json_extract(o.rest, '$.last_seen') DESC, o.modified DESC LIMIT 1`,
  ).get(key) as { name: string | null; modified: number | null; lastSeen: string | null } | undefined;
  const names: Record<string, string> = {};
  for (const id of object ? headlineReferences(object) : []) {
    const other = findKey(database, id);
    const name = other === undefined ? undefined : summariesOf(database, [other]).get(other)?.name;
    if (name) names[id] = name;
  }
  const parent = nameOut('subtechnique-of');
  const replacedBy = replacement(database, key);
  const exploited = object?.type === 'x-redoubt-asset' ? exploitedOf(database, key) : undefined;
  return {
    type: summary.type,
    ...(object && { object }),
    neighbours,
    tactics,
    names,
    ...(parent !== undefined && { parent }),
    ...(replacedBy !== undefined && { replacedBy }),
    ...(exploited !== undefined && { exploited }),
    ...(latest?.name && {
      latestUser: {
        name: latest.name,
        ...(latest.lastSeen && { lastSeen: latest.lastSeen }),
        ...(latest.modified !== null && { modified: new Date(latest.modified).toISOString() }),
      },
    }),
  };
}

function replacement(database: Database, key: number): string | undefined {
  return prepared(
    database,
    `SELECT o.name FROM term t CROSS JOIN edge e ON e.src = ? AND e.type = t.id JOIN object o ON o.id = e.dst WHERE t.kind = 'relation' AND t.value = 'revoked-by' LIMIT 1`,
  )
    .pluck()
    .get(key) as string | undefined;
}

function exploitedOf(database: Database, key: number): number {
  return prepared(
    database,
    `SELECT count(DISTINCT o.external_id) FROM edge e JOIN term r ON r.id = e.type AND r.value = 'has' JOIN object v ON v.id = e.dst
     JOIN object o ON o.external_id = v.external_id WHERE e.src = ? AND instr(ifnull(o.rest, ''), 'x_redoubt_kev') > 0`,
  )
    .pluck()
    .get(key) as number;
}

function tagsOf(database: Database, key: number): string[] {
  return prepared(database, 'SELECT t.value FROM tag g JOIN term t ON t.id = g.term WHERE g.object = ? ORDER BY t.value')
    .pluck()
    .all(key) as string[];
}

function notesOf(database: Database, key: number): Note[] {
  const keys = prepared(
    database,
    `SELECT e.src FROM edge e JOIN term r ON r.id = e.type AND r.value = 'object_refs' JOIN object o ON o.id = e.src AND (o.state & ${RETIRED}) = 0
     JOIN term t ON t.id = o.type AND t.value = 'note' WHERE e.dst = ? ORDER BY o.created DESC, o.uuid LIMIT 200`,
  )
    .pluck()
    .all(key) as number[];
  return keys.flatMap((note) => {
    const object = objectByKey(database, note);
    if (!object) return [];
    const authors = object['authors'];
    return [
      {
        id: object.id,
        content: String(object['content'] ?? ''),
        at: new Date(String(object['created'])).toISOString(),
        author: Array.isArray(authors) ? authors.join(', ') : 'unknown',
      },
    ];
  });
}

export interface ProvenanceRow {
  op: number;
  device: string;
  seq: number;
  clock: number;
  actor: string;
  uuid: string | null;
  kind: Provenance['kind'] | null;
  source: string | null;
  format: string | null;
  started: number | null;
}

export const PROVENANCE = `SELECT op.id AS op, d.uuid AS device, op.seq, op.clock, op.actor, i.uuid, i.kind, i.source, i.format, i.started
  FROM op JOIN device d ON d.id = op.device LEFT JOIN import i ON i.id = op.import`;

export function asProvenance(row: ProvenanceRow): Provenance {
  return {
    ...(row.uuid !== null && { importId: row.uuid }),
    source: row.source ?? row.actor,
    kind: row.kind ?? 'user',
    ...(row.format !== null && { format: row.format }),
    at: new Date(row.started ?? Math.floor(row.clock / CLOCK_STEP)).toISOString(),
    operation: `${row.device}:${row.seq}`,
  };
}

/** All imports and single operations that said something of this object and stand, oldest first. */
function provenanceOf(database: Database, key: number): Provenance[] {
  const rows = prepared(
    database,
    `${PROVENANCE} WHERE op.undone = 0 AND op.branch = 0 AND op.kind <> 'review' AND (op.id IN (SELECT op FROM object WHERE id = @key UNION SELECT op FROM relationship WHERE id = @key UNION SELECT op FROM version WHERE object = @key)
       OR op.object = @key) ORDER BY op.id LIMIT 500`,
  ).all({ key }) as ProvenanceRow[];
  const confirmed = prepared(
    database,
    'SELECT i.uuid, i.kind, i.source, i.format, i.started FROM confirmation k JOIN import i ON i.id = k.import WHERE k.object = ? ORDER BY i.id LIMIT 500',
  ).all(key) as { uuid: string; kind: Provenance['kind']; source: string; format: string; started: number }[];
  const standing = rows.map(asProvenance);
  const again = confirmed.map(({ uuid, kind, source, format, started }) => ({
    importId: uuid,
    source,
    kind,
    format,
    at: new Date(started).toISOString(),
    operation: 'the same again',
  }));
  return [...standing, ...again];
}

function versionCount(database: Database, key: number, stands: boolean): number {
  const row = prepared(
    database,
    `SELECT count(*) AS n, (SELECT max(state) FROM (SELECT state FROM object WHERE id = @key UNION ALL SELECT state FROM relationship WHERE id = @key)) AS state
     FROM version v JOIN op ON op.id = v.op WHERE v.object = @key AND op.undone = 0 AND op.branch = 0`,
  ).get({ key }) as { n: number; state: number | null };
  return row.n + (stands ? 1 : 0);
}

/** Every kept version, the standing one first, then by time, newest first. */
export function versions(database: Database, { id }: { id: string }) {
  const relationship = id.startsWith('relationship--') ? relationshipByUuid(database, id) : undefined;
  const key = relationship?.key ?? requireKey(database, id);
  const standing = relationship?.object ?? objectByKey(database, key);
  const current = prepared(
    database,
    `${PROVENANCE} WHERE op.id = coalesce((SELECT op FROM object WHERE id = @key), (SELECT op FROM relationship WHERE id = @key))`,
  ).get({ key }) as ProvenanceRow;
  const kept = prepared(
    database,
    `SELECT v.body, p.* FROM version v JOIN (${PROVENANCE}) p ON p.op = v.op JOIN op o ON o.id = v.op WHERE v.object = ? AND o.undone = 0 AND o.branch = 0 LIMIT 1000`,
  ).all(key) as (ProvenanceRow & { body: string })[];
  const entry = (object: StixObject, row: ProvenanceRow, isCurrent: boolean) => ({
    ...(typeof object['modified'] === 'string' && { modified: new Date(object['modified']).toISOString() }),
    current: isCurrent,
    provenance: asProvenance(row),
    object,
  });
  const older = kept
    .map((row) => ({ object: JSON.parse(row.body) as StixObject, row }))
    .sort((a, b) => compareTimestamps(b.object['modified'], a.object['modified']));
  return [...(standing ? [entry(standing, current, true)] : []), ...older.map(({ object, row }) => entry(object, row, false))];
}

/** The summary of an entity that a command just changed, for events and messages. */
export function summaryById(database: Database, { id }: { id: string }): EntitySummary {
  const key = requireKey(database, id);
  return summaryOf(summariesOf(database, [key]).get(key) as SummaryRow);
}
