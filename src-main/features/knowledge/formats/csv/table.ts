import { Readable } from 'node:stream';
import { ContractError } from '#shared/transport/errors.ts';
import type { Source } from '../format.ts';
import { checkSignal } from '../items.ts';
import { decodePieces, encodingOf } from '../text.ts';

export interface Row {
  /** As a spreadsheet counts: the header is row 1. */
  readonly number: number;
  readonly cells: readonly string[];
  /** Why the row could not be read; its cells are then empty. */
  readonly fault?: string;
}

export const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

/** Bounds on one table. A row past its bounds is reported; a table past its bounds is refused. */
export const tableLimits = { columns: 1000, cell: 100_000, row: 1024 * 1024, rows: 2_000_000 } as const;

/**
 * The rows of a table, blank ones left out. The delimiter is the one that cuts the first lines most evenly;
 * quotes as in RFC 4180, a stray quote inside a bare cell is text.
 */
export async function* readTable(source: Source, signal: AbortSignal): AsyncIterable<Row> {
  const encoding = await encodingOf(source.bytes());
  const text = decodePieces(source.bytes(), encoding);
  const pieces = text[Symbol.asyncIterator]();
  let start = '';
  let ended = false;
  while (start.length < 64 * 1024 && !ended) {
    const piece = await pieces.next();
    if (piece.done) ended = true;
    else start += piece.value;
  }
  if (start.trim() === '') throw new ContractError('invalid_input', `“${source.name}” is empty.`);
  const rest = async function* () {
    yield start;
    while (!ended) {
      const piece = await pieces.next();
      if (piece.done) return;
      yield piece.value;
    }
  };
  const { delimiter } = detectDelimiter(start);
  yield* parseRows(rest(), delimiter, source.name, signal);
}

interface Parsed {
  info: { records: number };
  record: string[];
}

async function* parseRows(text: AsyncIterable<string>, delimiter: Delimiter, name: string, signal: AbortSignal): AsyncIterable<Row> {
  const { parse } = await import('csv-parse');
  const parser = parse({
    delimiter,
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_records_with_error: true,
    max_record_size: tableLimits.row,
    encoding: 'utf8',
  });
  let fault: string | undefined;
  parser.on('skip', (error: { code?: string } | undefined) => {
    fault ??= faultOf(error?.code);
  });
  const input = Readable.from(text, { objectMode: false });
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);
  let number = 0;
  try {
    for await (const { info, record } of parser as AsyncIterable<Parsed>) {
      number = info.records;
      if ((number & 255) === 0) checkSignal(signal);
      if (number > tableLimits.rows) {
        throw new ContractError(
          'too_large',
          `“${name}” has more than ${tableLimits.rows.toLocaleString('en-US')} rows. Split it and import the parts.`,
        );
      }
      if (record.every((cell) => cell.trim() === '')) continue;
      if (record.length > tableLimits.columns) {
        yield { number, cells: [], fault: `more than ${tableLimits.columns} cells in one row` };
      } else if (record.some((cell) => cell.length > tableLimits.cell)) {
        yield { number, cells: [], fault: `a cell longer than ${tableLimits.cell.toLocaleString('en-US')} characters` };
      } else {
        yield { number, cells: record };
      }
    }
  } finally {
    input.destroy();
    parser.destroy();
  }
  // The parser leaves off at such a place: what follows cannot be told from the inside of a cell.
  if (fault !== undefined) yield { number: number + 1, cells: [], fault };
}

function faultOf(code: string | undefined): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote that begins here is never closed; this row and all after it are not read';
  if (code === 'CSV_MAX_RECORD_SIZE')
    return 'a row longer than 1 MiB, or a quote that is never closed; this row and all after it are not read';
  return 'not readable as a row of a table; this row and all after it are not read';
}

/** `evenness`: share of the first lines that have as many delimiters as the first, 0 where it has none. */
export function detectDelimiter(text: string): { delimiter: Delimiter; evenness: number; columns: number } {
  const counts = countDelimiters(text);
  let best: { delimiter: Delimiter; evenness: number; columns: number } = { delimiter: ',', evenness: 0, columns: 1 };
  for (const delimiter of delimiters) {
    const lines = counts.map((line) => line.get(delimiter) ?? 0);
    const first = lines[0] ?? 0;
    if (first === 0) continue;
    const evenness = lines.filter((count) => count === first).length / lines.length;
    if (evenness > best.evenness || (evenness === best.evenness && first + 1 > best.columns)) {
      best = { delimiter, evenness, columns: first + 1 };
    }
  }
  return best;
}

/** Delimiters outside quotes in each of the first 30 lines that are not blank. */
function countDelimiters(text: string): Map<string, number>[] {
  const lines: Map<string, number>[] = [];
  let line = new Map<string, number>();
  let any = false;
  let quoted = false;
  for (const symbol of text) {
    if (symbol === '"') quoted = !quoted;
    if (!quoted && (symbol === '\n' || symbol === '\r')) {
      if (any) lines.push(line);
      if (lines.length === 30) return lines;
      line = new Map();
      any = false;
    } else {
      any = true;
      if (!quoted && (delimiters as readonly string[]).includes(symbol)) line.set(symbol, (line.get(symbol) ?? 0) + 1);
    }
  }
  // A last line without its end may be cut off; it counts only where it is alone.
  if (any && lines.length === 0) lines.push(line);
  return lines;
}
