import { indexSoftware, type SoftwareIndex, type SoftwareItem } from '#shared/domain/intel/match-software.ts';
import { parseCpe, plainValue } from '#shared/domain/intel/cpe.ts';
import { parsePurl, productFrom, productKey, versionOf } from '#shared/domain/intel/products.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { graphRevision, RETIRED, termId, termIds } from '../graph.ts';
import { type AssetFacts, assetFacts, exposureRank } from './facts.ts';

/** What one asset runs and how it stands in the network. */
export interface EstateAsset extends AssetFacts {
  readonly key: number;
  readonly addresses: readonly string[];
  readonly hosts: readonly string[];
}

/** Every asset has a place: the most exposed and critical first, those that are alike beside each other. */
export interface Places {
  readonly size: number;
  /** The asset at each place. */
  readonly keys: readonly number[];
  /** Index into `classes` for each place. */
  readonly classOf: Uint8Array;
  /** The exposures and criticalities that there are. */
  readonly classes: readonly AssetFacts[];
  of(asset: number): number | undefined;
}

/** The user's assets and their software, ready to be matched. */
export interface Estate {
  readonly assets: ReadonlyMap<number, EstateAsset>;
  readonly places: Places;
  readonly software: SoftwareIndex;
  /** Places of the assets that run an item. */
  runners(item: number): Int32Array;
  /** The software object that an item is; undefined where an asset merely names it in words. */
  objectOf(item: number): number | undefined;
  /** Places of the assets that run a software object. */
  runnersOf(software: number): Int32Array;
}

/** Dependencies followed from what an asset runs. */
const deepest = 8;
/** Software of one asset; more of it is not followed. */
const mostSoftware = 10_000;
const runs = ['runs', 'consists-of', 'has'];

const kept = new WeakMap<Database, { revision: number; only: string; estate: Estate }>();

/** The estate as the graph has it now; `only` limits it to some assets. Remembered for one revision. */
export function estateOf(database: Database, only?: readonly number[]): Estate {
  const revision = graphRevision(database);
  const scope = only === undefined ? '' : only.join(' ');
  const standing = kept.get(database);
  if (standing?.revision === revision && standing.only === scope) return standing.estate;
  const estate = load(database, only);
  kept.set(database, { revision, only: scope, estate });
  return estate;
}

/** Lets the estate go: between two computations nothing needs it. */
export function forgetEstate(database: Database): null {
  kept.delete(database);
  return null;
}

interface Row {
  readonly id: number;
  readonly name: string | null;
  readonly rest: string | null;
}

