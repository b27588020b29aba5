import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { isObject, listIn, textIn } from '../json-values.ts';

/** What a record's pieces are told while they are read; `path` is complete. */
export interface Work {
  readonly cve: string;
  lose(path: string, what: string): void;
  /** Formatted twins (HTML, base64) of texts that are kept as plain text. */
  media: number;
}

export const mostTexts = 1_000;

/** `{lang, value, supportingMedia}` lists as CVE JSON has them everywhere: the plain values. */
export function valuesOf(work: Work, container: JsonObject, name: string, path: string): string[] {
  return describedOf(work, container, name, path).map(({ value }) => value);
}

export interface Described {
  readonly lang: string;
  readonly value: string;
}

export function describedOf(work: Work, container: JsonObject, name: string, path: string): Described[] {
  const found: Described[] = [];
  const list = listIn(container, name);
  for (const [index, entry] of list.slice(0, mostTexts).entries()) {
    const value = isObject(entry) ? textIn(entry, 'value') : typeof entry === 'string' ? entry : undefined;
    if (!value?.trim()) {
      work.lose(`${path}.${name}[${index}]`, 'a text without a value; left out');
      continue;
    }
    if (isObject(entry)) {
      work.media += listIn(entry, 'supportingMedia').length;
      found.push({ lang: textIn(entry, 'lang') ?? 'en', value });
    } else found.push({ lang: 'en', value });
  }
  if (list.length > mostTexts) work.lose(`${path}.${name}`, `${list.length - mostTexts} of ${list.length} texts left out`);
  return found;
}

/** English first: the order of what a person reads. */
export const isEnglish = ({ lang }: Described): boolean => /^en\b/i.test(lang);

/** Member names as the rest of the graph has them, `versionType` as `version_type`, however deep. */
export function snaked(value: Json, depth = 0): Json {
  if (value === null || typeof value !== 'object') return value;
  if (depth > 40) return JSON.stringify(value);
  if (Array.isArray(value)) return value.map((item) => snaked(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [snakeCase(name), snaked(item, depth + 1)]));
}

function snakeCase(name: string): string {
  if (!/^[A-Za-z][A-Za-z0-9 ]{0,60}$/.test(name)) return name;
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(' ', '_')
    .toLowerCase();
}

/** What is left of an object once the named members are taken, in snake case; undefined where nothing is. */
export function leftOf(value: JsonObject, handled: ReadonlySet<string>): JsonObject | undefined {
  const left = Object.entries(value).filter(([name, item]) => !handled.has(name) && item !== null && item !== '');
  return left.length > 0 ? (snaked(Object.fromEntries(left)) as JsonObject) : undefined;
}

/** An ISO 8601 time as STIX writes it; without a zone it is UTC (CVE JSON 5, “timestamp”). Undefined where it is none. */
export function timeOf(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}|$)/.test(text)) return undefined;
  const time = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) || text.length === 10 ? text : `${text.replace(' ', 'T')}Z`);
  return Number.isNaN(time) || time < 0 || time > 253_402_300_799_999 ? undefined : new Date(time).toISOString();
}
