import { hash } from 'node:crypto';
import type { ColumnMapping } from '#shared/contract/knowledge.ts';
import { canonical } from '#shared/domain/knowledge/canonical.ts';
import { extensionObjectsFor } from '#shared/domain/knowledge/extensions.ts';
import { vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Item, ReadContext } from '../format.ts';
import { logSourceFrom } from '#shared/domain/intel/log-sources.ts';
import { bareVulnerability, logSourceObject, relate, softwareFrom } from '../linked.ts';
import { keysOf } from '../assets/asset-index.ts';
import { type AssetRow, assetFromRow, type Column, ownPropertyNames } from './asset.ts';
import { isAssetProperty, listProperties } from './columns.ts';
import type { Row } from './table.ts';

export const nothingSeen = (): Seen => ({
  assets: new Map(),
  standing: new Map(),
  taken: new Set(),
  linked: new Set(),
  software: new Map(),
});

/** Columns by a guessed or chosen mapping. Throws where the choice does not fit the table. */
export function columnsFrom(names: readonly string[], guessed: ColumnMapping, chosen: ColumnMapping | undefined): Column[] {
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

/** What one file has given already. */
export interface Seen {
  /** Asset id -> row and a digest of the row's content. */
  readonly assets: Map<string, { row: string; digest: string }>;
  /** Assets that stood before under another id, by the id that their row would have given them. */
  readonly standing: Map<string, string>;
  readonly taken: Set<string>;
  readonly linked: Set<string>;
  /** Software by its text: a table names the same few over and over. */
  readonly software: Map<string, StixObject>;
}

/** One row as an asset with its software and vulnerabilities. `sheet` stands before the row in paths. */
export function* rowItems(row: Row, columns: readonly Column[], seen: Seen, context: ReadContext, sheet = ''): Iterable<Item> {
  const path = `${sheet}row ${row.number}`;
  if (row.fault !== undefined) return yield { kind: 'rejected', path, reason: row.fault };
  const losses: { column: string; what: string }[] = [];
  const made = assetFromRow(columns, row.cells, (loss) => losses.push(loss));
  if (typeof made === 'string') return yield { kind: 'rejected', path, reason: made };
  const { asset, key } = standingOf(made, seen, context);
  const { software: _, log_sources: __, ...compared } = asset;
  const digest = hash('sha1', canonical(compared), 'base64');
  const earlier = seen.assets.get(asset.id);
  const what = `${key.property.replaceAll('_', ' ')} “${key.value.slice(0, 100)}”`;
  if (earlier && earlier.digest !== digest) {
    return yield {
      kind: 'rejected',
      id: asset.id,
      path,
      reason: `the ${what} already stands in ${earlier.row} with other content; that row is kept`,
    };
  }
  if (seen.assets.size === 0) {
    for (const object of extensionObjectsFor([asset.type])) yield { kind: 'object', object, path: 'declarations' };
  }
  if (!earlier) {
    seen.assets.set(asset.id, { row: `${sheet}row ${row.number}`, digest });
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
    yield { kind: 'loss', id: asset.id, path, what: `the ${what} already stands in ${earlier.row} with the same content` };
}

/**
 * The row on the asset that scans know already by its names or addresses, if nobody gave that one a number and no
 * other row has taken it: a register that comes after the scans names the same machines.
 */
function standingOf(made: AssetRow, seen: Seen, context: ReadContext): AssetRow {
  const { asset, key } = made;
  if (key.property === 'id') return made;
  const known = seen.standing.get(asset.id);
  if (known !== undefined) return { ...made, asset: { ...asset, id: known } };
  const { assetId, ...keys } = keysOf(asset);
  const numbered = assetId === undefined ? undefined : context.findAsset?.({ assetId });
  const standing = numbered ?? context.findAsset?.({ ...keys, unnumbered: true });
  if (standing === undefined || standing === asset.id || seen.taken.has(standing)) return made;
  seen.standing.set(asset.id, standing);
  seen.taken.add(standing);
  return { ...made, asset: { ...asset, id: standing } };
}

type ObjectItem = Item & { kind: 'object'; object: StixObject };

function* linkedItems(
  assetId: string,
  { cves, software, logSources }: AssetRow,
  path: string,
  context: ReadContext,
  seen: Seen,
): Iterable<ObjectItem> {
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
  for (const text of logSources) {
    const source = logSourceObject(logSourceFrom(text));
    if (!source) continue;
    if (!seen.linked.has(source.id))
      for (const object of extensionObjectsFor([source.type])) yield { kind: 'object', object, path: 'declarations' };
    yield { kind: 'object', object: source, path, stamp: true };
    yield { kind: 'object', object: relate('sends', assetId, source.id), path, stamp: true };
  }
}
