import { observableId } from '#shared/domain/knowledge/identifiers.ts';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { isIpAddress, normalMac } from '../csv/addresses.ts';
import { isValid, softwareFrom } from '../linked.ts';

/** What one attribute's value is in STIX: observables, the one meant first, links among them, and the test of a pattern. */
export interface Observable {
  readonly objects: readonly StixObject[];
  readonly links: readonly { readonly relationshipType: string; readonly source: string; readonly target: string }[];
  /** Comparisons of one observation each: `file:name = 'a.exe'`. */
  readonly observations: readonly string[];
}

export function sco(type: string, properties: JsonObject): StixObject {
  const object = { type, spec_version: '2.1', ...properties };
  return { id: observableId(object), ...object };
}

/** A string literal of a STIX pattern (STIX 2.1, section 9.2). */
export function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

const one = (object: StixObject, observation: string, ...more: StixObject[]): Observable => ({
  objects: [object, ...more],
  links: [],
  observations: [observation],
});

/** MISP's name of a hash, STIX' name for it, and what its values look like. */
const hex = (digits: number) => new RegExp(`^[0-9a-f]{${digits}}$`, 'i');
const some = /^\S{3,2000}$/;
export const hashes: ReadonlyMap<string, { readonly name: string; readonly valid: RegExp }> = new Map([
  ['md5', { name: 'MD5', valid: hex(32) }],
  ['sha1', { name: 'SHA-1', valid: hex(40) }],
  ['sha224', { name: 'SHA-224', valid: hex(56) }],
  ['sha256', { name: 'SHA-256', valid: hex(64) }],
  ['sha384', { name: 'SHA-384', valid: hex(96) }],
  ['sha512', { name: 'SHA-512', valid: hex(128) }],
  ['sha512/224', { name: 'SHA-512-224', valid: hex(56) }],
  ['sha512/256', { name: 'SHA-512-256', valid: hex(64) }],
  ['sha3-224', { name: 'SHA3-224', valid: hex(56) }],
  ['sha3-256', { name: 'SHA3-256', valid: hex(64) }],
  ['sha3-384', { name: 'SHA3-384', valid: hex(96) }],
  ['sha3-512', { name: 'SHA3-512', valid: hex(128) }],
  ['ssdeep', { name: 'SSDEEP', valid: /^\d+:[^\s:]*:\S*$/ }],
  ['tlsh', { name: 'TLSH', valid: /^(?:T1)?[0-9a-f]{70}$/i }],
  ['authentihash', { name: 'AUTHENTIHASH', valid: hex(64) }],
  ['imphash', { name: 'IMPHASH', valid: hex(32) }],
  ['impfuzzy', { name: 'IMPFUZZY', valid: some }],
  ['pehash', { name: 'PEHASH', valid: hex(40) }],
  ['vhash', { name: 'VHASH', valid: some }],
  ['telfhash', { name: 'TELFHASH', valid: hex(70) }],
  ['cdhash', { name: 'CDHASH', valid: hex(40) }],
]);

const certificateHashes: ReadonlyMap<string, string> = new Map([
  ['x509-fingerprint-md5', 'md5'],
  ['x509-fingerprint-sha1', 'sha1'],
  ['x509-fingerprint-sha256', 'sha256'],
]);

const accounts: ReadonlyMap<string, string> = new Map([
  ['github-username', 'github'],
  ['twitter-id', 'twitter'],
  ['jabber-id', 'jabber'],
]);

/** Undefined where STIX has no observable for the type, or the value is not one of its kind. */
export function observableOf(type: string, value: string): Observable | undefined {
  const found = candidateOf(type, value);
  return found?.objects.every(isValid) ? found : undefined;
}

