import { canonical } from '#shared/domain/knowledge/canonical.ts';
import { aliasesOf, externalIdOf } from '#shared/domain/knowledge/identifiers.ts';
import { nameOf } from '#shared/domain/knowledge/names.ts';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { writeUuid } from './identity-hash.ts';
import { DEPRECATED, NAMED, REVOKED, VALUED } from './state.ts';

/*
 * A STIX object as a row: hot properties in columns, properties that many objects share as one
 * interned text (`common`), all else as canonical JSON (`rest`). Whatever the columns would not
 * give back to the letter stays in `rest`, which has the last word, so that nothing is lost.
 */

const COMMON = new Set([
  'spec_version',
  'created_by_ref',
  'object_marking_refs',
  'revoked',
  'lang',
  'confidence',
  'labels',
  'x_mitre_deprecated',
  'x_mitre_domains',
  'x_mitre_attack_spec_version',
  'x_mitre_modified_by_ref',
  'x_mitre_version',
]);

export interface EncodedObject {
  readonly type: string;
  readonly uuid: Buffer;
  readonly state: number;
  readonly name: string | null;
  readonly externalId: string | null;
  readonly created: number | null;
  readonly modified: number | null;
  readonly common: string;
  readonly rest: string | null;
}

export interface EncodedRelationship {
  readonly uuid: Buffer;
  readonly state: number;
  readonly type: string;
  readonly created: number | null;
  readonly modified: number | null;
  readonly common: string;
  readonly rest: string | null;
}

export function encodeObject(object: StixObject): EncodedObject {
  const name = nameOf(object);
  const origin = object['name'] === name ? NAMED : object['value'] === name ? VALUED : 0;
  const created = stamp(object['created']);
  const modified = stamp(object['modified']);
  const common: Json[] = [];
  let rest: JsonObject | undefined;
  for (const key of Object.keys(object)) {
    const value = object[key] as Json;
    if (key === 'type') continue;
    if (key === 'id' && value === lowerId(object.id)) continue;
    if (key === 'name' && origin === NAMED) continue;
    if (key === 'value' && origin === VALUED) continue;
    if (key === 'created' && created?.exact) continue;
    if (key === 'modified' && modified?.exact) continue;
    if (COMMON.has(key)) common.push(key, value);
    else (rest ??= nothing())[key] = value;
  }
  return {
    type: object.type,
    uuid: uuidBytes(object.id),
    state: retirement(object) | origin,
    name,
    externalId: externalIdOf(object) ?? null,
    created: created?.ms ?? null,
    modified: modified?.ms ?? null,
    common: commonText(common),
    rest: rest ? canonical(rest) : null,
  };
}

export function encodeRelationship(object: StixObject): EncodedRelationship {
  const created = stamp(object['created']);
  const modified = stamp(object['modified']);
  const common: Json[] = [];
  let rest: JsonObject | undefined;
  for (const key of Object.keys(object)) {
    const value = object[key] as Json;
    if (key === 'type' || key === 'relationship_type') continue;
    if ((key === 'id' || key === 'source_ref' || key === 'target_ref') && value === lowerId(value as string)) continue;
    if (key === 'created' && created?.exact) continue;
    if (key === 'modified' && modified?.exact) continue;
    if (COMMON.has(key)) common.push(key, value);
    else (rest ??= nothing())[key] = value;
  }
  return {
    uuid: uuidBytes(object.id),
    state: retirement(object),
    type: object['relationship_type'] as string,
    created: created?.ms ?? null,
    modified: modified?.ms ?? null,
    common: commonText(common),
    rest: rest ? canonical(rest) : null,
  };
}

let lastPairs: readonly Json[] = [];
let lastText = '{}';

/**
 * Canonical JSON of the common properties, given as key, value, key, value. Objects of one source have
 * the same ones in a row: the last text is remembered with copies of what it was made from.
 */
function commonText(pairs: readonly Json[]): string {
  if (pairs.length === lastPairs.length && pairs.every((part, at) => isSame(part, lastPairs[at]))) return lastText;
  const common = nothing();
  for (let at = 0; at < pairs.length; at += 2) common[pairs[at] as string] = pairs[at + 1] as Json;
  lastText = canonical(common);
  lastPairs = pairs.map((part) => (Array.isArray(part) ? [...part] : part));
  return lastText;
}

/** Plain values, and lists of them; anything deeper counts as different. */
function isSame(a: Json, b: Json | undefined): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, at) => !isObject(item) && item === b[at]);
  return !isObject(a) && a === b;
}

const isObject = (value: Json) => typeof value === 'object' && value !== null;

