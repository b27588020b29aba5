import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '#main/platform/database/database.ts';
import { temporaryFolder } from '../faults/world.ts';
import { databaseAfter, schemaOf } from './steps.ts';

const folder = temporaryFolder('migration-1');
let database: Database;

beforeAll(() => {
  database = databaseAfter(join(folder.path, 'one.db'), 1);
});
afterAll(() => {
  database.close();
  folder.remove();
});

const object = (uuid: string, type: number | string) =>
  database
    .prepare('INSERT INTO object (uuid, type, state, op, common) VALUES (?, ?, 0, 1, 1)')
    .run(Buffer.from(uuid.padEnd(16, '0')), type);

describe('step 1, graph', () => {
  it('makes these tables, columns and indexes, from now on for good', async () => {
    expect(database.pragma('user_version', { simple: true })).toBe(1);
    await expect(`${JSON.stringify(schemaOf(database), null, 2)}\n`).toMatchFileSnapshot('schemas/0001-graph.txt');
  });

  it('lets an id stand once, and one UUID under two types', () => {
    object('a', 1);
    object('a', 2);
    expect(() => object('a', 1)).toThrow(/UNIQUE/);
  });

  it('is strict: text is no number', () => {
    expect(() => object('b', 'malware')).toThrow(/cannot store TEXT/);
  });

  it('numbers the operations of a device once each', () => {
    const op = () =>
      database.prepare("INSERT INTO op (device, seq, clock, kind, action, actor, chain) VALUES (1, 1, 1, 'put', 'd:1', 'me', x'00')").run();
    op();
    expect(op).toThrow(/UNIQUE/);
  });

  it('finds words without their accents, and forgets what is deleted', () => {
    database.prepare("INSERT INTO search (rowid, name, aliases, ids, body) VALUES (7, 'Hôpital', '', 'T1059', '')").run();
    const find = (words: string) => database.prepare('SELECT rowid FROM search WHERE search MATCH ?').pluck().all(words);
    expect(find('hopital')).toEqual([7]);
    expect(find('t1059')).toEqual([7]);
    expect(database.prepare("SELECT term FROM search_terms WHERE col = 'name'").pluck().all()).toEqual(['hopital']);
    database.prepare('DELETE FROM search WHERE rowid = 7').run();
    expect(find('hopital')).toEqual([]);
  });
});
