import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { graphRevision, RETIRED, termId } from '../graph.ts';

const kept = new WeakMap<Database, { revision: number; pairs: ReadonlyMap<string, number> }>();
const mostOpinions = 200_000;

/** Pairs of objects (`asset threat`, keys) that a standing opinion rejects together, with the opinion's key; the newest wins. */
export function judgedPairs(database: Database): ReadonlyMap<string, number> {
  const revision = graphRevision(database);
  const standing = kept.get(database);
  if (standing?.revision === revision) return standing.pairs;
  const pairs = new Map<string, number>();
  const rows = prepared(
    database,
    `SELECT o.id, group_concat(e.dst, ' ') AS refs FROM object o JOIN edge e ON e.src = o.id AND e.type = @refs
     WHERE o.type = @type AND (o.state & ${RETIRED}) = 0 AND json_extract(o.rest, '$.opinion') IN ('strongly-disagree', 'disagree')
     GROUP BY o.id HAVING count(*) BETWEEN 1 AND 10 ORDER BY o.modified, o.id LIMIT ${mostOpinions}`,
  ).all({ type: termId(database, 'type', 'opinion'), refs: termId(database, 'relation', 'object_refs') }) as { id: number; refs: string }[];
  for (const { id, refs } of rows) {
    const keys = refs.split(' ');
    for (const one of keys) for (const other of keys) if (one !== other || keys.length === 1) pairs.set(`${one} ${other}`, id);
  }
  kept.set(database, { revision, pairs });
  return pairs;
}
