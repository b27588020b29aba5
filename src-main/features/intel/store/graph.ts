import type { Verdict } from '#shared/contract/intel.ts';
import type { EntitySummary } from '#shared/contract/knowledge.ts';
import type { Tlp } from '#shared/domain/knowledge/stix.ts';
import { tlpLevels } from '#shared/domain/knowledge/stix-object.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';

/*
 * What matching and recognising need of the graph's tables, beside what knowledge offers: many keys at once, without
 * their whole objects. The bits of `state` are those of knowledge's store/state.ts.
 */

/** Missing, revoked, deprecated or deleted. */
export const RETIRED = 15;

export const idSql = (object: string, type: string) =>
  `(${type}.value || '--' || lower(substr(hex(${object}.uuid), 1, 8) || '-' || substr(hex(${object}.uuid), 9, 4) || '-' || substr(hex(${object}.uuid), 13, 4) || '-' || substr(hex(${object}.uuid), 17, 4) || '-' || substr(hex(${object}.uuid), 21)))`;

/** Counts every change of the graph; what was derived from the graph is good for one revision. */
export function graphRevision(database: Database): number {
  const text = prepared(database, "SELECT value FROM setting WHERE key = 'graph.revision'").pluck().get() as string | undefined;
  return Number(text ?? 0);
}

export function termId(database: Database, kind: 'type' | 'relation', value: string): number {
  return (prepared(database, 'SELECT id FROM term WHERE kind = ? AND value = ?').pluck().get(kind, value) as number | undefined) ?? -1;
}

export function termIds(database: Database, kind: 'type' | 'relation', values: readonly string[]): number[] {
  return values.map((value) => termId(database, kind, value)).filter((id) => id >= 0);
}

/** How many objects of a type are here, from the counts that the graph keeps. */
export function countOf(database: Database, type: string): number {
  return prepared(database, "SELECT ifnull(sum(n), 0) FROM tally WHERE kind = 'object' AND a = ?")
    .pluck()
    .get(termId(database, 'type', type)) as number;
}

interface SummaryRow {
  key: number;
  id: string;
  type: string;
  state: number;
  name: string | null;
  external_id: string | null;
  modified: number | null;
  tlp: number | null;
}

/** Summaries of objects by their key; unknown keys are left out. */
export function summariesOf(database: Database, keys: Iterable<number>): Map<number, EntitySummary> {
  const rows = prepared(
    database,
    `SELECT o.id AS key, ${idSql('o', 't')} AS id, t.value AS type, o.state, o.name, o.external_id, o.modified, c.tlp
     FROM json_each(?) j CROSS JOIN object o ON o.id = j.value JOIN term t ON t.id = o.type JOIN term c ON c.id = o.common`,
  ).all(JSON.stringify([...new Set(keys)])) as SummaryRow[];
  return new Map(
    rows.map((row) => {
      const tlp: Tlp | undefined = row.tlp === null ? undefined : tlpLevels[row.tlp];
      return [
        row.key,
        {
          id: row.id,
          type: row.type,
          name: row.name || row.type,
          ...(row.external_id !== null && { externalId: row.external_id }),
          ...(tlp && { tlp }),
          revoked: (row.state & 2) !== 0,
          deprecated: (row.state & 4) !== 0,
          missing: (row.state & 9) !== 0,
          ...(row.modified !== null && { modified: new Date(row.modified).toISOString() }),
        },
      ];
    }),
  );
}

/** The key of a STIX id that is here, retired or not. */
export function keyOfId(database: Database, id: string): number | undefined {
  const split = id.indexOf('--');
  const uuid = Buffer.from(id.slice(split + 2).replaceAll('-', ''), 'hex');
  return prepared(database, 'SELECT o.id FROM object o WHERE o.uuid = ? AND o.type = ?')
    .pluck()
    .get(uuid, termId(database, 'type', id.slice(0, split))) as number | undefined;
}

const opinions = ['strongly-disagree', 'disagree', 'neutral', 'agree', 'strongly-agree'] as const;

/** The newest opinion that names the object, or (with `beside`) both objects. */
export function verdictOn(database: Database, key: number, beside?: number): Verdict | undefined {
  const refs = termId(database, 'relation', 'object_refs');
  const opinion = termId(database, 'type', 'opinion');
  if (refs < 0 || opinion < 0) return undefined;
  const row = prepared(
    database,
    `SELECT ${idSql('o', 't')} AS id, o.rest, o.created, o.modified FROM edge e JOIN object o ON o.id = e.src AND o.type = @opinion AND (o.state & ${RETIRED}) = 0
     JOIN term t ON t.id = o.type
     WHERE e.dst = @key AND e.type = @refs AND (@beside IS NULL OR EXISTS (SELECT 1 FROM edge b WHERE b.src = e.src AND b.type = @refs AND b.dst = @beside))
     ORDER BY o.modified DESC, o.id DESC LIMIT 1`,
  ).get({ key, refs, opinion, beside: beside ?? null }) as
    | { id: string; rest: string | null; created: number | null; modified: number | null }
    | undefined;
  return row && verdictFrom(row.id, row.rest, row.modified ?? row.created);
}

export function verdictFrom(id: string, rest: string | null, at: number | null): Verdict {
  const object = JSON.parse(rest ?? '{}') as { opinion?: unknown; explanation?: unknown; authors?: unknown };
  const opinion = opinions.find((one) => one === object.opinion) ?? 'neutral';
  return {
    id,
    opinion,
    reason: typeof object.explanation === 'string' ? object.explanation : '',
    ...(at !== null && { at: new Date(at).toISOString() }),
    by: Array.isArray(object.authors) ? object.authors.join(', ') : '',
  };
}
