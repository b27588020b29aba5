import { constants, gunzipSync } from 'node:zlib';
import type { z } from 'zod';
import type { Json, StixObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Item } from '../../knowledge/index.ts';
import { type PackColumn, PackHeader, PackTable, packLimits } from './pack-format.ts';

const PAGE = 500;

/** Reads the header alone, without unpacking the tables. Throws `damaged` where there is none. */
export function readPackHeader(bytes: Uint8Array): PackHeader {
  const start = unpack(bytes.subarray(0, packLimits.headerBytes), packLimits.unpackedBytes, constants.Z_SYNC_FLUSH);
  const end = start.indexOf(0x0a);
  if (end < 0 || end > packLimits.headerBytes) throw damaged('its header is missing');
  return parseLine(PackHeader, start.subarray(0, end).toString('utf8'), 'its header');
}

/**
 * Expands a facts pack to STIX 2.1 objects with the source's own ids and times, 500 at a time,
 * each marked `partial`. Throws `damaged` where the bytes are no pack or contradict themselves,
 * `too_large` past the bounds.
 */
export async function* readPack(bytes: Uint8Array): AsyncGenerator<Item[], void, undefined> {
  if (bytes.length > packLimits.packedBytes) throw tooLarge();
  const lines = unpack(bytes, packLimits.unpackedBytes).toString('utf8').trimEnd().split('\n');
  const header = parseLine(PackHeader, lines[0] ?? '', 'its header');
  if (lines.length - 1 !== header.tables) throw damaged('the number of its tables differs from its header');
  const tables = lines.slice(1).map((line, index) => parseLine(PackTable, line, `table ${index + 1}`));
  const ids = tables.flatMap(readIds);
  if (ids.length > packLimits.rows) throw tooLarge();
  const relationships = tables.reduce((sum, table) => sum + (table.type === 'relationship' ? table.rows : 0), 0);
  if (relationships !== header.relationships || ids.length - relationships !== header.objects)
    throw damaged('the number of its objects differs from its header');

  let first = 0;
  for (const table of tables) {
    const known = table.foreign.length > 0 ? [...ids, ...table.foreign] : ids;
    const columns = table.columns.map(({ property, column }) => ({ property, at: readColumn(column, known, table.rows, property) }));
    for (let from = 0; from < table.rows; from += PAGE) {
      const page: Item[] = [];
      for (let row = from; row < Math.min(from + PAGE, table.rows); row++) {
        const object: StixObject = { type: table.type, spec_version: '2.1', id: ids[first + row] as string };
        for (const { property, at } of columns) {
          const value = at(row);
          if (value !== undefined && value !== null) object[property] = value;
        }
        page.push({ kind: 'object', object, path: `${header.name}/${table.type}[${row}]`, partial: true });
      }
      yield page;
    }
    first += table.rows;
  }
}

function readIds(table: PackTable): string[] {
  const bytes = Buffer.from(table.ids, 'base64');
  if (bytes.length !== table.rows * 16) throw damaged(`the ids of ${table.type} are cut short`);
  const ids: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const hex = bytes.toString('hex', at, at + 16);
    ids.push(`${table.type}--${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`);
  }
  return ids;
}

/** The value of a row; a list is a fresh one each time, so that no two objects share it. */
function readColumn(column: PackColumn, ids: readonly string[], rows: number, property: string): (row: number) => Json | undefined {
  const complete = (length: number) => {
    if (length !== rows) throw damaged(`the column ${property} has ${length} values for ${rows} rows`);
  };
  const pick = <T>(from: readonly T[], code: number): T => {
    const value = from[code - 1];
    if (value === undefined) throw damaged(`the column ${property} names a value that is not there`);
    return value;
  };
  switch (column.kind) {
    case 'same':
      return () => structuredClone(column.value);
    case 'coded':
      complete(column.codes.length);
      return (row) => {
        const code = column.codes[row] ?? 0;
        return code === 0 ? undefined : structuredClone(pick(column.values, code));
      };
    case 'coded-lists':
      complete(column.lists.length);
      return (row) => column.lists[row]?.map((code) => structuredClone(pick(column.values, code)));
    case 'each':
      complete(column.values.length);
      return (row) => column.values[row];
    case 'times':
      complete(column.values.length);
      return (row) => {
        const value = column.values[row];
        return typeof value === 'number' ? timestamp(column.base + value, property) : value;
      };
    case 'ref':
      complete(column.rows.length);
      return (row) => {
        const code = column.rows[row] ?? 0;
        return code === 0 ? undefined : pick(ids, code);
      };
    case 'refs':
      complete(column.lists.length);
      return (row) => column.lists[row]?.map((code) => pick(ids, code));
  }
}

function timestamp(milliseconds: number, property: string): string {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) throw damaged(`the column ${property} holds an impossible time`);
  return date.toISOString();
}

function parseLine<S extends z.ZodType>(schema: S, line: string, what: string): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(line.replace(/^\[/, '').replace(/[,\]]$/, ''));
  } catch (error) {
    throw damaged(`${what} is not JSON`, error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw damaged(`${what} is not as expected at ${issue?.path.map(String).join('.') || 'its top'} (${issue?.message ?? 'unknown'})`);
}

function unpack(bytes: Uint8Array, most: number, finishFlush: number = constants.Z_FINISH): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: most, finishFlush });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw damaged('it is not a complete gzip file', error);
  }
}

function damaged(what: string, cause?: unknown) {
  return new ContractError('damaged', `The pack cannot be read: ${what}. Install Redoubt again to restore its packs.`, { cause });
}

function tooLarge() {
  return new ContractError('too_large', 'The pack is larger than a pack may be; it was not read.');
}
