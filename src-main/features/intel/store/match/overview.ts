import type { Overview } from '#shared/contract/intel.ts';
import type { EntitySummary } from '#shared/contract/knowledge.ts';
import { decisions, grades } from '#shared/domain/intel/priority.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { countOf, RETIRED, summariesOf, termId, termIds } from '../graph.ts';
import { threatFacts } from './facts.ts';
import { dressed, type StoredMatch } from './list.ts';
import { detection } from './log-sources.ts';
import { organisationOf } from './organisation.ts';

const mostShown = 8;
/** Matches that count: open ones that no warninglist doubts. */
const open = 'm.verdict IS NULL AND m.warned = 0';

/** What of the imported threats matters on the user's own assets, without the state of the computation. */
export function overview(database: Database, { since }: { since?: string | undefined }): Omit<Overview, 'state'> {
  const count = (type: string) => countOf(database, type);
  const platforms = platformsOf(database);
  return {
    organisation: organisationOf(database),
    assets: count('x-redoubt-asset'),
    vulnerabilities: count('vulnerability'),
    decisions: byDecision(database, 'm.grade <= 1'),
    possible: byDecision(database, 'm.grade > 1'),
    assetsAtRisk: assetsAtRisk(database),
    exploitedOnExposed: exploitedOnExposed(database),
    groups: groups(database, platforms),
    platforms: [...platforms],
    newSince:
      since === undefined
        ? null
        : (prepared(database, `SELECT count(*) FROM intel_match m WHERE ${open} AND m.first_seen >= ?`)
            .pluck()
            .get(Date.parse(since)) as number),
    detection: detection(database),
    blindSpots: blindSpots(database),
    freshness: freshness(database),
  };
}

function byDecision(database: Database, sure: 'm.grade <= 1' | 'm.grade > 1'): Overview['decisions'] {
  const rows = prepared(
    database,
    `SELECT m.decision AS rank, sum(m.matches) AS n FROM intel_count m WHERE m.judged = 0 AND m.warned = 0 AND m.kind = 0 AND ${sure} GROUP BY m.decision`,
  ).all() as { rank: number; n: number }[];
  const of = (decision: (typeof decisions)[number]) => rows.find(({ rank }) => rank === decisions.indexOf(decision))?.n ?? 0;
  return { immediate: of('immediate'), 'out-of-cycle': of('out-of-cycle'), scheduled: of('scheduled'), defer: of('defer') };
}

interface RiskRow extends StoredMatch {
  readonly matches: number;
  readonly exploited: number;
}

function assetsAtRisk(database: Database): Overview['assetsAtRisk'] {
  const assetType = termId(database, 'type', 'x-redoubt-asset');
  // One walk over an index that has everything, asset by asset: nothing is sorted but the assets.
  const assets = prepared(
    database,
    `SELECT x.asset, x.matches, x.exploited FROM (
       SELECT m.asset, count(*) AS matches, sum(m.kev) AS exploited, max(CASE WHEN m.kind = 0 THEN m.priority ELSE 0 END) AS top
       FROM intel_match m INDEXED BY intel_match_asset WHERE ${open} GROUP BY m.asset) x
     CROSS JOIN object o ON o.id = x.asset AND o.type = ? ORDER BY x.top DESC, x.exploited DESC, x.matches DESC, x.asset`,
  ).all(assetType) as { asset: number; matches: number; exploited: number }[];
  const total = assets.length;
  const worst = prepared(
    database,
    `SELECT m.asset, m.threat, m.kind, m.grade, m.verdict, m.why, m.first_seen, m.last_seen FROM intel_match m
     WHERE m.asset = ? AND ${open} ORDER BY m.kind = 0 DESC, m.priority DESC, m.threat LIMIT 1`,
  );
  const rows = assets.slice(0, mostShown).map((row): RiskRow => ({ ...(worst.get(row.asset) as StoredMatch), ...row }));
  return {
    rows: dressed(database, rows).map(({ match }) => {
      const row = rows.find((one) => match.key === `${one.asset}.${one.threat}.${one.kind}`) as RiskRow;
      const { criticality, exposure } = match.priority;
      return { asset: match.asset, criticality, exposure, worst: match, matches: row.matches, exploited: row.exploited };
    }),
    shown: rows.length,
    total,
  };
}

