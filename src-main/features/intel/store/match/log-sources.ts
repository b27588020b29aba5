import type { Overview, RuleCounts, WantedLogSource } from '#shared/contract/intel.ts';
import {
  type LogBrings,
  type LogDoubt,
  type LogSourceTerms,
  type LogStanding,
  logStanding,
  whatLogBrings,
} from '#shared/domain/intel/log-sources.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { keyOfId, RETIRED, summariesOf, termId } from '../graph.ts';

/** Log sources that are looked at; a workspace has some hundred. */
const mostSources = 5_000;
const mostOwn = 5;
const mostWanted = 5;

interface Source {
  readonly key: number;
  readonly name: string;
  readonly terms: LogSourceTerms;
  readonly brings: LogBrings;
  readonly off: boolean;
}
interface Wanted {
  readonly source: Source;
  readonly rules: number;
  readonly standing: LogStanding;
  readonly doubt: LogDoubt | undefined;
  readonly own: readonly Source[];
  /** Own logs that would serve it, but are switched off. */
  readonly off: readonly Source[];
  readonly assets: number;
}

function sourceOf(key: number, name: string | null, rest: string | null): Source {
  const object = JSON.parse(rest ?? '{}') as Record<string, unknown>;
  const text = (property: string) => {
    const value = Object.hasOwn(object, property) ? object[property] : undefined;
    return typeof value === 'string' && value.trim() !== '' ? value.trim().toLowerCase().slice(0, 300) : undefined;
  };
  const [product, service, category] = [text('product'), text('channel'), text('x_redoubt_category')];
  return {
    key,
    name: name ?? '',
    terms: { product, service, category },
    brings: whatLogBrings(product, service, category),
    off: object['enabled'] === false,
  };
}

/** The log sources that are here, by key, with the assets that send each: by `sends`, or as the source itself lists them. */
function ownSources(database: Database): { readonly source: Source; readonly assets: readonly number[] }[] {
  const rows = prepared(
    database,
    `SELECT o.id AS key, o.name, o.rest, json_group_array(a.id) AS assets FROM object o
     JOIN (SELECT dst AS source, src AS asset FROM edge WHERE type = @sends UNION SELECT src, dst FROM edge WHERE type = @covers AND src IN (SELECT id FROM object WHERE type = @type)) x ON x.source = o.id
     JOIN object a ON a.id = x.asset AND a.type = @asset AND (a.state & ${RETIRED}) = 0
     WHERE o.type = @type AND (o.state & ${RETIRED}) = 0 GROUP BY o.id LIMIT ${mostSources}`,
  ).all({
    type: termId(database, 'type', 'x-redoubt-log-source'),
    asset: termId(database, 'type', 'x-redoubt-asset'),
    sends: termId(database, 'relation', 'sends'),
    covers: termId(database, 'relation', 'asset_refs'),
  }) as { key: number; name: string | null; rest: string | null; assets: string }[];
  return rows.map(({ key, name, rest, assets }) => ({ source: sourceOf(key, name, rest), assets: JSON.parse(assets) as number[] }));
}

/** What Sigma rules want, most wanted first, each with the best that the own logs can do. */
function wantedSources(database: Database): { wanted: Wanted[]; ownSources: number } {
  const rows = prepared(
    database,
    `SELECT o.id AS key, o.name, o.rest, count(*) AS rules FROM edge e JOIN object i ON i.id = e.src AND i.type = @indicator AND (i.state & ${RETIRED}) = 0
     JOIN object o ON o.id = e.dst AND o.type = @type WHERE e.type = @wants GROUP BY o.id ORDER BY rules DESC, o.id LIMIT ${mostSources}`,
  ).all({
    indicator: termId(database, 'type', 'indicator'),
    type: termId(database, 'type', 'x-redoubt-log-source'),
    wants: termId(database, 'relation', 'x_redoubt_log_source_ref'),
  }) as { key: number; name: string | null; rest: string | null; rules: number }[];
  const own = rows.length === 0 ? [] : ownSources(database);
  const wanted = rows.map(({ key, name, rest, rules }): Wanted => {
    const source = sourceOf(key, name, rest);
    const told = own
      .map((one) => ({ ...one, ...logStanding(source.terms, one.source.brings) }))
      .filter(({ standing }) => standing !== 'missing');
    const live = told.filter((one) => !one.source.off);
    const standing = live.some((one) => one.standing === 'runs') ? 'runs' : live.length > 0 ? 'perhaps' : 'missing';
    const serving = live.filter((one) => one.standing === standing);
    return {
      source,
      rules,
      standing,
      doubt: standing === 'perhaps' ? serving[0]?.doubt : undefined,
      own: serving.map((one) => one.source),
      off: told.filter((one) => one.source.off).map((one) => one.source),
      assets: new Set(serving.flatMap(({ assets }) => assets)).size,
    };
  });
  return { wanted, ownSources: own.length };
}

