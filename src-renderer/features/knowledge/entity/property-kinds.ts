import type { Json } from '#shared/domain/knowledge/stix.ts';
import { type Vocabulary, vocabularyOf } from '#shared/domain/knowledge/stix21/suggestions.ts';

export const kindsOfValue = ['text', 'long', 'number', 'time', 'truth', 'list', 'choice', 'json'] as const;
export type ValueKind = (typeof kindsOfValue)[number];

/** What a person edits: words, or the items of a list. */
export interface Draft {
  readonly text: string;
  readonly items: readonly string[];
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const long = new Set([
  'description',
  'pattern',
  'x_mitre_detection',
  'evidence',
  'solution',
  'objective',
  'explanation',
  'content',
  'abstract',
]);
const times = new Set(['first_seen', 'last_seen', 'valid_from', 'valid_until', 'published', 'start_time', 'stop_time']);
const lists = new Set(['labels', 'aliases', 'goals', 'roles', 'hostnames', 'ip_addresses', 'mac_addresses', 'x_mitre_platforms']);
const numbers = new Set(['confidence', 'criticality', 'score', 'port', 'latitude', 'longitude']);

/** How a property is edited: by the words it is known to take, else by the value that stands, else by its name. */
export function kindOfProperty(type: string, property: string, value: Json | undefined): { kind: ValueKind; vocabulary?: Vocabulary } {
  const vocabulary = vocabularyOf(type, property);
  const fits = value === undefined || (vocabulary?.many ? isTexts(value) : typeof value === 'string');
  if (vocabulary && fits) return { kind: vocabulary.many ? 'list' : vocabulary.closed ? 'choice' : 'text', vocabulary };
  if (typeof value === 'boolean') return { kind: 'truth' };
  if (typeof value === 'number') return { kind: 'number' };
  if (typeof value === 'string')
    return { kind: time.test(value) ? 'time' : long.has(property) || value.length > 120 || value.includes('\n') ? 'long' : 'text' };
  if (value !== undefined) return { kind: isTexts(value) ? 'list' : 'json' };
  if (long.has(property)) return { kind: 'long' };
  if (times.has(property)) return { kind: 'time' };
  if (lists.has(property)) return { kind: 'list' };
  return { kind: numbers.has(property) ? 'number' : property === 'external_references' ? 'json' : 'text' };
}

const isTexts = (value: Json): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');

export function draftOf(value: Json | undefined, kind: ValueKind): Draft {
  if (kind === 'list') return { text: '', items: Array.isArray(value) ? value.map(String) : [] };
  if (value === undefined) return { text: kind === 'truth' ? 'true' : '', items: [] };
  return { text: typeof value === 'string' && kind !== 'json' ? value : JSON.stringify(value, null, 2), items: [] };
}

export type Parsed =
  | { readonly value: Json }
  | { readonly problem: 'number' | 'time' | 'empty' }
  | { readonly problem: 'json'; readonly why: string };

/** What was written, as a value of its kind; whether the value may stand is for the engine to say. */
export function parseDraft({ text, items }: Draft, kind: ValueKind): Parsed {
  const trimmed = text.trim();
  if (kind === 'list') {
    const all = trimmed === '' ? items : [...items, trimmed];
    return all.length === 0 ? { problem: 'empty' } : { value: [...new Set(all)] };
  }
  if (trimmed === '') return { problem: 'empty' };
  if (kind === 'truth') return { value: trimmed === 'true' };
  if (kind === 'number') {
    const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(trimmed) ? Number(trimmed) : Number.NaN;
    return Number.isFinite(number) ? { value: number } : { problem: 'number' };
  }
  if (kind === 'time') return readTime(trimmed);
  if (kind !== 'json') return { value: kind === 'long' ? text.trimEnd() : trimmed };
  try {
    return { value: JSON.parse(trimmed) as Json };
  } catch (error) {
    return { problem: 'json', why: error instanceof Error ? error.message.slice(0, 200) : '' };
  }
}

/** A time in UTC; a day alone is its first moment. STIX wants the Z, so times without one are refused rather than guessed. */
function readTime(text: string): Parsed {
  const full = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;
  const parsed = time.test(full) ? Date.parse(full) : Number.NaN;
  // A day that the month does not have would roll over to the next month.
  if (Number.isNaN(parsed) || new Date(parsed).toISOString().slice(0, 10) !== full.slice(0, 10)) return { problem: 'time' };
  return { value: full };
}

export const isPropertyName = (name: string): boolean => /^[a-z][a-z0-9_]{2,249}$/.test(name);
