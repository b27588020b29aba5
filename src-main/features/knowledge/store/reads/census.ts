import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { RETIRED } from '../state.ts';
import { history } from './history.ts';

/** What a workspace holds, in numbers that a copy of it must have too. */
export interface GraphCensus {
  readonly operations: number;
  /** End of the audit chain, hex. */
  readonly head: string;
  readonly objects: number;
  readonly relationships: number;
}

export interface Change {
  readonly at: string;
  readonly actor: string;
  readonly what: string;
}

export function census(database: Database): GraphCensus {
  const end = prepared(database, 'SELECT id, chain FROM op ORDER BY id DESC LIMIT 1').get() as { id: number; chain: Buffer } | undefined;
  const live = (table: 'object' | 'relationship') =>
    prepared(database, `SELECT count(*) FROM ${table} WHERE (state & ${RETIRED}) = 0`).pluck().get() as number;
  return {
    operations: end?.id ?? 0,
    head: (end?.chain ?? Buffer.alloc(32)).toString('hex'),
    objects: live('object'),
    relationships: live('relationship'),
  };
}

/** The audit chain's link at one operation, hex; undefined where the log does not reach so far. */
export function chainAt(database: Database, operation: number): string | undefined {
  if (operation === 0) return Buffer.alloc(32).toString('hex');
  const chain = prepared(database, 'SELECT chain FROM op WHERE id = ?').pluck().get(operation) as Buffer | undefined;
  return chain?.toString('hex');
}

/** Newest user actions, newest first. */
export function newestChanges(database: Database, limit: number): Change[] {
  return history(database, { limit, offset: 0 }).rows.map(({ at, actor, what }) => ({ at, actor, what }));
}

/** What came after an operation: how many of each kind, and the newest of it. Openings and other audit entries are not counted. */
export function changesAfter(database: Database, { operations, limit }: { operations: number; limit: number }) {
  const byKind = prepared(
    database,
    "SELECT kind, count(*) AS operations FROM op WHERE id > ? AND kind <> 'audit' GROUP BY kind ORDER BY operations DESC, kind",
  ).all(operations) as { kind: string; operations: number }[];
  const total = byKind.reduce((sum, each) => sum + each.operations, 0);
  const actions = prepared(database, "SELECT count(DISTINCT action) FROM op WHERE id > ? AND kind NOT IN ('audit', 'undo')")
    .pluck()
    .get(operations) as number;
  return { operations: total, byKind, newest: newestChanges(database, Math.max(1, Math.min(limit, actions))).slice(0, actions) };
}

/** Operations other than audit entries after one, for the schedule of copies. */
export function changeCount(database: Database, after: number): number {
  return prepared(database, "SELECT count(*) FROM op WHERE id > ? AND kind <> 'audit'").pluck().get(after) as number;
}
