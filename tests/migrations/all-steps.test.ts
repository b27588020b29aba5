import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { migrations } from '#main/workspace.ts';
import { temporaryFolder } from '../faults/world.ts';
import { databaseAfter, schemaOf } from './steps.ts';

const folder = temporaryFolder('migrations');
afterAll(() => folder.remove());
const fresh = (name: string) => openDatabase(join(folder.path, name), new Uint8Array(32), { create: true });

describe('all steps', () => {
  it('are numbered from 1 without a gap or a double, over all features', () => {
    expect(migrations.map(({ id }) => id).sort((a, b) => a - b)).toEqual(migrations.map((_, index) => index + 1));
  });

  it('each have a test of their own', () => {
    const tests = readdirSync(import.meta.dirname);
    for (const { id, name } of migrations) expect(tests).toContain(`${String(id).padStart(4, '0')}-${name}.test.ts`);
  });

  it('run once: a second time changes nothing', () => {
    const database = fresh('twice.db');
    expect(migrate(database, migrations)).toBe(migrations.length);
    const schema = schemaOf(database);
    expect(migrate(database, migrations)).toBe(0);
    expect(schemaOf(database)).toEqual(schema);
    expect(database.pragma('user_version', { simple: true })).toBe(migrations.length);
    database.close();
  });

  it('come to the same schema whichever step a database starts from', () => {
    const whole = fresh('whole.db');
    migrate(whole, migrations);
    for (let steps = 0; steps <= migrations.length; steps++) {
      const database = databaseAfter(join(folder.path, `from-${steps}.db`), steps);
      expect(migrate(database, migrations)).toBe(migrations.length - steps);
      expect(schemaOf(database)).toEqual(schemaOf(whole));
      database.close();
    }
    whole.close();
  });

  it('are all or nothing: a step that fails leaves the schema before it', () => {
    const database = fresh('failing.db');
    const steps = [
      ...migrations,
      { id: migrations.length + 1, name: 'failing', up: 'CREATE TABLE half (id INTEGER); CREATE TABLE object (id INTEGER);' },
    ];
    expect(() => migrate(database, steps)).toThrow(/already exists/);
    expect(database.pragma('user_version', { simple: true })).toBe(migrations.length);
    expect(schemaOf(database)['half']).toBeUndefined();
    expect(migrate(database, migrations)).toBe(0);
    database.close();
  });

  it('refuse a newer file, a list without its first step, and one with a double', () => {
    const database = fresh('newer.db');
    database.pragma(`user_version=${migrations.length + 1}`);
    expect(() => migrate(database, migrations)).toThrow(/newer Redoubt/);
    expect(schemaOf(database)).toEqual({ indexes: [] });
    expect(() =>
      migrate(
        database,
        migrations.filter(({ id }) => id !== 1),
      ),
    ).toThrow(/start at 1/);
    expect(() => migrate(database, [...migrations, { id: 2, name: 'again', up: '' }])).toThrow(/once each/);
    database.close();
  });
});
