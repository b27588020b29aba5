import type { Match, PriorityFacts, Reason, Verdict } from '#shared/contract/intel.ts';
import { matchKinds } from '#shared/domain/intel/match-kinds.ts';
import type { EntitySummary } from '#shared/contract/knowledge.ts';
import { decisions, grades } from '#shared/domain/intel/priority.ts';
import { reasonSentence } from '#shared/domain/intel/sentences.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { keyOfId, summariesOf, termId, verdictFrom } from '../graph.ts';
import { assetFacts, exposureAt, prioritise, threatFacts } from './facts.ts';
import { runnersOf } from './scope.ts';
import type { KeptReason } from './vulnerabilities.ts';

export interface MatchParams {
  readonly kinds?: readonly string[] | undefined;
  readonly grades?: readonly string[] | undefined;
  readonly decisions?: readonly string[] | undefined;
  readonly kev: boolean;
  readonly exposures?: readonly string[] | undefined;
  readonly id?: string | undefined;
  readonly text?: string | undefined;
  readonly judged: 'open' | 'judged' | 'all';
  readonly since?: string | undefined;
  readonly sort: 'priority' | 'asset' | 'threat' | 'firstSeen';
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
}

export interface StoredMatch {
  readonly asset: number;
  readonly threat: number;
  readonly kind: number;
  readonly grade: number;
  readonly verdict: number | null;
  readonly why: string;
  readonly first_seen: number;
  readonly last_seen: number;
}

const COLUMNS = 'm.asset, m.threat, m.kind, m.grade, m.verdict, m.why, m.first_seen, m.last_seen';
/** Whole orders, so that an index serves each of the first kind from either end. */
const orders = {
  priority: (down: string, up: string) => `m.warned ${up}, m.priority ${down}, m.asset ${up}, m.threat ${up}`,
  asset: (down: string) => `a.name COLLATE NOCASE ${down}, m.priority DESC, m.asset, m.threat`,
  threat: (down: string) => `t.name COLLATE NOCASE ${down}, m.priority DESC, m.asset, m.threat`,
  firstSeen: (down: string) => `m.first_seen ${down}, m.priority DESC, m.asset, m.threat`,
};
const joins = { asset: 'JOIN object a ON a.id = m.asset', threat: 'JOIN object t ON t.id = m.threat', priority: '', firstSeen: '' };

