import { countryOf, sectorOf } from '#shared/domain/intel/sectors.ts';
import { type Grade, grades } from '#shared/domain/intel/priority.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { RETIRED, termId, termIds } from '../graph.ts';
import { assetFacts, exposureRank } from './facts.ts';
import { judgedPairs } from './judged.ts';
import { organisation } from './organisation.ts';
import type { KeptReason, MatchRow } from './vulnerabilities.ts';

const threatTypes = ['intrusion-set', 'threat-actor', 'campaign', 'malware', 'tool', 'incident'];
const mostEdges = 500_000;
export const mostTargets = 20_000;

/** Lists on a group's own object that say whom it goes for: of OpenCTI, and (`meta` of `x_misp_galaxy`) of MISP's galaxies. */
const sectorLists = [
  'x_opencti_sectors',
  'targeted_sectors',
  'cfr-target-category',
  'target-category',
  'targeted-sector',
  'targeted-sectors',
];
const countryLists = ['targeted_countries', 'cfr-suspected-victims', 'suspected-victims', 'targeted-country', 'targeted-countries'];

/** Groups, campaigns and programs that target an asset, the organisation, one of its sectors or countries. */
export function matchTargets(database: Database): { rows: MatchRow[]; found: number } {
  const own = organisation(database);
  const sectors = new Set(own?.sectors.map((name) => sectorOf(name) ?? name.trim().toLowerCase()));
  const countries = new Set(own?.countries);
  const types = JSON.stringify(termIds(database, 'type', threatTypes));
  const assetType = termId(database, 'type', 'x-redoubt-asset');
  const byPair = new Map<string, { asset: number; threat: number; reasons: KeptReason[]; rest: string | null }>();
  const add = (asset: number, threat: number, rest: string | null, reason: KeptReason) => {
    const pair = byPair.get(`${asset} ${threat}`);
    if (!pair) byPair.set(`${asset} ${threat}`, { asset, threat, reasons: [reason], rest });
    else if (pair.reasons.length < 5) pair.reasons.push(reason);
  };

  const edges = prepared(
    database,
    `SELECT e.src, e.dst, e.rel, o.type, o.name, o.rest FROM object t NOT INDEXED CROSS JOIN edge e ON e.src = t.id AND e.type = @relation
     CROSS JOIN object o ON o.id = e.dst AND (o.state & ${RETIRED}) = 0
     WHERE t.type IN (SELECT value FROM json_each(@types)) AND (t.state & ${RETIRED}) = 0 LIMIT ${mostEdges}`,
  ).iterate({ relation: termId(database, 'relation', 'targets'), types }) as Iterable<{
    src: number;
    dst: number;
    rel: number;
    type: number;
    name: string | null;
    rest: string | null;
  }>;
  const saidBy = sourcesOf(database);
  for (const { src, dst, rel, type, name, rest } of edges) {
    if (type === assetType) add(dst, src, rest, { rule: 'named', grade: 'confirmed', ...saidBy('relationship', rel) });
    if (!own) continue;
    if (dst === own.key) add(own.key, src, null, { rule: 'named', grade: 'confirmed', ...saidBy('relationship', rel) });
    const reason = meets(name, rest, sectors, countries);
    if (reason) add(own.key, src, null, { ...reason, cites: [dst], ...saidBy('relationship', rel) });
  }
  if (own && sectors.size + countries.size > 0) {
    const groups = prepared(
      database,
      `SELECT id, rest FROM object WHERE type IN (SELECT value FROM json_each(?)) AND (state & ${RETIRED}) = 0 AND (instr(rest, 'x_misp_galaxy') OR instr(rest, 'targeted_') OR instr(rest, 'x_opencti_sectors'))`,
    ).iterate(types) as Iterable<{ id: number; rest: string | null }>;
    for (const { id, rest } of groups)
      for (const reason of saysItself(rest, sectors, countries)) add(own.key, id, null, { ...reason, ...saidBy('object', id) });
  }

  const judged = judgedPairs(database);
  const all = [...byPair.values()].map(({ asset, threat, reasons, rest }): MatchRow => {
    reasons.sort((a, b) => grades.indexOf(a.grade) - grades.indexOf(b.grade));
    const grade: Grade = reasons[0]?.grade ?? 'unsure';
    const facts = assetFacts(rest === null ? undefined : JSON.parse(rest));
    return {
      asset,
      threat,
      kind: 1,
      grade: grades.indexOf(grade),
      // Sector and country together say more than one of them.
      priority:
        (grades.length - grades.indexOf(grade)) * 64 +
        Math.min(7, new Set(reasons.map(({ rule }) => rule)).size) * 8 +
        (facts.criticality ?? 0),
      decision: -1,
      kev: 0,
      exposure: exposureRank(facts.exposure),
      warned: 0,
      verdict: judged.get(`${asset} ${threat}`) ?? null,
      why: JSON.stringify(reasons),
    };
  });
  all.sort((a, b) => b.priority - a.priority || a.threat - b.threat);
  return { rows: all.slice(0, mostTargets), found: all.length };
}

/** Whether an identity or a location is the organisation's sector or country. */
function meets(
  name: string | null,
  rest: string | null,
  sectors: ReadonlySet<string>,
  countries: ReadonlySet<string>,
): KeptReason | undefined {
  const object = JSON.parse(rest ?? '{}') as Record<string, unknown>;
  const texts = (value: unknown) =>
    typeof value === 'string' ? [value] : Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  const said = [...texts(object['sectors']), ...(name === null ? [] : [name])];
  const sector = said.find((one) => sectors.has(sectorOf(one) ?? one.trim().toLowerCase()));
  if (sector !== undefined) return { rule: 'sector', grade: 'possible', value: sectorOf(sector) ?? sector };
  const places = [...texts(object['country']), ...(name === null ? [] : [name])].map(countryOf);
  const country = places.find((one) => one !== undefined && countries.has(one));
  return country === undefined ? undefined : { rule: 'country', grade: 'possible', value: country };
}

/** Which import said something last; nothing where it was written here. */
function sourcesOf(database: Database): (table: 'relationship' | 'object', key: number) => { by?: string } {
  const of = (table: 'relationship' | 'object') =>
    prepared(database, `SELECT i.source FROM ${table} r JOIN op ON op.id = r.op JOIN import i ON i.id = op.import WHERE r.id = ?`).pluck();
  const statements = { relationship: of('relationship'), object: of('object') };
  return (table, key) => {
    const source = statements[table].get(key) as string | undefined;
    return source === undefined ? {} : { by: source.slice(0, 200) };
  };
}

function* saysItself(rest: string | null, sectors: ReadonlySet<string>, countries: ReadonlySet<string>): Iterable<KeptReason> {
  const object = JSON.parse(rest ?? '{}') as Record<string, unknown>;
  const meta = (object['x_misp_galaxy'] as { meta?: unknown } | undefined)?.meta;
  const said = {
    ...object,
    ...(typeof meta === 'object' && meta !== null && !Array.isArray(meta) ? (meta as Record<string, unknown>) : {}),
  };
  const texts = (property: string) => {
    const value = Object.hasOwn(said, property) ? said[property] : undefined;
    return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
  };
  for (const named of new Set(sectorLists.flatMap(texts))) {
    const sector = sectorOf(named) ?? named.trim().toLowerCase();
    if (sectors.has(sector)) yield { rule: 'sector', grade: 'possible', value: sector };
  }
  for (const named of new Set(countryLists.flatMap(texts))) {
    const country = countryOf(named);
    if (country !== undefined && countries.has(country)) yield { rule: 'country', grade: 'possible', value: country };
  }
}
