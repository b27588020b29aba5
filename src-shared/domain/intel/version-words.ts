/** A range of versions as its bounds; absent where it is open. */
export interface VersionRange {
  readonly from?: string;
  /** Whether `from` itself is outside. */
  readonly above?: boolean;
  readonly to?: string;
  /** Whether `to` itself is outside. */
  readonly below?: boolean;
}

const longest = 300;
const mostPieces = 60;
const one = String.raw`v?\d[\w.+~:()*-]{0,60}`;
const comparison = new RegExp(`^(>=|<=|==|=|>|<) ?(${one})$`, 'i');
const earlier = new RegExp(
  `^(${one}) (?:and|or) (?:all )?(?:earlier|prior|previous|below|before|lower|older|under)(?: versions?| releases?)?$`,
  'i',
);
const later = new RegExp(`^(${one}) (?:and|or) (?:all )?(?:later|newer|above|higher)(?: versions?| releases?)?$`, 'i');
const before = new RegExp(`^(?:from )?(?:(${one}) )?(?:prior to|before|earlier than|lower than|less than|below) (${one})$`, 'i');
const upTo = new RegExp(`^(?:from )?(?:(${one}) )?(?:to|through|thru|until|up to|up to and including|-|–) (${one})$`, 'i');

/** Whether a text in the place of a version is one: a word of letters, digits and dots, not a sentence about versions. */
export function isOneVersion(text: string): boolean {
  return !/[\s<>=,;]/.test(text.trim()) && !/[.-][*x]$/i.test(text.trim());
}

/** Whether a text speaks of more than one version. */
export function namesRange(text: string): boolean {
  return /[<>=,;]|\b(?:and|or|to|before|prior|through|thru|until|earlier|later|below|above)\b|[.-][*x]$/i.test(text);
}

/**
 * The ranges that a text names which stands where CVE JSON 5.1 wants a single version: `>= 2.25.0, < 2.25.2` as
 * GitHub's records have it, `5.7.21 and prior` as Oracle's, `6.0.0 to 6.0.4, 5.6.0 to 5.6.8`, `8.1.*`, `5.x`. A version
 * holds if one of them does. Undefined where any part is not understood: then nothing can be told.
 */
export function rangesIn(text: string): readonly VersionRange[] | undefined {
  if (text.length > longest) return undefined;
  const plain = text.trim().replace(/\s+/g, ' ');
  const both = conjunction(plain);
  if (both) return [both];
  const pieces = plain.split(/[,;] ?/).filter((piece) => piece !== '');
  if (pieces.length === 0 || pieces.length > mostPieces) return undefined;
  const ranges: VersionRange[] = [];
  for (const piece of pieces) {
    const range = rangeOf(bare(piece));
    if (!range) return undefined;
    ranges.push(range);
  }
  return ranges;
}

/** `>= 1.0, < 2.0`, `>=1.0 <2.0`, `< 2.0`: all hold at once. */
function conjunction(text: string): VersionRange | undefined {
  if (!/^[<>=]/.test(text)) return undefined;
  let range: VersionRange = {};
  for (const piece of text.replace(/([<>=]) /g, '$1').split(/(?:,| |&&)+/)) {
    const [, sign, version] = comparison.exec(piece) ?? [];
    if (version === undefined) return undefined;
    if (sign === '>' || sign === '>=') range = { ...range, from: version, ...(sign === '>' && { above: true }) };
    else if (sign === '<' || sign === '<=') range = { ...range, to: version, ...(sign === '<' && { below: true }) };
    else range = { from: version, to: version };
  }
  return range;
}

function rangeOf(piece: string): VersionRange | undefined {
  const prefix = /^v?(\d+(?:\.\d+)*)\.[*x]$/i.exec(piece)?.[1];
  if (prefix !== undefined) return { from: prefix, to: `${prefix}.*` };
  const atMost = earlier.exec(piece)?.[1];
  if (atMost !== undefined) return { to: atMost };
  const atLeast = later.exec(piece)?.[1];
  if (atLeast !== undefined) return { from: atLeast };
  for (const [pattern, below] of [
    [before, true],
    [upTo, false],
  ] as const) {
    const [, from, to] = pattern.exec(piece) ?? [];
    if (to !== undefined) return { ...(from !== undefined && { from }), to, ...(below && { below }) };
  }
  return new RegExp(`^${one}$`, 'i').test(piece) ? { from: piece, to: piece } : undefined;
}

/** Without the words before the first version: `FortiOS 6.0.0`, `Ver5.62`, `all versions before 2.0`. */
function bare(piece: string): string {
  const text = piece.trim().replace(/^and /i, '');
  const start = /^(?:all )?(?:versions? )?(?:from |prior to |before |earlier than |lower than |less than |below |up to |through )?v?\d/i;
  if (start.test(text)) return text.replace(/^(?:all )?(?:versions? )?/i, '');
  return text.replace(/^[a-z][a-z .-]{0,80}?(?=v?\d)/i, '');
}
