import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { readKeyring, unwrapByPassphrase } from '#main/platform/secrets/keyring.ts';
import { migrations } from '#main/workspace.ts';
import { createIdentityHash } from '#main/features/knowledge/store/identity-hash.ts';
import { keptCounts, realCounts } from '../fixtures/kept-counts.ts';
import { temporaryFolder } from '../faults/world.ts';
import { savedPassphrase } from './saved-content.ts';
import { databaseAfter, schemaOf } from './steps.ts';

const folder = temporaryFolder('migration-3');
afterAll(() => folder.remove());

describe('step 3, scale', () => {
  it('adds the narrow table, the identities and the counts, and leaves the tables before it as they were', async () => {
    const before = databaseAfter(join(folder.path, 'two.db'), 2);
    const old = schemaOf(before);
    before.close();
    const database = databaseAfter(join(folder.path, 'three.db'), 3);
    expect(database.pragma('user_version', { simple: true })).toBe(3);
    const { indexes, node, identity, tally, ...rest } = schemaOf(database);
    await expect(`${JSON.stringify({ node, identity, tally, indexes }, null, 2)}\n`).toMatchFileSnapshot('schemas/0003-scale.txt');
    const { indexes: _before, ...tables } = old;
    expect(rest).toEqual(tables);
    database.close();
  });

  describe('over the saved workspace of release 0.1', () => {
    let database: Database;
    beforeAll(async () => {
      const saved = join(folder.path, 'saved');
      cpSync(join(import.meta.dirname, 'saved', 'release-0.1'), saved, { recursive: true });
      const keyring = readKeyring(join(saved, 'keys.json'));
      if (!keyring) throw new Error('no keyring');
      database = openDatabase(join(saved, 'workspace.db'), await unwrapByPassphrase(keyring, savedPassphrase));
      expect(database.pragma('user_version', { simple: true })).toBe(2);
      migrate(
        database,
        migrations.filter(({ id }) => id <= 3),
      );
    });
    afterAll(() => void database.close());

    it('counts what is there', () => {
      expect(database.prepare('SELECT count(*) FROM node').pluck().get()).toBeGreaterThan(10);
      expect(keptCounts(database)).toEqual(realCounts(database));
    });

    it('finds every relationship by its id', () => {
      const seed = database.prepare("SELECT value FROM setting WHERE key = 'identity.seed'").pluck().get() as string;
      const hash = createIdentityHash(seed);
      const rows = database.prepare('SELECT id, uuid FROM relationship').all() as { id: number; uuid: Buffer }[];
      expect(rows.length).toBeGreaterThan(3);
      for (const { id, uuid } of rows)
        expect(database.prepare('SELECT id FROM identity WHERE hash = ?').pluck().all(hash.ofBytes(uuid))).toContain(id);
      expect(database.prepare('SELECT count(*) FROM identity').pluck().get()).toBe(rows.length);
    });

    it('takes a later edge for granted only where its index says so', () => {
      const last = database.prepare('SELECT max(id) FROM relationship').pluck().get();
      expect(database.prepare("SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'relationship.indexed'").pluck().get()).toBe(last);
    });
  });
});
