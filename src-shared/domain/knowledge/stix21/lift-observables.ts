import { sameJson } from '../canonical.ts';
import type { Json, JsonObject, StixObject } from '../stix.ts';
import { quote } from './findings.ts';
import { typeOfIdentifier } from './identifiers.ts';
import { observableId, seededId } from './observable-id.ts';
import { isRecord, own, put } from './values.ts';

/** Told of each change: where, which step, in words, and whether something is gone. */
export type Note = (path: string, step: string, what: string, lost?: boolean) => void;

export interface ObservedParts {
  readonly companions: { readonly object: StixObject; readonly path: string }[];
}

const times = { created: 'ctime', modified: 'mtime', accessed: 'atime' };

/** Properties that 2.1 renamed, by type; those it dropped keep their value under `x_stix20_`. */
const renamed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  directory: times,
  file: {
    ...times,
    is_encrypted: 'x_stix20_is_encrypted',
    encryption_algorithm: 'x_stix20_encryption_algorithm',
    decryption_key: 'x_stix20_decryption_key',
  },
  process: { created: 'created_time', binary_ref: 'image_ref', name: 'x_stix20_name', arguments: 'x_stix20_arguments' },
  'user-account': { password_last_changed: 'credential_last_changed' },
  'windows-registry-key': { modified: 'modified_time' },
};

/** The same within the extensions that STIX defines. */
const renamedInExtensions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'archive-ext': { version: 'x_stix20_version' },
  'raster-image-ext': { image_compression_algorithm: 'x_stix20_image_compression_algorithm' },
  'socket-ext': { protocol_family: 'x_stix20_protocol_family' },
};

function newName(table: Readonly<Record<string, Readonly<Record<string, string>>>>, of: string, name: string): string {
  const names = Object.hasOwn(table, of) ? table[of] : undefined;
  return names && Object.hasOwn(names, name) ? (names[name] as string) : name;
}

const MAX_DEPTH = 100;

/**
 * Takes the observables out of a 2.0 observed-data (its `objects`) and leaves `object_refs`. Ids
 * are the ones STIX derives from values; where it derives none, or another observable of other
 * content has it here, the id is fixed by the observed-data's id and the key, so that reading a
 * file twice gives the same objects. Markings of the whole go to each part; granular ones with
 * their selector to theirs.
 */
