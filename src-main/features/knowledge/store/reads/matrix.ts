import type { AttackDomain, Matrix } from '#shared/contract/coverage.ts';
import { assembleMatrix, type TacticFact, type TechniqueFact, type UseFact } from '#shared/domain/coverage/matrix.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { decodeObject, type ObjectRow, uuidText } from '../codec.ts';
import { RETIRED } from '../state.ts';

export interface MatrixParams {
  readonly domain: AttackDomain;
  /** Only what this import brought counts as used. */
  readonly importId?: string | undefined;
}

const domains: Readonly<Record<AttackDomain, { chain: string; collection: string; pack: string }>> = {
  'enterprise-attack': { chain: 'mitre-attack', collection: 'Enterprise ATT&CK', pack: 'attack-enterprise' },
  'mobile-attack': { chain: 'mitre-mobile-attack', collection: 'Mobile ATT&CK', pack: 'attack-mobile' },
  'ics-attack': { chain: 'mitre-ics-attack', collection: 'ICS ATT&CK', pack: 'attack-ics' },
};

const LIVE = (alias: string) => `(${alias}.state & ${RETIRED}) = 0`;
const ATTACK_NUMBER = /^T\d{4}(?:\.\d{3})?$/i;

/**
 * The ATT&CK matrix with what uses each technique. A threat is the workspace's own where itself or
 * its `uses` relationship was imported or written by the user, and no pack holds that fact too
 * (the official bundle, imported to enrich a pack, adds no threats). With `importId`, own is what
 * that import brought, whoever else holds it.
 */
export function matrix(database: Database, { domain, importId }: MatrixParams): Matrix {
  const importKey = importId === undefined ? undefined : keyOfImport(database, importId);
  const techniques = techniquesOf(database, domain);
  const version = versionOf(database, domain);
  return {
    domain,
    ...(version !== undefined && { version }),
    ...assembleMatrix({
      tactics: tacticsOf(database, domain),
      techniques,
      parents: parentsOf(database),
      uses: usesOf(
        database,
        techniques.map(({ key }) => key),
        importKey,
      ),
    }),
  };
}

function keyOfImport(database: Database, importId: string): number {
  const key = prepared(database, 'SELECT id FROM import WHERE uuid = ?').pluck().get(importId) as number | undefined;
  if (key === undefined)
    throw new ContractError(
      'not_found',
      `There is no import ${importId.slice(0, 60)} in this workspace; choose one from the list of imports.`,
    );
  return key;
}

function liveOfType(database: Database, type: string): StixObject[] {
  const rows = prepared(
    database,
    `SELECT t.value AS type, o.uuid, o.state, o.name, o.created, o.modified, c.value AS common, o.rest
     FROM object o JOIN term t ON t.id = o.type JOIN term c ON c.id = o.common
     WHERE o.type = (SELECT id FROM term WHERE kind = 'type' AND value = ?) AND ${LIVE('o')} ORDER BY o.id`,
  ).all(type) as ObjectRow[];
  return rows.map(decodeObject);
}

/** In the order of the domain's matrix; tactics that no matrix names follow by number. */
function tacticsOf(database: Database, domain: AttackDomain): TacticFact[] {
  const inDomain = (object: StixObject) => Array.isArray(object['x_mitre_domains']) && object['x_mitre_domains'].includes(domain);
  const order = liveOfType(database, 'x-mitre-matrix')
    .filter(inDomain)
    .flatMap(({ tactic_refs: refs }) => (Array.isArray(refs) ? refs : []));
  const rank = (id: string) => {
    const index = order.indexOf(id);
    return index < 0 ? order.length : index;
  };
  return liveOfType(database, 'x-mitre-tactic')
    .filter((tactic) => inDomain(tactic) || order.includes(tactic.id))
    .map((tactic) => ({
      id: tactic.id,
      externalId: numberOf(tactic),
      shortName: String(tactic['x_mitre_shortname'] ?? ''),
      name: String(tactic['name'] ?? tactic['x_mitre_shortname'] ?? ''),
    }))
    .sort((a, b) => rank(a.id) - rank(b.id) || (a.externalId < b.externalId ? -1 : 1));
}

function numberOf(object: StixObject): string {
  const references = object['external_references'];
  const first = Array.isArray(references) ? references[0] : undefined;
  const id = typeof first === 'object' && first !== null && !Array.isArray(first) ? first['external_id'] : undefined;
  return typeof id === 'string' ? id : '';
}

interface TechniqueRow {
  readonly key: number;
  readonly uuid: Uint8Array;
  readonly name: string | null;
  readonly externalId: string;
  readonly catalogue: number;
  readonly terms: string;
}

