import type { HistoryEntry } from '#shared/contract/knowledge.ts';
import type { Json } from '#shared/domain/knowledge/stix.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { CLOCK_STEP } from '../log.ts';
import { requireKey } from './entity.ts';
import { summariesOf } from './summary.ts';

interface ActionRow {
  action: string;
  first: number;
  clock: number;
  actor: string;
  ops: number;
  counted: number | null;
  undone: number;
}

interface OpRow {
  kind: string;
  object: number | null;
  property: string | null;
  value: string | null;
  source: string | null;
  importKind: string | null;
}

const ACTIONS = `SELECT action, min(id) AS first, min(clock) AS clock, actor, count(*) AS ops, sum(count) AS counted, max(undone) AS undone FROM op`;

/** User actions, newest first: an import of many chunks is one. Undo operations and audit entries are not actions. */
export function history(database: Database, { id, limit, offset }: { id?: string | undefined; limit: number; offset: number }) {
  const key = id === undefined ? null : requireKey(database, id);
  const where = `WHERE kind NOT IN ('undo', 'audit') AND (@key IS NULL OR action IN (
    SELECT op.action FROM op WHERE op.object = @key OR op.id IN (SELECT op FROM object WHERE id = @key UNION SELECT op FROM version WHERE object = @key)))`;
  const total = prepared(database, `SELECT count(DISTINCT action) FROM op ${where}`).pluck().get({ key }) as number;
  const rows = prepared(database, `${ACTIONS} ${where} GROUP BY action ORDER BY first DESC LIMIT @limit OFFSET @offset`).all({
    key,
    limit,
    offset,
  }) as ActionRow[];
  return { rows: rows.map((row) => entryOf(database, row)), shown: rows.length, total };
}

export function historyEntry(database: Database, { action }: { action: string }): HistoryEntry | undefined {
  const row = prepared(database, `${ACTIONS} WHERE action = ? AND kind NOT IN ('undo', 'audit') GROUP BY action`).get(action) as
    | ActionRow
    | undefined;
  return row && entryOf(database, row);
}

/** The newest action that stands (to undo), or the one taken back last (to redo). */
export function lastAction(database: Database, { undone }: { undone: boolean }): string | undefined {
  const sql = undone
    ? `SELECT property FROM op WHERE kind = 'undo' AND value = 'true' AND property IN (SELECT action FROM op WHERE undone = 1) ORDER BY id DESC LIMIT 1`
    : `SELECT action FROM op WHERE kind NOT IN ('undo', 'audit') AND undone = 0 AND device IN (SELECT id FROM device WHERE own = 1) ORDER BY id DESC LIMIT 1`;
  return prepared(database, sql).pluck().get() as string | undefined;
}

function entryOf(database: Database, row: ActionRow): HistoryEntry {
  const op = prepared(
    database,
    `SELECT op.kind, op.object, op.property, op.value, i.source, i.kind AS importKind FROM op LEFT JOIN import i ON i.id = op.import WHERE op.id = ?`,
  ).get(row.first) as OpRow;
  return {
    action: row.action,
    at: new Date(Math.floor(row.clock / CLOCK_STEP)).toISOString(),
    actor: row.actor,
    what: sentence(database, op, row.counted ?? 0),
    objects: row.counted ?? 1,
    undone: row.undone === 1,
    undoable: true,
  };
}

function sentence(database: Database, op: OpRow, counted: number): string {
  const name = op.object === null ? '' : (summariesOf(database, [op.object]).get(op.object)?.name ?? 'a relationship');
  const value = op.value === null ? undefined : (JSON.parse(op.value) as Json);
  if (op.kind === 'import') return `${op.importKind === 'pack' ? 'Installed' : 'Imported'} ${op.source ?? 'a file'}: ${counted} objects.`;
  if (op.kind === 'put') return counted === 1 ? 'Wrote an object.' : `Wrote ${counted} objects.`;
  if (op.kind === 'set')
    return value === null || value === undefined ? `Removed ${op.property} of ${name}.` : `Set ${op.property} of ${name}.`;
  if (op.kind === 'delete') return value === true ? `Deleted ${name}.` : `Brought ${name} back.`;
  if (op.kind === 'tag') return `Tagged ${name} with “${op.property}”.`;
  if (op.kind === 'untag') return `Took the tag “${op.property}” off ${name}.`;
  return `${op.kind} on ${name || 'the workspace'}.`;
}