/** Matches page by page; every value is a parameter, the statement is put together from fixed parts alone. */
export function listMatches(database: Database, params: MatchParams): { rows: Match[]; shown: number; total: number } {
  const values: Record<string, string | number> = {};
  const where = ['1'];
  /** What is kept as counts; filters of anything else have their matches counted one by one. */
  const counted = ['1'];
  const among = (column: string, name: string, numbers: readonly number[] | undefined) => {
    if (!numbers?.length) return;
    const condition = `m.${column} IN (SELECT value FROM json_each(@${name}))`;
    where.push(condition);
    counted.push(condition);
    values[name] = JSON.stringify(numbers);
  };
  among(
    'kind',
    'kinds',
    params.kinds?.map((kind) => matchKinds.findIndex((one) => one === kind)),
  );
  among(
    'grade',
    'grades',
    params.grades?.map((grade) => grades.findIndex((one) => one === grade)),
  );
  among(
    'decision',
    'decisions',
    params.decisions?.map((decision) => decisions.findIndex((one) => one === decision)),
  );
  among(
    'exposure',
    'exposures',
    params.exposures?.map((exposure) => exposureAt.indexOf(exposure)),
  );
  if (params.kev) where.push('m.kev = 1');
  if (params.kev) counted.push('m.kev = 1');
  if (params.judged !== 'all') where.push(`m.verdict IS ${params.judged === 'open' ? '' : 'NOT '}NULL`);
  if (params.judged !== 'all') counted.push(`m.judged = ${params.judged === 'open' ? 0 : 1}`);
  if (params.since !== undefined) {
    where.push('m.first_seen >= @since');
    values['since'] = Date.parse(params.since);
  }
  if (params.id !== undefined) {
    const key = keyOfId(database, params.id) ?? -1;
    const citing = params.id.startsWith('software--')
      ? runnersOf(database, new Set([key]))
      : params.id.startsWith('x-redoubt-finding--')
        ? assetsOfFinding(database, key)
        : undefined;
    if (citing) {
      // Reasons are long: they are read of those assets only that have the software or the finding.
      where.push('m.asset IN (SELECT value FROM json_each(@citing)) AND instr(m.why, @cited) > 0');
      values['citing'] = JSON.stringify(citing);
      values['cited'] = `"cites":[${key}]`;
    } else {
      where.push('(m.asset = @key OR m.threat = @key)');
      values['key'] = key;
    }
  }
  if (params.text !== undefined && params.text.trim() !== '') {
    where.push(`(m.asset IN (${namesHolding('asset')}) OR m.threat IN (${namesHolding('threat')}))`);
    values['text'] = params.text.trim().toLowerCase();
  }
  const condition = where.join(' AND ');
  const [down, up] = params.descending === (params.sort !== 'priority') ? ['DESC', 'ASC'] : ['ASC', 'DESC'];
  const total = prepared(
    database,
    where.length === counted.length
      ? `SELECT ifnull(sum(m.matches), 0) FROM intel_count m WHERE ${counted.join(' AND ')}`
      : `SELECT count(*) FROM intel_match m WHERE ${condition}`,
  )
    .pluck()
    .get(values) as number;
  // The keys first: what is sorted stays narrow, and the reasons are read of one page only.
  const keys = prepared(
    database,
    `SELECT m.asset, m.threat, m.kind FROM intel_match m ${joins[params.sort]} WHERE ${condition}
     ORDER BY ${orders[params.sort](down as string, up as string)} LIMIT @limit OFFSET @offset`,
  )
    .raw()
    .all({ ...values, limit: params.limit, offset: params.offset }) as [number, number, number][];
  const row = prepared(database, `SELECT ${COLUMNS} FROM intel_match m WHERE m.asset = ? AND m.threat = ? AND m.kind = ?`);
  const rows = keys.map((key) => row.get(...key) as StoredMatch);
  return { rows: dressed(database, rows).map(({ match }) => match), shown: rows.length, total };
}

/** Ids of the assets or threats of matches whose name holds `@text`. */
const namesHolding = (side: 'asset' | 'threat') =>
  `SELECT o.id FROM (SELECT DISTINCT ${side} AS id FROM intel_match) d CROSS JOIN object o ON o.id = d.id WHERE instr(lower(ifnull(o.name, '')), @text) > 0`;

function assetsOfFinding(database: Database, finding: number): number[] {
  return prepared(database, 'SELECT dst FROM edge WHERE src = ? AND type = ?')
    .pluck()
    .all(finding, termId(database, 'relation', 'asset_ref')) as number[];
}

export interface Dressed {
  readonly match: Match;
  readonly reasons: readonly Reason[];
  readonly threat: { readonly [key: string]: unknown };
}

