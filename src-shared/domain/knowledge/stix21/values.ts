import type { Json, JsonObject } from '../stix.ts';
import { type Findings, quote } from './findings.ts';
import { typeOfIdentifier, uuidVersion } from './identifiers.ts';
import { compareTimes, timestampPrecision } from './timestamps.ts';

/** One rule about one value; says what it finds, changes nothing. */
export type Check = (value: Json, findings: Findings) => void;

/** Own property of a JSON object; `undefined` for inherited names such as `constructor`. */
export function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Assigns a property, `__proto__` like any other. */
export function put(target: JsonObject, name: string, value: Json): void {
  if (name === '__proto__') Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

export function isRecord(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: Json): string {
  return value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'an object'
        : `the ${typeof value} ${quote(value)}`;
}

export function wrongType(expected: string, value: Json, findings: Findings): void {
  findings.error(`must be ${expected}, not ${kindOf(value)}`);
}

/** Runs `check` one step further in. */
export function inside(key: string | number, value: Json, check: Check, findings: Findings): void {
  findings.enter(key);
  check(value, findings);
  findings.leave();
}

export const string: Check = (value, findings) => {
  if (typeof value !== 'string') return wrongType('a string', value, findings);
  if (!value.isWellFormed()) findings.error('must be Unicode text; it holds half of a surrogate pair');
};

export const boolean: Check = (value, findings) => {
  if (typeof value !== 'boolean') wrongType('true or false', value, findings);
};

/** Section 2.9: whole numbers within plus or minus 2^53 - 1. */
export function integer(least = -Number.MAX_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER): Check {
  return (value, findings) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return wrongType('a whole number', value, findings);
    if (value < least || value > most) findings.error(`must be between ${least} and ${most}, not ${value}`);
  };
}

export function float(least = -Infinity, most = Infinity): Check {
  return (value, findings) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return wrongType('a number', value, findings);
    if (value < least || value > most) findings.error(`must be between ${least} and ${most}, not ${value}`);
  };
}

export const timestamp: Check = (value, findings) => {
  if (typeof value !== 'string') return wrongType('a timestamp', value, findings);
  if (timestampPrecision(value) < 0) findings.error(`must be a timestamp like 2026-01-31T12:00:00.000Z, not ${quote(value)}`);
};

/** `created` and `modified`: at least milliseconds (sections 3.2 and 3.6). */
export const preciseTimestamp: Check = (value, findings) => {
  if (typeof value !== 'string') return wrongType('a timestamp', value, findings);
  const digits = timestampPrecision(value);
  if (digits < 0) findings.error(`must be a timestamp like 2026-01-31T12:00:00.000Z, not ${quote(value)}`);
  else if (digits < 3) findings.error(`must be precise to the millisecond (three digits after the second), not ${quote(value)}`);
};

/** A reference; `allows` says of a type whether it may be pointed at and `kinds` names those in words. */
export function reference(allows?: (type: string) => boolean, kinds = ''): Check {
  return (value, findings) => {
    if (typeof value !== 'string') return wrongType('an identifier', value, findings);
    const type = typeOfIdentifier(value);
    if (type === '') findings.error(`must be an identifier (type--UUID), not ${quote(value)}`);
    else if (allows && !allows(type)) findings.error(`must point at ${kinds}, not at ${quote(type)}`);
  };
}

/** The same for a few types, without cutting the type out of each identifier. */
export function referenceTo(...types: string[]): Check {
  const slow = reference((type) => types.includes(type), types.join(' or '));
  const starts = types.map((type) => `${type}--`);
  return (value, findings) => {
    if (typeof value === 'string') for (const start of starts) if (value.startsWith(start) && uuidVersion(value, start.length) > 0) return;
    slow(value, findings);
  };
}

/** Section 2.10: no empty list. */
export function listOf(check: Check): Check {
  return (value, findings) => {
    if (!Array.isArray(value)) return wrongType('a list', value, findings);
    if (value.length === 0) return findings.error('must not be an empty list; leave the property out');
    for (let index = 0; index < value.length; index++) inside(index, value[index] as Json, check, findings);
  };
}

export function enumeration(words: ReadonlySet<string>, name: string): Check {
  return (value, findings) => {
    if (typeof value !== 'string') return wrongType('a string', value, findings);
    if (!words.has(value))
      findings.error(`must be one of ${name} (${[...words].slice(0, 8).join(', ')}${words.size > 8 ? ', …' : ''}), not ${quote(value)}`);
  };
}

export function openVocabulary(words: ReadonlySet<string>, name: string): Check {
  return (value, findings) => {
    if (typeof value !== 'string') return wrongType('a string', value, findings);
    if (!words.has(value)) findings.warn('open-vocabulary', `${quote(value)} is not in ${name}`);
  };
}

/** A string that must match; `shape` says in words how. */
export function text(matches: (value: string) => boolean, shape: string): Check {
  return (value, findings) => {
    if (typeof value !== 'string') wrongType('a string', value, findings);
    else if (!matches(value)) findings.error(`must be ${shape}, not ${quote(value)}`);
  };
}

/** A string that should match. */
export function advised(matches: (value: string) => boolean, rule: string, shape: string): Check {
  return (value, findings) => {
    if (typeof value !== 'string') wrongType('a string', value, findings);
    else if (!matches(value)) findings.warn(rule, `${quote(value)} should be ${shape}`);
  };
}

export const hex = text((value) => value.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(value), 'pairs of hexadecimal digits');