function candidateOf(type: string, value: string): Observable | undefined {
  const hash = hashes.get(type);
  if (hash)
    return hash.valid.test(value) ? one(sco('file', { hashes: { [hash.name]: value } }), hashTest('file', hash.name, value)) : undefined;
  const fingerprint = hashes.get(certificateHashes.get(type) ?? '');
  if (fingerprint) {
    const plain = value.replace(/[: ]/g, '');
    if (!fingerprint.valid.test(plain)) return undefined;
    return one(sco('x509-certificate', { hashes: { [fingerprint.name]: plain } }), hashTest('x509-certificate', fingerprint.name, plain));
  }
  const account = accounts.get(type);
  if (account) {
    return one(
      sco('user-account', { account_type: account, account_login: value }),
      `user-account:account_type = ${literal(account)} AND user-account:account_login = ${literal(value)}`,
    );
  }
  if (type.includes('|')) return composite(type, value);
  switch (type) {
    case 'filename':
    case 'email-attachment':
    case 'attachment':
      return one(sco('file', { name: value }), `file:name = ${literal(value)}`);
    case 'malware-sample':
      return value.includes('|') ? composite('filename|md5', value) : observableOf('filename', value);
    case 'ip-src':
    case 'ip-dst':
      return address(value);
    case 'domain':
    case 'hostname':
      return isName(value) ? one(sco('domain-name', { value }), `domain-name:value = ${literal(value)}`) : undefined;
    case 'url':
    case 'link':
    case 'uri':
      return /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i.test(value) ? one(sco('url', { value }), `url:value = ${literal(value)}`) : undefined;
    case 'email':
    case 'email-src':
    case 'email-dst':
    case 'email-reply-to':
    case 'target-email':
    case 'whois-registrant-email':
    case 'dns-soa-email':
    case 'eppn':
      return /^[^\s@<>]+@[^\s@<>]+$/.test(value) ? one(sco('email-addr', { value }), `email-addr:value = ${literal(value)}`) : undefined;
    case 'email-subject':
      return one(sco('email-message', { is_multipart: false, subject: value }), `email-message:subject = ${literal(value)}`);
    case 'email-body':
      return one(sco('email-message', { is_multipart: false, body: value }), `email-message:body = ${literal(value)}`);
    case 'email-message-id':
      return one(sco('email-message', { is_multipart: false, message_id: value }), `email-message:message_id = ${literal(value)}`);
    case 'regkey': {
      const key = fullKey(value);
      return key ? one(sco('windows-registry-key', { key }), `windows-registry-key:key = ${literal(key)}`) : undefined;
    }
    case 'mutex':
      return one(sco('mutex', { name: value }), `mutex:name = ${literal(value)}`);
    case 'AS': {
      const number = /^(?:AS)?\s*(\d{1,10})\b/i.exec(value)?.[1];
      return number ? one(sco('autonomous-system', { number: Number(number) }), `autonomous-system:number = ${Number(number)}`) : undefined;
    }
    case 'mac-address': {
      const mac = normalMac(value);
      return mac ? one(sco('mac-addr', { value: mac }), `mac-addr:value = ${literal(mac)}`) : undefined;
    }
    case 'cpe': {
      const software = softwareFrom(value);
      return software.cpe === undefined ? undefined : one(software, `software:cpe = ${literal(value)}`);
    }
    default:
      return undefined;
  }
}

