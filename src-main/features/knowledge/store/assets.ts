import type { JsonObject } from '#shared/domain/knowledge/stix.ts';
import type { Database } from '#main/platform/database/database.ts';
import { type AssetIndex, createAssetIndex, keysOf } from '../formats/assets/asset-index.ts';
import type { AssetKeys } from '../formats/format.ts';
import { uuidText } from './codec.ts';
import { RETIRED } from './state.ts';

const type = 'x-redoubt-asset';

/**
 * Finds live assets by what tools know them by, for the time of one import. The keys are read at the first call and
 * follow what the import writes; what is taken back in the meantime is looked for anew.
 */
export function createAssetFinder(database: Database): (keys: AssetKeys) => string | undefined {
  let index: AssetIndex | undefined;
  let seen = 0;
  const last = database.prepare('SELECT ifnull(max(id), 0) FROM op').pluck();
  const all = database.prepare(
    `SELECT o.uuid, o.name, o.rest FROM object o JOIN term t ON t.id = o.type AND t.kind = 'type' WHERE t.value = '${type}' AND (o.state & ${RETIRED}) = 0 ORDER BY o.id`,
  );
  const since = database.prepare(
    `SELECT o.uuid, o.name, o.rest FROM object o JOIN term t ON t.id = o.type WHERE o.op > ? AND t.kind = 'type' AND t.value = '${type}' AND (o.state & ${RETIRED}) = 0 ORDER BY o.id`,
  );
  const live = database
    .prepare(
      `SELECT 1 FROM object o JOIN term t ON t.id = o.type WHERE o.uuid = ? AND t.kind = 'type' AND t.value = '${type}' AND (o.state & ${RETIRED}) = 0`,
    )
    .pluck();
  const load = (rows: Iterable<unknown>, into: AssetIndex) => {
    for (const row of rows as Iterable<{ uuid: Uint8Array; name: string | null; rest: string | null }>)
      into.add(`${type}--${uuidText(row.uuid)}`, keysOf({ ...(row.rest ? (JSON.parse(row.rest) as JsonObject) : {}), name: row.name }));
    return into;
  };
  const readAll = () => {
    seen = last.get() as number;
    return load(all.iterate(), createAssetIndex());
  };
  const isLive = (id: string) => live.get(Buffer.from(id.slice(type.length + 2).replaceAll('-', ''), 'hex')) !== undefined;
  return (keys) => {
    if (!index) index = readAll();
    else if ((last.get() as number) !== seen) {
      const from = seen;
      seen = last.get() as number;
      load(since.all(from), index);
    }
    const found = index.find(keys);
    if (found === undefined || isLive(found)) return found;
    index = readAll();
    return index.find(keys);
  };
}
