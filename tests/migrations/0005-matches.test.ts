import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { migrations } from '#main/workspace.ts';
import { temporaryFolder } from '../faults/world.ts';
import { databaseAfter, schemaOf } from './steps.ts';

const folder = temporaryFolder('migration-matches');
afterAll(() => folder.remove());

describe('the step of the matches', () => {
  const id = migrations.find(({ name }) => name === 'matches')?.id ?? 0;

  it('adds one derived table and leaves the tables before it as they were', async () => {
    const before = databaseAfter(join(folder.path, 'before.db'), id - 1);
    const old = schemaOf(before);
    before.close();
    const database = databaseAfter(join(folder.path, 'after.db'), id);
    const { indexes, intel_match, ...rest } = schemaOf(database);
    await expect(`${JSON.stringify({ intel_match, indexes }, null, 2)}\n`).toMatchFileSnapshot('schemas/matches.txt');
    const { indexes: _before, ...tables } = old;
    expect(rest).toEqual(tables);
    database.close();
  });

  it('keeps one row a pair and kind', () => {
    const database = databaseAfter(join(folder.path, 'rows.db'), id);
    const insert = database.prepare(
      "INSERT INTO intel_match (asset, threat, kind, grade, priority, decision, kev, exposure, warned, why, first_seen, last_seen, round) VALUES (1, 2, ?, 0, 0, 0, 0, 0, 0, '[]', 0, 0, 1)",
    );
    insert.run(0);
    insert.run(1);
    expect(() => insert.run(0)).toThrow(/UNIQUE/);
    database.close();
  });
});
