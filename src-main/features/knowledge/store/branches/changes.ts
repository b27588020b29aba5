import type { BranchChange, ChangeCounts } from '#shared/contract/knowledge.ts';
import { type ChangeOfBranch, changesOfBranch, resolveOnBranch, seenOnMain } from '#shared/domain/knowledge/branch.ts';
import { canonical } from '#shared/domain/knowledge/canonical.ts';
import { dotText, resolve, type Writes } from '#shared/domain/knowledge/merge.ts';
import { nameOf } from '#shared/domain/knowledge/names.ts';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { CLOCK_STEP } from '../log.ts';
import { findKey } from '../reads/summary.ts';
import { type BranchRecord, branchOf, branchRecord, objectsOfBranch, type Reviewed, reviewsOf } from './branches.ts';
import { rowOf, sha256, writesOf } from './writes.ts';

/** One change with what has been decided on it. */
export interface KnownChange {
  readonly key: number;
  readonly id: string;
  readonly change: ChangeOfBranch;
  /** Of the object as the branch shows it; as main does where it is gone there. */
  readonly object: JsonObject;
  readonly main: Writes;
  /** What a decision is about: a branch's value, and for a conflict also main's. */
  readonly stamp: string;
  readonly review: Reviewed | undefined;
}

export const wordOf = (kind: string, name: string | undefined): string => `${kind}:${name ?? ''}`;

/** All changes of a branch. A closed one is compared with main as it was then, so that it stays readable. */
export function changesOf(database: Database, record: BranchRecord, only?: readonly number[]): KnownChange[] {
  const until = record.closedClock === undefined ? undefined : record.closedClock - 1;
  const reviews = reviewsOf(database, record.number, until);
  return (only ?? objectsOfBranch(database, record.number)).flatMap((key) => {
    const { main, branch } = writesOf(database, key, { branch: record.number, until });
    const changes = changesOfBranch(main, branch, sha256);
    if (changes.length === 0) return [];
    const object = resolveOnBranch(main, branch, sha256).object ?? resolve(main).object ?? {};
    const id = typeof object['id'] === 'string' ? object['id'] : (rowOf(database, key)?.id ?? '');
    return changes.map((change): KnownChange => {
      const stamp = stampOf(change);
      const review = reviews.get(`${key}|${wordOf(change.kind, change.name)}`);
      return { key, id, change, object, main, stamp, review: review?.of === stamp && review.decision !== 'undecided' ? review : undefined };
    });
  });
}

function stampOf(change: ChangeOfBranch): string {
  const dot = dotText(change.dot);
  return change.state === 'conflicting' ? `${dot} ${sha256(canonical(change.main)).slice(0, 16)}` : dot;
}

export function countsOf(changes: readonly KnownChange[]): ChangeCounts {
  const of = (test: (one: KnownChange) => boolean) => changes.filter(test).length;
  return {
    added: of(({ change }) => change.state === 'added'),
    changed: of(({ change }) => change.state === 'changed'),
    removed: of(({ change }) => change.state === 'removed'),
    conflicting: of(({ change }) => change.state === 'conflicting'),
    accepted: of(({ review }) => review?.decision === 'accepted'),
    rejected: of(({ review }) => review?.decision === 'rejected'),
    undecided: of(({ review }) => !review),
  };
}

export function branchWithCounts(database: Database, { branch }: { branch: string }) {
  const record = branchRecord(database, branch);
  return { ...branchOf(database, record), counts: countsOf(changesOf(database, record)) };
}

interface ChangesParams {
  readonly branch: string;
  readonly id?: string | undefined;
  readonly states?: readonly BranchChange['state'][] | undefined;
  readonly decisions?: readonly ('accepted' | 'rejected' | 'undecided')[] | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** The changes of a branch page by page: by the object's name, conflicts of an object first. */
export function branchChanges(database: Database, params: ChangesParams) {
  const record = branchRecord(database, params.branch);
  const all = changesOf(database, record);
  const found = all.filter(
    ({ id, change, review }) =>
      (params.id === undefined || id === params.id) &&
      (!params.states?.length || params.states.includes(change.state)) &&
      (!params.decisions?.length || params.decisions.includes(review ? (review.decision as 'accepted' | 'rejected') : 'undecided')),
  );
  const titles = new Map<number, string>();
  for (const { key, object } of found) if (!titles.has(key)) titles.set(key, titleOf(database, object, record));
  const order = (one: KnownChange) => (one.change.state === 'conflicting' ? 0 : 1);
  found.sort(
    (a, b) =>
      (titles.get(a.key) as string).localeCompare(titles.get(b.key) as string, 'en') ||
      a.key - b.key ||
      order(a) - order(b) ||
      wordOf(a.change.kind, a.change.name).localeCompare(wordOf(b.change.kind, b.change.name), 'en'),
  );
  const actors = prepared(
    database,
    'SELECT op.actor FROM main.op op JOIN main.device d ON d.id = op.device WHERE op.branch <> 0 AND op.branch = ? AND op.clock = ? AND d.uuid = ?',
  ).pluck();
  const rows = found.slice(params.offset, params.offset + params.limit).map((one): BranchChange => {
    const { change, review } = one;
    const base = change.state === 'conflicting' && change.kind === 'property' ? baseValue(one) : undefined;
    return {
      id: one.id,
      type: String(one.object['type'] ?? 'object'),
      title: titles.get(one.key) as string,
      kind: change.kind,
      ...(change.name !== undefined && { name: change.name }),
      state: change.state,
      ...(change.main !== undefined && { main: change.main }),
      ...(change.branch !== undefined && { branch: change.branch }),
      ...(base !== undefined && { base }),
      changed: {
        at: new Date(Math.floor(change.dot.clock / CLOCK_STEP)).toISOString(),
        actor: (actors.get(record.number, change.dot.clock, change.dot.device) as string | undefined) ?? 'unknown',
      },
      ...(review && { review: reviewShown(review) }),
    };
  });
  return { rows, shown: rows.length, total: found.length, counts: countsOf(all) };
}

function reviewShown({ decision, reason, take, value, at, actor }: Reviewed): NonNullable<BranchChange['review']> {
  return {
    decision: decision as 'accepted' | 'rejected',
    at,
    actor,
    ...(reason !== undefined && { reason }),
    ...(take !== undefined && { take }),
    ...(value !== undefined && { value }),
  };
}

/** The value that the branch saw on main, found again among those that main has had. */
function baseValue({ change, main }: KnownChange): Json | undefined {
  const name = change.name as string;
  const candidates = [
    ...main.properties.filter(({ property }) => property === name).map(({ value }) => value),
    ...main.wholes.map(({ object }) => object[name]),
  ];
  return candidates.find((value) => seenOnMain(value, sha256) === change.seen);
}

/** A name to show; a relationship is named by its ends, as the branch names them. */
function titleOf(database: Database, object: JsonObject, { number }: BranchRecord): string {
  if (object['type'] !== 'relationship') return nameOf(object as StixObject) || String(object['type'] ?? 'object');
  const end = (id: Json | undefined) => {
    const key = typeof id === 'string' ? findKey(database, id) : undefined;
    if (key === undefined) return 'something not here';
    const { main, branch } = writesOf(database, key, { branch: number });
    const found = resolveOnBranch(main, branch, sha256).object;
    return found ? nameOf(found as StixObject) : 'something not here';
  };
  return `${end(object['source_ref'])} ${String(object['relationship_type'])} ${end(object['target_ref'])}`;
}
