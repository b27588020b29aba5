import { RETIRED } from '../state.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { ownFact, REPORTS, THREATS } from './matrix.ts';

/** What a brief says beyond the counts and the matrix. Every list is capped and says of how many. */
export interface BriefFacts {
  readonly threats: {
    readonly rows: readonly { readonly name: string; readonly type: string; readonly techniques: number; readonly source: string }[];
    readonly total: number;
  };
  readonly assets: {
    readonly rows: readonly {
      readonly name: string;
      readonly zone: string | null;
      readonly exposure: string | null;
      readonly criticality: number | null;
      readonly owner: string | null;
      readonly vulnerabilities: readonly string[];
    }[];
    readonly total: number;
  };
  /** All assets, with or without findings. */
  readonly assetCount: number;
  readonly issues: {
    readonly rows: readonly {
      readonly importId: string;
      readonly kind: 'rejected' | 'loss';
      readonly what: string;
      readonly count: number;
    }[];
    readonly total: number;
  };
}

export interface BriefParams {
  readonly mostThreats: number;
  readonly mostAssets: number;
  readonly mostIssues: number;
}

const LIVE = (alias: string) => `(${alias}.state & ${RETIRED}) = 0`;
const termOf = (kind: string, value: string) => `(SELECT id FROM term WHERE kind = '${kind}' AND value = '${value}')`;

export function briefFacts(database: Database, params: BriefParams): BriefFacts {
  return {
    threats: threatsOf(database, params),
    assets: assetsOf(database, params),
    assetCount: assetCountOf(database),
    issues: issuesOf(database, params),
  };
}

/** The workspace's own threats, and its reports that name techniques (see `matrix`); those with the most techniques first. */
function threatsOf(database: Database, { mostThreats }: BriefParams): BriefFacts['threats'] {
  const own = `SELECT s.*, t.value AS kind, (SELECT count(DISTINCT coalesce(d.external_id, d.id)) FROM edge e JOIN object d ON d.id = e.dst AND ${LIVE('d')}
        WHERE e.src = s.id AND d.type = ${termOf('type', 'attack-pattern')}
          AND e.type = CASE WHEN t.value IN (${REPORTS}) THEN ${termOf('relation', 'object_refs')} ELSE ${termOf('relation', 'uses')} END) AS techniques
     FROM object s JOIN term t ON t.id = s.type AND t.kind = 'type' AND t.value IN (${THREATS}, ${REPORTS})
     WHERE ${LIVE('s')} AND (${ownFact('s')})`;
  const counted = `(SELECT * FROM (${own}) WHERE techniques > 0 OR kind NOT IN (${REPORTS}))`;
  const rows = prepared(
    database,
    `SELECT coalesce(s.name, s.kind) AS name, s.kind AS type, coalesce(i.source, 'you') AS source, s.techniques
     FROM ${counted} s LEFT JOIN op ON op.id = s.op LEFT JOIN import i ON i.id = op.import
     ORDER BY s.techniques DESC, s.name COLLATE NOCASE, s.uuid LIMIT @most`,
  ).all({ import: 0, most: mostThreats }) as BriefFacts['threats']['rows'];
  const total = prepared(database, `SELECT count(*) FROM ${counted}`).pluck().get({ import: 0 }) as number;
  return { rows, total };
}

/** A vulnerability is known to be exploited where any object with its CVE carries CISA's facts. */
const EXPLOITED = `SELECT e.src AS asset, v.external_id AS cve FROM edge e
  JOIN object a ON a.id = e.src AND a.type = ${termOf('type', 'x-redoubt-asset')} AND ${LIVE('a')}
  JOIN object v ON v.id = e.dst AND v.type = ${termOf('type', 'vulnerability')} AND ${LIVE('v')}
  WHERE e.type = ${termOf('relation', 'has')} AND EXISTS (SELECT 1 FROM object k WHERE k.external_id = v.external_id
    AND k.type = v.type AND ${LIVE('k')} AND instr(ifnull(k.rest, ''), '"x_redoubt_kev"') > 0)`;

function assetsOf(database: Database, { mostAssets }: BriefParams): BriefFacts['assets'] {
  const rows = prepared(
    database,
    `SELECT a.name, a.rest ->> '$.zone' AS zone, a.rest ->> '$.exposure' AS exposure, a.rest ->> '$.criticality' AS criticality,
       a.rest ->> '$.owner' AS owner, f.cves
     FROM (SELECT asset, json_group_array(DISTINCT cve) AS cves FROM (${EXPLOITED}) GROUP BY asset) f JOIN object a ON a.id = f.asset
     ORDER BY CASE a.rest ->> '$.exposure' WHEN 'internet' THEN 0 WHEN 'partner' THEN 1 WHEN 'internal' THEN 2 WHEN 'isolated' THEN 3 ELSE 4 END,
       ifnull(a.rest ->> '$.criticality', 0) DESC, a.name COLLATE NOCASE, a.uuid LIMIT ?`,
  ).all(mostAssets) as { name: string | null; zone: unknown; exposure: unknown; criticality: unknown; owner: unknown; cves: string }[];
  const total = prepared(database, `SELECT count(DISTINCT asset) FROM (${EXPLOITED})`).pluck().get() as number;
  return {
    total,
    rows: rows.map(({ name, zone, exposure, criticality, owner, cves }) => ({
      name: name ?? 'asset',
      zone: textOf(zone),
      exposure: textOf(exposure),
      criticality: typeof criticality === 'number' ? criticality : null,
      owner: textOf(owner),
      vulnerabilities: (JSON.parse(cves) as string[]).sort(),
    })),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function assetCountOf(database: Database): number {
  return prepared(database, `SELECT count(*) FROM object o WHERE o.type = ${termOf('type', 'x-redoubt-asset')} AND ${LIVE('o')}`)
    .pluck()
    .get() as number;
}

/** What imports rejected or could not keep, the same reason of one import together. */
function issuesOf(database: Database, { mostIssues }: BriefParams): BriefFacts['issues'] {
  const from = "FROM import_issue u JOIN import i ON i.id = u.import WHERE i.state <> 'undone'";
  const rows = prepared(
    database,
    `SELECT i.uuid AS importId, u.kind, u.what, count(*) AS count ${from} GROUP BY i.id, u.kind, u.what
     ORDER BY i.id, u.kind DESC, count(*) DESC, u.what LIMIT ?`,
  ).all(mostIssues) as BriefFacts['issues']['rows'];
  const total = prepared(database, `SELECT count(*) FROM (SELECT 1 ${from} GROUP BY i.id, u.kind, u.what)`).pluck().get() as number;
  return { rows, total };
}
