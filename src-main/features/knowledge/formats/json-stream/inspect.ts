import type { Json } from '#shared/domain/knowledge/stix.ts';
import { inMiB } from './limits.ts';

/** What JSON.parse lost of a value's text, or why the value cannot be kept at all. */
export interface Inspection {
  readonly losses: { path: string; what: string }[];
  readonly fault: string | undefined;
}

/** Members of all objects within the value: fewer than the text's colons where a key stands twice. */
export function countMembers(value: Json): number {
  if (value === null || typeof value !== 'object') return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += countMembers(item);
    return count;
  }
  const keys = Object.keys(value);
  count = keys.length;
  for (const key of keys) {
    const item = value[key];
    if (typeof item === 'object') count += countMembers(item as Json);
  }
  return count;
}

const halfPairs = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|u[0-9a-fA-F]{4}|[^u])/g;

/** Puts U+FFFD where an escape is half of a surrogate pair: such a string is no Unicode text and has no UTF-8. */
export function mendSurrogates(text: string): string {
  return text.replace(halfPairs, (escape: string, half: string | undefined) => (half ? '\\ufffd' : escape));
}

/**
 * Walks the text of a value that JSON.parse has accepted and names each key that stands twice and
 * each number that JavaScript cannot hold exactly (it keeps 53 bits). Nesting is bounded by the scanner.
 * `omitted`: bytes of the strings that were left out of the text, by their ordinal in it; they stand as empty ones.
 */
export function inspect(text: string, omitted: ReadonlyMap<number, number> = new Map()): Inspection {
  const losses: { path: string; what: string }[] = [];
  let fault: string | undefined;
  let at = 0;

  const space = () => {
    while (at < text.length && ' \t\r\n'.includes(text[at] as string)) at++;
  };
  let strings = 0;
  const string = (path: string, thing: string) => {
    const bytes = omitted.get(++strings);
    if (bytes !== undefined) losses.push({ path, what: `${thing} of ${inMiB(bytes)} is left out: it is too long` });
    const start = at++;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    return text.slice(start, ++at);
  };
  const value = (path: string) => {
    space();
    const first = text[at];
    if (first === '{') {
      const seen = new Set<string>();
      at++;
      for (space(); text[at] !== '}' && at < text.length; space()) {
        const key = JSON.parse(string(path, 'a name')) as string;
        const here = path ? `${path}.${key}` : key;
        if (seen.has(key)) losses.push({ path: here, what: 'the key stands more than once; the last value is kept' });
        seen.add(key);
        space();
        at++;
        value(here);
        space();
        if (text[at] === ',') at++;
      }
      at++;
    } else if (first === '[') {
      at++;
      let index = 0;
      for (space(); text[at] !== ']' && at < text.length; space()) {
        value(`${path}[${index++}]`);
        space();
        if (text[at] === ',') at++;
      }
      at++;
    } else if (first === '"') string(path, 'a text');
    else {
      const start = at;
      while (at < text.length && !',]} \t\r\n'.includes(text[at] as string)) at++;
      const token = text.slice(start, at);
      const held = Number(token);
      if (Number.isNaN(held)) return;
      if (!Number.isFinite(held)) fault ??= `${path || 'the number'}: ${token.slice(0, 40)} is too large for a number`;
      else if (digits(token) !== digits(String(held)))
        losses.push({ path, what: `the number ${token.slice(0, 60)} cannot be held exactly; ${held} is kept` });
    }
  };
  value('');
  return { losses, fault };
}

/** A number's value as `sign digits e exponent`, so that 1.50, 15e-1 and 1.5 are the same text. */
function digits(token: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token) ?? [];
  const all = `${whole}${fraction}`.replace(/^0+/, '');
  const kept = trimZeros(all);
  if (kept === '') return '0';
  return `${sign}${kept}e${Number(exponent) - fraction.length + (all.length - kept.length)}`;
}

/** Without a regular expression: /0+$/ is quadratic on hostile digits. */
function trimZeros(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '0') end--;
  return text.slice(0, end);
}
