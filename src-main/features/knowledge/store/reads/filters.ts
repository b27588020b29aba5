import { sql } from 'kysely';
import { tlpLevels } from '#shared/domain/knowledge/stix.ts';
import { queries } from '../schema.ts';
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

/** One parameter for a whole list, so that its length does not change the statement. */
const listed = <T>(items: readonly T[]) => sql<T>`(SELECT value FROM json_each(${JSON.stringify(items)}))`;

const termsOf = (kind: string, values: readonly string[]) =>
  queries.selectFrom('term').select('term.id').where('term.kind', '=', kind).where('term.value', 'in', listed(values));

/** All objects that pass the filters: `o`, its type `t` and its common properties `c`. */
export function matching(filters: Filters) {
  let query = queries
    .selectFrom('object as o')
    .innerJoin('term as t', 't.id', 'o.type')
    .innerJoin('term as c', 'c.id', 'o.common')
    .where(sql<number>`o.state & ${sql.lit(filters.includeRetired ? MISSING | DELETED : RETIRED)}`, '=', sql.lit(0));
  if (filters.types?.length) query = query.where('o.type', 'in', termsOf('type', filters.types));
  if (filters.tactics?.length) {
    const phases = queries
      .selectFrom('term')
      .select('term.id')
      .where('term.kind', '=', 'phase')
      .where(sql<string>`substr(term.value, instr(term.value, ':') + 1)`, 'in', listed(filters.tactics));
    query = query.where('o.id', 'in', queries.selectFrom('facet').select('facet.object').where('facet.term', 'in', phases));
  }
  if (filters.platforms?.length) {
    const platforms = termsOf('platform', filters.platforms);
    query = query.where('o.id', 'in', queries.selectFrom('facet').select('facet.object').where('facet.term', 'in', platforms));
  }
  if (filters.tags?.length) {
    const tags = termsOf('tag', filters.tags);
    query = query.where('o.id', 'in', queries.selectFrom('tag').select('tag.object').where('tag.term', 'in', tags));
  }
  if (filters.tlp?.length) {
    const levels = filters.tlp.map((level) => tlpLevels.findIndex((known) => known === level));
    query = query.where(sql<number>`ifnull(c.tlp, -1)`, 'in', listed(levels));
  }
  if (filters.importId !== undefined) {
    const imports = queries.selectFrom('import').select('import.id').where('import.uuid', '=', filters.importId);
    const written = queries.selectFrom('op').select('op.id').where('op.import', 'in', imports);
    const confirmed = queries.selectFrom('confirmation').select('confirmation.object').where('confirmation.import', 'in', imports);
    query = query.where((either) => either.or([either('o.op', 'in', written), either('o.id', 'in', confirmed)]));
  }
  return query;
}
