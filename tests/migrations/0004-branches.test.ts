import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../faults/world.ts';
import { databaseAfter, schemaOf } from './steps.ts';

const folder = temporaryFolder('migration-4');
afterAll(() => folder.remove());

describe('step 4, branches', () => {
  it('adds ways into the log and changes no table', () => {
    const before = databaseAfter(join(folder.path, 'three.db'), 3);
    const { indexes: old, ...tables } = schemaOf(before);
    before.close();
    const database = databaseAfter(join(folder.path, 'four.db'), 4);
    const { indexes, ...rest } = schemaOf(database);
    expect(rest).toEqual(tables);
    expect(indexes?.filter((name) => !old?.includes(name))).toEqual(['op_branch', 'op_clock', 'op_undo']);
    database.close();
  });

  it('is used for the words on branches, the newest word on an action, and what came after a clock', () => {
    const database = databaseAfter(join(folder.path, 'plan.db'), 4);
    const plan = (sql: string) =>
      (database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map(({ detail }) => detail).join('\n');
    expect(plan("SELECT * FROM op WHERE branch <> 0 AND branch = 7 AND kind = 'review'")).toContain('op_branch');
    expect(
      plan("SELECT value FROM op u WHERE u.kind = 'undo' AND u.property = 'a' AND u.clock <= 9 ORDER BY u.clock DESC LIMIT 1"),
    ).toContain('op_undo');
    expect(plan('SELECT id FROM op WHERE clock > 9')).toContain('op_clock');
    database.close();
  });
});
