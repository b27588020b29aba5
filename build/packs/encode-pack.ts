import { gzipSync } from 'node:zlib';
import type { Json, StixObject } from '#shared/domain/knowledge/stix.ts';
import type { PackColumn, PackHeader, PackTable } from '../../src-main/features/intel/packs/pack-format.ts';
import { packFormat, packFormatVersion } from '../../src-main/features/intel/packs/pack-format.ts';

type Described = Pick<PackHeader, 'name' | 'title' | 'version' | 'released' | 'sources' | 'notice'>;

/** What others name first, so that a reader meets an object before what refers to it. */
const firstTypes = ['marking-definition', 'identity'];
const carried = new Set(['type', 'spec_version', 'id']);
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Writes STIX 2.1 objects as a facts pack. The same objects in any order give the same bytes. */
export function encodePack(described: Described, objects: readonly StixObject[]): Uint8Array {
  const groups = Map.groupBy(objects, (object) => object.type);
  const types = [...groups.keys()].sort((a, b) => rank(a) - rank(b) || compare(a, b));
  const sorted = new Map<string, StixObject[]>();
  const rowOf = new Map<string, number>();
  for (const type of types) {
    const rows = (groups.get(type) ?? []).toSorted((a, b) => compare(sortKey(a, rowOf), sortKey(b, rowOf)));
    for (const row of rows) {
      if (rowOf.has(row.id)) throw new Error(`${row.id} stands twice`);
      rowOf.set(row.id, rowOf.size + 1);
    }
    sorted.set(type, rows);
  }
  const tables = types.map((type) => encodeTable(type, sorted.get(type) ?? [], rowOf));
  const relationships = groups.get('relationship')?.length ?? 0;
  const header: PackHeader = {
    format: packFormat,
    formatVersion: packFormatVersion,
    ...described,
    objects: objects.length - relationships,
    relationships,
    tables: tables.length,
  };
  const text = `[${[header, ...tables].map((line) => JSON.stringify(line)).join(',\n')}]\n`;
  const packed = gzipSync(text, { level: 9, memLevel: 9 });
  // The system that packed it is no fact of the pack (RFC 1952, section 2.3.1: 255 = unknown).
  packed[9] = 255;
  return packed;
}

function rank(type: string) {
  if (type === 'relationship') return firstTypes.length + 1;
  const index = firstTypes.indexOf(type);
  return index < 0 ? firstTypes.length : index;
}

/** Relationships by type and ends, which brings equal numbers together; all else by id. */
function sortKey(object: StixObject, rowOf: ReadonlyMap<string, number>): string {
  if (object.type !== 'relationship') return object.id;
  const row = (id: Json | undefined) => String(rowOf.get(String(id)) ?? 0).padStart(7, '0');
  return `${String(object.relationship_type)} ${row(object.target_ref)} ${row(object.source_ref)} ${object.id}`;
}

function encodeTable(type: string, rows: readonly StixObject[], rowOf: ReadonlyMap<string, number>): PackTable {
  const foreign: string[] = [];
  const foreignRow = new Map<string, number>();
  const codeOf = (id: string): number => {
    const known = rowOf.get(id) ?? foreignRow.get(id);
    if (known !== undefined) return known;
    foreign.push(id);
    foreignRow.set(id, rowOf.size + foreign.length);
    return rowOf.size + foreign.length;
  };
  const properties = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => !carried.has(name)).sort(compare);
  const columns = properties.map((property) => ({
    property,
    column: encodeColumn(
      rows.map((row) => row[property]),
      codeOf,
    ),
  }));
  const ids = Buffer.from(rows.map((row) => uuidOf(row.id)).join(''), 'hex').toString('base64');
  return { type, rows: rows.length, ids, foreign, columns };
}

function encodeColumn(values: readonly (Json | undefined)[], codeOf: (id: string) => number): PackColumn {
  const texts = values.map((value) => (value === undefined ? undefined : JSON.stringify(value)));
  const distinct = [...new Set(texts)];
  const only = distinct[0];
  if (distinct.length === 1 && only !== undefined) return { kind: 'same', value: JSON.parse(only) as Json };
  const present = values.filter((value) => value !== undefined);
  const few = distinct.length <= Math.max(2, values.length / 4);

  if (present.every((value) => typeof value === 'string' && iso.test(value)) && !few) return encodeTimes(values);
  if (present.every(isId) && distinct.length > 16) return { kind: 'ref', rows: values.map((id) => (isId(id) ? codeOf(id) : 0)) };
  if (present.every(Array.isArray)) {
    const lists = values.map((value) => (Array.isArray(value) ? value : null));
    if (lists.every((list) => list === null || list.every(isId)))
      return { kind: 'refs', lists: lists.map((list) => list?.map((id) => codeOf(id as string)) ?? null) };
    const elements = [...new Set(lists.flatMap((list) => list?.map((element) => JSON.stringify(element)) ?? []))].sort(compare);
    const total = lists.reduce((sum, list) => sum + (list?.length ?? 0), 0);
    if (elements.length <= total / 2) {
      const code = new Map(elements.map((element, index) => [element, index + 1]));
      return {
        kind: 'coded-lists',
        values: elements.map((element) => JSON.parse(element) as Json),
        lists: lists.map((list) => list?.map((element) => code.get(JSON.stringify(element)) ?? 0) ?? null),
      };
    }
  }
  if (few) {
    const dictionary = distinct.filter((text) => text !== undefined).sort(compare);
    const code = new Map(dictionary.map((text, index) => [text, index + 1]));
    return {
      kind: 'coded',
      values: dictionary.map((text) => JSON.parse(text) as Json),
      codes: texts.map((text) => (text === undefined ? 0 : (code.get(text) ?? 0))),
    };
  }
  return { kind: 'each', values: values.map((value) => value ?? null) };
}

function encodeTimes(values: readonly (Json | undefined)[]): PackColumn {
  const exact = values.map((value) => {
    if (typeof value !== 'string') return null;
    const milliseconds = Date.parse(value);
    return Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== value ? value : milliseconds;
  });
  const base = exact.reduce<number>(
    (least, value) => (typeof value === 'number' && value < least ? value : least),
    Number.MAX_SAFE_INTEGER,
  );
  return { kind: 'times', base, values: exact.map((value) => (typeof value === 'number' ? value - base : value)) };
}

function isId(value: Json | undefined): value is string {
  return typeof value === 'string' && /^[a-z][a-z0-9-]+--[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(value);
}

function uuidOf(id: string): string {
  if (!isId(id)) throw new Error(`${id} is not a lower-case STIX id`);
  return id.slice(-36).replaceAll('-', '');
}

/** By code unit: the same on every machine, whatever its language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