function load(database: Database, only: readonly number[] | undefined): Estate {
  const assetType = termId(database, 'type', 'x-redoubt-asset');
  const softwareType = termId(database, 'type', 'software');
  const rows = prepared(
    database,
    only === undefined
      ? `SELECT id, name, rest FROM object WHERE type = @type AND (state & ${RETIRED}) = 0`
      : `SELECT o.id, o.name, o.rest FROM json_each(@only) j JOIN object o ON o.id = j.value WHERE o.type = @type AND (o.state & ${RETIRED}) = 0`,
  ).all({ type: assetType, ...(only && { only: JSON.stringify(only) }) }) as Row[];

  const assets = new Map<number, EstateAsset>();
  const items = new Map<number, SoftwareItem>();
  const itemOfText = new Map<string, number>();
  const runnersByItem = new Map<number, number[]>();
  /** Items that no object stands for count down from -1. */
  let next = -1;
  const addRunner = (item: number, asset: number) => {
    const list = runnersByItem.get(item);
    if (!list) runnersByItem.set(item, [asset]);
    else if (list.at(-1) !== asset) list.push(asset);
  };
  const named = (text: string, asset: number) => {
    const known = itemOfText.get(text);
    if (known !== undefined) return addRunner(known, asset);
    const item = next--;
    itemOfText.set(text, item);
    items.set(item, { key: item, ...productFrom(text) });
    addRunner(item, asset);
  };

  for (const { id, rest } of rows) {
    const object = JSON.parse(rest ?? '{}') as Record<string, unknown>;
    assets.set(id, { key: id, ...assetFacts(object), addresses: textsOf(object['ip_addresses']), hosts: textsOf(object['hostnames']) });
    for (const text of [...textsOf(object['software']), ...textsOf(object['cpe']), ...textsOf(object['operating_system'])].slice(
      0,
      mostSoftware,
    ))
      named(text, id);
    const [vendor, model] = [textsOf(object['vendor'])[0], textsOf(object['model'])[0]];
    if (vendor && model) named(`${vendor} ${model}`.trim(), id);
  }

  const relations = JSON.stringify(termIds(database, 'relation', runs));
  const direct = prepared(
    database,
    `SELECT e.src, e.dst FROM json_each(@assets) a CROSS JOIN edge e ON e.src = a.value AND e.type IN (SELECT value FROM json_each(@relations))
     CROSS JOIN object s ON s.id = e.dst AND s.type = @software AND (s.state & ${RETIRED}) = 0`,
  )
    .raw()
    .iterate({ assets: JSON.stringify([...assets.keys()]), relations, software: softwareType }) as Iterable<[number, number]>;
  const ofAsset = new Map<number, number[]>();
  const wanted = new Set<number>();
  for (const [asset, software] of direct) {
    wanted.add(software);
    const list = ofAsset.get(asset);
    if (list) list.push(software);
    else ofAsset.set(asset, [software]);
  }
  const parts = dependencies(database, wanted, softwareType);
  for (const [asset, first] of ofAsset) for (const software of withDependencies(first, parts)) addRunner(software, asset);
  const loaded = prepared(
    database,
    `SELECT o.id, o.name, o.rest FROM json_each(?) j CROSS JOIN object o ON o.id = j.value WHERE (o.state & ${RETIRED}) = 0`,
  ).iterate(JSON.stringify([...runnersByItem.keys()].filter((item) => item > 0))) as Iterable<Row>;
  for (const row of loaded) items.set(row.id, itemOf(row));
  leaveToVersioned(items, runnersByItem);

  const places = placesOf(assets);
  const none = new Int32Array(0);
  const runnersOfItem = new Map<number, Int32Array>();
  for (const [item, list] of runnersByItem) {
    const own = Int32Array.from(list.flatMap((asset) => places.of(asset) ?? []));
    if (own.length > 0) runnersOfItem.set(item, own.sort());
  }
  return {
    assets,
    places,
    software: indexSoftware([...items.values()].filter(({ key }) => runnersOfItem.has(key))),
    runners: (item) => runnersOfItem.get(item) ?? none,
    objectOf: (item) => (item > 0 ? item : undefined),
    runnersOf: (software) => runnersOfItem.get(software) ?? none,
  };
}

export function placesOf(assets: ReadonlyMap<number, EstateAsset>): Places {
  const standing = ({ exposure, criticality }: AssetFacts) => exposureRank(exposure ?? 'internet') * 8 + (criticality ?? 3);
  const classKey = ({ exposure, criticality }: AssetFacts) => (exposureRank(exposure) + 1) * 8 + (criticality ?? 0);
  const sorted = [...assets.values()].sort((a, b) => standing(b) - standing(a) || classKey(a) - classKey(b) || a.key - b.key);
  const classes = new Map<number, { at: number; facts: AssetFacts }>();
  const classOf = new Uint8Array(sorted.length);
  const placeOf = new Map<number, number>();
  for (const [place, { key, exposure, criticality }] of sorted.entries()) {
    const facts = { exposure, criticality };
    const own = classes.get(classKey(facts)) ?? { at: classes.size, facts };
    classes.set(classKey(facts), own);
    classOf[place] = own.at;
    placeOf.set(key, place);
  }
  return {
    size: sorted.length,
    keys: sorted.map(({ key }) => key),
    classOf,
    classes: [...classes.values()].map(({ facts }) => facts),
    of: (asset) => placeOf.get(asset),
  };
}

