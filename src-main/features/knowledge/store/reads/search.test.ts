import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { openDatabase } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { knowledgeMigrations } from '../../migrations/index.ts';
import { createStore } from '../store.ts';
import { search } from './search.ts';

const folder = mkdtempSync(join(tmpdir(), 'redoubt-search-'));
const database = openDatabase(join(folder, 'search.db'), new Uint8Array(32), { create: true });
afterAll(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

const MANGOS = 2_100;
const made = (n: number, type: string, name: string) =>
  ({
    type,
    id: `${type}--${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`,
    spec_version: '2.1',
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    name,
  }) as unknown as StixObject;
const objects = [
  ...Array.from({ length: MANGOS }, (_, n) => made(n, 'malware', `mango ${n}`)),
  made(9_000, 'tool', 'M'),
  made(9_001, 'tool', 'Melon'),
  made(9_002, 'tool', 'the last mango'),
  made(9_003, 'tool', 'zebra'),
];
database.pragma('synchronous=off');
migrate(database, knowledgeMigrations);
const store = createStore(database, { device: '00009999-0000-4000-8000-000000000000', actor: 'analyst', now: () => 1_790_000_000_000 });
store.transact(() =>
  store.writer.writeChunk(
    objects.map((object) => ({ object, path: 'one' })),
    { now: 1 },
  ),
);
const ask = (text: string, types?: string[], offset = 0) => search(database, { text, types, limit: 50, offset });
const names = (answer: ReturnType<typeof ask>) => answer.results.map(({ name }) => name);

describe('a search of one letter', () => {
  it('that thousands of names begin with gives those, the one of this very name first, and a least total', () => {
    const found = ask('m');
    expect(names(found)[0]).toBe('M');
    expect(names(found).every((name) => /^m/i.test(name ?? ''))).toBe(true);
    // “the last mango” matches by a later word only: the total is a least one.
    expect(found).toMatchObject({ atLeast: true, total: MANGOS + 2, shown: 50 });
    expect(ask('m', undefined, 750).shown).toBe(50);
  });

  it('that few pass is answered by all words, with the true total', () => {
    expect(new Set(names(ask('m', ['tool'])))).toEqual(new Set(['M', 'Melon', 'the last mango']));
    expect(ask('m', ['tool'])).toMatchObject({ total: 3 });
    expect(ask('m', ['tool'])).not.toHaveProperty('atLeast');
    expect(names(ask('z'))).toEqual(['zebra']);
  });
});
