import { canonical } from './canonical.ts';
import type { Json, JsonObject, StixObject } from './stix.ts';

/** The namespace of every id that Redoubt derives itself; never change it: ids in users' workspaces come from it. */
export const redoubtNamespace = '6f1d9c1e-2f0b-4f57-9a83-0c5f3d1be7a4';

/** The namespace of deterministic ids of STIX Cyber-observable Objects (STIX 2.1, section 2.9). */
export const observableNamespace = '00abedb4-aa42-466c-9c01-fed23315a9b7';

const uuidPattern = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Whether the text is a UUID of any version, in either case. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuidPattern.test(value);
}

/** UTF-8 bytes of a text; a lone surrogate becomes U+FFFD, as in the WHATWG encoder. */
export function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    let code = text.charCodeAt(index);
    if (code >= 0xd800 && code <= 0xdfff) {
      const next = text.charCodeAt(index + 1);
      if (code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
        index++;
      } else {
        code = 0xfffd;
      }
    }
    if (code < 0x80) {
      bytes[length++] = code;
    } else if (code < 0x800) {
      bytes[length++] = 0xc0 | (code >> 6);
      bytes[length++] = 0x80 | (code & 0x3f);
    } else if (code < 0x10000) {
      bytes[length++] = 0xe0 | (code >> 12);
      bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[length++] = 0x80 | (code & 0x3f);
    } else {
      bytes[length++] = 0xf0 | (code >> 18);
      bytes[length++] = 0x80 | ((code >> 12) & 0x3f);
      bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[length++] = 0x80 | (code & 0x3f);
    }
  }
  return bytes.subarray(0, length);
}

const rotate = (value: number, by: number) => (value << by) | (value >>> (32 - by));

/** SHA-1 (FIPS 180-4), 20 bytes. Only for UUID version 5, which prescribes it; never for security. */
export function sha1(bytes: Uint8Array): Uint8Array {
  const blocks = (bytes.length + 8) >> 6;
  const padded = new Uint8Array((blocks + 1) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(padded.length - 4, bytes.length << 3);
  const words = new Int32Array(80);
  let [h0, h1, h2, h3, h4] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
  for (let start = 0; start < padded.length; start += 64) {
    for (let index = 0; index < 16; index++) words[index] = view.getInt32(start + index * 4);
    for (let index = 16; index < 80; index++) {
      words[index] = rotate(
        (words[index - 3] as number) ^ (words[index - 8] as number) ^ (words[index - 14] as number) ^ (words[index - 16] as number),
        1,
      );
    }
    let [a, b, c, d, e] = [h0, h1, h2, h3, h4];
    for (let index = 0; index < 80; index++) {
      const mixed =
        index < 20
          ? ((b & c) | (~b & d)) + 0x5a827999
          : index < 40
            ? (b ^ c ^ d) + 0x6ed9eba1
            : index < 60
              ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
              : (b ^ c ^ d) + 0xca62c1d6;
      const next = (rotate(a, 5) + mixed + e + (words[index] as number)) | 0;
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = next;
    }
    h0 = (h0 + a) | 0;
    h1 = (h1 + b) | 0;
    h2 = (h2 + c) | 0;
    h3 = (h3 + d) | 0;
    h4 = (h4 + e) | 0;
  }
  const digest = new Uint8Array(20);
  const out = new DataView(digest.buffer);
  for (const [index, word] of [h0, h1, h2, h3, h4].entries()) out.setInt32(index * 4, word);
  return digest;
}

/** UUID version 5 (RFC 9562, section 5.5) of a name in a namespace. */
export function uuidV5(namespace: string, name: string): string {
  const hex = namespace.replaceAll('-', '');
  const text = utf8(name);
  const input = new Uint8Array(16 + text.length);
  for (let index = 0; index < 16; index++) input[index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16);
  input.set(text, 16);
  const digest = sha1(input);
  digest[6] = ((digest[6] as number) & 0x0f) | 0x50;
  digest[8] = ((digest[8] as number) & 0x3f) | 0x80;
  let id = '';
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) id += '-';
    id += (digest[index] as number).toString(16).padStart(2, '0');
  }
  return id;
}

/** A deterministic STIX id for an object that Redoubt makes: the same type and parts give the same id everywhere. */
export function generatedId(type: string, ...parts: string[]): string {
  return `${type}--${uuidV5(redoubtNamespace, canonical([type, ...parts]))}`;
}

const cvePattern = /^CVE-\d{4}-\d{4,19}$/i;

/** Whether the text is a CVE id, in either case. */
export function isCveId(text: string): boolean {
  return cvePattern.test(text);
}

/** The id of the vulnerability object for a CVE; every reader that meets the CVE makes the same object. */
export function vulnerabilityId(cve: string): string {
  return generatedId('vulnerability', cve.toUpperCase());
}

