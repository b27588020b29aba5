import { createHash } from 'node:crypto';
import type { DeletionWrite, PropertyWrite, TagWrite, WholeWrite, Writes } from '#shared/domain/knowledge/merge.ts';
import type { Json, StixObject } from '#shared/domain/knowledge/stix.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { dashedId, decodeObject, decodeRelationship, type ObjectRow, type RelationshipRow } from '../codec.ts';
import { isHeld, LAYER, mergeOf, PARTIAL, partialOf } from '../state.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Which operations count: those of main, with a branch those of the branch too, up to a clock where one is given. */
export interface Counted {
  readonly branch?: number | undefined;
  /** Hybrid logical clock; the operation with this clock counts. */
  readonly until?: number | undefined;
}

export interface ObjectWrites {
  readonly main: Writes;
  readonly branch: Writes;
}

interface DotRow {
  readonly op: number;
  readonly clock: number;
  readonly device: string;
  readonly branch: number;
  readonly action: string;
  readonly undone: number;
}

interface OpRow extends DotRow {
  readonly kind: string;
  readonly property: string | null;
  readonly value: string | null;
  readonly base: string | null;
}

// The tables are named with their schema: a view of the same name may stand over them (overlay.ts).
const DOT =
  'op.id AS op, op.clock, d.uuid AS device, op.branch, op.action, op.undone FROM main.op op JOIN main.device d ON d.id = op.device';

/**
 * All that the log says of one object, as the merge takes it; `key` of a write is its operation's.
 * What is taken back does not count, and of a moment in the past neither what was taken back then.
 */
export function writesOf(database: Database, key: number, counted: Counted = {}): ObjectWrites {
  const { branch = 0, until } = counted;
  const counts = (row: DotRow) =>
    (row.branch === 0 || row.branch === branch) &&
    (until === undefined ? row.undone === 0 : row.clock <= until && !wasUndone(database, row.action, until));
  const sides = { main: empty(), branch: empty() };
  const side = (row: DotRow) => (row.branch === 0 ? sides.main : sides.branch);
  for (const { row, object, partial, merge } of wholesOf(database, key))
    if (counts(row)) side(row).wholes.push({ clock: row.clock, device: row.device, object, partial, merge, key: row.op });
  const ops = prepared(
    database,
    `SELECT op.kind, op.property, op.value, op.base, ${DOT} WHERE op.object = ? AND op.kind IN ('set', 'delete', 'tag', 'untag') ORDER BY op.id`,
  ).all(key) as OpRow[];
  for (const row of ops) {
    if (!counts(row)) continue;
    const { clock, device, kind, property } = row;
    const value = row.value === null ? undefined : (JSON.parse(row.value) as Json);
    const dot = { clock, device };
    const to = side(row);
    if (kind === 'set' && property)
      to.properties.push({ ...dot, property, value: value === null ? undefined : value, base: row.base ?? undefined, key: row.op });
    else if (kind === 'delete') to.deletions.push({ ...dot, deleted: value === true, base: row.base ?? undefined });
    else if (kind === 'tag' && property) to.tags.push({ ...dot, tag: property });
    else if (kind === 'untag' && property) to.tags.push({ ...dot, tag: property, removes: Array.isArray(value) ? value.map(String) : [] });
  }
  return sides;
}

interface MutableWrites {
  wholes: WholeWrite[];
  properties: PropertyWrite[];
  deletions: DeletionWrite[];
  tags: TagWrite[];
}
const empty = (): MutableWrites => ({ wholes: [], properties: [], deletions: [], tags: [] });

interface HeldWhole {
  readonly row: DotRow;
  readonly object: StixObject;
  readonly partial: boolean;
  readonly merge: boolean;
}

/** The whole-object writes about one object, wherever they are held: its row, if it is as it was written, and its versions. */
export function wholesOf(database: Database, key: number): HeldWhole[] {
  const versions = prepared(
    database,
    `SELECT v.flags, v.body, p.* FROM main.version v JOIN (SELECT ${DOT}) p ON p.op = v.op WHERE v.object = ? ORDER BY v.id`,
  ).all(key) as (DotRow & { flags: number; body: string })[];
  const held: HeldWhole[] = versions.map(({ flags, body, ...row }) => ({
    row,
    object: JSON.parse(body) as StixObject,
    partial: partialOf(flags),
    merge: mergeOf(flags),
  }));
  const standing = rowOf(database, key);
  if (standing && isHeld(standing.state)) {
    const row = prepared(database, `SELECT ${DOT} WHERE op.id = ?`).get(standing.op) as DotRow | undefined;
    if (row)
      held.push({
        row,
        object: standing.decoded(),
        partial: (standing.state & PARTIAL) !== 0,
        merge: (standing.state & LAYER) !== 0,
      });
  }
  return held;
}

interface StandingRow {
  readonly id: string;
  readonly relationship: boolean;
  readonly state: number;
  readonly op: number;
  decoded(): StixObject;
}

/** The row of an object or relationship on main. */
export function rowOf(database: Database, key: number): StandingRow | undefined {
  const object = prepared(
    database,
    `SELECT t.value AS type, o.uuid, o.state, o.name, o.created, o.modified, o.op, c.value AS common, o.rest, t.value || '--' || lower(hex(o.uuid)) AS id
     FROM main.object o JOIN main.term t ON t.id = o.type JOIN main.term c ON c.id = o.common WHERE o.id = ?`,
  ).get(key) as (ObjectRow & { op: number; id: string }) | undefined;
  if (object)
    return { id: dashedId(object.id), relationship: false, state: object.state, op: object.op, decoded: () => decodeObject(object) };
  const row = prepared(
    database,
    `SELECT r.uuid, r.state, t.value AS type, r.created, r.modified, r.op, c.value AS common, r.rest, 'relationship--' || lower(hex(r.uuid)) AS id,
       st.value || '--' || lower(hex(s.uuid)) AS source, dt.value || '--' || lower(hex(d.uuid)) AS target
     FROM main.relationship r JOIN main.term t ON t.id = r.type JOIN main.term c ON c.id = r.common
     LEFT JOIN main.object s ON s.id = r.src LEFT JOIN main.term st ON st.id = s.type
     LEFT JOIN main.object d ON d.id = r.dst LEFT JOIN main.term dt ON dt.id = d.type WHERE r.id = ?`,
  ).get(key) as
    | (Omit<RelationshipRow, 'source' | 'target'> & { state: number; op: number; id: string; source: string | null; target: string | null })
    | undefined;
  if (!row) return undefined;
  const end = (packed: string | null) => dashedId(packed ?? UNKNOWN);
  return {
    id: dashedId(row.id),
    relationship: true,
    state: row.state,
    op: row.op,
    decoded: () => decodeRelationship({ ...row, source: end(row.source), target: end(row.target) }),
  };
}

/** An end of a relationship whose own operation has not come yet. */
const UNKNOWN = 'x-redoubt-unknown--00000000000040008000000000000000';

/** Whether the newest word on an action at that clock was "undone". */
export function wasUndone(database: Database, action: string, until: number): boolean {
  const value = prepared(
    database,
    `SELECT u.value FROM main.op u JOIN main.device d ON d.id = u.device
     WHERE u.kind = 'undo' AND u.property = ? AND u.clock <= ? ORDER BY u.clock DESC, d.uuid DESC LIMIT 1`,
  )
    .pluck()
    .get(action, until) as string | undefined;
  return value === 'true';
}
