import { SavedView } from '#shared/contract/knowledge.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';

const MOST = 200;
const key = (id: string) => `view:${id}`;

export function listSavedViews(database: Database): SavedView[] {
  const rows = prepared(database, "SELECT value FROM setting WHERE key >= 'view:' AND key < 'view;'").pluck().all() as string[];
  // One that a newer version wrote otherwise is passed over, not lost.
  const views = rows.flatMap((text) => SavedView.safeParse(JSON.parse(text)).data ?? []);
  return views.sort((a, b) => a.name.localeCompare(b.name, 'en') || (a.id < b.id ? -1 : 1));
}

export function saveView(database: Database, view: SavedView): SavedView {
  const count = prepared(database, "SELECT count(*) FROM setting WHERE key >= 'view:' AND key < 'view;' AND key <> ?")
    .pluck()
    .get(key(view.id)) as number;
  if (count >= MOST) throw new ContractError('too_large', `There are ${MOST} saved views already; remove one you no longer use first.`);
  prepared(database, 'INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value').run(
    key(view.id),
    JSON.stringify(view),
  );
  return view;
}

export function removeSavedView(database: Database, id: string): SavedView {
  const text = prepared(database, 'DELETE FROM setting WHERE key = ? RETURNING value').pluck().get(key(id)) as string | undefined;
  if (text === undefined) throw new ContractError('not_found', 'This saved view is not there any more.');
  return SavedView.parse(JSON.parse(text));
}