/** A relationship's id by what it says, so that importing twice makes no second one. */
export function relationshipId(relationshipType: string, source: string, target: string): string {
  return generatedId('relationship', relationshipType, source, target);
}

/** ID contributing properties (STIX 2.1, section 6). Types without an entry have none. */
const contributing: ReadonlyMap<string, readonly string[]> = new Map([
  ['artifact', ['hashes', 'payload_bin']],
  ['autonomous-system', ['number']],
  ['directory', ['path']],
  ['domain-name', ['value']],
  ['email-addr', ['value']],
  ['email-message', ['from_ref', 'subject', 'body']],
  ['file', ['hashes', 'name', 'extensions', 'parent_directory_ref']],
  ['ipv4-addr', ['value']],
  ['ipv6-addr', ['value']],
  ['mac-addr', ['value']],
  ['mutex', ['name']],
  ['network-traffic', ['start', 'end', 'src_ref', 'dst_ref', 'src_port', 'dst_port', 'protocols', 'extensions']],
  ['software', ['name', 'cpe', 'swid', 'vendor', 'version']],
  ['url', ['value']],
  ['user-account', ['account_type', 'user_id', 'account_login']],
  ['windows-registry-key', ['key', 'values']],
  ['x509-certificate', ['hashes', 'serial_number']],
]);

/**
 * The deterministic id of a Cyber-observable Object (STIX 2.1, section 2.9): of `hashes` the first of MD5,
 * SHA-1, SHA-256, SHA-512 counts, else the first there is. Without any contributing property the whole
 * object is hashed in Redoubt's own namespace.
 */
export function observableId(object: JsonObject & { type: string }): string {
  const names = contributing.get(object.type) ?? [];
  const parts: JsonObject = {};
  let any = false;
  for (const name of names) {
    if (!Object.hasOwn(object, name)) continue;
    const value = object[name] as Json;
    parts[name] = name === 'hashes' ? oneHash(value) : value;
    any = true;
  }
  if (any) return `${object.type}--${uuidV5(observableNamespace, canonical(parts))}`;
  const { id: _, ...rest } = object;
  return generatedId(object.type, canonical(rest));
}

function oneHash(hashes: Json): Json {
  if (hashes === null || typeof hashes !== 'object' || Array.isArray(hashes)) return hashes;
  const name = ['MD5', 'SHA-1', 'SHA-256', 'SHA-512'].find((one) => Object.hasOwn(hashes, one)) ?? Object.keys(hashes)[0];
  return name === undefined ? {} : { [name]: hashes[name] as Json };
}

const attackSources = new Set(['mitre-attack', 'mitre-mobile-attack', 'mitre-ics-attack', 'mitre-pre-attack']);
const attackTypes = new Set(['attack-pattern', 'intrusion-set', 'campaign', 'malware', 'tool', 'course-of-action', 'threat-actor']);

/**
 * The id by which people know an object: ATT&CK's (T1059.001, G0016), a CVE, a CAPEC. Reports and indicators
 * that merely cite a technique have none.
 */
export function externalIdOf(object: StixObject): string | undefined {
  const { type } = object;
  const ofAttack = attackTypes.has(type) || type.startsWith('x-mitre-');
  const ofCve = type === 'vulnerability';
  if (!ofAttack && !ofCve) return undefined;
  const references = object.external_references;
  let capec: string | undefined;
  if (Array.isArray(references)) {
    for (const reference of references) {
      if (reference === null || typeof reference !== 'object' || Array.isArray(reference)) continue;
      const { source_name: source, external_id: id } = reference;
      if (typeof source !== 'string' || typeof id !== 'string' || id === '') continue;
      if (ofAttack && attackSources.has(source)) return id;
      if (ofCve && source.toLowerCase() === 'cve') return id.toUpperCase();
      if (type === 'attack-pattern' && source === 'capec') capec ??= id;
    }
  }
  if (ofCve && typeof object.name === 'string' && isCveId(object.name.trim())) return object.name.trim().toUpperCase();
  return capec;
}

const aliasProperties = ['aliases', 'x_mitre_aliases', 'x_opencti_aliases', 'x_misp_synonyms'] as const;

/** Other names of an object, its own name left out, each once. */
export function aliasesOf(object: StixObject): string[] {
  let found: string[] | undefined;
  for (const property of aliasProperties) {
    const value = object[property];
    if (!Array.isArray(value)) continue;
    for (const alias of value) {
      if (typeof alias !== 'string' || alias === '' || alias === object.name) continue;
      found ??= [];
      if (!found.includes(alias)) found.push(alias);
    }
  }
  return found ?? [];
}