/** Stored matches with names, priorities and reasons, in their order; those whose objects are gone are left out. */
export function dressed(database: Database, rows: readonly StoredMatch[]): Dressed[] {
  const reasonsOf = rows.map(({ why }) => JSON.parse(why) as KeptReason[]);
  const keys = new Set(rows.flatMap(({ asset, threat }) => [asset, threat]));
  const names = summariesOf(database, [...keys, ...reasonsOf.flat().flatMap(({ cites }) => cites ?? [])]);
  const rests = new Map(
    (
      prepared(database, 'SELECT o.id, o.rest FROM json_each(?) j CROSS JOIN object o ON o.id = j.value').all(
        JSON.stringify([...keys]),
      ) as { id: number; rest: string | null }[]
    ).map(({ id, rest }) => [id, rest]),
  );
  const parsed = new Map<number, Record<string, unknown>>();
  const objectOf = (key: number) => {
    let object = parsed.get(key);
    if (!object) parsed.set(key, (object = JSON.parse(rests.get(key) ?? '{}') as Record<string, unknown>));
    return object;
  };
  const verdicts = verdictsOf(database, rows);
  return rows.flatMap((row, at) => {
    const [asset, threat] = [names.get(row.asset), names.get(row.threat)];
    if (!asset || !threat) return [];
    const kept = reasonsOf[at] ?? [];
    const reasons = kept.map((reason) => reasonOf(reason, asset, threat, names));
    const verdict = row.verdict === null ? undefined : verdicts.get(row.verdict);
    const kind = matchKinds[row.kind] ?? 'vulnerability';
    const grade = grades[row.grade] ?? 'unsure';
    const match: Match = {
      key: `${row.asset}.${row.threat}.${row.kind}`,
      kind,
      asset,
      threat,
      grade,
      priority:
        kind === 'vulnerability'
          ? prioritise(assetFacts(objectOf(row.asset)), threatFacts(objectOf(row.threat)), grade).facts
          : withoutDecision(objectOf(row.asset)),
      because: reasons[0]?.sentence ?? '',
      firstSeen: new Date(row.first_seen).toISOString(),
      lastSeen: new Date(row.last_seen).toISOString(),
      warninglists: kept.filter(({ rule }) => rule === 'warninglist').map(({ value }) => value ?? ''),
      ...(verdict && { verdict }),
    };
    return [{ match, reasons, threat: objectOf(row.threat) }];
  });
}

function reasonOf(
  { rule, cites, by, value, range, doubt }: KeptReason,
  asset: EntitySummary,
  threat: EntitySummary,
  names: ReadonlyMap<number, EntitySummary>,
): Reason {
  const cited = (cites ?? []).map((key) => names.get(key)).filter((one) => one !== undefined);
  const sentence = reasonSentence({ rule, asset: asset.name, threat: threat.name, cited: cited[0]?.name, by, value, range, doubt });
  return { rule, sentence, cites: cited };
}

function withoutDecision(asset: unknown): PriorityFacts {
  const { exposure, criticality } = assetFacts(asset);
  return {
    decision: null,
    exploitation: null,
    exposure: exposure ?? null,
    automatable: null,
    criticality: criticality ?? null,
    kev: null,
    ransomware: false,
    cvss: null,
  };
}

function verdictsOf(database: Database, rows: readonly StoredMatch[]): Map<number, Verdict> {
  const keys = rows.map(({ verdict }) => verdict).filter((key) => key !== null);
  const ids = summariesOf(database, keys);
  const objects = prepared(
    database,
    'SELECT o.id, o.rest, ifnull(o.modified, o.created) AS at FROM json_each(?) j CROSS JOIN object o ON o.id = j.value',
  ).all(JSON.stringify(keys)) as { id: number; rest: string | null; at: number | null }[];
  return new Map(
    objects.flatMap(({ id, rest, at }) => {
      const summary = ids.get(id);
      return summary ? [[id, verdictFrom(summary.id, rest, at)] as const] : [];
    }),
  );
}

/** One match with all its reasons and what the record says to do. Throws `not_found` where it does not stand any more. */
export function getMatch(database: Database, { key }: { key: string }): Match & { reasons: Reason[]; remedies: string[] } {
  const [asset, threat, kind] = key.split('.').map(Number);
  const row = prepared(database, `SELECT ${COLUMNS} FROM intel_match m WHERE m.asset = ? AND m.threat = ? AND m.kind = ?`).get(
    asset,
    threat,
    kind,
  ) as StoredMatch | undefined;
  const one = row && dressed(database, [row])[0];
  if (!one) throw new ContractError('not_found', 'This match does not stand any more; look at the list again.');
  return { ...one.match, reasons: [...one.reasons], remedies: remediesOf(one.threat) };
}

function remediesOf(threat: Record<string, unknown> | { readonly [key: string]: unknown }): string[] {
  const kev = threat['x_redoubt_kev'] as { required_action?: unknown } | undefined;
  const cve = threat['x_redoubt_cve'] as { solutions?: unknown; workarounds?: unknown } | undefined;
  const all = [kev?.required_action, ...list(cve?.solutions), ...list(cve?.workarounds)];
  return all
    .filter((one) => typeof one === 'string' && one.trim() !== '')
    .map((one) => (one as string).slice(0, 2000))
    .slice(0, 10);
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
