import { addressNumber, rangeOf } from '#shared/domain/intel/warninglists.ts';
import { type Grade, grades } from '#shared/domain/intel/priority.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { RETIRED, termId, termIds } from '../graph.ts';
import { warninglists } from '../warned.ts';
import { type Estate, estateOf } from './estate.ts';
import { exposureRank } from './facts.ts';
import { judgedPairs } from './judged.ts';
import type { KeptReason, MatchRow } from './vulnerabilities.ts';

/** Comparisons with an address or a host in a STIX pattern. */
const comparison = /(ipv[46]-addr|domain-name|url|mac-addr):value\s*(=|ISSUBSET|IN|LIKE)\s*\(?\s*'((?:[^'\\]|\\.){1,500})'/g;
const mostValues = 200;
const rowsAnAnswer = 10_000;
/** Assets kept of one indicator: a range as wide as the network names them all and says little. */
const mostPerIndicator = 200;

interface Places {
  readonly byHost: ReadonlyMap<string, readonly number[]>;
  readonly byAddress: ReadonlyMap<string, readonly number[]>;
  /** Sorted by number. */
  readonly addresses: readonly { readonly number: bigint; readonly text: string }[];
}

function placesOf(estate: Estate): Places {
  const byHost = new Map<string, number[]>();
  const byAddress = new Map<string, number[]>();
  const add = (map: Map<string, number[]>, key: string, asset: number) => {
    const list = map.get(key);
    if (list) list.push(asset);
    else map.set(key, [asset]);
  };
  for (const { key, addresses, hosts } of estate.assets.values()) {
    for (const address of addresses) add(byAddress, address.toLowerCase(), key);
    for (const host of hosts) if (host.includes('.')) add(byHost, host.toLowerCase().replace(/\.$/, ''), key);
  }
  const numbers = [...byAddress.keys()].flatMap((text) => {
    const number = addressNumber(text);
    return number === undefined ? [] : [{ number, text }];
  });
  numbers.sort((a, b) => (a.number < b.number ? -1 : a.number > b.number ? 1 : 0));
  return { byHost, byAddress, addresses: numbers };
}

interface Params {
  readonly after: number;
  readonly limit: number;
}

/** Indicators and observed addresses and hosts that are the assets' own. */
export function matchIndicators(
  database: Database,
  { after, limit }: Params,
): { rows: MatchRow[]; found: number; seen: number; next: number | undefined } {
  const estate = estateOf(database);
  const places = placesOf(estate);
  if (places.byAddress.size + places.byHost.size === 0) return { rows: [], found: 0, seen: 0, next: undefined };
  const indicator = termId(database, 'type', 'indicator');
  const types = JSON.stringify(termIds(database, 'type', ['indicator', 'ipv4-addr', 'ipv6-addr', 'domain-name', 'url']));
  const list = prepared(
    database,
    `SELECT id, type, name, rest FROM object NOT INDEXED WHERE id > ? AND type IN (SELECT value FROM json_each(?)) AND (state & ${RETIRED}) = 0 ORDER BY id LIMIT ?`,
  ).all(after, types, limit) as { id: number; type: number; name: string | null; rest: string | null }[];
  const warned = warninglists(database);
  const judged = judgedPairs(database);
  const rows: MatchRow[] = [];
  let found = 0;
  let seen = 0;
  for (const { id, type, name, rest } of list) {
    seen++;
    const byAsset = new Map<number, KeptReason>();
    const lists = new Set<string>();
    for (const value of type === indicator ? valuesOf(rest) : [name ?? '']) {
      for (const { asset, reason } of meeting(places, value, type === indicator)) {
        if (!byAsset.has(asset)) byAsset.set(asset, reason);
        for (const one of warned.find(value.includes('://') ? 'url' : rangeOf(value) ? 'address' : 'domain', value)) lists.add(one);
      }
    }
    found += byAsset.size;
    const doubts: KeptReason[] = [...lists].map((value) => ({ rule: 'warninglist', grade: 'unsure', value }));
    const own = judged.get(`${id} ${id}`);
    for (const [asset, reason] of [...byAsset].slice(0, mostPerIndicator)) {
      const of = estate.assets.get(asset);
      rows.push({
        asset,
        threat: id,
        kind: 2,
        grade: grades.indexOf(reason.grade),
        priority: (grades.length - grades.indexOf(reason.grade)) * 64 + (exposureRank(of?.exposure) + 1) * 8 + (of?.criticality ?? 0),
        decision: -1,
        kev: 0,
        exposure: exposureRank(of?.exposure),
        warned: lists.size > 0 ? 1 : 0,
        verdict: judged.get(`${asset} ${id}`) ?? own ?? null,
        why: JSON.stringify([reason, ...doubts]),
      });
    }
    if (rows.length >= rowsAnAnswer) break;
  }
  const last = list[seen - 1]?.id;
  return { rows, found, seen, next: last === undefined || (seen === list.length && list.length < limit) ? undefined : last };
}

function valuesOf(rest: string | null): string[] {
  const { pattern, pattern_type: type } = JSON.parse(rest ?? '{}') as { pattern?: unknown; pattern_type?: unknown };
  if (typeof pattern !== 'string' || (type !== undefined && type !== 'stix')) return [];
  const values: string[] = [];
  for (const [, , , value = ''] of pattern.slice(0, 200_000).matchAll(comparison)) {
    values.push(value.replace(/\\(.)/g, '$1').toLowerCase());
    if (values.length >= mostValues) break;
  }
  return values;
}

function* meeting(places: Places, value: string, isIndicator: boolean): Iterable<{ asset: number; reason: KeptReason }> {
  const low = value.toLowerCase();
  const host = /^[a-z0-9+.-]+:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)/.exec(low)?.[1]?.replace(/^\[|\]$/g, '') ?? low;
  const range = host.includes('/') ? rangeOf(host) : undefined;
  if (range) {
    for (const { number, text } of places.addresses) {
      if (number < range.from || number > range.to) continue;
      for (const asset of places.byAddress.get(text) ?? [])
        yield { asset, reason: { rule: 'address', grade: 'possible', value: text, range: host } };
    }
    return;
  }
  for (const asset of places.byAddress.get(host) ?? [])
    yield {
      asset,
      reason: {
        rule: 'address',
        grade: isPrivate(host) ? 'unsure' : gradeOf(isIndicator),
        value: host,
        ...(isPrivate(host) && { doubt: 'private' }),
      },
    };
  for (const asset of places.byHost.get(host.replace(/\.$/, '')) ?? [])
    yield { asset, reason: { rule: 'host', grade: gradeOf(isIndicator), value: host } };
}

/** An address that was merely observed says less than an indicator for it. */
const gradeOf = (isIndicator: boolean): Grade => (isIndicator ? 'certain' : 'possible');

/** Addresses that many networks have (RFC 1918, RFC 4193): another's 10.0.0.5 is not ours. */
function isPrivate(address: string): boolean {
  return /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|f[cd]|fe[89ab])/.test(address);
}
