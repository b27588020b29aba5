import { canonical } from './canonical.ts';
import type { Json, JsonObject } from './stix.ts';
import { compareTexts, compareTimestamps } from './timestamps.ts';
import { mostRestrictive } from './tlp.ts';

/*
 * Several sources that describe one object, each as a layer (docs/adr/0008):
 *   properties           the newest layer that gives one; at a tie the later write, and layers over a whole object
 *   external_references  united by source_name, external_id and url
 *   description          that of the CVE record; else the longest of the sources' newest ones
 *   markings             the most restrictive
 *   times                created the oldest, modified the newest; facts alone do not date an object
 * An undone layer is simply not there: what the others say stands as if it had never come.
 */

/** One source's words on an object. `clock` and `device` say when it was written. */
export interface Layer {
  readonly object: JsonObject;
  readonly partial: boolean;
  /** Laid over what stands; absent or false: a whole object. */
  readonly merge?: boolean;
  readonly clock: number;
  readonly device: string;
}

export interface Laid<T extends Layer> {
  readonly object: JsonObject;
  /** The newest layer. */
  readonly top: T;
  /** Property -> the layer that gave it; of united ones the newest that has it. */
  readonly givers: ReadonlyMap<string, T>;
}

const united = new Set(['external_references', 'object_marking_refs', 'description', 'created', 'modified']);

/** At least one layer, at most one of them a whole object. The answer does not depend on their order. */
export function layOver<T extends Layer>(layers: readonly T[]): Laid<T> {
  const sorted = [...layers].sort(compareLayers);
  const top = sorted.at(-1) as T;
  // Alone it stands to the letter: its hash is in the log.
  if (sorted.length === 1) return { object: top.object, top, givers: new Map() };
  const object: JsonObject = {};
  const givers = new Map<string, T>();
  for (const layer of sorted) {
    for (const [property, value] of Object.entries(layer.object)) {
      givers.set(property, layer);
      if (!united.has(property)) define(object, property, value);
    }
  }
  const valuesOf = (property: string) =>
    sorted.flatMap(({ object }) => (Object.hasOwn(object, property) ? [object[property] as Json] : []));
  if (givers.has('external_references')) object['external_references'] = unitedReferences(valuesOf('external_references'));
  if (givers.has('object_marking_refs')) {
    const markings = mostRestrictive(valuesOf('object_marking_refs'));
    if (markings !== undefined) object['object_marking_refs'] = markings;
  }
  const described = describing(sorted);
  if (described) {
    object['description'] = described.object['description'] as Json;
    givers.set('description', described);
  }
  const dated = sorted.some(({ partial }) => !partial) ? sorted.filter(({ partial }) => !partial) : sorted;
  for (const [property, sign] of [
    ['created', -1],
    ['modified', 1],
  ] as const) {
    const times = dated.flatMap(({ object }) => (typeof object[property] === 'string' ? [object[property]] : []));
    if (times.length > 0) object[property] = times.reduce((a, b) => (compareTimestamps(b, a) * sign > 0 ? b : a));
  }
  return { object, top, givers };
}

/** Oldest first. */
function compareLayers(a: Layer, b: Layer): number {
  return (
    compareTimestamps(a.object['modified'], b.object['modified']) ||
    Number(b.partial) - Number(a.partial) ||
    Number(a.merge ?? false) - Number(b.merge ?? false) ||
    a.clock - b.clock ||
    compareTexts(a.device, b.device) ||
    compareTexts(canonical(a.object), canonical(b.object))
  );
}

/** Which source a layer comes from: the custom properties that it brings. */
export function sourceOf(object: JsonObject): string {
  return Object.keys(object)
    .filter((property) => property.startsWith('x_'))
    .sort()
    .join(' ');
}

function describing<T extends Layer>(sorted: readonly T[]): T | undefined {
  const newest = new Map<string, T>();
  for (const layer of sorted)
    if (typeof layer.object['description'] === 'string' && layer.object['description'].trim() !== '')
      newest.set(sourceOf(layer.object), layer);
  let best: T | undefined;
  for (const layer of sorted) {
    if (newest.get(sourceOf(layer.object)) !== layer) continue;
    if (Object.hasOwn(layer.object, 'x_redoubt_cve')) best = layer;
    else if (!best || (!Object.hasOwn(best.object, 'x_redoubt_cve') && lengthOf(layer) >= lengthOf(best))) best = layer;
  }
  return best;
}

const lengthOf = ({ object }: Layer) => (object['description'] as string).length;

function unitedReferences(lists: readonly Json[]): Json[] {
  const found = new Map<string, Json>();
  for (const list of lists) {
    for (const reference of Array.isArray(list) ? list : []) {
      if (reference === null || typeof reference !== 'object' || Array.isArray(reference)) continue;
      const { source_name = null, external_id = null, url = null } = reference;
      const key = canonical([source_name, external_id, url]);
      const before = found.get(key) as JsonObject | undefined;
      found.set(key, before ? { ...before, ...reference } : reference);
    }
  }
  return [...found.values()];
}

/** An own property, whatever its name. */
function define(object: JsonObject, property: string, value: Json): void {
  Object.defineProperty(object, property, { value, enumerable: true, configurable: true, writable: true });
}
