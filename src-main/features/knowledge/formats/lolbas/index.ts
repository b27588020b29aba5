import { ContractError } from '#shared/transport/errors.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { checkSignal, inPages } from '../items.ts';
import { sketchJson } from '../json-sketch.ts';
import { streamObjects } from '../json-stream/index.ts';
import { missingLoss, namedObjects } from '../named-objects.ts';
import { decodePieces, encodingOf } from '../text.ts';
import { fromEntry, looksLikeEntry, type Reading } from './tool.ts';

/** The project has 200 files of 2 KiB each. */
const mostText = 32 * 1024 * 1024;

/** LOLBAS: binaries of Windows that attackers live off, as the project's YAML files or its api/lolbas.json. */
export const lolbas = defineFormat({
  id: 'lolbas',
  title: 'LOLBAS',
  from: ['LOLBAS'],
  brings: 'Each binary as a tool with its commands, paths and detections, linked to the techniques it is abused for.',
  extensions: ['yml', 'yaml', 'json'],

  detect({ text }) {
    const { root, paths } = sketchJson(text);
    for (const at of ['', '[].'])
      if (
        paths.has(`${at}Name`) &&
        paths.has(`${at}Commands`) &&
        (paths.has(`${at}Commands[].MitreID`) || paths.has(`${at}Full_Path`) || paths.has(`${at}Commands[].Usecase`))
      )
        return { confidence: 0.97, because: 'it has a name and commands with use cases, as LOLBAS’ entries have' };
    const has = (key: string) => new RegExp(`^${key}:`, 'm').test(text);
    if (root === 'other' && has('Name') && has('Commands') && (has('Full_Path') || /^[ \t]*(?:-[ \t]*)?(?:MitreID|Usecase):/m.test(text)))
      return { confidence: 0.97, because: 'it has a Name and Commands with use cases, as LOLBAS’ YAML files have' };
    return { confidence: 0, because: 'it has no Commands with use cases' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const reading: Reading = { names: namedObjects(context), seen: new Map() };
  let start = '';
  for await (const piece of decodePieces(source.bytes(), 'utf-8')) {
    start += piece;
    if (start.trim() !== '') break;
  }
  start = start.replace(/^[\s\ufeff]+/, '');
  if (start === '') throw new ContractError('invalid_input', `“${source.name}” is empty.`);
  let any = false;
  const isJson = start.startsWith('{') || start.startsWith('[');
  for await (const { value, path, fault } of isJson ? fromJson(source, context) : fromYaml(source, context)) {
    any ||= looksLikeEntry(value as never);
    if (fault !== undefined) yield { kind: 'rejected', path, reason: fault };
    else yield* fromEntry(reading, value as never, path);
  }
  if (!any) throw new ContractError('invalid_input', `“${source.name}” holds no entry of LOLBAS (Name and Commands).`);
  yield* missingLoss(reading.names);
}

interface Found {
  readonly value?: unknown;
  readonly path: string;
  readonly fault?: string;
}

async function* fromJson(source: Source, { signal }: ReadContext): AsyncIterable<Found> {
  const members: Found[] = [];
  const onMember = (member: Found) => members.push({ ...member, path: 'entry' });
  for await (const batch of streamObjects(source.bytes(), { path: '', signal, onMember })) yield* batch;
  yield* members;
}

async function* fromYaml(source: Source, { signal }: ReadContext): AsyncIterable<Found> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of decodePieces(source.bytes(), await encodingOf(source.bytes()))) {
    checkSignal(signal);
    length += piece.length;
    if (length > mostText)
      throw new ContractError('too_large', `“${source.name}” is longer than 32 MiB of text; split it into several files.`);
    pieces.push(piece);
  }
  const { yamlDocuments } = await import('../sigma/documents.ts');
  for (const { path, value, fault } of yamlDocuments(pieces.join('').replaceAll('\r\n', '\n')))
    yield { path: path === 'rule' ? 'entry' : path, value, ...(fault === undefined ? {} : { fault }) };
}
