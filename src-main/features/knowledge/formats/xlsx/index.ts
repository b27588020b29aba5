import type { ColumnMapping } from '#shared/contract/knowledge.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { assetProperties, columnNames, guessMapping, knownHeaders } from '../csv/columns.ts';
import { columnsFrom, nothingSeen, rowItems } from '../csv/rows.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { checkSignal, inPages } from '../items.ts';
import { createD3fendMapping, d3fendColumns } from './d3fend-mapping.ts';
import { openWorkbook, type Sheet, type SheetRow, type Workbook } from './workbook.ts';

const rowsToFindHeader = 30;
const rowsToGuessFrom = 200;
const rowsShown = 5;

/** A workbook of assets: each sheet with a header of known words is a table like a CSV file. D3FEND's mappings of controls too. */
export const xlsx = defineFormat({
  id: 'xlsx',
  title: 'Workbook of assets (XLSX)',
  from: ['Microsoft Excel', 'LibreOffice Calc', 'Google Sheets', 'ServiceNow', 'Any CMDB'],
  brings:
    'One asset a row of every sheet that has a header, with the same columns as a CSV table. Formulas are never run: their last values are taken. D3FEND’s workbooks come in as controls and their countermeasures.',
  extensions: ['xlsx', 'xlsm'],

  detect({ text }) {
    if (text.startsWith('PK\u0003\u0004'))
      return /xl\/(?:workbook|worksheets|_rels|sharedStrings|styles)/i.test(text)
        ? { confidence: 0.95, because: 'it is a zip with the parts of a workbook (xl/…)' }
        : { confidence: 0, because: 'it is a zip without the parts of a workbook' };
    if (/^(?:\u00d0\u00cf\u0011\u00e0)/.test(text))
      return { confidence: 0.6, because: 'it begins as old or password-protected Office files do' };
    return { confidence: 0, because: 'it is no zip, as workbooks are' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },

  async columns(source) {
    const signal = new AbortController().signal;
    const workbook = await openWorkbook(source, signal);
    try {
      const { tables, mappings } = await tablesOf(workbook);
      if (tables.length === 0 && mappings.length === 0) throw noTable(source);
      const mapping: ColumnMapping = [];
      for (const table of tables)
        for (const entry of table.guessed) if (!mapping.some(({ column }) => column === entry.column)) mapping.push(entry);
      const [first] = tables;
      return {
        mapping,
        properties: assetProperties.map(({ property, title }) => ({ property, title })),
        firstRows: (first?.rows ?? [])
          .slice(0, rowsShown)
          .map((row) => mapping.map(({ column }) => (row[first?.names.indexOf(column) ?? -1] ?? '').slice(0, 500))),
      };
    } finally {
      workbook.close();
    }
  },
});

interface Table {
  readonly sheet: Sheet;
  readonly header: number;
  readonly names: readonly string[];
  readonly guessed: ColumnMapping;
  /** The first rows below the header. */
  readonly rows: readonly (readonly string[])[];
}

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const { signal, mapping } = context;
  checkSignal(signal);
  const workbook = await openWorkbook(source, signal);
  try {
    const { tables, mappings, others } = await tablesOf(workbook);
    if (tables.length === 0 && mappings.length === 0) throw noTable(source);
    const unknown = (mapping ?? []).find(({ column }) => !tables.some(({ names }) => names.includes(column)));
    if (unknown)
      throw new ContractError(
        'invalid_input',
        `The mapping names a column “${unknown.column.slice(0, 60)}”, which no sheet of the workbook has.`,
      );
    for (const { sheet, why } of others) yield { kind: 'loss', path: `sheet ${sheet.name}`, what: why };
    for (const table of mappings) yield* mappingItems(workbook, table, context);
    const seen = nothingSeen();
    for (const table of tables) {
      const chosen = mapping?.filter(({ column }) => table.names.includes(column));
      const columns = columnsFrom(table.names, table.guessed, chosen);
      const where = tables.length === 1 && others.length === 0 ? '' : `sheet ${table.sheet.name}, `;
      const formulas: string[] = [];
      for await (const row of workbook.rows(table.sheet)) {
        if ((row.number & 255) === 0) checkSignal(signal);
        yield* remarks(row, where, formulas);
        if (row.number === table.header || isBlank(row)) continue;
        if (row.number < table.header) {
          const text = row.cells.filter(Boolean).join(' | ').slice(0, 200);
          yield { kind: 'loss', path: `${where}row ${row.number}`, what: `it stands above the header and is left out: “${text}”` };
        } else yield* rowItems(row, columns, seen, context, where);
      }
      if (formulas.length > 0)
        yield {
          kind: 'loss',
          path: `${where}${formulas[0]}`,
          what: `${formulas.length} cells hold formulas (${formulas.slice(0, 5).join(', ')}${formulas.length > 5 ? ', …' : ''}); their last values are taken, the formulas left out`,
        };
    }
  } finally {
    workbook.close();
  }
}