/** In the very words of the index that holds them. */
const exploited = 'm.kev = 1 AND m.kind = 0 AND m.exposure >= 2 AND m.grade <= 2 AND m.warned = 0 AND m.verdict IS NULL';

/** Known exploited, on what faces the internet or partners: sure ones first, then by the day they were due. */
function exploitedOnExposed(database: Database): Overview['exploitedOnExposed'] {
  const rows = prepared(
    database,
    `SELECT x.threat, x.assets, x.grade, o.rest FROM (
       SELECT m.threat, count(*) AS assets, min(m.grade) AS grade FROM intel_match m INDEXED BY intel_match_exploited
       WHERE ${exploited} GROUP BY m.threat LIMIT 20000) x CROSS JOIN object o ON o.id = x.threat`,
  ).all() as { threat: number; assets: number; grade: number; rest: string | null }[];
  const dated = rows.map((row) => ({ ...row, facts: threatFacts(JSON.parse(row.rest ?? '{}')) }));
  dated.sort(
    (a, b) =>
      Number(a.grade > 1) - Number(b.grade > 1) ||
      (a.facts.kev?.due ?? '9').localeCompare(b.facts.kev?.due ?? '9') ||
      b.assets - a.assets ||
      a.threat - b.threat,
  );
  const first = prepared(
    database,
    `SELECT m.asset FROM intel_match m INDEXED BY intel_match_exploited WHERE m.threat = ? AND ${exploited} ORDER BY m.priority DESC, m.asset LIMIT 1`,
  ).pluck();
  const shown = dated.slice(0, mostShown).map((row) => ({ ...row, first: first.get(row.threat) as number }));
  const names = summariesOf(
    database,
    shown.flatMap(({ threat, first }) => [threat, first]),
  );
  return {
    rows: shown.flatMap(({ threat, first, assets, grade, facts }) => {
      const [vulnerability, asset] = [names.get(threat), names.get(first)];
      return vulnerability && asset
        ? [
            {
              threat: vulnerability,
              due: facts.kev?.due ?? null,
              ransomware: facts.ransomware,
              assets,
              first: asset,
              grade: grades[grade] ?? 'unsure',
            },
          ]
        : [];
    }),
    shown: shown.length,
    total: rows.length,
  };
}

/** ATT&CK's platforms by the words that inventories write for operating systems. */
const platformWords: readonly (readonly [platform: string, words: RegExp])[] = [
  ['Windows', /\bwindows\b/i],
  ['Linux', /\b(?:linux|ubuntu|debian|centos|red hat|rhel|rocky|alma|suse|sles|fedora|alpine|kali)\b/i],
  ['macOS', /\b(?:macos|mac os|os x)\b/i],
  ['ESXi', /\b(?:esxi|vmware esx)\b/i],
  ['Network Devices', /\b(?:ios[ -]?xe|nx-os|fortios|pan-os|junos|screenos|asa|routeros|netscaler|firewall|switch|router)\b/i],
  ['Android', /\bandroid\b/i],
  ['iOS', /\b(?:iphone|ipados|ios (?:1[0-9]|2[0-9]))\b/i],
];

function platformsOf(database: Database): Set<string> {
  const rows = prepared(
    database,
    `SELECT DISTINCT json_extract(rest, '$.operating_system') AS os FROM object WHERE type = ? AND (state & ${RETIRED}) = 0 AND json_extract(rest, '$.operating_system') IS NOT NULL LIMIT 5000`,
  )
    .pluck()
    .all(termId(database, 'type', 'x-redoubt-asset')) as unknown[];
  const found = new Set<string>();
  for (const os of rows) for (const [platform, words] of platformWords) if (typeof os === 'string' && words.test(os)) found.add(platform);
  return found;
}

