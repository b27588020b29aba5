import { tlpLevels } from '#shared/domain/knowledge/stix-object.ts';
import { DELETED, MISSING, RETIRED } from '../state.ts';

export interface Filters {
  readonly types?: readonly string[] | undefined;
  readonly tactics?: readonly string[] | undefined;
  readonly platforms?: readonly string[] | undefined;
  readonly tlp?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly importId?: string | undefined;
  readonly includeRetired?: boolean | undefined;
}

/** A condition over SUMMARY_TABLES; values are in `params` alone. */
export interface Condition {
  readonly where: string;
  readonly params: Readonly<Record<string, string>>;
}

/** What passes the filters, asked of the objects' own table, which branches and moments show too (list-filter.ts asks of `node`). */
export function matching(filters: Filters): Condition {
  const where = [`o.state & ${filters.includeRetired ? MISSING | DELETED : RETIRED} = 0`];
  const params: Record<string, string> = {};
  /** One parameter for a whole list, so that its length does not change the statement. */
  const listed = (name: string, items: readonly unknown[]) => {
    params[name] = JSON.stringify(items);
    return `(SELECT value FROM json_each(@${name}))`;
  };
  const terms = (kind: string, items: readonly string[]) =>
    `SELECT id FROM term WHERE kind = '${kind}' AND value IN ${listed(kind, items)}`;
  const through = (table: 'facet' | 'tag', wanted: string) => where.push(`o.id IN (SELECT object FROM ${table} WHERE term IN (${wanted}))`);
  if (filters.types?.length) where.push(`o.type IN (${terms('type', filters.types)})`);
  if (filters.tactics?.length)
    through(
      'facet',
      `SELECT id FROM term WHERE kind = 'phase' AND substr(value, instr(value, ':') + 1) IN ${listed('tactics', filters.tactics)}`,
    );
  if (filters.platforms?.length) through('facet', terms('platform', filters.platforms));
  if (filters.tags?.length) through('tag', terms('tag', filters.tags));
  if (filters.tlp?.length) {
    const levels = filters.tlp.map((level) => tlpLevels.findIndex((known) => known === level));
    where.push(`ifnull(c.tlp, -1) IN ${listed('tlp', levels)}`);
  }
  if (filters.importId !== undefined) {
    params['importId'] = filters.importId;
    const imports = 'SELECT id FROM import WHERE uuid = @importId';
    where.push(
      `(o.op IN (SELECT id FROM op WHERE import IN (${imports})) OR o.id IN (SELECT object FROM confirmation WHERE import IN (${imports})))`,
    );
  }
  return { where: where.join(' AND '), params };
}
