import type { Known, PastedHit, PastedKind } from '#shared/contract/intel.ts';
import type { WarnedKind } from '#shared/domain/intel/warninglists.ts';
import { observableId } from '#shared/domain/knowledge/identifiers.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { indexNames, type KnownName, type NameIndex } from '../paste/names.ts';
import { type DraftHit, draftHits } from '../paste/draft.ts';
import { observableOf } from '../paste/observable.ts';
import { graphRevision, keyOfId, RETIRED, summariesOf, termId, termIds, verdictOn } from './graph.ts';
import { warninglists } from './warned.ts';

export const mostHits = 5_000;
/** Milliseconds in which values are also looked for inside patterns and texts. */
const searchFor = 150;
const mostKnown = 3;
const mostCarriers = 20;
const mostAssets = 5;

const namedTypes = ['intrusion-set', 'threat-actor', 'campaign', 'malware', 'tool', 'attack-pattern', 'incident', 'x-redoubt-asset'];

const kept = new WeakMap<Database, { revision: number; index: NameIndex }>();

/** Names and aliases of groups, programs, campaigns, techniques and assets, indexed once a revision. */
function nameIndex(database: Database): NameIndex {
  const revision = graphRevision(database);
  const standing = kept.get(database);
  if (standing?.revision === revision) return standing.index;
  const types = JSON.stringify(termIds(database, 'type', namedTypes));
  const rows = prepared(
    database,
    `SELECT o.name, o.id AS key, t.value AS type FROM object o JOIN term t ON t.id = o.type
     WHERE o.type IN (SELECT value FROM json_each(@types)) AND (o.state & ${RETIRED}) = 0 AND o.name IS NOT NULL
     UNION ALL SELECT a.name, o.id, t.value FROM object o JOIN term t ON t.id = o.type JOIN alias a ON a.object = o.id
     WHERE o.type IN (SELECT value FROM json_each(@types)) AND (o.state & ${RETIRED}) = 0`,
  ).iterate({ types }) as Iterable<KnownName>;
  const index = indexNames(rows);
  kept.set(database, { revision, index });
  return index;
}

export interface RecogniseAnswer {
  readonly hits: PastedHit[];
  readonly shown: number;
  readonly total: number;
  readonly searched: number;
}

/** One of each kind, so that whoever recognises it has every statement and index at hand. */
const rehearsal = 'CVE-2021-44228 T1059 198.51.100.7 host.example hxxps://host[.]example/a d41d8cd98f00b204e9800998ecf8427e a@host.example';

/**
 * All that a text names, with what the graph knows of it; at most 5,000 different things. A blank text names nothing,
 * but makes ready for the next.
 */
export function recognise(database: Database, { text }: { text: string }): RecogniseAnswer {
  if (text.trim() !== '') return recognised(database, text);
  recognised(database, rehearsal);
  return { hits: [], shown: 0, total: 0, searched: 0 };
}

function recognised(database: Database, text: string): RecogniseAnswer {
  const drafts = draftHits(text, nameIndex(database));
  const places = assetPlaces(database);
  const shown = drafts.slice(0, mostHits);
  const carriers = shown.map((draft) => new Set([...(places.get(draft.value.toLowerCase()) ?? []), ...directCarriers(database, draft)]));
  // The cheapest questions first: a hash is one word, an address four that many texts have.
  const order = shown.map((_, at) => at).filter((at) => isValue((shown[at] as DraftHit).kind));
  order.sort((a, b) => costOf(shown[a] as DraftHit) - costOf(shown[b] as DraftHit));
  const until = performance.now() + searchFor;
  let searched = 0;
  for (const at of order) {
    if (performance.now() > until) break;
    searched++;
    for (const key of carriersByText(database, shown[at] as DraftHit)) (carriers[at] as Set<number>).add(key);
  }
  const warned = warninglists(database);
  const hits = shown.map((draft, at): PastedHit => {
    const known = knownOf(database, [...(carriers[at] as Set<number>)]);
    const doubt = draft.doubt ?? (draft.kind === 'attack' && known.length === 0 ? 'unknown-id' : undefined);
    const { keys: _keys, doubt: _doubt, ...rest } = draft;
    const about = warnedBy(draft.kind);
    return {
      ...rest,
      ...(doubt && { doubt }),
      known: known.slice(0, mostKnown),
      knownTotal: known.length,
      warninglists: about ? warned.find(about, draft.value) : [],
      keepable: known.length > 0 || observableOf(draft.kind, draft.value) !== undefined || isCatalogue(draft.kind),
    };
  });
  return { hits, shown: hits.length, total: drafts.length, searched };
}

const costOf = ({ kind }: DraftHit) => (kind === 'ipv4' || kind === 'ipv6' || kind === 'cidr' ? 2 : /^(?:md5|sha)/.test(kind) ? 0 : 1);

const keptPlaces = new WeakMap<Database, { revision: number; places: ReadonlyMap<string, readonly number[]> }>();

