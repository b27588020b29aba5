import { ContractError } from '#shared/transport/errors.ts';
import type { Source } from '../format.ts';
import { streamXml, type XmlElement } from '../xml-stream/index.ts';
import { cellText, isDateFormat, richText, type Styles } from './cells.ts';
import { openPackage, type Package } from './package.ts';

export interface Sheet {
  readonly name: string;
  readonly part: string;
  readonly hidden: boolean;
}

export interface SheetRow {
  /** As the spreadsheet counts, from 1. */
  readonly number: number;
  readonly cells: readonly string[];
  /** Cells (`C7`) whose last computed value was taken, and those that never had one. */
  readonly formulas: readonly string[];
  readonly uncomputed: readonly string[];
  /** Cells that hold an error such as #REF!. */
  readonly errors: readonly string[];
  readonly fault?: string;
}

export interface Workbook {
  readonly sheets: readonly Sheet[];
  rows(sheet: Sheet): AsyncIterable<SheetRow>;
  close(): void;
}

export const sheetLimits = {
  columns: 1000,
  cell: 100_000,
  sharedTexts: 4_000_000,
  sharedCharacters: 256 * 1024 * 1024,
  sheets: 500,
} as const;

/** Opens a workbook of the kind that Excel has written since 2007 (ECMA-376, part 1, section 18). */
export async function openWorkbook(source: Source, signal: AbortSignal): Promise<Workbook> {
  const parts = await openPackage(source, signal);
  try {
    const read = (part: string, whole: string[]) => elements(parts, part, whole, signal);
    const root = await rootPart(parts, read);
    const folder = root.slice(0, root.lastIndexOf('/') + 1);
    const targets = new Map<string, string>();
    const relations = `${folder}_rels/${root.slice(folder.length)}.rels`;
    const ofType = new Map<string, string>();
    if (parts.has(relations))
      for (const { attributes } of await read(relations, ['Relationships/Relationship'])) {
        const target = resolved(folder, attributes['Target'] ?? '');
        if (attributes['TargetMode'] === 'External' || target === undefined) continue;
        targets.set(attributes['Id'] ?? '', target);
        ofType.set((attributes['Type'] ?? '').split('/').at(-1) ?? '', target);
      }
    const sheets: Sheet[] = [];
    let from1904 = false;
    for (const { name, attributes } of await read(root, ['workbook/workbookPr', 'workbook/sheets/sheet'])) {
      if (name === 'workbookPr') from1904 = /^(?:1|true)$/.test(attributes['date1904'] ?? '');
      else {
        const part = targets.get(attributes['id'] ?? '');
        if (part === undefined || !parts.has(part) || sheets.length >= sheetLimits.sheets) continue;
        sheets.push({
          name: (attributes['name'] ?? `sheet ${sheets.length + 1}`).slice(0, 100),
          part,
          hidden: /hidden/i.test(attributes['state'] ?? ''),
        });
      }
    }
    if (sheets.length === 0) throw new ContractError('invalid_input', `“${source.name}” has no sheets that can be read.`);
    const texts =
      ofType.has('sharedStrings') && parts.has(ofType.get('sharedStrings') as string)
        ? await sharedTexts(parts, ofType.get('sharedStrings') as string, source.name, signal)
        : [];
    const dates =
      ofType.has('styles') && parts.has(ofType.get('styles') as string) ? await dateStyles(read, ofType.get('styles') as string) : [];
    const styles: Styles = { dates, from1904, texts };
    return { sheets, rows: (sheet) => rowsOf(parts, sheet, styles, signal), close: () => parts.close() };
  } catch (error) {
    parts.close();
    throw error;
  }
}

type Read = (part: string, whole: string[]) => Promise<XmlElement[]>;

/** A few elements of a small part; a hundred thousand at most. */
async function elements(parts: Package, part: string, whole: string[], signal: AbortSignal): Promise<XmlElement[]> {
  const found: XmlElement[] = [];
  for await (const pieces of streamXml(parts.part(part), { whole: new Set(whole), signal }))
    for (const { kind, element } of pieces) if (kind === 'whole' && found.length < 100_000) found.push(element);
  return found;
}

