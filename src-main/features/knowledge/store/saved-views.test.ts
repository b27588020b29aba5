import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import type { SavedView } from '#shared/contract/knowledge.ts';
import { openDatabase } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { knowledgeMigrations } from '../migrations/index.ts';
import { listSavedViews, removeSavedView, saveView } from './saved-views.ts';

const folder = mkdtempSync(join(tmpdir(), 'redoubt-views-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const open = (name: string) => {
  const database = openDatabase(join(folder, name), new Uint8Array(32).fill(7), { create: true });
  migrate(database, knowledgeMigrations);
  return database;
};
const view = (name: string): SavedView => ({ id: randomUUID(), name, list: 'explore', query: 'types=malware', columns: ['name', 'type'] });

it('keeps views by name, changes them in place and forgets them', () => {
  const database = open('one.db');
  const [b, a] = [saveView(database, view('b')), saveView(database, view('a'))];
  expect(listSavedViews(database)).toEqual([a, b]);
  const changed = saveView(database, { ...b, query: '', sort: { key: 'name', descending: true } });
  expect(listSavedViews(database)).toEqual([a, changed]);
  expect(removeSavedView(database, a.id)).toEqual(a);
  expect(() => removeSavedView(database, a.id)).toThrow(/not there any more/);
  expect(listSavedViews(database)).toEqual([changed]);
  database.close();
});

it('keeps a bounded number, passes over what it cannot read, and touches no other setting', () => {
  const database = open('many.db');
  const before = database.prepare("SELECT count(*) FROM setting WHERE key NOT LIKE 'view:%'").pluck().get();
  const first = saveView(database, view('0'));
  for (let count = 1; count < 200; count++) saveView(database, view(String(count)));
  expect(() => saveView(database, view('more'))).toThrow(/200 saved views already/);
  saveView(database, { ...first, name: 'still changed' });
  database.prepare('UPDATE setting SET value = \'{"later":true}\' WHERE key = ?').run(`view:${first.id}`);
  expect(listSavedViews(database)).toHaveLength(199);
  expect(database.prepare("SELECT count(*) FROM setting WHERE key NOT LIKE 'view:%'").pluck().get()).toBe(before);
  database.close();
});
