import { ContractError } from '#shared/transport/errors.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { looksLikeAttackToCveHeader } from '../ctid-mapping/header.ts';
import { looksLikeKevHeader } from '../kev/header.ts';
import { assetProperties, columnNames, guessMapping, knownHeaders } from './columns.ts';
import { columnsFrom, nothingSeen, rowItems } from './rows.ts';
import { detectDelimiter, readTable } from './table.ts';

const rowsToGuessFrom = 200;
const rowsShown = 5;

/** A table of assets, one a row, with a header. */
export const csv = defineFormat({
  id: 'csv',
  title: 'Table of assets (CSV)',
  from: ['Microsoft Excel', 'ServiceNow', 'Lansweeper', 'Snipe-IT', 'Any CMDB'],
  brings:
    'One asset a row, with owner, criticality, exposure, addresses, software and CVEs; columns that are not known are kept under their own names.',
  extensions: ['csv', 'tsv', 'txt'],

  detect({ text, complete }) {
    const no = (because: string) => ({ confidence: 0, because });
    const start = text.trimStart();
    if (start === '') return no('it is empty');
    if (start.startsWith('{') || start.startsWith('[') || start.startsWith('<')) return no('it is no table');
    // biome-ignore format: control characters other than tab and line ends
    if (/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd]/.test(start)) return no('it holds bytes that no text has');
    const line = start.slice(0, 100_000).split(/\r\n|\r|\n/, 1)[0] ?? '';
    if (looksLikeAttackToCveHeader(line)) return { confidence: 0.3, because: 'it is a table, but with the columns of a mapping of CVEs' };
    if (looksLikeKevHeader(line)) return { confidence: 0.3, because: 'it is a table, but with the columns of CISA’s catalogue' };
    // ATT&CK's own spreadsheets have a name, an ID and a version too, and each row an address of its site.
    if (/(?:^|,)"?ID"?,/.test(line) && /,"?url"?(?:,|$)/i.test(line) && /,"?https:\/\/attack\.mitre\.org\//.test(start))
      return { confidence: 0.3, because: 'it is a table of ATT&CK’s own objects; import ATT&CK’s STIX bundle in its place' };
    const { delimiter, evenness, columns } = detectDelimiter(start);
    const headers = columns === 1 ? [line] : line.split(delimiter).map((cell) => cell.trim().replace(/^"|"$/g, ''));
    const known = knownHeaders(headers);
    const named = delimiter === '\t' ? 'tabs' : `“${delimiter}”`;
    if (columns === 1) {
      return known === 1 && line.length < 60 && /[\r\n]/.test(start)
        ? { confidence: 0.6, because: `it is one column, headed “${line.trim()}”` }
        : no('no line is divided into columns');
    }
    if (known >= 2)
      return {
        confidence: evenness >= 0.8 ? 0.95 : 0.8,
        because: `${known} of its ${headers.length} columns, divided by ${named}, are known for assets`,
      };
    if (evenness < 0.8) return { confidence: 0.1, because: 'its lines are not divided evenly' };
    const several = complete ? /[\r\n][^\r\n]/.test(start) : true;
    return several
      ? { confidence: known === 1 ? 0.7 : 0.45, because: `its lines are divided by ${named} into ${columns} columns` }
      : { confidence: 0.2, because: 'it is a single line' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },

  async columns(source) {
    const signal = new AbortController().signal;
    const { names, rows } = await beginning(source, signal);
    return {
      mapping: guessMapping(names, rows),
      properties: assetProperties.map(({ property, title }) => ({ property, title })),
      firstRows: rows.slice(0, rowsShown).map((row) => names.map((_, index) => (row[index] ?? '').slice(0, 500))),
    };
  },
});

async function beginning(source: Source, signal: AbortSignal): Promise<{ names: string[]; rows: (readonly string[])[] }> {
  let names: string[] | undefined;
  const rows: (readonly string[])[] = [];
  for await (const row of readTable(source, signal)) {
    if (row.fault !== undefined) {
      if (!names) throw new ContractError('invalid_input', `The header of “${source.name}” cannot be read: ${row.fault}.`);
      continue;
    }
    if (!names) names = columnNames(row.cells);
    else rows.push(row.cells);
    if (rows.length >= rowsToGuessFrom) break;
  }
  if (!names) throw new ContractError('invalid_input', `“${source.name}” is empty.`);
  return { names, rows };
}

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const { names, rows } = await beginning(source, context.signal);
  const columns = columnsFrom(names, guessMapping(names, rows), context.mapping);
  let isHeader = true;
  const seen = nothingSeen();
  for await (const row of readTable(source, context.signal)) {
    if (isHeader) isHeader = false;
    else yield* rowItems(row, columns, seen, context);
  }
}