/** Addresses and host names of the assets, once a revision. */
function assetPlaces(database: Database): ReadonlyMap<string, readonly number[]> {
  const revision = graphRevision(database);
  const standing = keptPlaces.get(database);
  if (standing?.revision === revision) return standing.places;
  const places = new Map<string, number[]>();
  for (const property of ['ip_addresses', 'hostnames', 'mac_addresses']) {
    const rows = prepared(
      database,
      `SELECT o.id, j.value FROM object o JOIN json_each(o.rest, '$.${property}') j WHERE o.type = ? AND (o.state & ${RETIRED}) = 0 LIMIT 2000000`,
    )
      .raw()
      .iterate(termId(database, 'type', 'x-redoubt-asset')) as Iterable<[number, unknown]>;
    for (const [key, value] of rows) {
      if (typeof value !== 'string') continue;
      const low = value.toLowerCase();
      const list = places.get(low);
      if (list) list.push(key);
      else places.set(low, [key]);
    }
  }
  keptPlaces.set(database, { revision, places });
  return places;
}

const isCatalogue = (kind: PastedKind) => kind === 'cve' || kind === 'attack' || kind === 'capec' || kind === 'cwe';
const isValue = (kind: PastedKind) => !isCatalogue(kind) && kind !== 'name' && kind !== 'ssdeep';

const warnedKinds: Partial<Record<PastedKind, WarnedKind>> = {
  ipv4: 'address',
  ipv6: 'address',
  cidr: 'address',
  domain: 'domain',
  url: 'url',
  email: 'email',
  md5: 'hash',
  sha1: 'hash',
  sha256: 'hash',
  sha512: 'hash',
  'file-name': 'file',
};
const warnedBy = (kind: PastedKind): WarnedKind | undefined => warnedKinds[kind];

/** Objects that are the thing itself: by name, by catalogue id, by the observable's fixed id. */
function directCarriers(database: Database, draft: DraftHit): number[] {
  if (draft.kind === 'name') return [...draft.keys];
  if (isCatalogue(draft.kind))
    return prepared(
      database,
      `SELECT id FROM object WHERE external_id = ? AND (state & ${RETIRED}) = 0 ORDER BY modified DESC, id LIMIT ${mostCarriers}`,
    )
      .pluck()
      .all(draft.value) as number[];
  const observable = observableOf(draft.kind, draft.value);
  const key = observable && keyOfId(database, observableId(observable));
  const byName = prepared(
    database,
    `SELECT id FROM object WHERE name = ? COLLATE NOCASE AND (state & ${RETIRED}) = 0 LIMIT ${mostCarriers}`,
  )
    .pluck()
    .all(draft.value) as number[];
  return key === undefined ? byName : [key, ...byName];
}

/** Objects whose pattern, hashes or text hold the value to the letter. Of a long value its longest word is looked up, the rest compared. */
function carriersByText(database: Database, { kind, value }: DraftHit): number[] {
  const words = value.match(/[\p{L}\p{N}]+/gu);
  if (!words || words.length > 60) return [];
  const asked =
    costOf({ kind } as DraftHit) === 2 ? words.join(' ') : words.reduce((longest, word) => (word.length > longest.length ? word : longest));
  if (asked.length < 4) return [];
  const rows = prepared(
    database,
    `SELECT o.id, o.rest FROM (SELECT rowid FROM search WHERE search MATCH ? LIMIT 40) s JOIN object o ON o.id = s.rowid WHERE (o.state & ${RETIRED}) = 0`,
  ).all(`"${asked}"`) as { id: number; rest: string | null }[];
  const low = value.toLowerCase();
  return rows.filter(({ rest }) => rest?.toLowerCase().includes(low)).map(({ id }) => id);
}

const rankOfType = [
  'x-redoubt-asset',
  'intrusion-set',
  'threat-actor',
  'campaign',
  'malware',
  'tool',
  'vulnerability',
  'attack-pattern',
  'indicator',
];

function knownOf(database: Database, carriers: readonly number[]): Known[] {
  if (carriers.length === 0) return [];
  const summaries = summariesOf(database, carriers);
  const assetType = termId(database, 'type', 'x-redoubt-asset');
  const known: Known[] = [];
  for (const key of carriers) {
    const entity = summaries.get(key);
    if (!entity || entity.missing || entity.revoked) continue;
    const assets = prepared(
      database,
      `SELECT DISTINCT o.id FROM (SELECT dst AS other FROM edge WHERE src = @key UNION SELECT src FROM edge WHERE dst = @key) x
       JOIN object o ON o.id = x.other AND o.type = @assetType AND (o.state & ${RETIRED}) = 0 LIMIT 200`,
    )
      .pluck()
      .all({ key, assetType }) as number[];
    const relations = prepared(
      database,
      'SELECT (SELECT count(*) FROM edge WHERE src = @key) + (SELECT count(*) FROM edge WHERE dst = @key)',
    )
      .pluck()
      .get({ key }) as number;
    const verdict = verdictOn(database, key);
    known.push({
      entity,
      relations,
      assets: [...summariesOf(database, assets.slice(0, mostAssets)).values()],
      assetsTotal: assets.length,
      ...(verdict && { verdict }),
    });
  }
  const rank = (type: string) => (rankOfType.indexOf(type) + rankOfType.length + 1) % (rankOfType.length + 1);
  return known.sort((a, b) => rank(a.entity.type) - rank(b.entity.type) || b.relations - a.relations);
}
