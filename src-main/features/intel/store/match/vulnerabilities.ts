import type { Rule } from '#shared/domain/intel/match-software.ts';
import { type Grade, grades } from '#shared/domain/intel/priority.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { RETIRED, termId } from '../graph.ts';
import { type Estate, estateOf } from './estate.ts';
import { decisionRank, exposureRank, type ThreatFacts, threatFacts } from './facts.ts';
import { judgedPairs } from './judged.ts';
import { createPairing, type Fit } from './pairs.ts';

/** A reason as it is kept: names are put in when it is read. */
export interface KeptReason {
  readonly rule: Rule | 'scanner' | 'finding' | 'sbom' | 'sector' | 'country' | 'named' | 'address' | 'host' | 'warninglist';
  readonly grade: Grade;
  /** The software, finding, relationship's other end or list that it cites: keys. */
  readonly cites?: readonly number[];
  readonly by?: string;
  readonly value?: string;
  readonly range?: string;
  readonly doubt?: string;
}

export interface MatchRow {
  readonly asset: number;
  readonly threat: number;
  readonly kind: 0 | 1 | 2;
  readonly grade: number;
  readonly priority: number;
  readonly decision: number;
  readonly kev: number;
  readonly exposure: number;
  readonly warned: number;
  readonly verdict: number | null;
  readonly why: string;
}

const mostReasons = 5;
/** What was looked at on the machine itself says more than what follows from lists. */
const ruleOrder: readonly KeptReason['rule'][] = ['finding', 'scanner', 'sbom', 'purl', 'cpe', 'name', 'kev'];
/** Rows that one answer carries; the next call goes on behind. */
const rowsAnAnswer = 10_000;

export interface VulnerabilityPage {
  readonly rows: MatchRow[];
  /** Pairs that fit, kept or not. */
  readonly found: number;
  readonly seen: number;
  /** Undefined after the last. */
  readonly next: number | undefined;
}

interface Params {
  readonly after: number;
  readonly limit: number;
  /** Only these vulnerabilities. */
  readonly threats?: readonly number[];
  /** Only these assets. */
  readonly assets?: readonly number[];
  /** Matches below this priority are counted, not returned: there are more urgent ones than can be kept. */
  readonly floor?: number;
}

interface Row {
  readonly id: number;
  readonly rest: string | null;
}

function vulnerabilities(database: Database, { after, limit, threats }: Params): Row[] {
  const type = termId(database, 'type', 'vulnerability');
  return prepared(
    database,
    threats === undefined
      ? `SELECT id, rest FROM object NOT INDEXED WHERE id > @after AND type = @type AND (state & ${RETIRED}) = 0 ORDER BY id LIMIT @limit`
      : `SELECT o.id, o.rest FROM json_each(@threats) j CROSS JOIN object o ON o.id = j.value AND o.id > @after AND o.type = @type AND (o.state & ${RETIRED}) = 0 ORDER BY o.id LIMIT @limit`,
  ).all({ after, type, limit, ...(threats && { threats: JSON.stringify(threats) }) }) as Row[];
}

const nextAfter = (rows: readonly Row[], seen: number, limit: number): number | undefined =>
  seen === rows.length && rows.length < limit ? undefined : rows[seen - 1]?.id;

export interface CountedPage {
  readonly found: number;
  readonly seen: number;
  readonly next: number | undefined;
  /** Pairs that may be kept, by priority. */
  readonly counts: readonly (readonly [priority: number, pairs: number])[];
  /** The vulnerabilities that fit anything, with their highest priority. */
  readonly tops: readonly (readonly [threat: number, priority: number])[];
}

/** Counts the matches of the next vulnerabilities without making them: so it is known which are urgent enough to be kept. */
export function countVulnerabilities(database: Database, params: Params): CountedPage {
  const estate = estateOf(database, params.assets);
  const pair = createPairing(estate);
  const sayers = sayersOf(database);
  const counts = new Map<number, number>();
  const tops: [number, number][] = [];
  const rows = vulnerabilities(database, params);
  let found = 0;
  for (const { id, rest } of rows) {
    const facts = threatFacts(JSON.parse(rest ?? '{}'));
    const fits = fitsOf(estate, sayers, id, facts);
    if (fits.length === 0) continue;
    const pairs = pair(fits, facts);
    found += pairs.found;
    let top = -1;
    for (const place of pairs.places) {
      const priority = pairs.priorityAt(place);
      counts.set(priority, (counts.get(priority) ?? 0) + 1);
      if (priority > top) top = priority;
    }
    if (top >= 0) tops.push([id, top]);
  }
  return { found, seen: rows.length, next: nextAfter(rows, rows.length, params.limit), counts: [...counts], tops };
}

/** Matches of the next vulnerabilities in the order of their keys. */
export function matchVulnerabilities(database: Database, params: Params): VulnerabilityPage {
  const { limit, assets, floor = 0 } = params;
  const estate = estateOf(database, assets);
  const pair = createPairing(estate);
  const found = vulnerabilities(database, params);
  const sayers = sayersOf(database);
  const judged = judgedPairs(database);
  const rows: MatchRow[] = [];
  let total = 0;
  let seen = 0;
  for (const { id, rest } of found) {
    seen++;
    const facts = threatFacts(JSON.parse(rest ?? '{}'));
    const fits = fitsOf(estate, sayers, id, facts);
    if (fits.length === 0) continue;
    const pairs = pair(fits, facts);
    total += pairs.found;
    const kept = pairs.places.filter((place) => pairs.priorityAt(place) >= floor);
    for (const [place, own] of reasonsAt(kept, fits)) {
      const asset = estate.places.keys[place] as number;
      const { facts: parts, priority } = pairs.factsAt(place);
      rows.push({
        asset,
        threat: id,
        kind: 0,
        grade: pairs.gradeAt(place),
        priority,
        decision: decisionRank(parts),
        kev: facts.kev ? 1 : 0,
        exposure: exposureRank(parts.exposure),
        warned: 0,
        verdict: judged.size === 0 ? null : (verdictOf(judged, asset, id, own) ?? null),
        why: whyOf(own),
      });
    }
    if (rows.length >= rowsAnAnswer) break;
  }
  return { rows, found: total, seen, next: nextAfter(found, seen, limit) };
}