/** Where the workbook lies: named by the package, else where Excel puts it. */
async function rootPart(parts: Package, read: Read): Promise<string> {
  if (parts.has('_rels/.rels'))
    for (const { attributes } of await read('_rels/.rels', ['Relationships/Relationship']))
      if ((attributes['Type'] ?? '').endsWith('/officeDocument')) {
        const target = resolved('', attributes['Target'] ?? '');
        if (target !== undefined && parts.has(target)) return target;
      }
  return 'xl/workbook.xml';
}

/** A target as a name in the package, `..` worked out; names only, no paths of this machine. */
function resolved(folder: string, target: string): string | undefined {
  if (target === '' || target.length > 1000 || /^[a-z]+:/i.test(target)) return undefined;
  const steps: string[] = [];
  for (const step of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.join('/');
}

async function sharedTexts(parts: Package, part: string, name: string, signal: AbortSignal): Promise<string[]> {
  const texts: string[] = [];
  let characters = 0;
  for await (const pieces of streamXml(parts.part(part), { whole: new Set(['sst/si']), signal }))
    for (const { kind, element } of pieces) {
      if (kind !== 'whole') continue;
      const text = richText(element);
      characters += text.length;
      if (texts.length >= sheetLimits.sharedTexts || characters > sheetLimits.sharedCharacters)
        throw new ContractError(
          'too_large',
          `“${name}” holds more text than is read of one workbook. Save its sheets as CSV and import those.`,
        );
      texts.push(text);
    }
  return texts;
}

/** Which cell styles show a number as a day or a time. */
async function dateStyles(read: Read, part: string): Promise<boolean[]> {
  const formats = new Map<number, string>();
  const dates: boolean[] = [];
  for (const { name, attributes } of await read(part, ['styleSheet/numFmts/numFmt', 'styleSheet/cellXfs/xf'])) {
    if (name === 'numFmt') formats.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
    else dates.push(isDateFormat(Number(attributes['numFmtId'] ?? 0), formats.get(Number(attributes['numFmtId'] ?? 0))));
  }
  return dates;
}

async function* rowsOf(parts: Package, { part }: Sheet, styles: Styles, signal: AbortSignal): AsyncIterable<SheetRow> {
  let last = 0;
  const limits = { nodes: sheetLimits.columns * 20 };
  for await (const pieces of streamXml(parts.part(part), { whole: new Set(['worksheet/sheetData/row']), signal, limits }))
    for (const { kind, element } of pieces) {
      if (kind !== 'whole') continue;
      const told = Number(element.attributes['r']);
      last = Number.isInteger(told) && told > last && told <= 2_000_000 ? told : last + 1;
      yield rowOf(element, last, styles);
    }
}

function rowOf(element: XmlElement, number: number, styles: Styles): SheetRow {
  const cells: string[] = [];
  const [formulas, uncomputed, errors]: string[][] = [[], [], []];
  let next = 0;
  for (const cell of element.children) {
    if (cell.name !== 'c') continue;
    const column = columnOf(cell.attributes['r']) ?? next;
    next = column + 1;
    const { text, formula, error } = cellText(cell, styles);
    const at = `${letters(column)}${number}`;
    if (formula) (text === '' && !error ? uncomputed : formulas)?.push(at);
    if (error) errors?.push(at);
    if (text === '') continue;
    if (column >= sheetLimits.columns)
      return { number, cells: [], formulas: [], uncomputed: [], errors: [], fault: `more than ${sheetLimits.columns} columns` };
    if (text.length > sheetLimits.cell)
      return {
        number,
        cells: [],
        formulas: [],
        uncomputed: [],
        errors: [],
        fault: `a cell longer than ${sheetLimits.cell.toLocaleString('en-US')} characters`,
      };
    while (cells.length < column) cells.push('');
    cells[column] = text;
  }
  return { number, cells, formulas: formulas ?? [], uncomputed: uncomputed ?? [], errors: errors ?? [] };
}

/** `C7` is column 2. */
function columnOf(reference: string | undefined): number | undefined {
  const found = /^([A-Z]{1,3})\d{0,7}$/.exec(reference ?? '');
  if (!found) return undefined;
  let column = 0;
  for (const letter of found[1] as string) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

export function letters(column: number): string {
  let name = '';
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  return name;
}
