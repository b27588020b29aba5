import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property that is an object, else undefined. */
export function objectIn(value: Json | undefined, name: string): JsonObject | undefined {
  if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
  const inner = value[name];
  return isObject(inner) ? inner : undefined;
}

/** An own property that is a list, else an empty list. */
export function listIn(value: JsonObject, name: string): readonly Json[] {
  const inner = Object.hasOwn(value, name) ? value[name] : undefined;
  return Array.isArray(inner) ? inner : [];
}

/** An own property as text: strings as they are, numbers and booleans written out, anything else undefined. Empty is undefined. */
export function textIn(value: JsonObject, name: string): string | undefined {
  const inner = Object.hasOwn(value, name) ? value[name] : undefined;
  if (typeof inner === 'string') return inner === '' ? undefined : inner;
  return typeof inner === 'number' || typeof inner === 'boolean' ? String(inner) : undefined;
}
