/** The eleven attributes of a CPE 2.3 name, in their order (NISTIR 7695, section 5.3). */
export const cpeAttributes = [
  'part',
  'vendor',
  'product',
  'version',
  'update',
  'edition',
  'language',
  'swEdition',
  'targetSw',
  'targetHw',
  'other',
] as const;

/** `*` (any), `-` (not applicable), or a value in small letters as it is written, escapes included. */
export type Cpe = Readonly<Record<(typeof cpeAttributes)[number], string>>;

export type Relation = 'equal' | 'subset' | 'superset' | 'disjoint' | 'undefined';

const longest = 1000;
const valuePattern = /^(?:[*-]|\*?\?*(?:[\w.\-~%+!@^()[\]{}|;,=<>#&"$'`/]|\\.)+\?*\*?|\?+)$/u;

/** A CPE 2.3 formatted string, or a 2.2 URI; undefined where it is neither. Bounded to 1,000 characters. */
export function parseCpe(text: string): Cpe | undefined {
  if (text.length > longest) return undefined;
  const low = text.trim().toLowerCase();
  if (low.startsWith('cpe:2.3:')) return named(splitEscaped(low.slice(8)), 11);
  if (!low.startsWith('cpe:/')) return undefined;
  const parts = low.slice(5).split(':').map(fromUri);
  // The edition of a URI packs five attributes between tildes (NISTIR 7695, section 6.1.2.3).
  const packed = parts[5];
  if (packed?.startsWith('\\~')) {
    const [, edition = '*', swEdition = '*', targetSw = '*', targetHw = '*', other = '*'] = packed.split('\\~').map((part) => part || '*');
    parts.splice(5, 2, edition, parts[6] ?? '*', swEdition, targetSw, targetHw, other);
  }
  return named(parts, 0);
}

function named(parts: readonly string[], exactly: number): Cpe | undefined {
  if (parts.length > 11 || (exactly > 0 && parts.length !== exactly)) return undefined;
  const [part = ''] = parts;
  if (!/^[aho*-]$/.test(part)) return undefined;
  const cpe = Object.fromEntries(cpeAttributes.map((name, at) => [name, parts[at] || '*'])) as Cpe;
  return cpeAttributes.every((name) => valuePattern.test(cpe[name])) ? cpe : undefined;
}

function splitEscaped(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string;
    if (letter === '\\') part += letter + (text[++at] ?? '');
    else if (letter === ':') {
      parts.push(part);
      part = '';
    } else part += letter;
  }
  return [...parts, part];
}

/** A component of a URI: percent-decoded, with what is special in a formatted string escaped. */
function fromUri(part: string): string {
  if (part === '' || part === '-') return part || '*';
  return part.replace(/%01|%02|%[0-9a-f]{2}|[^\w.]/g, (mark) => {
    if (mark === '%01') return '?';
    if (mark === '%02') return '*';
    const letter = mark.length === 3 ? String.fromCharCode(Number.parseInt(mark.slice(1), 16)) : mark;
    return /[\w.]/.test(letter) ? letter : `\\${letter}`;
  });
}

/** A value without escapes, as people write it; undefined for "any" and "not applicable". */
export function plainValue(value: string): string | undefined {
  return value === '*' || value === '-' ? undefined : value.replace(/\\(.)/gu, '$1');
}

const hasWildcard = (value: string) => /^(?:[*?])|(?:^|[^\\])(?:\\\\)*[*?]$/.test(value) && value !== '*';

/** How the source's value stands to the target's (NISTIR 7696, table 6-2). */
export function compareAttribute(source: string, target: string): Relation {
  const wild = hasWildcard(target);
  if (source === '*') return wild ? 'undefined' : target === '*' ? 'equal' : 'superset';
  if (wild) return 'undefined';
  if (target === '*') return 'subset';
  if (source === target) return hasWildcard(source) ? 'superset' : 'equal';
  if (source === '-' || target === '-') return 'disjoint';
  if (hasWildcard(source)) return matchesWildcard(source, target) ? 'superset' : 'disjoint';
  return sameValue(source, target) ? 'equal' : 'disjoint';
}

/** Letters that may be written with or without an escape (`4\\.1`, `4.1`) are the same. */
const sameValue = (a: string, b: string) => a.replaceAll('\\', '') === b.replaceAll('\\', '');

/** A `*` at an end stands for any run of letters, a `?` at an end for none or one (NISTIR 7696, section 6.3). */
function matchesWildcard(pattern: string, target: string): boolean {
  const head = /^(?:\*|\?+)/.exec(pattern)?.[0] ?? '';
  const tail = /(?:(?<!\\)\*|(?<!\\)\?+)$/.exec(pattern.slice(head.length))?.[0] ?? '';
  const core = pattern.slice(head.length, pattern.length - tail.length).replaceAll('\\', '');
  const value = target.replaceAll('\\', '');
  if (core === '') return head === '*' || tail === '*' || value.length <= head.length + tail.length;
  for (let at = value.indexOf(core); at >= 0; at = value.indexOf(core, at + 1)) {
    const before = head === '*' || at <= head.length;
    const after = tail === '*' || value.length - at - core.length <= tail.length;
    if (before && after) return true;
  }
  return false;
}

/** How one name stands to another as a whole (NISTIR 7696, table 6-4). */
export function compareCpe(source: Cpe, target: Cpe, without: readonly (keyof Cpe)[] = []): Relation {
  let equal = true;
  let subset = true;
  let superset = true;
  for (const name of cpeAttributes) {
    if (without.includes(name)) continue;
    const relation = compareAttribute(source[name], target[name]);
    if (relation === 'disjoint') return 'disjoint';
    if (relation !== 'equal') equal = false;
    if (relation !== 'equal' && relation !== 'subset') subset = false;
    if (relation !== 'equal' && relation !== 'superset') superset = false;
  }
  return equal ? 'equal' : subset ? 'subset' : superset ? 'superset' : 'undefined';
}
