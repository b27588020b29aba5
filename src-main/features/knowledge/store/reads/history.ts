import type { HistoryEntry } from '#shared/contract/knowledge.ts';
import type { Json } from '#shared/domain/knowledge/stix.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { CLOCK_STEP } from '../log.ts';
import { type BranchRecord, branchRecord, branchRecords } from '../branches/branches.ts';
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
  things: number;
  branch: number;
}

interface OpRow {
  kind: string;
  object: number | null;
  property: string | null;
  value: string | null;
  source: string | null;
  importKind: string | null;
  uuid: string | null;
}

const ACTIONS = `SELECT action, min(id) AS first, min(clock) AS clock, actor, count(*) AS ops, sum(CASE WHEN branch = 0 OR kind = 'put' THEN count END) AS counted, max(undone) AS undone,
  count(DISTINCT object) AS things, min(branch) AS branch FROM op`;

/** Operations that make an action: undo operations and audit entries do not. */
const ACTS = "kind NOT IN ('undo', 'audit')";

interface HistoryParams {
  readonly id?: string | undefined;
  readonly branch?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** User actions, newest first: an import of many chunks is one. Those on main and those that make, review or close branches; or those on one branch. */
export function history(database: Database, { id, branch, from, to, limit, offset }: HistoryParams) {
  const key = id === undefined ? null : requireKey(database, id);
  const number = branch === undefined ? null : branchRecord(database, branch).number;
  const clock = (at: string | undefined, more: number) => (at === undefined ? null : Date.parse(at) * CLOCK_STEP + more);
  const where = `WHERE ${ACTS} AND ${number === null ? "(branch = 0 OR kind = 'branch')" : 'branch = @number'}
    AND (@from IS NULL OR clock >= @from) AND (@to IS NULL OR clock <= @to) AND (@key IS NULL OR action IN (
    SELECT op.action FROM op WHERE op.object = @key OR op.id IN (SELECT op FROM object WHERE id = @key UNION SELECT op FROM relationship WHERE id = @key UNION SELECT op FROM version WHERE object = @key)))`;
  const bound = { key, from: clock(from, 0), to: clock(to, CLOCK_STEP - 1), ...(number !== null && { number }) };
  const total = prepared(database, `SELECT count(DISTINCT action) FROM op ${where}`).pluck().get(bound) as number;
  const rows = prepared(database, `${ACTIONS} ${where} GROUP BY action ORDER BY first DESC LIMIT @limit OFFSET @offset`).all({
    ...bound,
    limit,
    offset,
  }) as ActionRow[];
  const branches = branchRecords(database);
  return { rows: rows.map((row) => entryOf(database, row, branches)), shown: rows.length, total };
}

export function historyEntry(database: Database, { action }: { action: string }): HistoryEntry | undefined {
  const row = prepared(database, `${ACTIONS} WHERE action = ? AND ${ACTS} GROUP BY action`).get(action) as ActionRow | undefined;
  return row && entryOf(database, row, branchRecords(database));
}

/** The newest own action on main, or on a branch, that stands (to undo), or the one taken back last (to redo). */
export function lastAction(database: Database, { undone, branch }: { undone: boolean; branch?: string | undefined }): string | undefined {
  const number = branch === undefined ? 0 : branchRecord(database, branch).number;
  const edits = `branch = @number AND kind NOT IN ('undo', 'audit', 'branch', 'review')`;
  const sql = undone
    ? `SELECT property FROM op WHERE kind = 'undo' AND value = 'true' AND property IN (SELECT action FROM op WHERE undone = 1 AND ${edits}) ORDER BY id DESC LIMIT 1`
    : `SELECT action FROM op WHERE ${edits} AND undone = 0 AND device IN (SELECT id FROM device WHERE own = 1) ORDER BY id DESC LIMIT 1`;
  return prepared(database, sql).pluck().get({ number }) as string | undefined;
}

function entryOf(database: Database, row: ActionRow, branches: ReadonlyMap<number, BranchRecord>): HistoryEntry {
  const op = prepared(
    database,
    `SELECT op.kind, op.object, op.property, op.value, op.branch, i.source, i.kind AS importKind, i.uuid FROM op LEFT JOIN import i ON i.id = op.import WHERE op.id = ?`,
  ).get(row.first) as OpRow & { branch: number };
  const objects = Math.max(row.counted ?? 0, row.things, 1);
  const branch = branches.get(op.branch);
  return {
    action: row.action,
    at: new Date(Math.floor(row.clock / CLOCK_STEP)).toISOString(),
    actor: row.actor,
    what: sentence(database, op, objects, branch?.name),
    objects,
    undone: row.undone === 1,
    undoable: true,
    ...(op.uuid !== null && { importId: op.uuid }),
    ...(branch && { branch: branch.id }),
  };
}

/** What a word on a branch says, as a sentence begins. */
const BRANCH_WORDS: Readonly<Record<string, string>> = {
  create: 'Made the branch',
  rename: 'Renamed the branch',
  propose: 'Proposed the branch for review:',
  reopen: 'Took back the proposal of the branch',
  merge: 'Merged the branch',
  discard: 'Discarded the branch',
};

function sentence(database: Database, op: OpRow, counted: number, branch = ''): string {
  const name =
    op.object === null
      ? ''
      : counted > 1
        ? `${counted} objects`
        : (summariesOf(database, [op.object]).get(op.object)?.name ?? 'a relationship');
  const value = op.value === null ? undefined : (JSON.parse(op.value) as Json);
  if (op.kind === 'branch') {
    const { merged } = (value ?? {}) as { merged?: number };
    const named = branch || String((value as { name?: Json })?.name ?? '');
    return `${BRANCH_WORDS[op.property ?? ''] ?? 'Changed the branch'} “${named}”${merged === undefined ? '' : ` (${merged} changes)`}.`;
  }
  if (op.kind === 'review') return `Reviewed changes of ${name} on the branch “${branch}”.`;
  if (op.kind === 'put' && op.source !== null) return `Imported ${op.source} to the branch “${branch}”: ${counted} objects.`;
  if (op.kind === 'import') return `${op.importKind === 'pack' ? 'Installed' : 'Imported'} ${op.source ?? 'a file'}: ${counted} objects.`;
  if (op.kind === 'put') return counted === 1 ? 'Wrote an object.' : `Wrote ${counted} objects.`;
  if (op.kind === 'set')
    return value === null || value === undefined ? `Removed ${op.property} of ${name}.` : `Set ${op.property} of ${name}.`;
  if (op.kind === 'delete') return value === true ? `Deleted ${name}.` : `Brought ${name} back.`;
  if (op.kind === 'tag') return `Tagged ${name} with “${op.property}”.`;
  if (op.kind === 'untag') return `Took the tag “${op.property}” off ${name}.`;
  return `${op.kind} on ${name || 'the workspace'}.`;
}
