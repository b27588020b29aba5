import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Database } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { migrations } from '#main/workspace.ts';
import { temporaryFolder } from '../faults/world.ts';
import { databaseAfter, schemaOf } from './steps.ts';

const folder = temporaryFolder('migration-match-counts');
afterAll(() => folder.remove());

const columns = 'kind, warned, verdict IS NOT NULL AS judged, decision, grade, kev, exposure';
const counted = (database: Database) =>
  database
    .prepare(`SELECT ${columns}, count(*) AS matches FROM intel_match GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7`)
    .all();
const kept = (database: Database) => database.prepare('SELECT * FROM intel_count WHERE matches <> 0').all();
const upsert = `INSERT INTO intel_match (asset, threat, kind, grade, priority, decision, kev, exposure, warned, verdict, why, first_seen, last_seen, round)
  VALUES (@asset, @threat, 0, @grade, 0, @decision, @kev, 1, 0, @verdict, '[]', 0, 0, 1)
  ON CONFLICT (asset, threat, kind) DO UPDATE SET grade = excluded.grade, decision = excluded.decision, kev = excluded.kev, verdict = excluded.verdict`;

describe('the step of the match counts', () => {
  const id = migrations.find(({ name }) => name === 'match-counts')?.id ?? 0;

  it('adds the counts and the indexes and leaves the other tables as they were', async () => {
    const before = databaseAfter(join(folder.path, 'before.db'), id - 1);
    const { indexes: _before, ...old } = schemaOf(before);
    before.close();
    const database = databaseAfter(join(folder.path, 'after.db'), id);
    const { indexes, intel_count, ...rest } = schemaOf(database);
    await expect(`${JSON.stringify({ intel_count, indexes }, null, 2)}\n`).toMatchFileSnapshot('schemas/match-counts.txt');
    expect(rest).toEqual(old);
    database.close();
  });

  it('counts what stood before', () => {
    const database = databaseAfter(join(folder.path, 'stood.db'), id - 1);
    const row = { grade: 1, decision: 2, kev: 0, verdict: null };
    for (const threat of [1, 2, 3]) database.prepare(upsert).run({ ...row, asset: 7, threat, grade: threat % 2 });
    migrate(database, migrations);
    expect(kept(database)).toEqual(counted(database));
    expect(kept(database)).toHaveLength(2);
    database.close();
  });

  it('keeps the counts through every write', () => {
    const database = databaseAfter(join(folder.path, 'kept.db'), id);
    const write = database.prepare(upsert);
    const judge = database.prepare('UPDATE intel_match SET verdict = ? WHERE asset = ? AND threat = ?');
    const remove = database.prepare('DELETE FROM intel_match WHERE asset = ? AND threat = ?');
    const small = fc.nat(2);
    const step = fc.record({
      what: fc.constantFrom('write', 'write', 'judge', 'remove'),
      asset: small,
      threat: small,
      grade: small,
      decision: small,
      kev: fc.nat(1),
      verdict: fc.option(fc.nat(5)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        for (const { what, ...row } of steps) {
          if (what === 'write') write.run(row);
          else if (what === 'judge') judge.run(row.verdict, row.asset, row.threat);
          else remove.run(row.asset, row.threat);
        }
        expect(kept(database)).toEqual(counted(database));
      }),
      { numRuns: 60 },
    );
    database.close();
  });
});
