import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import * as admin from '#shared/contract/admin.ts';
import * as coverage from '#shared/contract/coverage.ts';
import { blobMark, type Part, permissions } from '#shared/contract/define.ts';
import { contract } from '#shared/contract/index.ts';
import * as intel from '#shared/contract/intel.ts';
import * as investigation from '#shared/contract/investigation.ts';
import * as jobs from '#shared/contract/jobs.ts';
import * as knowledge from '#shared/contract/knowledge.ts';
import * as stix from '#shared/domain/knowledge/stix.ts';
import { errorCodes } from '#shared/transport/errors.ts';

export const contractDocsFile = join(import.meta.dirname, '../docs/contract.md');

type Schema = Record<string, unknown>;

/** Schemas that have a name are described once, at the end. */
const named = z.registry<{ id: string }>();
for (const module of [stix, jobs, knowledge, intel, coverage, investigation, admin])
  for (const [id, value] of Object.entries(module)) if (value instanceof z.ZodType && !named.has(value)) named.add(value, { id });

/** docs/contract.md: every word, call, kind, permission, input and answer, as the schemas state them. */
export function contractDocs(): string {
  const shapes = new Map<string, string>();
  const words = Object.entries(contract).map(([word, parts]) => describeWord(word, parts, shapes));
  const list = [...shapes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => `### ${name}\n\n${fenced(text)}`);
  return [
    '# The contract',
    'All that may be asked of the engine, by whichever door. This file is made by `npm run docs:contract` from `src-shared/contract`; a test keeps the two equal.',
    'A **query** reads and may be cancelled, a **command** changes and is audited, an **event** tells. ' +
      `Each call needs one permission (${permissions.map(code).join(', ')}) and an open workspace, unless it says that it is answered while locked. ` +
      'Inputs refuse keys that they do not know. A `Blob` is a header and the raw bytes that the header describes.',
    `A call fails with one of these codes and a sentence: ${errorCodes.map(code).join(', ')}.`,
    table(),
    ...words,
    '## Shapes',
    ...list,
    '',
  ].join('\n\n');
}

function table(): string {
  const rows = Object.entries(contract).map(([word, parts]) => {
    const kinds = Object.values(parts as Record<string, Part>).map(({ kind }) => kind);
    const count = (kind: Part['kind']) => kinds.filter((one) => one === kind).length;
    return `| [${word}](#${word}) | ${count('query')} | ${count('command')} | ${count('event')} |`;
  });
  return ['| word | queries | commands | events |', '|---|---|---|---|', ...rows].join('\n');
}

function describeWord(word: string, parts: Readonly<Record<string, Part>>, shapes: Map<string, string>): string {
  const sections = Object.entries(parts).map(([name, part]) => {
    const [terms, text] =
      part.kind === 'event'
        ? ['event', `on${name[0]?.toUpperCase()}${name.slice(1)}((payload: ${print(part.payload, 'output', shapes)}) => void)`]
        : [
            `${part.kind} · needs ${code(part.needs)}${part.whileLocked ? ' · answered while locked' : ''}`,
            `${name}(${print(part.input, 'input', shapes)}): ${print(part.output, 'output', shapes)}`,
          ];
    return `### ${word}.${name}\n\n${part.about} *${terms.replaceAll('`', '')}*\n\n${fenced(text)}`;
  });
  return [`## ${word}`, ...sections].join('\n\n');
}

/** A schema as readable text. Named parts are noted in `shapes` and appear by their name. */
function print(schema: z.ZodType, io: 'input' | 'output', shapes: Map<string, string>): string {
  if (schema instanceof z.ZodVoid) return '';
  const header = schema.meta()?.[blobMark];
  if (header instanceof z.ZodType) return `Blob<${print(header, io, shapes)}>`;
  const json = z.toJSONSchema(schema, { io, metadata: named, unrepresentable: 'any' }) as Schema;
  for (const [name, shape] of Object.entries((json.$defs ?? {}) as Record<string, Schema>))
    if (!name.startsWith('__')) shapes.set(name, shapeText(shape));
  const id = typeof json.id === 'string' ? json.id : undefined;
  if (id === undefined) return write(json, 0);
  shapes.set(id, shapeText(json));
  return id;
}

function write(schema: Schema, depth: number): string {
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return name.startsWith('__') || name === '#' ? 'JSON' : name;
  }
  if ('const' in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  const choices = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
  if (choices) return choices.map((one) => write(one, depth)).join(' | ');
  if (schema.type === 'array') {
    const item = write((schema.items ?? {}) as Schema, depth);
    return /^[\w.]+$/.test(item) ? `${item}[]` : `Array<${item}>`;
  }
  if (schema.type === 'object') return writeObject(schema, depth);
  if (typeof schema.type === 'string') return schema.type;
  return 'JSON';
}

function writeObject(schema: Schema, depth: number): string {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  if (properties.length === 0) {
    const value = schema.additionalProperties;
    return typeof value === 'object' && value !== null ? `{ [key: string]: ${write(value as Schema, depth)} }` : '{}';
  }
  const required = new Set((schema.required ?? []) as string[]);
  const indent = '  '.repeat(depth + 1);
  const lines = properties.map(([key, value]) => {
    const note = limits(value);
    return `${indent}${key}${required.has(key) ? '' : '?'}: ${write(value, depth + 1)};${note ? ` // ${note}` : ''}`;
  });
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`;
}

/** Units, bounds and the default of a value, in words. */
function limits(schema: Schema): string {
  const notes: string[] = [];
  const range = (low: unknown, high: unknown, unit: string) => {
    const [least, most] = [low, high].map((one) => (typeof one === 'number' && Math.abs(one) < Number.MAX_SAFE_INTEGER ? one : undefined));
    const least1 = least === 0 && unit !== '' ? undefined : least;
    if (least1 !== undefined && most !== undefined) notes.push(`${least1} to ${most}${unit}`);
    else if (least1 !== undefined) notes.push(`at least ${least1}${unit}`);
    else if (most !== undefined) notes.push(`at most ${most}${unit}`);
  };
  if (schema.format === 'date-time') notes.push('ISO 8601, UTC');
  if (schema.type === 'string') range(schema.minLength, schema.maxLength, ' characters');
  if (schema.type === 'string' && typeof schema.pattern === 'string' && !schema.format) notes.push(`matches ${schema.pattern}`);
  if (schema.type === 'array') range(schema.minItems, schema.maxItems, ' items');
  if (schema.type === 'integer' || schema.type === 'number') range(schema.minimum, schema.maximum, '');
  if ('default' in schema) notes.push(`${JSON.stringify(schema.default)} unless told`);
  return notes.join(', ');
}

function shapeText({ id: _, ...schema }: Schema): string {
  const note = schema.type === 'object' ? '' : limits(schema);
  return `${write(schema, 0)}${note ? ` // ${note}` : ''}`;
}

const code = (text: string) => `\`${text}\``;
const fenced = (text: string) => `\`\`\`ts\n${text}\n\`\`\``;

if (import.meta.main) {
  writeFileSync(contractDocsFile, contractDocs());
  console.log('docs/contract.md written');
}
