import { canonical, sameJson } from './canonical.ts';
import type { Json, JsonObject } from './stix.ts';

/** One property that differs between two versions of an object. */
export interface PropertyDifference {
  readonly property: string;
  readonly state: 'added' | 'changed' | 'removed';
  readonly before?: Json;
  readonly after?: Json;
  /** Of lists that are sets: what came and what went. */
  readonly items?: { readonly added: Json[]; readonly removed: Json[] };
}

/** Lists whose order says something (STIX 2.1: `authors` is in the order of authorship); all other lists are sets. */
const ordered = new Set(['authors', 'observed_data_refs']);

/** Property by property, by name; lists that are sets are the same in any order. */
export function differencesOf(before: JsonObject | undefined, after: JsonObject | undefined): PropertyDifference[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const differences: PropertyDifference[] = [];
  for (const property of [...names].sort()) {
    const [was, is] = [own(before, property), own(after, property)];
    if (was === undefined && is !== undefined) differences.push({ property, state: 'added', after: is });
    else if (is === undefined && was !== undefined) differences.push({ property, state: 'removed', before: was });
    else if (was !== undefined && is !== undefined && !sameValue(property, was, is))
      differences.push({ property, state: 'changed', before: was, after: is, ...items(property, was, is) });
  }
  return differences;
}

function own(object: JsonObject | undefined, property: string): Json | undefined {
  return object && Object.hasOwn(object, property) ? object[property] : undefined;
}

const isSet = (property: string, ...values: Json[]) => !ordered.has(property) && values.every(Array.isArray);

function sameValue(property: string, a: Json, b: Json): boolean {
  if (!isSet(property, a, b)) return sameJson(a, b);
  const texts = (list: Json) => canonical([...new Set((list as Json[]).map(canonical))].sort());
  return texts(a) === texts(b);
}

function items(property: string, before: Json, after: Json): Pick<PropertyDifference, 'items'> | undefined {
  if (!isSet(property, before, after)) return undefined;
  const [was, is] = [before as Json[], after as Json[]];
  const without = (list: Json[], other: Json[]) => {
    const there = new Set(other.map(canonical));
    return list.filter((item) => !there.has(canonical(item)));
  };
  return { items: { added: without(is, was), removed: without(was, is) } };
}

/** Two sets of words, as what came and what went. */
export function wordsBetween(before: readonly string[], after: readonly string[]): { added: string[]; removed: string[] } {
  return { added: after.filter((word) => !before.includes(word)), removed: before.filter((word) => !after.includes(word)) };
}
