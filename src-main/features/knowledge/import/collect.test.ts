import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { type Database, openDatabase } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { keptCounts, realCounts } from '../../../../tests/fixtures/kept-counts.ts';
import { knowledgeMigrations } from '../migrations/index.ts';
import { createImports } from '../store/imports.ts';
import { verifyLog } from '../store/reads/audit.ts';
import { history } from '../store/reads/history.ts';
import { createStore } from '../store/store.ts';
import { openCollector } from './collect.ts';

const folder = mkdtempSync(join(tmpdir(), 'redoubt-collect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const uuid = (n: number) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
const relation = (n: number, type = 'uses') => ({
  kind: 'object' as const,
  path: 'one',
  object: {
    type: 'relationship',
    spec_version: '2.1',
    id: `relationship--${uuid(n)}`,
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    relationship_type: type,
    source_ref: `tool--${uuid(1)}`,
    target_ref: `malware--${uuid(2)}`,
  } as unknown as StixObject,
});

function workspace() {
  const path = join(folder, `${files++}.db`);
  const database = openDatabase(path, new Uint8Array(32), { create: true });
  migrate(database, knowledgeMigrations);
  let tick = 1_790_000_000_000;
  const now = () => (tick += 1000);
  const store = createStore(database, { device: uuid(9), actor: 'analyst', now });
  const imports = createImports(database, { now, newId: () => uuid(100 + files) });
  // What another process sees: what is committed.
  const committed = openDatabase(path, new Uint8Array(32), { readonly: true });
  return { database, store, imports, now, committed };
}
const count = (database: Database) => database.prepare('SELECT count(*) FROM edge').pluck().get();

describe('a collector', () => {
  it('answers when a batch is committed, many batches at one commit, and is one action', async () => {
    const { database, store, imports, now, committed } = workspace();
    const collector = openCollector(store, imports, now, { source: 'feed', format: 'stix' });
    const seen: unknown[] = [];
    const answers = Array.from({ length: 40 }, (_, n) =>
      collector.add(Array.from({ length: 25 }, (_one, m) => relation(n * 25 + m))).then(() => seen.push(count(committed))),
    );
    expect(count(committed)).toBe(0);
    await Promise.all(answers);
    expect(seen).toEqual(Array(40).fill(1000));
    expect(database.prepare("SELECT count(*) FROM op WHERE kind = 'import'").pluck().get()).toBe(1);
    await collector.add([relation(5000)]);
    expect(count(committed)).toBe(1001);
    await collector.close();
    expect(history(database, { limit: 10, offset: 0 }).total).toBe(1);
    expect(imports.list()).toMatchObject([{ file: 'feed', state: 'done', created: 1001 }]);
    expect(keptCounts(database)).toEqual(realCounts(database));
    expect(verifyLog(database).problems).toEqual([]);
    await expect(collector.add([relation(1)])).rejects.toThrow(/closed/);
  });

  it('writes at once when a group is full, and what still waits when it closes', async () => {
    const { store, imports, now, committed } = workspace();
    const collector = openCollector(store, imports, now, { source: 'feed', format: 'stix' });
    const full = collector.add(Array.from({ length: 2000 }, (_, n) => relation(n)));
    expect(count(committed)).toBe(2000);
    const last = collector.add([relation(9000)]);
    await collector.close();
    expect(count(committed)).toBe(2001);
    await Promise.all([full, last]);
  });

  it('rejects all of a group that cannot be written, keeps nothing of it, and goes on', async () => {
    const { store, imports, now, committed, database } = workspace();
    const collector = openCollector(store, imports, now, { source: 'feed', format: 'stix' });
    const broken = { ...relation(2), object: { ...relation(2).object, target_ref: 7 } as unknown as StixObject };
    const answers = await Promise.allSettled([collector.add([relation(1)]), collector.add([broken])]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await collector.add([relation(3)]);
    expect(count(committed)).toBe(1);
    await collector.close();
    expect(keptCounts(database)).toEqual(realCounts(database));
  });

  it('keeps the first of two contents under one id that arrive together, and says so', async () => {
    const { store, imports, now, database } = workspace();
    const collector = openCollector(store, imports, now, { source: 'feed', format: 'stix' });
    await Promise.all([collector.add([relation(1)]), collector.add([relation(1, 'targets')])]);
    await collector.close();
    expect(imports.list()).toMatchObject([{ created: 1, lost: 1 }]);
    expect(database.prepare('SELECT count(*) FROM edge').pluck().get()).toBe(1);
    expect(verifyLog(database).problems).toEqual([]);
  });
});