/** All live objects with an ATT&CK number; those without a tactic of this domain only lend their uses to the cell of that number. */
function techniquesOf(database: Database, domain: AttackDomain): TechniqueFact[] {
  const { chain } = domains[domain];
  const rows = prepared(
    database,
    `SELECT o.id AS key, o.uuid, o.name, o.external_id AS externalId, instr(c.value, '"x_mitre_attack_spec_version"') > 0 AS catalogue,
       (SELECT json_group_array(p.kind || ' ' || p.value) FROM facet f JOIN term p ON p.id = f.term WHERE f.object = o.id) AS terms
     FROM object o JOIN term c ON c.id = o.common
     WHERE o.type = (SELECT id FROM term WHERE kind = 'type' AND value = 'attack-pattern') AND o.external_id IS NOT NULL AND ${LIVE('o')} ORDER BY o.id`,
  ).all() as TechniqueRow[];
  const phase = `phase ${chain}:`;
  const platform = 'platform ';
  return rows.flatMap(({ key, uuid, name, externalId, catalogue, terms }) => {
    if (!ATTACK_NUMBER.test(externalId)) return [];
    const facets = JSON.parse(terms) as string[];
    const tactics = facets.filter((text) => text.startsWith(phase)).map((text) => text.slice(phase.length));
    return [
      {
        key,
        id: `attack-pattern--${uuidText(uuid)}`,
        externalId,
        name: name ?? externalId,
        tactics,
        platforms: facets.filter((text) => text.startsWith(platform)).map((text) => text.slice(platform.length)),
        catalogue: catalogue === 1,
      },
    ];
  });
}

function parentsOf(database: Database): Map<number, number> {
  const rows = prepared(
    database,
    `SELECT r.src, r.dst FROM relationship r WHERE r.type = (SELECT id FROM term WHERE kind = 'relation' AND value = 'subtechnique-of') AND ${LIVE('r')}`,
  )
    .raw()
    .all() as [number, number][];
  return new Map(rows);
}

/** Who uses techniques. Others say so too (an indicator in some bundles), and are no threats. */
export const THREATS = "'intrusion-set', 'threat-actor', 'campaign', 'incident', 'malware', 'tool', 'infrastructure'";
/** What names techniques without a relationship: reports, and MISP events that are not published yet. */
export const REPORTS = "'report', 'grouping'";

const packHolds = (
  alias: string,
) => `(EXISTS (SELECT 1 FROM op JOIN import i ON i.id = op.import AND i.kind = 'pack' WHERE op.id = ${alias}.op)
  OR EXISTS (SELECT 1 FROM version v JOIN op ON op.id = v.op AND op.undone = 0 JOIN import i ON i.id = op.import AND i.kind = 'pack' WHERE v.object = ${alias}.id)
  OR EXISTS (SELECT 1 FROM confirmation k JOIN import i ON i.id = k.import AND i.kind = 'pack' WHERE k.object = ${alias}.id))`;
/** ATT&CK's own facts are known threats, also where the official bundle came by file and no pack is installed. */
const isOfAttack = (alias: string) =>
  `EXISTS (SELECT 1 FROM term m WHERE m.id = ${alias}.common AND json_extract(m.value, '$.created_by_ref') = 'identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5')`;
/** Whether a row is the workspace's own: no pack holds it and MITRE did not write it, or with an import's key in `@import` (0: none), that import brought it. */
export const ownFact = (alias: string) => `CASE WHEN @import = 0 THEN NOT ${packHolds(alias)} AND NOT ${isOfAttack(alias)}
  ELSE EXISTS (SELECT 1 FROM op WHERE op.id = ${alias}.op AND op.import = @import)
    OR EXISTS (SELECT 1 FROM version v JOIN op ON op.id = v.op AND op.undone = 0 WHERE v.object = ${alias}.id AND op.import = @import)
    OR EXISTS (SELECT 1 FROM confirmation k WHERE k.object = ${alias}.id AND k.import = @import) END`;

function usesOf(database: Database, techniques: readonly number[], importKey = 0): UseFact[] {
  const keys = JSON.stringify(techniques);
  const uses = prepared(
    database,
    `SELECT e.dst AS technique, e.src AS threat, (${ownFact('r')}) OR (${ownFact('s')}) AS own
     FROM json_each(@keys) j CROSS JOIN edge e ON e.dst = j.value AND e.type = (SELECT id FROM term WHERE kind = 'relation' AND value = 'uses')
     JOIN object s ON s.id = e.src AND ${LIVE('s')} JOIN term t ON t.id = s.type AND t.value IN (${THREATS}) JOIN relationship r ON r.id = e.rel`,
  ).all({ keys, import: importKey }) as { technique: number; threat: number; own: number }[];
  const reports = prepared(
    database,
    `SELECT e.dst AS technique, e.src AS threat
     FROM json_each(@keys) j CROSS JOIN edge e ON e.dst = j.value AND e.type = (SELECT id FROM term WHERE kind = 'relation' AND value = 'object_refs')
     JOIN object s ON s.id = e.src AND ${LIVE('s')} JOIN term t ON t.id = s.type AND t.value IN (${REPORTS})
     WHERE ${ownFact('s')}`,
  ).all({ keys, import: importKey }) as { technique: number; threat: number }[];
  return [
    ...uses.map(({ technique, threat, own }) => ({ technique, threat, by: own === 1 ? ('threat' as const) : ('known' as const) })),
    ...reports.map((report) => ({ ...report, by: 'report' as const })),
  ];
}

/** The newest release that came as an official bundle, by its collection object, or as a pack. */
function versionOf(database: Database, domain: AttackDomain): string | undefined {
  const { collection, pack } = domains[domain];
  const bundles = liveOfType(database, 'x-mitre-collection')
    .filter(({ name }) => name === collection)
    .map(({ x_mitre_version: version }) => version);
  const packs = prepared(database, "SELECT source FROM import WHERE kind = 'pack' AND state = 'done' AND source LIKE ? || ' %'")
    .pluck()
    .all(pack) as string[];
  return [...bundles, ...packs.map((source) => source.slice(pack.length + 1))]
    .filter((version) => typeof version === 'string')
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1);
}
