import { ContractError } from '#shared/transport/errors.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { sketchJson } from '../json-sketch.ts';
import { type JsonElement, streamObjects } from '../json-stream/index.ts';
import { streamLines } from '../json-stream/lines.ts';
import { looksLikeRecord, type Reading, vulnerabilityFrom } from './record.ts';

/** Where lists of records stand in the wrappings that are about: the CVE Services' answer, and others' exports. */
const wrappings = ['cveRecords', 'cves', 'records', 'cve_records', 'items', 'data', 'results'] as const;

/** Records of the CVE list in CVE JSON 5.0 to 5.2: one, an array, a list within an object, or one a line. */
export const cve = defineFormat({
  id: 'cve',
  title: 'CVE records (CVE JSON 5)',
  from: ['CVE Program', 'CISA Vulnrichment', 'GitHub cvelistV5'],
  brings: 'Each CVE as a vulnerability with its scores by the vector, weaknesses, affected products and versions, SSVC and references.',
  extensions: ['json', 'jsonl', 'ndjson'],

  detect({ text }) {
    const { paths, text: valueOf, root } = sketchJson(text);
    if (root === 'other') return { confidence: 0, because: 'it is no JSON' };
    for (const at of ['', '[]', ...wrappings.map((name) => `${name}[]`)]) {
      const member = (name: string) => (at === '' ? name : `${at}.${name}`);
      const named = valueOf(member('dataType')) === 'CVE_RECORD';
      const shaped = paths.has(member('cveMetadata.cveId')) || paths.has(member('containers.cna'));
      if (named && shaped) return { confidence: 0.99, because: 'it says it is a CVE record (dataType CVE_RECORD)' };
      if (shaped && paths.has(member('cveMetadata'))) return { confidence: 0.95, because: 'it has the cveMetadata of a CVE record' };
      if (named) return { confidence: 0.9, because: 'it says it is a CVE record (dataType CVE_RECORD)' };
    }
    return { confidence: 0, because: 'it holds no CVE record' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const reading: Reading = { context, seen: new Map() };
  let any = false;
  for await (const element of elements(source, context)) {
    any ||= looksLikeRecord(element.value);
    if (element.fault !== undefined) yield { kind: 'rejected', path: element.path, reason: element.fault };
    else yield* vulnerabilityFrom(element.value, element.path, reading);
    for (const loss of element.losses ?? []) yield { kind: 'loss', ...loss };
  }
  if (!any) throw new ContractError('invalid_input', `“${source.name}” holds no CVE record.`);
}

async function* elements(source: Source, { signal }: ReadContext): AsyncIterable<JsonElement> {
  const start = await startOf(source);
  if (start.trim() === '') throw new ContractError('invalid_input', `“${source.name}” is empty.`);
  if (isLines(start)) {
    for await (const batch of streamLines(source.bytes(), { signal })) yield* batch;
    return;
  }
  const sketch = sketchJson(start);
  const path = wrappings.find((name) => sketch.paths.has(`${name}[].cveMetadata`) || sketch.paths.has(`${name}[].containers`)) ?? '';
  const members: JsonElement[] = [];
  let listed = false;
  for await (const batch of streamObjects(source.bytes(), { path, signal, onMember: (member) => members.push(member) })) {
    listed = true;
    yield* batch;
  }
  if (listed || path !== '') return;
  // A single record is the one member there is.
  for (const member of members) yield { ...member, path: 'record' };
}

/** Whether each line is a JSON object of its own: the first one is whole, or the second begins like one. */
function isLines(start: string): boolean {
  const text = start.replace(/^[\s\ufeff]+/, '');
  const end = text.indexOf('\n');
  if (!text.startsWith('{') || end === -1) return false;
  if (/^[ \t\r\n]*\{/.test(text.slice(end))) return true;
  try {
    return typeof JSON.parse(text.slice(0, end)) === 'object';
  } catch {
    return false;
  }
}

/** Long enough for the first line of any record that is usual; a list of longer ones is found by its wrapping. */
const startBytes = 4 * 1024 * 1024;

async function startOf(source: Source): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source.bytes()) {
    pieces.push(piece);
    size += piece.length;
    // Past the first line break there is nothing more to learn but from the head.
    if (size > startBytes || (size > 64 * 1024 && piece.includes(0x0a))) break;
  }
  return new TextDecoder().decode(Buffer.concat(pieces));
}
