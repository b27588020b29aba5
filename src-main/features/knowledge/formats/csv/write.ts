import { externalIdOf } from '#shared/domain/knowledge/identifiers.ts';
import { nameOf } from '#shared/domain/knowledge/names.ts';
import type { Json, StixObject } from '#shared/domain/knowledge/stix.ts';
import { tlpOfMarkings } from '#shared/domain/knowledge/tlp.ts';
import { defineExportFormat, type WriteContext } from '../format.ts';
import { checkSignal } from '../items.ts';
import { assetProperties } from './columns.ts';
import { needsGuard } from './formulas.ts';

const assetColumns = assetProperties
  .map(({ property }) => property)
  .filter((property) => property !== 'id' && property !== 'name' && property !== 'vulnerabilities' && property !== 'description');

/** RFC 4180: comma, CRLF, quotes doubled. Lists within a cell are parted by `; `. */
export const csvColumns = [
  'id',
  'type',
  'name',
  'external_id',
  'created',
  'modified',
  'labels',
  'tlp',
  'description',
  'relationship_type',
  'source_ref',
  'target_ref',
  ...assetColumns,
] as const;

/** Properties that some column holds, or that say nothing beside `id` and `type`. */
const held = new Set<string>([...csvColumns, 'spec_version', 'object_marking_refs', 'extensions']);

export const csvExport = defineExportFormat({
  id: 'csv',
  title: 'Table (CSV)',
  mediaType: 'text/csv',
  extension: 'csv',

  async *write(objects, context) {
    yield `${csvColumns.join(',')}\r\n`;
    for await (const page of objects) {
      checkSignal(context.signal);
      let text = '';
      for (const object of page) text += line(object, context);
      if (text) yield text;
    }
  },
});

function line(object: StixObject, context: WriteContext): string {
  const cells = csvColumns.map((column) => {
    const value = cellOf(object, column);
    if (!needsGuard(value)) return quoted(value);
    context.lose({ id: object.id, path: column, what: 'a spreadsheet would take it for a formula; an apostrophe stands before it' });
    return quoted(`'${value}`);
  });
  const left = Object.keys(object).filter((property) => !held.has(property));
  if (left.length > 0) {
    const shown = left.slice(0, 20).join(', ');
    context.lose({
      id: object.id,
      path: left.length === 1 ? (left[0] as string) : '',
      what: `a table has no column for ${shown}${left.length > 20 ? ` and ${left.length - 20} more` : ''}`,
    });
  }
  return `${cells.join(',')}\r\n`;
}

function cellOf(object: StixObject, column: (typeof csvColumns)[number]): string {
  switch (column) {
    case 'name':
      return typeof object.name === 'string' ? object.name : nameOf(object);
    case 'external_id':
      return externalIdOf(object) ?? '';
    case 'tlp':
      return tlpOfMarkings(object.object_marking_refs) ?? '';
    default:
      return Object.hasOwn(object, column) ? written(object[column]) : '';
  }
}

function written(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(written).join('; ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function quoted(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
