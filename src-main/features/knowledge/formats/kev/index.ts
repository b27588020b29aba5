import { ContractError } from '#shared/transport/errors.ts';
import { readTable } from '../csv/table.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { sketchJson } from '../json-sketch.ts';
import { type JsonElement, streamObjects } from '../json-stream/index.ts';
import { looksLikeKevHeader } from './header.ts';
import { recordFromRow, vulnerabilityFrom } from './vulnerability.ts';

/** CISA's catalogue of known exploited vulnerabilities, as its JSON or its CSV. */
export const kev = defineFormat({
  id: 'kev',
  title: 'CISA Known Exploited Vulnerabilities',
  from: ['CISA'],
  brings: 'Vulnerabilities known to be exploited, with due dates, required actions and the use in ransomware campaigns.',
  extensions: ['json', 'csv'],

  detect({ text }) {
    const sketch = sketchJson(text);
    if (sketch.paths.has('vulnerabilities[].cveID'))
      return { confidence: 0.98, because: 'it lists vulnerabilities by cveID, as CISA’s catalogue does' };
    if (sketch.root === 'object' && sketch.paths.has('catalogVersion') && sketch.paths.has('vulnerabilities')) {
      return { confidence: 0.95, because: 'it is a catalogue of vulnerabilities with a catalogVersion' };
    }
    if (sketch.root === 'other' && looksLikeKevHeader(firstLine(text))) {
      return { confidence: 0.98, because: 'its columns are those of CISA’s catalogue (cveID, vendorProject, …)' };
    }
    return { confidence: 0, because: 'no catalogue of vulnerabilities by cveID' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const seen = new Map<string, string>();
  let any = false;
  for await (const { value, path, fault, losses } of records(source, context)) {
    any = true;
    if (fault !== undefined) yield { kind: 'rejected', path, reason: fault };
    else yield* vulnerabilityFrom(value, path, seen);
    for (const loss of losses ?? []) yield { kind: 'loss', ...loss };
  }
  if (!any)
    throw new ContractError('invalid_input', `“${source.name}” lists no vulnerabilities; it is not CISA’s catalogue, or it is empty.`);
}

async function* records(source: Source, { signal }: ReadContext): AsyncIterable<JsonElement> {
  let start: string | undefined;
  for await (const piece of source.bytes()) {
    start = new TextDecoder().decode(piece.subarray(0, 64)).trimStart();
    break;
  }
  if (start === undefined) throw new ContractError('invalid_input', `“${source.name}” is empty.`);
  if (start.startsWith('{') || start.startsWith('[')) {
    for await (const elements of streamObjects(source.bytes(), { path: 'vulnerabilities', signal })) yield* elements;
    return;
  }
  let header: readonly string[] | undefined;
  for await (const row of readTable(source, signal)) {
    if (!header) {
      if (!looksLikeKevHeader(row.cells.join(','))) {
        throw new ContractError(
          'invalid_input',
          `“${source.name}” lacks the columns of CISA’s catalogue (cveID, vendorProject, product, …).`,
        );
      }
      header = row.cells.map((cell) => cell.trim());
    } else if (row.fault !== undefined) {
      yield { value: undefined, path: `row ${row.number}`, fault: row.fault };
    } else {
      yield { value: recordFromRow(header, row.cells), path: `row ${row.number}` };
    }
  }
}

function firstLine(text: string): string {
  const end = text.search(/[\r\n]/);
  return end === -1 ? text : text.slice(0, end);
}
