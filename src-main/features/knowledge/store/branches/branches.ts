import type { Branch } from '#shared/contract/knowledge.ts';
import type { JsonObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { CLOCK_STEP } from '../log.ts';

/** Objects that one branch may be about; a merge is one transaction. */
export const MOST_OBJECTS = 10_000;

/**
 * The number of a branch in the log: the first twelve hex digits of its UUID (48 bits), so that it is
 * the same on every device and no counter is shared.
 */
export function branchNumber(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) || 1;
}

export interface BranchRecord extends Omit<Branch, 'objects'> {
  readonly number: number;
  /** Clock of its merge or discard. */
  readonly closedClock?: number;
}

interface WordRow {
  readonly branch: number;
  readonly property: string;
  readonly value: string;
  readonly clock: number;
  readonly actor: string;
  readonly action: string;
}

/** All branches, oldest first: what the words in the log that stand come to, in the order of their clocks. */
export function branchRecords(database: Database): Map<number, BranchRecord> {
  const rows = prepared(
    database,
    `SELECT op.branch, op.property, op.value, op.clock, op.actor, op.action FROM main.op op JOIN main.device d ON d.id = op.device
     WHERE op.branch <> 0 AND op.kind = 'branch' AND op.undone = 0 ORDER BY op.clock, d.uuid`,
  ).all() as WordRow[];
  const branches = new Map<number, BranchRecord>();
  for (const row of rows) {
    const value = JSON.parse(row.value) as JsonObject;
    const who = { at: new Date(Math.floor(row.clock / CLOCK_STEP)).toISOString(), actor: row.actor };
    const named = {
      name: String(value['name'] ?? ''),
      ...(typeof value['description'] === 'string' && value['description'] !== '' && { description: value['description'] }),
    };
    if (row.property === 'create') {
      branches.set(row.branch, { id: String(value['id']), number: row.branch, ...named, state: 'open', created: who });
      continue;
    }
    const before = branches.get(row.branch);
    if (!before) continue;
    const { proposed, closed: _closed, closedClock: _clock, ...rest } = before;
    if (row.property === 'rename') {
      const { description: _old, ...kept } = before;
      branches.set(row.branch, { ...kept, ...named });
    } else if (row.property === 'propose') branches.set(row.branch, { ...rest, state: 'proposed', proposed: who });
    else if (row.property === 'reopen') branches.set(row.branch, { ...rest, state: 'open' });
    else if (row.property === 'merge' || row.property === 'discard')
      branches.set(row.branch, {
        ...rest,
        ...(proposed && { proposed }),
        state: row.property === 'merge' ? 'merged' : 'discarded',
        closed: { ...who, action: row.action },
        closedClock: row.clock,
      });
  }
  return branches;
}

/** Throws `not_found` where there is no such branch, or its making was taken back. */
export function branchRecord(database: Database, id: string): BranchRecord {
  const record = branchRecords(database).get(branchNumber(id));
  if (!record) throw new ContractError('not_found', 'There is no such branch in this workspace; look at the list of branches.');
  return record;
}

/** The same, and refused where the branch is closed. */
export function openBranch(database: Database, id: string): BranchRecord {
  const record = branchRecord(database, id);
  if (record.state === 'merged' || record.state === 'discarded')
    throw new ContractError('conflict', `The branch “${record.name}” is ${record.state}; undo that, or make a new branch.`);
  return record;
}

/** Keys of the objects that a branch's operations are about, those taken back included. */
export function objectsOfBranch(database: Database, branch: number): number[] {
  return prepared(
    database,
    `SELECT object FROM main.op WHERE branch <> 0 AND branch = @branch AND kind IN ('set', 'delete', 'tag', 'untag') AND object IS NOT NULL
     UNION SELECT v.object FROM main.op o JOIN main.version v ON v.op = o.id WHERE o.branch <> 0 AND o.branch = @branch AND o.kind = 'put' ORDER BY 1`,
  )
    .pluck()
    .all({ branch }) as number[];
}

export function branchOf(database: Database, record: BranchRecord): Branch {
  const { number, closedClock: _clock, ...branch } = record;
  return { ...branch, objects: objectsOfBranch(database, number).length };
}

export function listBranches(
  database: Database,
  { states, limit, offset }: { states?: readonly Branch['state'][] | undefined; limit: number; offset: number },
): { rows: Branch[]; shown: number; total: number } {
  const all = [...branchRecords(database).values()].reverse().filter(({ state }) => !states?.length || states.includes(state));
  const rows = all.slice(offset, offset + limit).map((record) => branchOf(database, record));
  return { rows, shown: rows.length, total: all.length };
}

export interface Reviewed {
  readonly decision: 'accepted' | 'rejected' | 'undecided';
  readonly reason?: string;
  readonly take?: 'branch' | 'main' | 'value';
  readonly value?: JsonObject[string];
  /** What was decided on, as `stampOf`; another one now means that the decision is out of date. */
  readonly of: string;
  readonly at: string;
  readonly actor: string;
}

/** "object key|kind:name" -> the newest decision that stands. */
export function reviewsOf(database: Database, branch: number, until = Number.MAX_SAFE_INTEGER): Map<string, Reviewed> {
  const rows = prepared(
    database,
    `SELECT op.object, op.property, op.value, op.clock, op.actor FROM main.op op JOIN main.device d ON d.id = op.device
     WHERE op.branch <> 0 AND op.branch = ? AND op.kind = 'review' AND op.undone = 0 AND op.clock <= ? ORDER BY op.clock, d.uuid`,
  ).all(branch, until) as (WordRow & { object: number })[];
  return new Map(
    rows.map(({ object, property, value, clock, actor }) => [
      `${object}|${property}`,
      {
        ...(JSON.parse(value) as Pick<Reviewed, 'decision' | 'reason' | 'take' | 'value' | 'of'>),
        at: new Date(Math.floor(clock / CLOCK_STEP)).toISOString(),
        actor,
      },
    ]),
  );
}
