import type { Difference, EntitySummary } from '#shared/contract/knowledge.ts';
import { differencesOf, wordsBetween } from '#shared/domain/knowledge/difference.ts';
import { externalIdOf } from '#shared/domain/knowledge/identifiers.ts';
import { nameOf } from '#shared/domain/knowledge/names.ts';
import { type JsonObject, type StixObject, stixType } from '#shared/domain/knowledge/stix-object.ts';
import { tlpOfMarkings } from '#shared/domain/knowledge/tlp.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { MOST_WORKED_OUT } from '../branches/overlay.ts';
import { clockOf } from '../branches/shown.ts';
import { touchedSince } from '../branches/touched.ts';
import { rowOf } from '../branches/writes.ts';
import { CLOCK_STEP } from '../log.ts';
import { historyEntry } from '../reads/history.ts';
import { findKey, summariesOf } from '../reads/summary.ts';
import { DELETED, MISSING } from '../state.ts';
import { standing, stateAt } from './moments.ts';

interface DiffParams {
  readonly from: string;
  readonly to?: string | undefined;
  readonly states?: readonly Difference['state'][] | undefined;
  readonly types?: readonly string[] | undefined;
  readonly limit: number;
  readonly offset: number;
}

interface Found {
  readonly key: number;
  readonly state: Difference['state'];
}

const MOST_ACTIONS = 5;

/**
 * What was added, changed and removed between two moments. Objects that a large import brought since are
 * counted by their rows and not worked out one by one; more than 20,000 others are refused.
 */
export function diffTimes(database: Database, params: DiffParams) {
  const now = prepared(database, 'SELECT ifnull(max(clock), 0) FROM main.op').pluck().get() as number;
  const clocks = { from: clockOf(database, params.from), to: params.to === undefined ? undefined : clockOf(database, params.to) };
  if (clocks.to !== undefined && clocks.to < clocks.from)
    throw new ContractError('invalid_input', 'The second moment is before the first; give them in the order of time.');
  const { workedOut, gone } = touchedSince(database, clocks.from);
  const later = clocks.to === undefined ? undefined : touchedSince(database, clocks.to);
  const laterGone = new Set(later?.gone);
  const laterTouched = new Set(later?.workedOut);
  if (workedOut.length + laterTouched.size > MOST_WORKED_OUT)
    throw new ContractError(
      'too_large',
      `More than ${MOST_WORKED_OUT.toLocaleString('en')} objects changed between these moments; choose them closer together.`,
    );
  const typeOf = typesOf(database, params.types);
  const found: Found[] = [];
  for (const key of workedOut) {
    if (!typeOf(key)) continue;
    const [before, after] = [stateAt(database, key, clocks.from), stateAt(database, key, clocks.to)];
    const [was, is] = [standing(before), standing(after)];
    if (!was && is) found.push({ key, state: 'added' });
    else if (was && !is) found.push({ key, state: 'removed' });
    else if (was && is && (differencesOf(was, is).length > 0 || before.tags.join('|') !== after.tags.join('|')))
      found.push({ key, state: 'changed' });
  }
  const isHere = prepared(
    database,
    `SELECT 1 FROM main.object WHERE id = @key AND state & ${MISSING | DELETED} = 0 UNION ALL SELECT 1 FROM main.relationship WHERE id = @key AND state & ${MISSING | DELETED} = 0`,
  ).pluck();
  for (const key of gone) {
    if (laterGone.has(key) || !typeOf(key)) continue;
    const is = laterTouched.has(key) ? standing(stateAt(database, key, clocks.to)) !== undefined : isHere.get({ key }) !== undefined;
    if (is) found.push({ key, state: 'added' });
  }
  const counts = { added: 0, changed: 0, removed: 0 };
  for (const { state } of found) counts[state]++;
  const rank = { removed: 0, changed: 1, added: 2 };
  const chosen = found.filter(({ state }) => !params.states?.length || params.states.includes(state));
  chosen.sort((a, b) => rank[a.state] - rank[b.state] || a.key - b.key);
  const rows = chosen
    .slice(params.offset, params.offset + params.limit)
    .map(({ key, state }) => difference(database, key, state, clocks.from, clocks.to ?? now));
  return {
    from: timeOf(clocks.from),
    to: timeOf(clocks.to ?? now),
    rows,
    shown: rows.length,
    total: chosen.length,
    counts,
  };
}

export const timeOf = (clock: number): string => new Date(Math.floor(clock / CLOCK_STEP)).toISOString();

/** The time of a moment. */
export const momentTime = (database: Database, { at }: { at: string }): string => timeOf(clockOf(database, at));

function typesOf(database: Database, types: readonly string[] | undefined): (key: number) => boolean {
  if (!types?.length) return () => true;
  const wanted = new Set(types);
  return (key) => {
    const row = rowOf(database, key);
    return row !== undefined && wanted.has(stixType(row.id));
  };
}

function difference(database: Database, key: number, state: Difference['state'], from: number, to: number): Difference {
  const [before, after] = [stateAt(database, key, from), stateAt(database, key, to)];
  const [was, is] = [standing(before), standing(after)];
  const actions = prepared(
    database,
    `SELECT action, max(id) AS last FROM main.op WHERE clock > @from AND clock <= @to AND branch = 0 AND kind NOT IN ('undo', 'audit')
       AND (object = @key OR id IN (SELECT op FROM main.object WHERE id = @key UNION SELECT op FROM main.relationship WHERE id = @key UNION SELECT op FROM main.version WHERE object = @key))
     GROUP BY action ORDER BY last DESC LIMIT ${MOST_ACTIONS}`,
  ).all({ key, from, to }) as { action: string }[];
  return {
    entity: summaryOfObject(database, (is ?? was ?? {}) as JsonObject, state === 'removed'),
    state,
    properties: state === 'changed' ? differencesOf(was, is) : [],
    tags: wordsBetween(was ? before.tags : [], is ? after.tags : []),
    actions: actions.flatMap(({ action }) => {
      const entry = historyEntry(database, { action });
      if (!entry) return [];
      const { at, actor, what, importId } = entry;
      return [{ action, at, actor, what, ...(importId !== undefined && { importId }) }];
    }),
  };
}

/** A line about an object that may not stand any more. */
export function summaryOfObject(database: Database, object: JsonObject, gone: boolean): EntitySummary {
  const id = String(object['id'] ?? '');
  const nameOfEnd = (end: unknown) => {
    const key = typeof end === 'string' ? findKey(database, end) : undefined;
    return (key === undefined ? undefined : summariesOf(database, [key]).get(key)?.name) ?? 'something not here';
  };
  const relationship = object['type'] === 'relationship';
  const externalId = relationship ? undefined : externalIdOf(object as StixObject);
  const tlp = tlpOfMarkings(object['object_marking_refs']);
  const modified = typeof object['modified'] === 'string' ? Date.parse(object['modified']) : Number.NaN;
  return {
    id,
    type: String(object['type'] ?? stixType(id)),
    name: relationship
      ? `${nameOfEnd(object['source_ref'])} ${String(object['relationship_type'])} ${nameOfEnd(object['target_ref'])}`
      : nameOf(object as StixObject) || String(object['type'] ?? 'object'),
    ...(externalId !== undefined && { externalId }),
    ...(tlp && { tlp }),
    revoked: object['revoked'] === true,
    deprecated: object['x_mitre_deprecated'] === true,
    missing: gone,
    ...(Number.isFinite(modified) && { modified: new Date(modified).toISOString() }),
  };
}
