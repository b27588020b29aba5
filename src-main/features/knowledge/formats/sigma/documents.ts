import { parseDocument } from 'yaml';
import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { isObject } from '../json-values.ts';

/** One YAML document of a file: what it says and the very text that says it. */
export interface YamlDocument {
  /** `document 2`; a file of one document has only the one. */
  readonly path: string;
  readonly text: string;
  readonly value?: JsonObject;
  readonly fault?: string;
}

/** Signs of one document; the longest rule of SigmaHQ has 40,000. */
const mostText = 512 * 1024;
/** The parser looks to the end of the line for each quotation mark and bracket in it. */
const mostLine = 16 * 1024;
/** Nodes that aliases may stand for, all together: rules use none, a billion laughs needs 10^9. */
const mostAliased = 100;
const deepest = 40;
/** More open brackets or dashes in a row than any rule has; the parser recurses into them. */
const tooNested = /(?:[[{]\s*){40}|(?:^|[^\S\n])(?:[-?][^\S\n]+){40}/m;

/**
 * The documents of a YAML file, those that are empty left out. A line that begins with `---` parts documents
 * even within a block of text (YAML 1.2.2, section 9.1.4), so the text can be cut before it is parsed.
 */
export function* yamlDocuments(text: string): Iterable<YamlDocument> {
  const parts = text
    .split(/^---(?=\s|$)[^\S\n]*/m)
    .map((part) => part.replace(/^\.\.\.(?=\s|$).*$/m, '').trimEnd())
    .map((part) => part.replace(/^(?:[^\S\n]*\n)+/, ''));
  const filled = parts.filter((part) => /^[ \t]*[^\s#%]/m.test(part));
  for (const [index, part] of filled.entries()) {
    const path = filled.length === 1 ? 'rule' : `document ${index + 1}`;
    yield { path, text: part, ...parsed(part) };
  }
}

function parsed(text: string): { value: JsonObject } | { fault: string } {
  if (text.length > mostText) return { fault: `it has more than ${mostText / 1024} KiB, as no rule has` };
  if (longestLine(text) > mostLine) return { fault: `it has a line of more than ${mostLine / 1024} KiB, as no rule has` };
  if (tooNested.test(text)) return { fault: `it is nested deeper than ${deepest} levels` };
  try {
    const document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      customTags: null,
      merge: false,
      uniqueKeys: true,
      // With every error made pretty, a line of quotation marks takes minutes; only the first is told.
      prettyErrors: false,
      logLevel: 'silent',
    });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem && /call stack/.test(problem.message)) return { fault: `it is nested deeper than ${deepest} levels` };
    if (problem) return { fault: `it is no valid YAML: ${firstLine(problem.message)} at ${placeIn(text, problem.pos[0])}` };
    const value = plain(document.toJS({ maxAliasCount: mostAliased }) as unknown, 0);
    return isObject(value) ? { value } : { fault: 'it is no map of properties' };
  } catch (error) {
    // Too many aliases, or the parser's own stack: either way a document that no rule looks like.
    return { fault: `it cannot be read: ${error instanceof Error ? firstLine(error.message) : 'it is too deep'}` };
  }
}

/** What JSON can hold, the rest as text; a key that is no text becomes one. Throws where it is too deep. */
function plain(value: unknown, depth: number): Json {
  if (depth > deepest) throw new Error(`nested deeper than ${deepest} levels`);
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map((item: unknown) => plain(item, depth + 1));
  if (typeof value !== 'object') return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner, depth + 1)]));
}

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').slice(0, 200).replace(/[.:\s]+$/, '');
}

function longestLine(text: string): number {
  let most = 0;
  for (let from = 0; from <= text.length; ) {
    const found = text.indexOf('\n', from);
    const end = found === -1 ? text.length : found;
    most = Math.max(most, end - from);
    from = end + 1;
  }
  return most;
}

function placeIn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  return `line ${before.split('\n').length}, column ${offset - before.lastIndexOf('\n')}`;
}
