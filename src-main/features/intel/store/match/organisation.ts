import type { Organisation } from '#shared/contract/intel.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { idSql, RETIRED, termId } from '../graph.ts';

/** Marks the identity of the organisation that the assets belong to. */
export const ownOrganisation = 'x_redoubt_own_organisation';

/**
 * The user's own organisation. Only one written here counts: an imported bundle may hold the mark of another
 * workspace.
 */
export function organisation(database: Database): (Organisation & { key: number }) | undefined {
  const row = prepared(
    database,
    `SELECT o.id AS key, ${idSql('o', 't')} AS id, o.name, o.rest FROM object o JOIN term t ON t.id = o.type JOIN op ON op.id = o.op
     WHERE o.type = ? AND (o.state & ${RETIRED}) = 0 AND op.import IS NULL AND json_extract(o.rest, '$.${ownOrganisation}') = 1 ORDER BY o.id LIMIT 1`,
  ).get(termId(database, 'type', 'identity')) as { key: number; id: string; name: string | null; rest: string } | undefined;
  if (!row) return undefined;
  const { sectors, x_redoubt_countries: countries } = JSON.parse(row.rest) as Record<string, unknown>;
  const texts = (value: unknown) => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);
  return { key: row.key, id: row.id, name: row.name ?? '', sectors: texts(sectors), countries: texts(countries) };
}

export function organisationOf(database: Database): Organisation | null {
  const own = organisation(database);
  if (!own) return null;
  const { key: _key, ...rest } = own;
  return rest;
}