export function separateObservables(observed: StixObject, note: Note): ObservedParts {
  const container = own(observed, 'objects') as JsonObject;
  const ids = new Map<string, string>();
  const busy = new Set<string>();
  const done = new Set<string>();
  const built = new Map<string, StixObject>();
  const companions: ObservedParts['companions'] = [];

  const idOf = (key: string): string | undefined => ids.get(key) ?? take(key);

  const take = (key: string): string | undefined => {
    const source = own(container, key);
    const type = isRecord(source) ? own(source, 'type') : undefined;
    if (!isRecord(source) || typeof type !== 'string') return undefined;
    // In a circle of references, or a very long chain, one link gets its id before it is built.
    if (busy.has(key) || busy.size > MAX_DEPTH) {
      const fixed = seededId(type, `${observed.id} ${key}`);
      ids.set(key, fixed);
      return fixed;
    }
    busy.add(key);
    const id = build(key, source, type);
    busy.delete(key);
    done.add(key);
    return id;
  };

  const build = (key: string, source: JsonObject, type: string): string => {
    const object: StixObject = { type, spec_version: '2.1', id: '' };
    for (const name of Object.keys(source)) {
      if (name === 'type' || name === 'spec_version') continue;
      // Observables of 2.0 have no id; one that stands there is kept, but not trusted to be unique.
      const target = name === 'id' ? 'x_stix20_id' : newName(renamed, type, name);
      if (target !== name) note(`objects.${key}.${name}`, 'renamed', `${name} of ${type} is ${target} now`);
      const value = refer(source[name] as Json, name, `objects.${key}.${name}`, 0);
      if (value !== undefined) put(object, target, name === 'extensions' ? extensions(value, `objects.${key}`) : value);
    }
    const early = ids.get(key);
    let id = early ?? observableId(object) ?? seededId(type, `${observed.id} ${key}`);
    object.id = id;
    const same = built.get(id);
    if (same && sameJson(same, object)) {
      ids.set(key, id);
      return id;
    }
    if (same) {
      id = seededId(type, `${observed.id} ${key}`);
      object.id = id;
    }
    ids.set(key, id);
    built.set(id, object);
    companions.push({ object, path: `objects.${key}` });
    return id;
  };

  /** References by key become ids, at any depth of an observable. */
  const refer = (value: Json, name: string, path: string, depth: number): Json | undefined => {
    if (depth > MAX_DEPTH) return value;
    if (typeof value === 'string' && /_refs?$/.test(name) && typeOfIdentifier(value) === '') {
      const id = idOf(value);
      if (id === undefined)
        note(path, 'dangling', `the reference ${quote(value)} points at no observable of its container and is left out`, true);
      return id;
    }
    if (Array.isArray(value)) {
      const items = value.map((item, index) => refer(item, name, `${path}[${index}]`, depth + 1)).filter((item) => item !== undefined);
      return items.length === 0 && value.length > 0 ? undefined : items;
    }
    if (!isRecord(value)) return value;
    const copy: JsonObject = {};
    for (const key of Object.keys(value)) {
      const inner = refer(value[key] as Json, key, `${path}.${key}`, depth + 1);
      if (inner !== undefined) put(copy, key, inner);
    }
    return copy;
  };

  const extensions = (value: Json, path: string): Json => {
    if (!isRecord(value)) return value;
    const all: JsonObject = {};
    for (const key of Object.keys(value)) {
      const named = key.endsWith('-ext') || typeOfIdentifier(key) !== '' ? key : `${key}-ext`;
      if (named !== key) note(`${path}.extensions.${key}`, 'renamed', `the extension ${quote(key)} is ${named} now`);
      const extension = value[key] as Json;
      if (!isRecord(extension)) {
        put(all, named, extension);
        continue;
      }
      const inner: JsonObject = {};
      for (const name of Object.keys(extension)) {
        const target = newName(renamedInExtensions, key, name);
        if (target !== name) note(`${path}.extensions.${key}.${name}`, 'renamed', `${name} of ${key} is ${target} now`);
        put(inner, target, extension[name] as Json);
      }
      put(all, named, inner);
    }
    return all;
  };

  const refs = new Set<string>();
  for (const key of Object.keys(container)) {
    const id = done.has(key) ? ids.get(key) : take(key);
    if (id === undefined) note(`objects.${key}`, 'no-observable', 'is no observable with a type and is left out', true);
    else refs.add(id);
  }
  delete observed['objects'];
  if (refs.size > 0) observed['object_refs'] = [...refs];
  mark(observed, container, ids, built);
  note('object_refs', 'observables', 'the observables became objects of their own');
  return { companions };
}

/** What marked the whole marks each part; what marked a place inside a part goes with the part. */
function mark(observed: StixObject, container: JsonObject, ids: ReadonlyMap<string, string>, built: ReadonlyMap<string, StixObject>): void {
  const whole = own(observed, 'object_marking_refs');
  if (Array.isArray(whole)) for (const object of built.values()) object['object_marking_refs'] = [...whole];
  const granular = own(observed, 'granular_markings');
  if (!Array.isArray(granular)) return;
  const kept: Json[] = [];
  for (const marking of granular) {
    const selectors = isRecord(marking) ? own(marking, 'selectors') : undefined;
    if (!isRecord(marking) || !Array.isArray(selectors)) {
      kept.push(marking);
      continue;
    }
    const stays = selectors.filter((selector) => typeof selector !== 'string' || !/^objects(?:\.|$)/.test(selector));
    if (stays.length > 0) kept.push({ ...marking, selectors: stays });
    for (const selector of selectors) {
      if (typeof selector !== 'string' || stays.includes(selector)) continue;
      const [, key, name, ...deeper] = selector.split('.');
      for (const target of key === undefined ? Object.keys(container) : [key]) {
        const object = built.get(ids.get(target) ?? '');
        if (object) markPart(object, marking, name, deeper);
      }
    }
  }
  if (kept.length > 0) observed['granular_markings'] = kept;
  else delete observed['granular_markings'];
}

function markPart(object: StixObject, marking: JsonObject, name: string | undefined, deeper: readonly string[]): void {
  if (name === undefined) {
    const refs = own(object, 'object_marking_refs');
    const ref = own(marking, 'marking_ref');
    if (ref !== undefined) object['object_marking_refs'] = [...new Set([...(Array.isArray(refs) ? refs : []), ref])];
    return;
  }
  const markings = own(object, 'granular_markings');
  const selector = [newName(renamed, object.type, name), ...deeper].join('.');
  object['granular_markings'] = [...(Array.isArray(markings) ? markings : []), { ...marking, selectors: [selector] }];
}
