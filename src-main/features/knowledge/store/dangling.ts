import type { Loss } from '#shared/contract/knowledge.ts';
import { MISSING } from './state.ts';
import type { Store } from './store.ts';

/** Which of the named objects did not come, and who names them. */
export function danglingLosses(store: Store, placeholders: readonly number[]): Loss[] {
  const losses: Loss[] = [];
  const into = store.database.prepare(
    `SELECT e.rel, t.value AS type FROM edge e JOIN term t ON t.id = e.type WHERE e.dst = @key
     UNION ALL SELECT e.rel, t.value FROM edge e JOIN term t ON t.id = e.type WHERE e.src = @key LIMIT 100`,
  );
  for (const key of placeholders) {
    const row = store.rows.object(key);
    if (!row || !(row.state & MISSING)) continue;
    const missing = store.rows.idOf(key);
    for (const { rel, type } of into.all({ key }) as { rel: number; type: string }[]) {
      const relationship = store.rows.relationship(rel);
      const id = relationship ? store.exchange.idOf(rel) : store.rows.idOf(rel);
      const path = relationship ? (relationship.dst === key ? 'target_ref' : 'source_ref') : type;
      losses.push({ id, path, what: `${missing} is not in this workspace: the reference is kept and shows once the object arrives` });
    }
  }
  return losses;
}
