import { isIpv4, isIpv6 } from '../knowledge/stix21/network-values.ts';

/** A list of values that are no sign of an attack: public resolvers, the most visited sites, empty files (MISP warninglists). */
export interface Warninglist {
  readonly name: string;
  readonly list_type: string;
  /** MISP attribute types that the list is about; all where it names none. */
  readonly matching_attributes?: readonly string[];
  readonly list: readonly string[];
}

export type WarnedKind = 'address' | 'domain' | 'url' | 'email' | 'hash' | 'file' | 'other';

/** Which MISP attribute types (describeTypes.json of PyMISP) are about which kind of value. */
const attributes: Readonly<Record<Exclude<WarnedKind, 'other'>, RegExp>> = {
  address: /^(?:ip-|domain\|ip)/,
  domain: /^(?:domain|hostname|domain\|ip|hostname\|port)$/,
  url: /^(?:url|uri|link)$/,
  email: /^(?:email|target-email|whois-registrant-email|dns-soa-email)/,
  hash: /(?:md5|sha1|sha224|sha256|sha384|sha512|ssdeep|imphash|tlsh)/,
  file: /^(?:filename|attachment|malware-sample)/,
};

export interface WarninglistIndex {
  /** Names of the lists that hold the value, in the order of the lists. */
  find(kind: WarnedKind, value: string): string[];
  readonly lists: number;
}

interface Ranges {
  readonly from: bigint;
  readonly to: bigint;
}

interface Compiled {
  readonly name: string;
  applies(kind: WarnedKind): boolean;
  has(kind: WarnedKind, value: string, host: string, address: bigint | undefined): boolean;
}

const longestForRegex = 256;

/**
 * Lists compiled for look-ups. As MISP does it: `string` is the whole value, `substring` anywhere in it, `hostname` the
 * host or a parent of it, `cidr` the address in the range, `regex` a pattern on values of at most 256 characters; a
 * pattern that repeats a group, refers back or repeats more than three signs without end is left out, as it could take
 * for ever.
 */
export function indexWarninglists(lists: readonly Warninglist[]): WarninglistIndex {
  const compiled = lists.map(compile).filter((one) => one !== undefined);
  return {
    lists: compiled.length,
    find(kind, value) {
      const low = value.toLowerCase();
      const host = hostIn(kind, low);
      const address = kind === 'address' ? addressNumber(low.split('/')[0] ?? '') : addressNumber(host);
      return compiled.filter((one) => one.applies(kind) && one.has(kind, low, host, address)).map(({ name }) => name);
    },
  };
}

function compile({ name, list_type: type, matching_attributes: about, list }: Warninglist): Compiled | undefined {
  const applies = (kind: WarnedKind) => !about?.length || (kind !== 'other' && about.some((attribute) => attributes[kind].test(attribute)));
  if (type === 'cidr') {
    const ranges = list
      .map(rangeOf)
      .filter((range) => range !== undefined)
      .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
    const merged = mergeRanges(ranges);
    return { name, applies, has: (_kind, _value, _host, address) => address !== undefined && isWithin(merged, address) };
  }
  if (type === 'hostname') {
    const hosts = new Set(list.map((entry) => entry.toLowerCase().replace(/^\.+/, '')));
    return { name, applies, has: (_kind, _value, host) => parentsOf(host).some((parent) => hosts.has(parent)) };
  }
  if (type === 'substring') {
    const parts = list.map((entry) => entry.toLowerCase()).filter((entry) => entry !== '');
    return { name, applies, has: (_kind, value) => parts.some((part) => value.includes(part)) };
  }
  if (type === 'regex') {
    const patterns = list.map(safePattern).filter((pattern) => pattern !== undefined);
    return { name, applies, has: (_kind, value) => value.length <= longestForRegex && patterns.some((pattern) => pattern.test(value)) };
  }
  if (type !== 'string') return undefined;
  const values = new Set(list.map((entry) => entry.toLowerCase()));
  return { name, applies, has: (kind, value, host) => values.has(value) || (kind === 'url' && values.has(host)) };
}

function safePattern(text: string): RegExp | undefined {
  const bare = /^\/(.*)\/([a-z]*)$/s.exec(text)?.[1] ?? text;
  if (bare.length > 500 || mayTakeForEver(bare)) return undefined;
  try {
    return new RegExp(bare, 'i');
  } catch {
    return undefined;
  }
}

/**
 * A repeated group may match one text in many ways, `(a|aa)+`, and so may options in a row, `a?a?a?`. What passes tries
 * at most 256 to the third for its repetitions, and some thousand ways for each.
 */
function mayTakeForEver(pattern: string): boolean {
  const count = (sign: RegExp) => pattern.match(sign)?.length ?? 0;
  return /[+*}][+*{]|\)[+*{]|\\[1-9k]/.test(pattern) || count(/[+*]|,\d*\}/g) > 3 || count(/\?/g) > 8 || count(/\|/g) > 24;
}

function hostIn(kind: WarnedKind, value: string): string {
  if (kind === 'email') return value.slice(value.lastIndexOf('@') + 1);
  if (kind !== 'url') return value;
  return /^[a-z0-9+.-]+:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)/.exec(value)?.[1]?.replace(/^\[|\]$/g, '') ?? value;
}

function parentsOf(host: string): string[] {
  const labels = host.replace(/\.$/, '').split('.').slice(-20);
  return labels.map((_, at) => labels.slice(at).join('.'));
}

const v6 = 1n << 128n;

/** One number for both families: IPv6 lies above IPv4. Undefined where the text is no address. */
export function addressNumber(text: string): bigint | undefined {
  if (text.includes('/')) return undefined;
  if (isIpv4(text)) return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  if (!isIpv6(text) || text.includes('%')) return undefined;
  const [head = '', tail] = text.split('::', 2);
  const groups = (part: string) =>
    part
      .split(':')
      .filter((group) => group !== '')
      .flatMap((group) => {
        if (!group.includes('.')) return [BigInt(`0x${group}`)];
        const number = group.split('.').reduce((sum, one) => sum * 256n + BigInt(one), 0n);
        return [number >> 16n, number & 0xffffn];
      });
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const all = [...first, ...Array(Math.max(0, 8 - first.length - last.length)).fill(0n), ...last] as bigint[];
  return all.reduce((sum, group) => (sum << 16n) + group, 0n) + v6;
}

/** First and last address of a range, or of a single address. */
export function rangeOf(text: string): Ranges | undefined {
  const [address = '', prefix] = text.trim().split('/', 2);
  const number = addressNumber(address);
  if (number === undefined) return undefined;
  const bits = number >= v6 ? 128 : 32;
  if (prefix === undefined) return { from: number, to: number };
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) return undefined;
  const size = 1n << BigInt(bits - Number(prefix));
  const base = number >= v6 ? v6 : 0n;
  const from = base + ((number - base) / size) * size;
  return { from, to: from + size - 1n };
}

function mergeRanges(sorted: readonly Ranges[]): Ranges[] {
  const merged: { from: bigint; to: bigint }[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last && range.from <= last.to + 1n) last.to = range.to > last.to ? range.to : last.to;
    else merged.push({ ...range });
  }
  return merged;
}

/** `ranges` are sorted and do not overlap. */
function isWithin(ranges: readonly Ranges[], address: bigint): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { from, to } = ranges[middle] as Ranges;
    if (address < from) high = middle - 1;
    else if (address > to) low = middle + 1;
    else return true;
  }
  return false;
}
