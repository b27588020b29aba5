import { type Exposure, exposures, withExtension } from '#shared/domain/knowledge/extensions.ts';
import { generatedId, isCveId } from '#shared/domain/knowledge/identifiers.ts';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { isUuid } from '#shared/domain/knowledge/uuid.ts';
import { isIpAddress, normalMac } from './addresses.ts';
import { isGuarded } from './formulas.ts';
import { type AssetProperty, cellParts, headerWord, listProperties } from './columns.ts';

export interface Column {
  readonly index: number;
  readonly name: string;
  readonly property: AssetProperty | null;
  /** `x_csv_…`: where the cell goes when it is not mapped, or cannot be read as what it is mapped to. */
  readonly own: string;
}

export interface AssetRow {
  readonly asset: StixObject;
  /** By which property the asset is known, and its value; the id comes from them. */
  readonly key: { readonly property: string; readonly value: string };
  readonly cves: readonly string[];
  readonly software: readonly string[];
  readonly logSources: readonly string[];
}

export interface CellLoss {
  readonly column: string;
  readonly what: string;
}

/** Custom names of STIX: a-z, 0-9 and `_`, 3 to 250 characters (STIX 2.1, section 11.1). */
export function ownPropertyNames(names: readonly string[]): string[] {
  const used = new Set<string>();
  return names.map((name, index) => {
    const slug = name
      .normalize('NFKD')
      .replace(/[\u0300-\u036f]/g, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .slice(0, 80);
    const plain = `x_csv_${slug || `column_${index + 1}`}`;
    let own = plain;
    for (let count = 2; used.has(own); count++) own = `${plain}_${count}`;
    used.add(own);
    return own;
  });
}

/** What an asset is known by, best first. Fixed, so that next month's file finds the same assets. */
const keys = ['asset_id', 'serial_number', 'hostnames', 'name', 'mac_addresses', 'ip_addresses'] as const;

/** One row as an asset. A string is the reason why it is none. `lose` is told of cells that do not fit their property; they are kept as text. */
export function assetFromRow(columns: readonly Column[], cells: readonly string[], lose: (loss: CellLoss) => void): AssetRow | string {
  const asset: JsonObject = {};
  const lists = new Map<AssetProperty, string[]>();
  let given: string | undefined;
  const keep = (column: Column, cell: string, what?: string) => {
    asset[column.own] = cell;
    if (what !== undefined) lose({ column: column.name, what });
  };
  for (const column of columns) {
    const cell = unguarded((cells[column.index] ?? '').trim());
    if (cell === '') continue;
    const { property } = column;
    if (property === null) keep(column, cell);
    else if (property === 'id') {
      if (!/^[a-z0-9-]+--/.test(cell) || !isUuid(cell.slice(cell.indexOf('--') + 2)))
        keep(column, cell, `“${short(cell)}” is not a STIX id; kept as text`);
      else if (!cell.startsWith('x-redoubt-asset--'))
        return `it is a ${cell.slice(0, cell.indexOf('--'))}, and this reader makes assets only; import a STIX bundle for other objects`;
      else given = cell;
    } else if (listProperties.has(property)) {
      const { good, bad } = partsOf(property, cell);
      const list = lists.get(property) ?? [];
      for (const part of good) if (!list.includes(part)) list.push(part);
      lists.set(property, list);
      if (bad.length > 0)
        keep(
          column,
          cell,
          `${bad.map((part) => `“${short(part)}”`).join(', ')} ${badWords[property] ?? 'cannot be read'}; the cell is kept as text`,
        );
    } else if (property === 'criticality') {
      const value = criticalityOf(cell);
      if (value === undefined) keep(column, cell, `“${short(cell)}” is not on the scale from 1 to 5; kept as text`);
      else {
        asset.criticality = value;
        if (cell !== String(value)) keep(column, cell);
      }
    } else if (property === 'exposure') {
      const value = exposureOf(cell, column.name);
      if (value === undefined) keep(column, cell, `“${short(cell)}” is none of ${exposures.join(', ')}; kept as text`);
      else {
        asset.exposure = value;
        if (cell !== value) keep(column, cell);
      }
    } else {
      asset[property] = cell;
    }
  }
  for (const property of ['hostnames', 'ip_addresses', 'mac_addresses', 'software', 'log_sources', 'tags'] as const) {
    const list = lists.get(property);
    if (list && list.length > 0) asset[property] = list;
  }
  const key = keyOf(asset);
  if (!key && given === undefined) return 'it has no number, name, host name or address to know the asset by';
  const found = { property: given === undefined ? (key?.property ?? '') : 'id', value: given ?? key?.value ?? '' };
  asset.name = asset.name ?? first(asset.hostnames) ?? asset.asset_id ?? first(asset.ip_addresses) ?? asset.serial_number ?? found.value;
  const id = given ?? generatedId('x-redoubt-asset', found.property, found.value.toLowerCase());
  return {
    asset: withExtension('x-redoubt-asset', { id, ...asset }),
    key: found,
    cves: lists.get('vulnerabilities') ?? [],
    software: lists.get('software') ?? [],
    logSources: lists.get('log_sources') ?? [],
  };
}

/** An apostrophe before what a spreadsheet would run is a guard (write.ts puts it there), not part of the text. */
function unguarded(cell: string): string {
  return isGuarded(cell) ? cell.slice(1) : cell;
}

function keyOf(asset: JsonObject): { property: string; value: string } | undefined {
  for (const property of keys) {
    const value = first(asset[property]);
    if (value !== undefined) return { property, value };
  }
  return undefined;
}

function first(value: unknown): string | undefined {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === 'string' && one !== '' ? one : undefined;
}

const badWords: Partial<Record<AssetProperty, string>> = {
  ip_addresses: 'is no IP address',
  mac_addresses: 'is no MAC address',
  vulnerabilities: 'is no CVE id',
};

function partsOf(property: AssetProperty, cell: string): { good: string[]; bad: string[] } {
  const good: string[] = [];
  const bad: string[] = [];
  if (property === 'software' || property === 'log_sources' || property === 'tags') {
    const separator = /[;|\n]/.test(cell) ? /[;|\n]/ : ',';
    good.push(
      ...cell
        .split(separator)
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    );
  } else {
    for (const part of cellParts(cell)) {
      if (property === 'hostnames') good.push(part);
      else if (property === 'ip_addresses') (isIpAddress(part) ? good : bad).push(part);
      else if (property === 'mac_addresses') {
        const mac = normalMac(part);
        if (mac) good.push(mac);
        else bad.push(part);
      } else if (isCveId(part)) good.push(part.toUpperCase());
      else bad.push(part);
    }
  }
  return { good, bad };
}

const criticalities: Readonly<Record<string, number>> = {
  critical: 5,
  veryhigh: 5,
  missioncritical: 5,
  highest: 5,
  high: 4,
  medium: 3,
  moderate: 3,
  normal: 3,
  low: 2,
  verylow: 1,
  minimal: 1,
  none: 1,
  lowest: 1,
};

function criticalityOf(cell: string): number | undefined {
  const plain = /^([1-5])(?:\.0+)?$/.exec(cell);
  if (plain) return Number(plain[1]);
  const word = headerWord(cell);
  return Object.hasOwn(criticalities, word) ? criticalities[word] : undefined;
}

const exposureWords: Readonly<Record<string, Exposure>> = {
  internet: 'internet',
  internetfacing: 'internet',
  public: 'internet',
  external: 'internet',
  partner: 'partner',
  extranet: 'partner',
  vendor: 'partner',
  internal: 'internal',
  intranet: 'internal',
  private: 'internal',
  isolated: 'isolated',
  airgapped: 'isolated',
  offline: 'isolated',
};
const yes = new Set(['yes', 'y', 'true', '1', 'ja', 'oui', 'si']);

/** A column “internet facing” with a yes says the internet; its no says nothing of what else there is. */
function exposureOf(cell: string, column: string): Exposure | undefined {
  const word = headerWord(cell);
  if (Object.hasOwn(exposureWords, word)) return exposureWords[word];
  return yes.has(word) && /internet|public|external/.test(headerWord(column)) ? 'internet' : undefined;
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
