import { resolveOnBranch } from '#shared/domain/knowledge/branch.ts';
import { type PropertyDifference, differencesOf, wordsBetween } from '#shared/domain/knowledge/difference.ts';
import { type Resolved, resolve } from '#shared/domain/knowledge/merge.ts';
import type { JsonObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { branchRecord } from '../branches/branches.ts';
import { clockOf } from '../branches/shown.ts';
import { sha256, wholesOf, writesOf } from '../branches/writes.ts';
import { findKey, relationshipKey } from '../reads/summary.ts';

export interface MomentState {
  readonly object: JsonObject | undefined;
  readonly deleted: boolean;
  readonly tags: readonly string[];
}

/** The key of an object or relationship by its STIX id, or of an object by external id, name or alias. Throws `not_found`. */
export function keyOfAny(database: Database, id: string): number {
  const key = /^relationship--[0-9a-f-]{36}$/i.test(id) ? relationshipKey(database, id) : findKey(database, id);
  if (key === undefined) throw new ContractError('not_found', `There is no object ${id.slice(0, 100)} in this workspace.`);
  return key;
}

/** One object at a moment; with a branch as the branch shows it. Undefined: now. */
export function stateAt(database: Database, key: number, clock: number | undefined, branch = 0): Resolved {
  const { main, branch: own } = writesOf(database, key, { until: clock, branch });
  return branch === 0 ? resolve(main) : resolveOnBranch(main, own, sha256);
}

/** A moment of one object: where it names an operation that wrote a version of it, that very version; else the state then. */
export function versionAt(database: Database, key: number, at: string | undefined, branch = 0): MomentState {
  const operation = at === undefined ? undefined : /^([0-9a-f-]{36}):(\d+)$/.exec(at);
  const state = stateAt(database, key, at === undefined ? undefined : clockOf(database, at), branch);
  if (!operation) return state;
  const op = prepared(database, 'SELECT op.id FROM main.op op JOIN main.device d ON d.id = op.device WHERE d.uuid = ? AND op.seq = ?')
    .pluck()
    .get(operation[1], Number(operation[2])) as number | undefined;
  const whole = wholesOf(database, key).find(({ row }) => row.op === op);
  return whole ? { object: whole.object, deleted: false, tags: state.tags } : state;
}

export interface Compared {
  readonly from?: JsonObject;
  readonly to?: JsonObject;
  readonly differences: PropertyDifference[];
  readonly tags: { added: string[]; removed: string[] };
}

export function compareVersions(
  database: Database,
  { id, from, to, branch: on }: { id: string; from: string; to?: string | undefined; branch?: string | undefined },
): Compared {
  const key = keyOfAny(database, id);
  const branch = on === undefined ? 0 : branchRecord(database, on).number;
  // A branch begins with main: an earlier moment is main's.
  const before = versionAt(database, key, from, branch);
  const after = versionAt(database, key, to, branch);
  const [was, is] = [standing(before), standing(after)];
  return {
    ...(was && { from: was }),
    ...(is && { to: is }),
    differences: differencesOf(was, is),
    tags: wordsBetween(was ? before.tags : [], is ? after.tags : []),
  };
}

export function standing({ object, deleted }: MomentState): JsonObject | undefined {
  return deleted ? undefined : object;
}
