import { childOf, childText, descendants, type XmlElement } from '../xml-stream/index.ts';

export interface Styles {
  /** By a cell's style: whether its number is a day or a time. */
  readonly dates: readonly boolean[];
  /** Days count from 1904-01-01, as old workbooks of Macs do. */
  readonly from1904: boolean;
  readonly texts: readonly string[];
}

/**
 * A cell as the text that a person sees, as near as its kind allows. A formula is never run: what the spreadsheet last
 * computed is taken. Kinds: ECMA-376, part 1, section 18.18.11.
 */
export function cellText(cell: XmlElement, styles: Styles): { readonly text: string; readonly formula: boolean; readonly error: boolean } {
  const { t: kind = 'n', s: style } = cell.attributes;
  const formula = childOf(cell, 'f') !== undefined;
  const value = childText(cell, 'v') ?? '';
  const plain = (text: string, error = false) => ({ text: text.trim(), formula, error });
  if (kind === 'inlineStr') {
    const inline = childOf(cell, 'is');
    return plain(inline ? richText(inline) : '');
  }
  if (value === '') return plain('');
  if (kind === 's') return plain(styles.texts[Number(value)] ?? '');
  if (kind === 'b') return plain(value === '1' ? 'TRUE' : 'FALSE');
  if (kind === 'e') return { text: '', formula, error: true };
  if (kind === 'n') return plain(styles.dates[Number(style ?? 0)] ? dayOf(value, styles.from1904) : numberOf(value));
  return plain(value);
}

/** As written, but long whole numbers without an exponent: serial numbers are such. */
function numberOf(value: string): string {
  const number = Number(value);
  if (!Number.isFinite(number)) return value;
  if (Number.isSafeInteger(number)) return String(number);
  // What a spreadsheet shows of 0.1 + 0.2.
  return String(Number(number.toPrecision(15)));
}

/** Days since 1899-12-30 (which makes up for the 29 February 1900 that never was), or since 1904, as an ISO day or time. */
function dayOf(value: string, from1904: boolean): string {
  const days = Number(value);
  if (!Number.isFinite(days) || days < 0 || days > 2_958_466) return value;
  if (days < 1 && !from1904) return new Date(Math.round(days * 86_400) * 1000).toISOString().slice(11, 19);
  const time = new Date((from1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30)) + Math.round(days * 86_400) * 1000);
  const iso = time.toISOString();
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.slice(0, 19);
}

/** Built-in formats 14 to 22 and 45 to 47 are days and times; others by the letters of their code outside quotes, brackets and escapes. */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) return (id >= 14 && id <= 22) || (id >= 45 && id <= 47) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
  const bare = code.slice(0, 300).replace(/"[^"]*"|\\.|_.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '');
  return /[ymdhs]/i.test(bare) && !/^general$/i.test(bare.trim());
}

/** Runs of text joined; readings aids (`rPh`) left out. */
export function richText(element: XmlElement): string {
  return element.children
    .filter(({ name }) => name === 't' || name === 'r')
    .map((child) =>
      child.name === 't'
        ? child.text
        : descendants(child, 't')
            .map(({ text }) => text)
            .join(' '),
    )
    .join(' ')
    .replace(/ {2,}/g, ' ');
}