async function* mappingItems(workbook: Workbook, { sheet, header, names }: Table, context: ReadContext): AsyncIterable<Item> {
  const columns = d3fendColumns(names);
  if (!columns) return;
  const mapping = createD3fendMapping(context, columns, sheet.name);
  for await (const row of workbook.rows(sheet)) {
    if ((row.number & 255) === 0) checkSignal(context.signal);
    const path = `sheet ${sheet.name}, row ${row.number}`;
    if (row.fault !== undefined) yield { kind: 'rejected', path, reason: row.fault };
    else if (row.number > header && !isBlank(row)) yield* mapping.read(row.cells, path);
  }
  yield* mapping.finish();
}

function* remarks({ number, uncomputed, errors, formulas }: SheetRow, where: string, all: string[]): Iterable<Item> {
  for (const cell of formulas) all.push(cell);
  if (uncomputed.length > 0)
    yield {
      kind: 'loss',
      path: `${where}row ${number}`,
      what: `formulas without a computed value (${uncomputed.slice(0, 10).join(', ')}) are left empty`,
    };
  if (errors.length > 0)
    yield {
      kind: 'loss',
      path: `${where}row ${number}`,
      what: `cells with an error of the spreadsheet (${errors.slice(0, 10).join(', ')}) are left empty`,
    };
}

interface Sorted {
  readonly tables: Table[];
  /** Sheets in which D3FEND maps controls. */
  readonly mappings: Table[];
  readonly others: { readonly sheet: Sheet; readonly why: string }[];
}

/** The sheets that are tables of assets, those that map controls, and the others with the reason why they are neither. */
async function tablesOf(workbook: Workbook): Promise<Sorted> {
  const tables: Table[] = [];
  const mappings: Table[] = [];
  const others: Sorted['others'] = [];
  const unsure: Table[] = [];
  for (const sheet of workbook.sheets) {
    const found = await tableOf(workbook, sheet);
    if (!found) others.push({ sheet, why: 'the sheet is empty' });
    else if (sheet.hidden) others.push({ sheet, why: 'the sheet is hidden and left out; show it in the spreadsheet to have it read' });
    else if (d3fendColumns(found.names)) mappings.push(found);
    else if (knownHeaders(found.names) >= 2) tables.push(found);
    else unsure.push(found);
  }
  // A workbook of one table is read even where only one of its headers is known.
  if (tables.length === 0 && mappings.length === 0 && unsure.length === 1 && knownHeaders((unsure[0] as Table).names) >= 1)
    tables.push(...unsure.splice(0));
  for (const { sheet } of unsure) others.push({ sheet, why: 'no row of the sheet is a header of an asset table; the sheet is left out' });
  return { tables, mappings, others };
}

/** The header is the row with most known words among the first ones; at a tie the first. */
async function tableOf(workbook: Workbook, sheet: Sheet): Promise<Table | undefined> {
  const rows: SheetRow[] = [];
  for await (const row of workbook.rows(sheet)) {
    if (!isBlank(row)) rows.push(row);
    if (rows.length >= rowsToFindHeader + rowsToGuessFrom) break;
  }
  let header: SheetRow | undefined;
  let best = -1;
  for (const row of rows.slice(0, rowsToFindHeader)) {
    const known = knownHeaders(row.cells);
    if (known > best) [header, best] = [row, known];
  }
  if (!header) return undefined;
  const names = columnNames(header.cells);
  const below = rows.filter(({ number }) => number > (header as SheetRow).number).map(({ cells }) => cells);
  return { sheet, header: header.number, names, guessed: guessMapping(names, below), rows: below };
}

function isBlank({ cells, fault }: SheetRow): boolean {
  return fault === undefined && cells.every((cell) => cell === '');
}

function noTable({ name }: Source): ContractError {
  return new ContractError(
    'invalid_input',
    `No sheet of “${name}” has a header that names assets (name, host name, IP address, owner, …). Add a header row, or save the sheet as CSV and choose its columns.`,
  );
}
