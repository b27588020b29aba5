import { canonical } from '../canonical.ts';
import type { Json, JsonObject } from '../stix.ts';
import { uuidV5 } from '../uuid.ts';
import { isRecord, own } from './values.ts';

/** Namespace of observables' identifiers (2.1, section 2.9). */
const NAMESPACE = '00abedb4-aa42-466c-9c01-fed23315a9b7';

/** ID contributing properties of each observable type (section 6); a type that is not here has none. */
const contributing: Readonly<Record<string, readonly string[]>> = {
  artifact: ['hashes', 'payload_bin'],
  'autonomous-system': ['number'],
  directory: ['path'],
  'domain-name': ['value'],
  'email-addr': ['value'],
  'email-message': ['from_ref', 'subject', 'body'],
  file: ['hashes', 'name', 'parent_directory_ref', 'extensions'],
  'ipv4-addr': ['value'],
  'ipv6-addr': ['value'],
  'mac-addr': ['value'],
  mutex: ['name'],
  'network-traffic': ['start', 'end', 'src_ref', 'dst_ref', 'src_port', 'dst_port', 'protocols', 'extensions'],
  software: ['name', 'cpe', 'swid', 'vendor', 'version'],
  url: ['value'],
  'user-account': ['account_type', 'user_id', 'account_login'],
  'windows-registry-key': ['key', 'values'],
  'x509-certificate': ['hashes', 'serial_number'],
};

/** Of several hashes the first of these contributes; else the first by name. */
const preferredHashes = ['MD5', 'SHA-1', 'SHA-256', 'SHA-512'];

function contribution(name: string, value: Json): Json {
  if (name !== 'hashes' || !isRecord(value)) return value;
  const key = preferredHashes.find((one) => Object.hasOwn(value, one)) ?? Object.keys(value).sort()[0];
  return key === undefined ? {} : { [key]: own(value, key) ?? null };
}

/**
 * The identifier STIX derives from an observable's contributing properties (a UUIDv5 over their
 * canonical JSON), so that the same observable has the same id everywhere. `undefined` where none
 * of them is there, or the type has none: then STIX asks for a UUIDv4.
 */
export function observableId(object: JsonObject): string | undefined {
  const type = own(object, 'type');
  if (typeof type !== 'string' || !Object.hasOwn(contributing, type)) return undefined;
  const parts: JsonObject = {};
  for (const name of contributing[type] ?? []) {
    const value = own(object, name);
    if (value !== undefined) parts[name] = contribution(name, value);
  }
  if (Object.keys(parts).length === 0) return undefined;
  return `${type}--${uuidV5(NAMESPACE, canonical(parts))}`;
}

/** A stand-in of the same form for observables without contributing properties: fixed by `seed`, shaped as a UUIDv4. */
export function seededId(type: string, seed: string): string {
  const uuid = uuidV5(NAMESPACE, `${type} ${seed}`);
  return `${type}--${uuid.slice(0, 14)}4${uuid.slice(15)}`;
}