function groups(database: Database, platforms: ReadonlySet<string>): Overview['groups'] {
  const total = prepared(
    database,
    `SELECT count(DISTINCT m.threat) FROM intel_match m INDEXED BY intel_match_target WHERE ${open} AND m.kind = 1`,
  )
    .pluck()
    .get() as number;
  const rows = prepared(
    database,
    `SELECT m.asset, m.threat, m.kind, m.grade, m.verdict, m.why, m.first_seen, m.last_seen, max(m.priority) AS top FROM intel_match m INDEXED BY intel_match_target
     WHERE ${open} AND m.kind = 1 GROUP BY m.threat ORDER BY top DESC, m.threat LIMIT ${mostShown}`,
  ).all() as StoredMatch[];
  const uses = termId(database, 'relation', 'uses');
  const technique = termId(database, 'type', 'attack-pattern');
  const platformTerms = JSON.stringify(
    [...platforms].map((value) => prepared(database, "SELECT id FROM term WHERE kind = 'platform' AND value = ?").pluck().get(value) ?? -1),
  );
  const countUses = prepared(
    database,
    `SELECT count(DISTINCT o.id) AS techniques, count(DISTINCT CASE WHEN EXISTS (SELECT 1 FROM facet f WHERE f.object = o.id AND f.term IN (SELECT value FROM json_each(@platforms))) THEN o.id END) AS onYours
     FROM edge e JOIN object o ON o.id = e.dst AND o.type = @technique AND (o.state & ${RETIRED}) = 0 WHERE e.src = @group AND e.type = @uses`,
  );
  return {
    rows: dressed(database, rows).map(({ match }) => {
      const group = Number(match.key.split('.')[1]);
      const { techniques, onYours } = countUses.get({ group, uses, technique, platforms: platformTerms }) as {
        techniques: number;
        onYours: number;
      };
      return { group: match.threat, because: match.because, techniques, onYourPlatforms: onYours };
    }),
    shown: rows.length,
    total,
  };
}

/** Assets about which nothing could match: no software, no system, no finding, no vulnerability. */
function blindSpots(database: Database): Overview['blindSpots'] {
  const type = termId(database, 'type', 'x-redoubt-asset');
  const relations = JSON.stringify(termIds(database, 'relation', ['runs', 'consists-of', 'has']));
  const where = `FROM object o WHERE o.type = @type AND (o.state & ${RETIRED}) = 0
    AND NOT EXISTS (SELECT 1 FROM edge e WHERE e.src = o.id AND e.type IN (SELECT value FROM json_each(@relations)))
    AND NOT EXISTS (SELECT 1 FROM edge e WHERE e.dst = o.id AND e.type = @assetRef)
    AND coalesce(json_extract(o.rest, '$.software[0]'), json_extract(o.rest, '$.cpe')) IS NULL`;
  const values = { type, relations, assetRef: termId(database, 'relation', 'asset_ref') };
  const total = prepared(database, `SELECT count(*) ${where}`).pluck().get(values) as number;
  const keys = prepared(
    database,
    `SELECT o.id ${where} ORDER BY ifnull(json_extract(o.rest, '$.criticality'), 0) DESC, o.name COLLATE NOCASE LIMIT ${mostShown}`,
  )
    .pluck()
    .all(values) as number[];
  const names = summariesOf(database, keys);
  return { rows: keys.map((key) => names.get(key)).filter((one): one is EntitySummary => one !== undefined), shown: keys.length, total };
}

function freshness(database: Database): Overview['freshness'] {
  const rows = prepared(
    database,
    `SELECT format, source, max(coalesce(finished, started)) AS at FROM import WHERE state = 'done' AND kind <> 'user' GROUP BY format ORDER BY at DESC LIMIT 40`,
  ).all() as { format: string; source: string; at: number }[];
  return rows.map(({ format, source, at }) => ({ format, source, at: new Date(at).toISOString() }));
}
