import type { Rule, SoftwareMatch } from '#shared/domain/intel/match-software.ts';
import { type Grade, grades } from '#shared/domain/intel/priority.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { RETIRED, termId } from '../graph.ts';
import { type Estate, estateOf } from './estate.ts';
import { type AssetFacts, decisionRank, exposureRank, prioritise, threatFacts } from './facts.ts';
import { judgedPairs } from './judged.ts';

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

/** Assets kept of one vulnerability: the most exposed and critical ones. All are counted. */
export const mostPerThreat = 2_000;
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

/** Matches of the next vulnerabilities in the order of their keys. */
export function matchVulnerabilities(database: Database, { after, limit, threats, assets, floor = 0 }: Params): VulnerabilityPage {
  const estate = estateOf(database, assets);
  const type = termId(database, 'type', 'vulnerability');
  const found = prepared(
    database,
    threats === undefined
      ? `SELECT id, rest FROM object NOT INDEXED WHERE id > @after AND type = @type AND (state & ${RETIRED}) = 0 ORDER BY id LIMIT @limit`
      : `SELECT o.id, o.rest FROM json_each(@threats) j CROSS JOIN object o ON o.id = j.value AND o.id > @after AND o.type = @type AND (o.state & ${RETIRED}) = 0 ORDER BY o.id LIMIT @limit`,
  ).all({ after, type, limit, ...(threats && { threats: JSON.stringify(threats) }) }) as { id: number; rest: string | null }[];
  const sayers = sayersOf(database);
  const judged = judgedPairs(database);
  const rows: MatchRow[] = [];
  let total = 0;
  let seen = 0;
  for (const { id, rest } of found) {
    seen++;
    const facts = threatFacts(JSON.parse(rest ?? '{}'));
    const byAsset = new Map<number, KeptReason[]>();
    const add = (asset: number, reason: KeptReason) => {
      if (!estate.assets.has(asset)) return;
      const list = byAsset.get(asset);
      if (!list) byAsset.set(asset, [reason]);
      else if (list.length < mostReasons && !list.some((one) => one.rule === reason.rule && String(one.cites) === String(reason.cites)))
        list.push(reason);
    };
    saidOf(estate, sayers, id, add);
    for (const match of estate.software.match(facts)) addMatch(estate, match, add);
    total += byAsset.size;
    for (const [asset, reasons] of mostExposed(estate, byAsset)) {
      reasons.sort((a, b) => grades.indexOf(a.grade) - grades.indexOf(b.grade) || ruleOrder.indexOf(a.rule) - ruleOrder.indexOf(b.rule));
      const grade = reasons[0]?.grade ?? 'unsure';
      const of = estate.assets.get(asset) as AssetFacts;
      const { facts: parts, priority } = prioritise(of, facts, grade);
      if (priority < floor) continue;
      const verdict =
        judged.get(`${asset} ${id}`) ??
        reasons
          .flatMap(({ cites }) => cites ?? [])
          .map((cited) => judged.get(`${cited} ${id}`))
          .find((one) => one !== undefined);
      rows.push({
        asset,
        threat: id,
        kind: 0,
        grade: grades.indexOf(grade),
        priority,
        decision: decisionRank(parts),
        kev: facts.kev ? 1 : 0,
        exposure: exposureRank(of.exposure),
        warned: 0,
        verdict: verdict ?? null,
        why: JSON.stringify(reasons),
      });
    }
    if (rows.length >= rowsAnAnswer) break;
  }
  const last = found[seen - 1]?.id;
  return { rows, found: total, seen, next: last === undefined || (seen === found.length && found.length < limit) ? undefined : last };
}

function addMatch(
  estate: Estate,
  { item, rule, grade, by, range, doubt }: SoftwareMatch,
  add: (asset: number, reason: KeptReason) => void,
): void {
  const object = estate.objectOf(item.key);
  const software = object === undefined ? [item.vendor, item.name, item.version].filter((part) => part !== undefined).join(' ') : undefined;
  const reason: KeptReason = {
    rule,
    grade,
    by,
    ...(object === undefined ? { value: software ?? '' } : { cites: [object] }),
    ...(range !== undefined && { range }),
    ...(doubt !== undefined && { doubt }),
  };
  for (const asset of estate.runners(item.key)) add(asset, reason);
}

function mostExposed(estate: Estate, byAsset: Map<number, KeptReason[]>): Iterable<[number, KeptReason[]]> {
  if (byAsset.size <= mostPerThreat) return byAsset;
  const standing = (key: number) => {
    const asset = estate.assets.get(key);
    return exposureRank(asset?.exposure ?? 'internet') * 8 + (asset?.criticality ?? 3);
  };
  return [...byAsset].sort((a, b) => standing(b[0]) - standing(a[0]) || a[0] - b[0]).slice(0, mostPerThreat);
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
function saidOf(estate: Estate, { incoming, ...ids }: Sayers, threat: number, add: (asset: number, reason: KeptReason) => void): void {
  const { has, assetType, softwareType, findingType, vulnerabilityRefs, assetRef } = ids;
  const rows = incoming.all({ threat, has, assetType, softwareType, findingType, vulnerabilityRefs, assetRef }) as {
    src: number;
    type: number;
    status: unknown;
    on_asset: number | null;
  }[];
  for (const { src, type, status, on_asset: on } of rows) {
    if (type === assetType) add(src, { rule: 'scanner', grade: 'confirmed' });
    else if (type === softwareType)
      for (const asset of estate.runnersOf(src)) add(asset, { rule: 'sbom', grade: 'confirmed', cites: [src] });
    else if (on !== null && (status === null || status === 'open')) add(on, { rule: 'finding', grade: 'confirmed', cites: [src] });
  }
}