export interface ObjectRow {
  readonly type: string;
  readonly uuid: Uint8Array;
  readonly state: number;
  readonly name: string | null;
  readonly created: number | null;
  readonly modified: number | null;
  readonly common: string;
  readonly rest: string | null;
}

export function decodeObject(row: ObjectRow): StixObject {
  const object: JsonObject = { type: row.type, id: `${row.type}--${uuidText(row.uuid)}` };
  if (row.created !== null) object['created'] = iso(row.created);
  if (row.modified !== null) object['modified'] = iso(row.modified);
  if (row.state & NAMED) object['name'] = row.name;
  else if (row.state & VALUED) object['value'] = row.name;
  return merged(object, row.common, row.rest);
}

export interface RelationshipRow {
  readonly uuid: Uint8Array;
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly created: number | null;
  readonly modified: number | null;
  readonly common: string;
  readonly rest: string | null;
}

export function decodeRelationship(row: RelationshipRow): StixObject {
  const object: JsonObject = {
    type: 'relationship',
    id: `relationship--${uuidText(row.uuid)}`,
    relationship_type: row.type,
    source_ref: row.source,
    target_ref: row.target,
  };
  if (row.created !== null) object['created'] = iso(row.created);
  if (row.modified !== null) object['modified'] = iso(row.modified);
  return merged(object, row.common, row.rest);
}

function merged(object: JsonObject, common: string, rest: string | null): StixObject {
  // Own keys only, `__proto__` included: defineProperty semantics through spread.
  return { ...object, ...(JSON.parse(common) as JsonObject), ...(rest ? (JSON.parse(rest) as JsonObject) : {}) } as StixObject;
}

/** Without a prototype, so that a property named `__proto__` is a property. */
function nothing(): JsonObject {
  return Object.create(null) as JsonObject;
}

function retirement(object: JsonObject): number {
  return (object['revoked'] === true ? REVOKED : 0) | (object['x_mitre_deprecated'] === true ? DEPRECATED : 0);
}

interface Stamp {
  readonly text: string;
  readonly ms: number;
  /** Whether the milliseconds give the text back to the letter. */
  readonly exact: boolean;
}

let lastStamp: Stamp | undefined;

/** Many objects have the same `created` and `modified`; the last one is remembered. */
function stamp(value: Json | undefined): Stamp | undefined {
  if (typeof value !== 'string') return undefined;
  if (lastStamp?.text === value) return lastStamp;
  const ms = Date.parse(value);
  if (!Number.isFinite(ms)) return undefined;
  lastStamp = { text: value, ms, exact: iso(ms) === value };
  return lastStamp;
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

export function uuidBytes(id: string): Buffer {
  const bytes = Buffer.allocUnsafe(16);
  writeUuid(id, bytes);
  return bytes;
}

export function uuidText(uuid: Uint8Array): string {
  const hex = Buffer.from(uuid.buffer, uuid.byteOffset, uuid.byteLength).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** `type--` and 32 hex digits, as SQL can make it, to a STIX id. */
export function dashedId(packed: string): string {
  return `${packed.slice(0, -32)}${uuidText(Buffer.from(packed.slice(-32), 'hex'))}`;
}

/** Identity is not sensitive to the case of the UUID; the letter of it is kept in `rest`. */
export function lowerId(id: string): string {
  return id.toLowerCase();
}

/** What full-text search sees of an object. */
export interface SearchText {
  readonly name: string;
  readonly aliases: string;
  readonly ids: string;
  readonly body: string;
}

const MOST_SEARCHED = 20_000;

export function searchText(object: StixObject): SearchText {
  const ids = new Set<string>();
  const references = object['external_references'];
  if (Array.isArray(references)) {
    for (const reference of references.slice(0, 3)) {
      const id = isRecord(reference) ? reference['external_id'] : undefined;
      if (typeof id === 'string') ids.add(id);
    }
  }
  const body: string[] = [];
  for (const key of [
    'description',
    'content',
    'abstract',
    'pattern',
    'objective',
    'statement',
    'hostnames',
    'ip_addresses',
    'software',
    'cpe',
    'purl',
  ]) {
    const value = object[key];
    if (typeof value === 'string') body.push(value);
    else if (Array.isArray(value)) body.push(value.filter((item) => typeof item === 'string').join(' '));
  }
  const hashes = object['hashes'];
  if (isRecord(hashes)) body.push(Object.values(hashes).join(' '));
  return {
    name: nameOf(object),
    aliases: aliasesOf(object).join(' · '),
    ids: [...ids].join(' '),
    body: body.join('\n').slice(0, MOST_SEARCHED),
  };
}

export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