/** `filename|sha256`, `domain|ip`, `ip-dst|port`, `regkey|value`: the value has the same bar. */
function composite(type: string, value: string): Observable | undefined {
  const [left = '', right = ''] = type.split('|');
  const cut = type.startsWith('filename|') ? value.lastIndexOf('|') : value.indexOf('|');
  if (cut === -1) return undefined;
  const [first, second] = [value.slice(0, cut).trim(), value.slice(cut + 1).trim()];
  if (first === '' || second === '') return undefined;
  if (left === 'filename') {
    const hash = hashes.get(right);
    if (!hash?.valid.test(second)) return undefined;
    return one(
      sco('file', { hashes: { [hash.name]: second }, name: first }),
      `file:name = ${literal(first)} AND ${hashTest('file', hash.name, second)}`,
    );
  }
  if (type === 'regkey|value') {
    const key = fullKey(first);
    if (key === undefined) return undefined;
    return one(
      sco('windows-registry-key', { key, values: [{ data: second }] }),
      `windows-registry-key:key = ${literal(key)} AND windows-registry-key:values[*].data = ${literal(second)}`,
    );
  }
  if (type === 'domain|ip') {
    const domain = observableOf('domain', first);
    const ip = address(second);
    if (!domain || !ip) return undefined;
    return {
      objects: [...domain.objects, ...ip.objects],
      links: [{ relationshipType: 'resolves-to', source: domain.objects[0]?.id as string, target: ip.objects[0]?.id as string }],
      observations: [...domain.observations, ...ip.observations],
    };
  }
  if (right === 'port' && /^\d{1,5}$/.test(second) && Number(second) <= 65_535) {
    const host = left === 'hostname' ? observableOf('hostname', first) : address(first);
    const end = host?.objects[0];
    if (!host || !end) return undefined;
    const side = left === 'ip-src' ? 'src' : 'dst';
    const traffic = sco('network-traffic', {
      [`${side}_ref`]: end.id,
      [`${side}_port`]: Number(second),
      protocols: protocolsFor(end.type),
    });
    return {
      objects: [traffic, end],
      links: [],
      observations: [
        `network-traffic:${side}_ref.value = ${literal(String(end.value))} AND network-traffic:${side}_port = ${Number(second)}`,
      ],
    };
  }
  return undefined;
}

const hives: Readonly<Record<string, string>> = {
  HKLM: 'HKEY_LOCAL_MACHINE',
  HKCU: 'HKEY_CURRENT_USER',
  HKCR: 'HKEY_CLASSES_ROOT',
  HKU: 'HKEY_USERS',
  HKCC: 'HKEY_CURRENT_CONFIG',
  HKPD: 'HKEY_PERFORMANCE_DATA',
};

/** STIX wants the hive in full (section 6.17); a key without its hive is none. */
export function fullKey(key: string): string | undefined {
  const [hive = '', ...path] = key.replace(/^(?:Computer|REGISTRY)?\\/i, '').split('\\');
  const name = hive.replace(/:$/, '').toUpperCase();
  const full = Object.hasOwn(hives, name) ? hives[name] : Object.values(hives).find((one) => one === name);
  return full && [full, ...path].join('\\');
}

/** The layer that is certain; MISP does not say which transport. */
export function protocolsFor(type: string): string[] {
  return type === 'ipv4-addr' ? ['ipv4'] : type === 'ipv6-addr' ? ['ipv6'] : ['ip'];
}

export function address(value: string): Observable | undefined {
  if (!isIpAddress(value)) return undefined;
  const type = value.includes(':') ? 'ipv6-addr' : 'ipv4-addr';
  return one(sco(type, { value }), `${type}:value = ${literal(value)}`);
}

function isName(value: string): boolean {
  return value.length <= 253 && /^[^\s/@:|<>"'\\]+$/.test(value);
}

export function hashTest(type: string, name: string, value: string): string {
  return `${type}:hashes.${/^[A-Z0-9]+$/.test(name) && !/^\d/.test(name) ? name : literal(name)} = ${literal(value)}`;
}

const rules: ReadonlyMap<string, string> = new Map([
  ['yara', 'yara'],
  ['sigma', 'sigma'],
  ['snort', 'snort'],
  ['suricata', 'suricata'],
  ['zeek', 'zeek'],
  ['bro', 'zeek'],
  ['stix2-pattern', 'stix'],
  ['kusto-query', 'kusto'],
]);

/** The pattern type of attributes that are rules (STIX 2.1, pattern-type-ov, where it has a word). */
export function ruleTypeOf(type: string): string | undefined {
  return rules.get(type);
}
