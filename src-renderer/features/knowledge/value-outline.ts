import { inWords } from './kinds.ts';

const deepest = 6;
const mostItems = 200;
/** Signs up to which a list of plain values stands in one line. */
const lineOf = 160;

/** The words for the two truth values, in the person's language. */
export interface Truth {
  readonly yes: string;
  readonly no: string;
}

/** Any value of an object as indented lines of text for people: names in words, lists in one line where they are short. */
export function outline(value: unknown, truth: Truth): string {
  return linesOf(value, truth, 0).join('\n');
}

function linesOf(value: unknown, truth: Truth, depth: number): string[] {
  if (typeof value !== 'object' || value === null) return [plain(value, truth)];
  if (depth >= deepest) return ['…'];
  if (Array.isArray(value)) {
    const shown: unknown[] = value.slice(0, mostItems);
    const more = value.length > mostItems ? ['…'] : [];
    if (shown.every((one) => typeof one !== 'object' || one === null)) {
      const words = shown.map((one) => plain(one, truth));
      const line = [...words, ...more].join(', ');
      return line.length <= lineOf ? [line] : [...words.map((word) => `– ${word}`), ...more];
    }
    return [...shown.flatMap((one) => hung(linesOf(one, truth, depth + 1))), ...more];
  }
  const all = Object.entries(value);
  return all.slice(0, mostItems).flatMap(([name, one]) => {
    const [first = '', ...rest] = linesOf(one, truth, depth + 1);
    const named = inWords(name) || name;
    const alone = rest.length === 0 && (typeof one !== 'object' || one === null || Array.isArray(one));
    return alone ? [`${named}: ${first}`] : [`${named}:`, ...[first, ...rest].map((line) => `  ${line}`)];
  });
}

const hung = ([first = '', ...rest]: string[]) => [`– ${first}`, ...rest.map((line) => `  ${line}`)];

function plain(value: unknown, truth: Truth): string {
  if (typeof value === 'boolean') return value ? truth.yes : truth.no;
  return value === null || value === undefined ? '–' : String(value);
}