function countsOf(wanted: readonly Wanted[], ownCount: number): RuleCounts {
  const of = (standing: LogStanding) => wanted.reduce((sum, one) => sum + (one.standing === standing ? one.rules : 0), 0);
  const [runs, perhaps, missing] = [of('runs'), of('perhaps'), of('missing')];
  return { rules: runs + perhaps + missing, runs, perhaps, missing, ownSources: ownCount };
}

function becauseOf({ source, standing, doubt, own, off, assets }: Wanted): string {
  const [first] = own;
  const more = own.length > 1 ? ` and ${own.length - 1} more of your logs` : '';
  const from = assets === 1 ? 'one asset' : `${assets} assets`;
  if (standing === 'runs' && first) return `“${first.name}”${more} brings it, from ${from}.`;
  if (standing === 'perhaps' && first)
    return doubt === 'audited'
      ? `“${first.name}”${more}, from ${from}, has these events only where auditing writes them; whether it does is not known.`
      : `${from === 'one asset' ? 'One asset sends' : `${assets} assets send`} “${first.name}”, but which of its logs is not told.`;
  if (off[0]) return `“${off[0].name}” would bring it, but is switched off.`;
  return `No asset is said to send ${source.name}.`;
}

interface Params {
  readonly id?: string | undefined;
  readonly standings?: readonly string[] | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** The log sources that rules want, against those that the assets send. */
export function listLogSources(
  database: Database,
  { id, standings, limit, offset }: Params,
): { rows: WantedLogSource[]; shown: number; total: number; counts: RuleCounts } {
  const { wanted, ownSources: ownCount } = wantedSources(database);
  const only = id === undefined ? undefined : keyOfId(database, id);
  const source =
    id?.startsWith('indicator--') === true
      ? (prepared(database, 'SELECT dst FROM edge WHERE src = ? AND type = ? LIMIT 1')
          .pluck()
          .get(only ?? -1, termId(database, 'relation', 'x_redoubt_log_source_ref')) as number | undefined)
      : only;
  const chosen = wanted.filter(
    (one) => (id === undefined || one.source.key === source) && (!standings?.length || standings.includes(one.standing)),
  );
  const page = chosen.slice(offset, offset + limit);
  const names = summariesOf(
    database,
    page.flatMap((one) => [one.source.key, ...one.own.slice(0, mostOwn).map(({ key }) => key)]),
  );
  const rows = page.flatMap((one): WantedLogSource[] => {
    const entity = names.get(one.source.key);
    if (!entity) return [];
    const own = one.own.slice(0, mostOwn).flatMap(({ key }) => names.get(key) ?? []);
    return [{ source: entity, rules: one.rules, standing: one.standing, because: becauseOf(one), own, assets: one.assets }];
  });
  return { rows, shown: rows.length, total: chosen.length, counts: countsOf(wanted, ownCount) };
}

/** The same in short, for the first screen. */
export function detection(database: Database): Overview['detection'] {
  const { wanted, ownSources: ownCount } = wantedSources(database);
  if (wanted.length === 0) return null;
  const missing = wanted.filter(({ standing }) => standing === 'missing').slice(0, mostWanted);
  const names = summariesOf(
    database,
    missing.map(({ source }) => source.key),
  );
  return {
    ...countsOf(wanted, ownCount),
    wanted: missing.flatMap(({ source, rules }) => {
      const entity = names.get(source.key);
      return entity ? [{ source: entity, rules }] : [];
    }),
  };
}
