import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { migrations } from '#main/workspace.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { temporaryFolder } from '../faults/world.ts';
import { databaseAfter, schemaOf } from './steps.ts';

const folder = temporaryFolder('migration-6');
afterAll(() => folder.remove());

describe('step 6, what an undo has left', () => {
  it('takes the place of the list of objects and changes no other table', () => {
    const before = databaseAfter(join(folder.path, 'five.db'), 5);
    const { indexes, unsettled, ...tables } = schemaOf(before);
    before.close();
    expect(unsettled).toHaveLength(1);
    const database = databaseAfter(join(folder.path, 'six.db'), 6);
    expect(schemaOf(database)).toEqual({ ...tables, indexes, undo_left: ['action TEXT NOT NULL', 'op INTEGER'] });
    database.close();
  });

  it('has the whole action of an undo that was cut off before it written anew', () => {
    const database = databaseAfter(join(folder.path, 'cut.db'), 5);
    const op = database.prepare(
      "INSERT INTO op (id, device, seq, clock, kind, object, action, actor, undone, chain) VALUES (?, 1, ?, 1, ?, ?, ?, 'a', 1, x'00')",
    );
    op.run(1, 1, 'import', null, 'd:1');
    op.run(2, 2, 'import', null, 'd:1');
    op.run(3, 3, 'set', 8, 'd:3');
    op.run(4, 4, 'set', 9, 'd:4');
    op.run(5, 5, 'import', null, 'd:5');
    op.run(6, 6, 'undo', null, 'd:6');
    const version = database.prepare("INSERT INTO version (object, op, flags, body) VALUES (?, ?, 0, '{}')");
    version.run(7, 2);
    version.run(9, 5);
    for (const object of [7, 8]) database.prepare('INSERT INTO unsettled (object) VALUES (?)').run(object);
    migrate(database, migrations);
    expect(database.prepare('SELECT action, op FROM undo_left ORDER BY action').all()).toEqual([
      { action: 'd:1', op: null },
      { action: 'd:3', op: null },
    ]);
    database.close();
  });
});