/** An operating system in words without a version says less than software of that name with one: it is left to that. */
function leaveToVersioned(items: ReadonlyMap<number, SoftwareItem>, runners: Map<number, number[]>): void {
  const vague = [...items.values()].filter(({ key, version, name }) => key < 0 && version === undefined && name !== undefined);
  if (vague.length === 0) return;
  const wanted = new Set(vague.map(({ name }) => productKey(name as string)));
  const versioned = new Map<string, Set<number>>();
  for (const { key, name, version } of items.values()) {
    const product = version === undefined || name === undefined ? undefined : productKey(name);
    if (product === undefined || !wanted.has(product)) continue;
    const assets = versioned.get(product) ?? new Set<number>();
    for (const asset of runners.get(key) ?? []) assets.add(asset);
    versioned.set(product, assets);
  }
  for (const { key, name } of vague) {
    const known = versioned.get(productKey(name as string));
    if (known)
      runners.set(
        key,
        (runners.get(key) ?? []).filter((asset) => !known.has(asset)),
      );
  }
}

/** What each software is made of (`depends-on`), for all that can be reached from some. */
function dependencies(database: Database, from: ReadonlySet<number>, softwareType: number): ReadonlyMap<number, readonly number[]> {
  const parts = new Map<number, number[]>();
  const relation = termId(database, 'relation', 'depends-on');
  if (relation < 0) return parts;
  const seen = new Set(from);
  let front = [...from];
  for (let depth = 0; depth < deepest && front.length > 0; depth++) {
    const edges = prepared(
      database,
      `SELECT e.src, e.dst FROM json_each(@front) f CROSS JOIN edge e ON e.src = f.value AND e.type = @relation
       CROSS JOIN object o ON o.id = e.dst AND o.type = @type AND (o.state & ${RETIRED}) = 0`,
    )
      .raw()
      .all({ front: JSON.stringify(front), relation, type: softwareType }) as [number, number][];
    front = [];
    for (const [source, target] of edges) {
      const list = parts.get(source);
      if (list) list.push(target);
      else parts.set(source, [target]);
      if (!seen.has(target)) {
        seen.add(target);
        front.push(target);
      }
    }
  }
  return parts;
}

function withDependencies(first: readonly number[], parts: ReadonlyMap<number, readonly number[]>): number[] {
  if (parts.size === 0) return [...new Set(first)].slice(0, mostSoftware);
  const seen = new Set(first);
  const order = [...seen];
  for (let at = 0; at < order.length && order.length < mostSoftware; at++)
    for (const part of parts.get(order[at] as number) ?? [])
      if (!seen.has(part)) {
        seen.add(part);
        order.push(part);
      }
  return order.slice(0, mostSoftware);
}

function itemOf({ id, name, rest }: Row): SoftwareItem {
  const object = JSON.parse(rest ?? '{}') as Record<string, unknown>;
  const [vendor, version, cpeText, purlText] = ['vendor', 'version', 'cpe', 'x_redoubt_purl'].map(
    (property) => textsOf(object[property])[0],
  );
  const cpe = cpeText === undefined ? undefined : parseCpe(cpeText);
  const purl = purlText === undefined ? undefined : parsePurl(purlText);
  return {
    key: id,
    cpe,
    purl: purl?.name,
    vendor: vendor ?? (cpe && plainValue(cpe.vendor)),
    name: name ?? (cpe && plainValue(cpe.product)),
    version:
      (cpe && cpe.version !== '*' && cpe.version !== '-' ? plainValue(cpe.version) : undefined) ??
      version ??
      purl?.version ??
      (cpe && versionOf(cpe)),
  };
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value.trim()];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string').slice(0, mostSoftware) : [];
}
