import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { readTable } from '../csv/table.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { sketchJson } from '../json-sketch.ts';
import { type JsonElement, streamObjects } from '../json-stream/index.ts';
import { isObject, textIn } from '../json-values.ts';
import { missingLoss, namedObjects } from '../named-objects.ts';
import { looksLikeAttackToCveHeader } from './header.ts';
import { controlOf, fromMapping, type Project, projectOf, type Reading } from './mapping.ts';

/** Mappings of the Center for Threat-Informed Defense to ATT&CK: its JSON, its descriptions of controls, its CVE table. */
export const ctidMapping = defineFormat({
  id: 'ctid-mapping',
  title: 'CTID mappings to ATT&CK',
  from: ['Center for Threat-Informed Defense', 'Mappings Explorer'],
  brings: 'Controls, cloud services, VERIS actions and exploited CVEs, linked to the techniques they mitigate, detect or follow from.',
  extensions: ['json', 'csv'],

  detect({ text, complete }) {
    const { root, paths } = sketchJson(text);
    if (paths.has('mapping_objects') && (paths.has('metadata.mapping_framework') || paths.has('mapping_objects[].attack_object_id')))
      return { confidence: 0.99, because: 'it holds mapping_objects, as the Center’s Mappings Explorer writes them' };
    if (root === 'other' && looksLikeAttackToCveHeader(firstLine(text)))
      return { confidence: 0.98, because: 'its columns are those of the Center’s CVE to ATT&CK table' };
    if (root === 'array' && isDescriptions(text, complete))
      return { confidence: 0.85, because: 'it lists controls by id and description, as the Center’s mappings do' };
    return { confidence: 0, because: 'it holds no mapping_objects' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

const firstLine = (text: string) => text.slice(0, text.search(/[\r\n]|$/));

/** Nothing but `id` and `description`, and the ids those of a framework that is known. */
function isDescriptions(text: string, complete: boolean): boolean {
  const { paths, text: valueOf } = sketchJson(text);
  const only = [...paths].every((path) => path === '[].id' || path === '[].description');
  return (
    (complete || text.length > 1000) &&
    only &&
    paths.has('[].id') &&
    paths.has('[].description') &&
    frameworkOf(valueOf('[].id') ?? '') !== undefined
  );
}

function frameworkOf(id: string): string | undefined {
  if (/^(?:AC|AT|AU|CA|CM|CP|IA|IR|MA|MP|PE|PL|PM|PS|PT|RA|SA|SC|SI|SR)-\d{1,2}$/.test(id)) return 'nist_800_53';
  if (/^(?:GV|ID|PR|DE|RS|RC|EX)\.[A-Z]{2}-\d{2}\.\d{2}$/.test(id)) return 'cri_profile';
  return /^(?:A&A|AIS|BCR|CCC|CEK|DCS|DSP|GRC|HRS|IAM|IPY|I&S|IVS|LOG|SEF|STA|TVM|UEM)-\d{2}$/.test(id) ? 'csa_ccm' : undefined;
}

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  let start = '';
  for await (const piece of source.bytes()) {
    start += new TextDecoder().decode(piece.subarray(0, 4096));
    if (start.trim() !== '') break;
  }
  start = start.replace(/^[\s\ufeff]+/, '');
  if (start === '') throw new ContractError('invalid_input', `“${source.name}” is empty.`);
  const names = namedObjects(context);
  if (start.startsWith('[')) yield* descriptions(source, context);
  else if (start.startsWith('{'))
    yield* mappings(source, context, { project: projectOf(undefined), names, given: new Set(), mapped: new Map() });
  else
    yield* table(source, context, {
      project: { ...projectOf(undefined), framework: 'attack_to_cve' },
      names,
      given: new Set(),
      mapped: new Map(),
    });
  yield* missingLoss(names);
}

async function* mappings(source: Source, { signal }: ReadContext, empty: Reading): AsyncIterable<Item> {
  // What holds for all may stand behind them: it is read first, in a pass of its own.
  let metadata: Json | undefined;
  for await (const _ of streamObjects(source.bytes(), {
    path: 'mapping_objects',
    signal,
    onMember: ({ path, value }) => {
      if (path === 'metadata') metadata = value;
    },
  }))
    if (metadata !== undefined) break;
  const project: Project = projectOf(metadata);
  const reading = { ...empty, project };
  const members: JsonElement[] = [];
  let any = false;
  for await (const batch of streamObjects(source.bytes(), { path: 'mapping_objects', signal, onMember: (one) => members.push(one) })) {
    for (const { path, value, fault, losses } of batch) {
      any = true;
      if (fault !== undefined) yield { kind: 'rejected', path, reason: fault };
      else yield* fromMapping(reading, value, path);
      for (const loss of losses ?? []) yield { kind: 'loss', ...loss };
    }
  }
  for (const { path, value, fault } of members) {
    if (path === 'mapping_objects' && Array.isArray(value)) any = true;
    if (fault !== undefined) yield { kind: 'rejected', path: path || 'file', reason: fault };
    else if (path !== 'metadata' && path !== 'mapping_objects')
      yield { kind: 'loss', path: path.slice(0, 200), what: 'not a part of the Center’s schema; left out' };
  }
  if (!any) throw new ContractError('invalid_input', `“${source.name}” holds no mapping_objects; it is not a mapping of the Center’s.`);
  if (!isObject(metadata)) yield { kind: 'loss', path: 'metadata', what: 'it does not say which framework it maps; kept under “unknown”' };
}

async function* descriptions(source: Source, { signal }: ReadContext): AsyncIterable<Item> {
  let any = false;
  for await (const batch of streamObjects(source.bytes(), { path: '', signal })) {
    for (const { path, value, fault } of batch) {
      const id = isObject(value) ? textIn(value, 'id')?.trim() : undefined;
      const framework = id === undefined ? undefined : frameworkOf(id);
      if (!isObject(value) || id === undefined || framework === undefined) {
        yield { kind: 'rejected', path, reason: fault ?? 'not a control of 800-53, the CRI profile or CSA’s CCM by its id' };
        continue;
      }
      any = true;
      const description = plain(textIn(value, 'description') ?? '');
      const version = versionIn(source.name, framework);
      const object = controlOf({ framework, version }, id, { name: id, ...(description ? { description } : {}) });
      // The name is the mapping's to give: a description alone does not know it.
      yield { kind: 'object', object, path, stamp: true, merge: true };
    }
  }
  if (!any) throw new ContractError('invalid_input', `“${source.name}” describes no controls that are known by their ids.`);
}

/** The file's name alone says of which edition; without it the one of the Center's newest mapping is meant. */
function versionIn(name: string, framework: string): string {
  if (framework === 'nist_800_53') return /rev-?4/i.test(name) ? 'rev4' : 'rev5';
  const said = /v?\d{1,9}\.\d{1,9}(?:\.\d{1,9})?/.exec(name)?.[0];
  return framework === 'cri_profile' ? (said ?? 'v2.1') : (said ?? '4.1');
}

/** Rev. 5's texts come as HTML. */
function plain(text: string): string {
  return text
    .slice(0, 100_000)
    .replace(/<\/?[a-z][^<>]{0,300}>/gi, '')
    .trim();
}

const impacts = [
  ['Primary Impact', 'primary_impact'],
  ['Secondary Impact', 'secondary_impact'],
  ['Exploitation Technique', 'exploitation_technique'],
  ['Uncategorized', 'uncategorized'],
] as const;

async function* table(source: Source, { signal }: ReadContext, reading: Reading): AsyncIterable<Item> {
  let header: readonly string[] | undefined;
  for await (const row of readTable(source, signal)) {
    const path = `row ${row.number}`;
    if (!header) {
      if (!looksLikeAttackToCveHeader(row.cells.join(',')))
        throw new ContractError(
          'invalid_input',
          `“${source.name}” lacks the columns of the Center’s CVE table (CVE ID, Exploitation Technique, …).`,
        );
      header = row.cells.map((cell) => cell.trim());
    } else if (row.fault !== undefined) yield { kind: 'rejected', path, reason: row.fault };
    else yield* fromRow(reading, header, row.cells, path);
  }
}

const techniqueId = /T\d{4}(?:\.\d{3})?/g;

function* fromRow(reading: Reading, header: readonly string[], cells: readonly string[], path: string): Iterable<Item> {
  const cell = (name: string) => cells[header.indexOf(name)]?.trim() ?? '';
  const cve = cell('CVE ID');
  if (!/^CVE-\d{4}-\d{4,19}$/i.test(cve)) {
    yield { kind: 'rejected', path, reason: `“${cve.slice(0, 60)}” is not a CVE id` };
    return;
  }
  const phase = cell('Phase');
  let any = false;
  for (const [column, type] of impacts) {
    const words = cell(column)
      .replace(techniqueId, '')
      .replace(/[;,\s]+/g, ' ')
      .trim();
    if (words !== '')
      yield { kind: 'loss', id: cve, path: `${path}, column ${column}`, what: `“${words.slice(0, 200)}” is no technique; left out` };
    for (const [technique] of cell(column).matchAll(techniqueId)) {
      any = true;
      const raw: JsonObject = { capability_id: cve, attack_object_id: technique, mapping_type: type, ...(phase ? { phase } : {}) };
      yield* fromMapping(reading, raw, `${path}, column ${column}`);
    }
  }
  if (!any) yield { kind: 'loss', id: cve, path, what: 'names no technique; left out' };
}