/** The reasons of each place, best first; at most five. */
function reasonsAt(places: readonly number[], fits: readonly Fit[]): ReadonlyMap<number, readonly Fit[]> {
  const own = new Map<number, Fit[]>(places.map((place) => [place, []]));
  if (places.length === 0) return own;
  for (const fit of fits)
    for (const place of fit.places) {
      const list = own.get(place);
      if (list && list.length < mostReasons) list.push(fit);
    }
  return own;
}

const written = new WeakMap<KeptReason, string>();
/** Most matches of a threat have the same one reason: it is written once. */
function whyOf(fits: readonly Fit[]): string {
  return `[${fits
    .map(({ reason }) => {
      let text = written.get(reason);
      if (text === undefined) written.set(reason, (text = JSON.stringify(reason)));
      return text;
    })
    .join()}]`;
}

function verdictOf(judged: ReadonlyMap<string, number>, asset: number, threat: number, fits: readonly Fit[]): number | undefined {
  const own = judged.get(`${asset} ${threat}`);
  if (own !== undefined) return own;
  for (const { reason } of fits)
    for (const cited of reason.cites ?? []) {
      const verdict = judged.get(`${cited} ${threat}`);
      if (verdict !== undefined) return verdict;
    }
  return undefined;
}

/** All reasons for which assets may have a vulnerability, the best first, each once. */
function fitsOf(estate: Estate, sayers: Sayers, threat: number, facts: ThreatFacts): Fit[] {
  const fits: Fit[] = [];
  const add = (reason: KeptReason, places: Int32Array) => {
    if (places.length > 0) fits.push({ reason, grade: grades.indexOf(reason.grade), places });
  };
  saidOf(estate, sayers, threat, add);
  for (const { item, rule, grade, by, range, doubt } of estate.software.match(facts)) {
    const object = estate.objectOf(item.key);
    const software = object === undefined ? [item.vendor, item.name, item.version].filter((part) => part !== undefined).join(' ') : '';
    const about = object === undefined ? { value: software } : { cites: [object] };
    add(
      { rule, grade, by, ...about, ...(range !== undefined && { range }), ...(doubt !== undefined && { doubt }) },
      estate.runners(item.key),
    );
  }
  return fits.sort((a, b) => a.grade - b.grade || ruleOrder.indexOf(a.reason.rule) - ruleOrder.indexOf(b.reason.rule));
}

interface Sayers {
  readonly has: number;
  readonly assetType: number;
  readonly softwareType: number;
  readonly findingType: number;
  readonly vulnerabilityRefs: number;
  readonly assetRef: number;
  readonly incoming: ReturnType<typeof prepared>;
}

function sayersOf(database: Database): Sayers {
  return {
    has: termId(database, 'relation', 'has'),
    assetType: termId(database, 'type', 'x-redoubt-asset'),
    softwareType: termId(database, 'type', 'software'),
    findingType: termId(database, 'type', 'x-redoubt-finding'),
    vulnerabilityRefs: termId(database, 'relation', 'vulnerability_refs'),
    assetRef: termId(database, 'relation', 'asset_ref'),
    incoming: prepared(
      database,
      `SELECT e.src, o.type, e.rel, CASE WHEN o.type = @findingType THEN json_extract(o.rest, '$.status') END AS status,
         CASE WHEN o.type = @findingType THEN (SELECT f.dst FROM edge f WHERE f.src = e.src AND f.type = @assetRef LIMIT 1) END AS on_asset
       FROM edge e JOIN object o ON o.id = e.src AND (o.state & ${RETIRED}) = 0
       WHERE e.dst = @threat AND ((e.type = @has AND o.type IN (@assetType, @softwareType)) OR (e.type = @vulnerabilityRefs AND o.type = @findingType)) LIMIT 200000`,
    ),
  };
}

/** What scanners, tables and bills of materials say outright. A finding that is not open says nothing here. */
function saidOf(estate: Estate, { incoming, ...ids }: Sayers, threat: number, add: (reason: KeptReason, places: Int32Array) => void): void {
  const { has, assetType, softwareType, findingType, vulnerabilityRefs, assetRef } = ids;
  const rows = incoming.all({ threat, has, assetType, softwareType, findingType, vulnerabilityRefs, assetRef }) as {
    src: number;
    type: number;
    status: unknown;
    on_asset: number | null;
  }[];
  const scanned = new Set<number>();
  for (const { src, type, status, on_asset: on } of rows) {
    const place = estate.places.of(type === assetType ? src : (on ?? -1));
    if (type === assetType) {
      if (place !== undefined) scanned.add(place);
    } else if (type === softwareType) add({ rule: 'sbom', grade: 'confirmed', cites: [src] }, estate.runnersOf(src));
    else if (place !== undefined && (status === null || status === 'open'))
      add({ rule: 'finding', grade: 'confirmed', cites: [src] }, Int32Array.of(place));
  }
  add({ rule: 'scanner', grade: 'confirmed' }, Int32Array.from(scanned));
}
