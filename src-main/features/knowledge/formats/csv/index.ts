import { hash } from 'node:crypto';
import type { ColumnMapping } from '#shared/contract/knowledge.ts';
import { canonical } from '#shared/domain/knowledge/canonical.ts';
import { extensionObjectsFor } from '#shared/domain/knowledge/extensions.ts';
import { vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { looksLikeAttackToCveHeader } from '../ctid-mapping/header.ts';
import { looksLikeKevHeader } from '../kev/header.ts';
import { bareVulnerability, relate, softwareFrom } from '../linked.ts';
import { type AssetRow, assetFromRow, type Column, ownPropertyNames } from './asset.ts';
import { assetProperties, columnNames, guessMapping, isAssetProperty, knownHeaders, listProperties } from './columns.ts';
import { detectDelimiter, type Row, readTable } from './table.ts';

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
    const several = complete ? /[\r\n]+[^\r\n]/.test(start) : true;
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

function columnsFrom(names: readonly string[], guessed: ColumnMapping, chosen: ColumnMapping | undefined): Column[] {
  const wanted = new Map((chosen ?? guessed).map(({ column, property }) => [column, property]));
  const unknown = (chosen ?? []).find(({ column }) => !names.includes(column));
  if (unknown)
    throw new ContractError('invalid_input', `The mapping names a column “${unknown.column.slice(0, 60)}”, which the table does not have.`);
  const own = ownPropertyNames(names);
  const taken = new Set<string>();
  return names.map((name, index) => {
    const property = wanted.get(name) ?? null;
    if (property !== null && !isAssetProperty(property)) {
      throw new ContractError(
        'invalid_input',
        `The mapping gives column “${name.slice(0, 60)}” to “${property.slice(0, 60)}”, which an asset does not have.`,
      );
    }
    if (property !== null && taken.has(property) && !listProperties.has(property)) {
      throw new ContractError('invalid_input', `The mapping gives two columns to “${property}”; only lists take several.`);
    }
    if (property !== null) taken.add(property);
    return { index, name, property, own: own[index] as string };
  });
}

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const { names, rows } = await beginning(source, context.signal);
  const columns = columnsFrom(names, guessMapping(names, rows), context.mapping);
  let isHeader = true;
  const seen: Seen = { assets: new Map(), linked: new Set(), software: new Map() };
  for await (const row of readTable(source, context.signal)) {
    if (isHeader) isHeader = false;
    else yield* rowItems(row, columns, seen, context);
  }
}

interface Seen {
  /** Asset id -> row and a digest of the row's content. */
  readonly assets: Map<string, { row: number; digest: string }>;
  readonly linked: Set<string>;
  /** Software by its text: a table names the same few over and over. */
  readonly software: Map<string, StixObject>;
}

function* rowItems(row: Row, columns: readonly Column[], seen: Seen, context: ReadContext): Iterable<Item> {
  const path = `row ${row.number}`;
  if (row.fault !== undefined) return yield { kind: 'rejected', path, reason: row.fault };
  const losses: { column: string; what: string }[] = [];
  const made = assetFromRow(columns, row.cells, (loss) => losses.push(loss));
  if (typeof made === 'string') return yield { kind: 'rejected', path, reason: made };
  const { asset, key } = made;
  const { software: _, ...compared } = asset;
  const digest = hash('sha1', canonical(compared), 'base64');
  const earlier = seen.assets.get(asset.id);
  const what = `${key.property.replaceAll('_', ' ')} “${key.value.slice(0, 100)}”`;
  if (earlier && earlier.digest !== digest) {
    return yield {
      kind: 'rejected',
      id: asset.id,
      path,
      reason: `the ${what} already stands in row ${earlier.row} with other content; that row is kept`,
    };
  }
  if (seen.assets.size === 0) {
    for (const object of extensionObjectsFor([asset.type])) yield { kind: 'object', object, path: 'declarations' };
  }
  if (!earlier) {
    seen.assets.set(asset.id, { row: row.number, digest });
    yield { kind: 'object', object: asset, path, stamp: true };
  }
  let added = 0;
  for (const item of linkedItems(asset.id, made, path, context, seen)) {
    if (seen.linked.has(item.object.id)) continue;
    seen.linked.add(item.object.id);
    added++;
    yield item;
  }
  for (const { column, what } of losses) yield { kind: 'loss', id: asset.id, path: `${path}, column ${column}`, what };
  const extra = row.cells.slice(columns.length).filter((cell) => cell.trim() !== '');
  if (extra.length > 0) {
    yield {
      kind: 'loss',
      id: asset.id,
      path,
      what: `${extra.length} more cells than columns, left out: “${extra.join('”, “').slice(0, 200)}”`,
    };
  }
  if (earlier && added === 0)
    yield { kind: 'loss', id: asset.id, path, what: `the ${what} already stands in row ${earlier.row} with the same content` };
}

type ObjectItem = Item & { kind: 'object'; object: StixObject };

function* linkedItems(assetId: string, { cves, software }: AssetRow, path: string, context: ReadContext, seen: Seen): Iterable<ObjectItem> {
  for (const cve of cves) {
    const known = context.findByExternalId(cve);
    const target = known ?? vulnerabilityId(cve);
    if (known === undefined && !seen.linked.has(target)) yield { kind: 'object', object: bareVulnerability(cve), path, partial: true };
    yield { kind: 'object', object: relate('has', assetId, target), path, stamp: true };
  }
  for (const text of software) {
    const object = seen.software.get(text) ?? softwareFrom(text);
    seen.software.set(text, object);
    yield { kind: 'object', object, path };
    yield { kind: 'object', object: relate('runs', assetId, object.id), path, stamp: true };
  }
}