/** RFC 4648, with padding. Checked by hand: a grouped expression would take the stack on long payloads. */
export function isBase64(value: string): boolean {
  if (value.length === 0 || value.length % 4 !== 0) return false;
  const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0;
  for (let index = 0; index < value.length - padding; index++) {
    const code = value.charCodeAt(index);
    const letter = code | 0x20;
    if (!((letter >= 0x61 && letter <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2f)) return false;
  }
  return true;
}
export const binary = text(isBase64, 'base64');

/**
 * RFC 3986 needs a scheme and knows no white space; characters it would have escaped are common in
 * the world and only remarked on.
 */
export const url: Check = (value, findings) => {
  if (typeof value !== 'string') return wrongType('a URL', value, findings);
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[^\s]/.test(value) || /\s/.test(value)) findings.error(`must be a URL (RFC 3986), not ${quote(value)}`);
  else if (/[^!#-;=?-Z_a-z~[\]]|%(?![0-9A-Fa-f]{2})/.test(value))
    findings.warn('url', `${quote(value)} holds characters that a URL should carry escaped (RFC 3986)`);
};

const languageTag =
  /^(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?|x(?:-[a-z0-9]{1,8})+|i-[a-z]{2,8})$/i;

/** RFC 5646 by its grammar: language, script, region, variants, extensions, or a private tag. Which codes exist is not asked. */
export function isLanguageTag(value: string): boolean {
  return value.length <= 100 && languageTag.test(value);
}
export const language = text(isLanguageTag, 'a language code (RFC 5646)');

export const dictionaryKey = /^[a-zA-Z0-9_-]{1,250}$/;

/** Section 2.4; `lowerCase`: whether capitals in keys are worth a remark (some dictionaries take over others' names). */
export function dictionary(check: Check, lowerCase = true): Check {
  return (value, findings) => {
    if (!isRecord(value)) return wrongType('a dictionary', value, findings);
    const keys = Object.keys(value);
    if (keys.length === 0) return findings.error('must not be an empty dictionary; leave the property out');
    for (const key of keys) {
      if (!dictionaryKey.test(key)) findings.error(`the key ${quote(key)} must be 1 to 250 of a-z, A-Z, 0-9, hyphen and underscore`);
      else if (lowerCase && /[A-Z]/.test(key)) findings.warn('dictionary-key', `the key ${quote(key)} should be in lower case`);
      inside(key, value[key] as Json, check, findings);
    }
  };
}

/** A property's value, whatever it is: neither null nor an empty list. */
export const present: Check = (value, findings) => {
  if (value === null) findings.error('must not be null; leave the property out');
  else if (Array.isArray(value) && value.length === 0) findings.error('must not be an empty list; leave the property out');
  else anything(value, findings);
};

/**
 * Any value inside a custom property. What stands there is its author's business (ATT&CK has empty
 * lists), so null and empty lists are only remarked on.
 */
export const anything: Check = (value, findings) => {
  if (value === null) return findings.warn('null', 'null should be left out');
  if (typeof value !== 'object') return typeof value === 'string' ? string(value, findings) : undefined;
  if (findings.depth > 100) return findings.error('must not be nested deeper than 100 levels');
  if (Array.isArray(value)) {
    if (value.length === 0) findings.warn('empty-list', 'an empty list should be left out');
    for (let index = 0; index < value.length; index++) inside(index, value[index] as Json, anything, findings);
  } else for (const key of Object.keys(value)) inside(key, value[key] as Json, anything, findings);
};

export interface Shape {
  readonly properties: ReadonlyMap<string, Check>;
  readonly required: readonly string[];
  /** At least one of these. */
  readonly someOf?: readonly string[];
  /** Rules between properties. */
  readonly also?: (object: JsonObject, findings: Findings) => void;
}

/** What may be said of a shape beside its properties. */
export type ShapeRules = Partial<Omit<Shape, 'properties'>>;

export function shape(properties: Readonly<Record<string, Check>>, rules: ShapeRules = {}): Shape {
  return { required: [], ...rules, properties: new Map(Object.entries(properties)) };
}

/** Required, at least one of, and the rules between properties. */
export function checkWhole(
  object: JsonObject,
  { required, someOf, also }: Pick<Shape, 'required' | 'someOf' | 'also'>,
  findings: Findings,
): void {
  for (const name of required) if (!Object.hasOwn(object, name)) findings.error(`must have ${name}`);
  if (someOf && !someOf.some((name) => Object.hasOwn(object, name)))
    findings.error(someOf.length > 8 ? 'must have at least one property of its type' : `must have at least one of ${someOf.join(', ')}`);
  also?.(object, findings);
}

/** An object within an object; members that STIX does not define are kept with a remark, or refused where it is `closed`. */
export function nested(inner: Shape, what: string, closed = false): Check {
  return (value, findings) => {
    if (!isRecord(value)) return wrongType(what, value, findings);
    for (const key of Object.keys(value)) {
      const check = inner.properties.get(key);
      if (check) inside(key, value[key] as Json, check, findings);
      else if (closed) findings.error(`${quote(key)} is not defined by STIX here`);
      else {
        inside(key, value[key] as Json, present, findings);
        findings.warn('custom-property', `${quote(key)} is not defined by STIX here`);
      }
    }
    checkWhole(value, inner, findings);
  };
}

/** Rule between two times of one object, where both are there and valid. */
export function order(object: JsonObject, first: string, second: string, findings: Findings, mayBeEqual = true): void {
  const a = own(object, first);
  const b = own(object, second);
  if (typeof a !== 'string' || typeof b !== 'string' || (a.length === b.length && a < b)) return;
  if (timestampPrecision(a) < 0 || timestampPrecision(b) < 0) return;
  const difference = compareTimes(a, b);
  if (difference < 0 || (mayBeEqual && difference === 0)) return;
  findings.property = second;
  findings.error(`must ${mayBeEqual ? 'not be earlier than' : 'be later than'} ${first} (${a}), not ${b}`);
  findings.property = '';
}
