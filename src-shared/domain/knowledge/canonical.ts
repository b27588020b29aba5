import type { Json } from './stix.ts';

/**
 * JSON with sorted keys and no white space: equal values give equal texts. Numbers and strings
 * are written as ECMAScript does, as RFC 8785 asks.
 */
export function canonical(value: Json | undefined): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const item = value[key];
    if (item !== undefined) text += `${text ? ',' : ''}${JSON.stringify(key)}:${canonical(item)}`;
  }
  return `{${text}}`;
}

export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || canonical(a) === canonical(b);
}
