import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';

/**
 * What may have been otherwise at a clock: objects to work out one by one, and those of which nothing was
 * known then, which are most after a large import and need no working out.
 */
export function touchedSince(database: Database, clock: number): { workedOut: number[]; gone: number[] } {
  const later = 'SELECT id FROM main.op WHERE clock > @clock AND branch = 0';
  const undone = `SELECT DISTINCT property FROM main.op WHERE kind = 'undo' AND clock > @clock`;
  // Every operation written since, and every one of an action that was taken back or done again since.
  const ops = `SELECT id FROM main.op WHERE id IN (${later}) OR (branch = 0 AND action IN (${undone}))`;
  const touched = prepared(
    database,
    `SELECT o.id FROM main.object o WHERE o.op IN (${ops}) UNION SELECT r.id FROM main.relationship r WHERE r.op IN (${ops})
     UNION SELECT v.object FROM main.version v WHERE v.op IN (${ops}) UNION SELECT op.object FROM main.op op WHERE op.object IS NOT NULL AND op.id IN (${ops})`,
  )
    .pluck()
    .all({ clock }) as number[];
  const hasEarlier = prepared(
    database,
    `SELECT EXISTS (SELECT 1 FROM main.version v JOIN main.op p ON p.id = v.op WHERE v.object = @key AND p.clock <= @clock)
      OR EXISTS (SELECT 1 FROM main.op p WHERE p.object = @key AND p.clock <= @clock)
      OR EXISTS (SELECT 1 FROM main.object o JOIN main.op p ON p.id = o.op WHERE o.id = @key AND p.clock <= @clock)
      OR EXISTS (SELECT 1 FROM main.relationship r JOIN main.op p ON p.id = r.op WHERE r.id = @key AND p.clock <= @clock)`,
  ).pluck();
  const workedOut: number[] = [];
  const gone: number[] = [];
  for (const key of touched) (hasEarlier.get({ key, clock }) ? workedOut : gone).push(key);
  return { workedOut, gone };
}
