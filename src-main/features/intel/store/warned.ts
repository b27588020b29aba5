import { indexWarninglists, type Warninglist, type WarninglistIndex } from '#shared/domain/intel/warninglists.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { RETIRED, termId } from './graph.ts';

const kept = new WeakMap<Database, { stamp: string; index: WarninglistIndex }>();

/** The workspace's warninglists, compiled once as long as none of them changes. */
export function warninglists(database: Database): WarninglistIndex {
  const type = termId(database, 'type', 'x-redoubt-warninglist');
  const stamp = prepared(
    database,
    `SELECT count(*) || ' ' || ifnull(max(o.op), 0) || ' ' || ifnull(sum(o.state), 0) || ' ' || ifnull(max(o.modified), 0) || ' ' ||
       ifnull((SELECT max(op.id) FROM op WHERE op.object IN (SELECT id FROM object WHERE type = @type)), 0) FROM object o WHERE o.type = @type`,
  )
    .pluck()
    .get({ type }) as string;
  const standing = kept.get(database);
  if (standing?.stamp === stamp) return standing.index;
  const rows = prepared(database, `SELECT name, rest FROM object WHERE type = ? AND (state & ${RETIRED}) = 0 LIMIT 1000`).all(type) as {
    name: string | null;
    rest: string | null;
  }[];
  const index = indexWarninglists(rows.map(({ name, rest }) => listOf(name ?? 'warninglist', rest)));
  kept.set(database, { stamp, index });
  return index;
}

function listOf(name: string, rest: string | null): Warninglist {
  const { list_type: type, matching_attributes: about, list } = JSON.parse(rest ?? '{}') as Record<string, unknown>;
  const texts = (value: unknown) => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);
  return { name, list_type: typeof type === 'string' ? type : '', matching_attributes: texts(about), list: texts(list) };
}
