import { migrations } from '#main/workspace.ts';
import { type Database, openDatabase } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';

/** A database as it was after this many steps, in memory of a temporary file that the caller removes. */
export function databaseAfter(path: string, steps: number): Database {
  const database = openDatabase(path, new Uint8Array(32), { create: true });
  migrate(database, [...migrations].sort((a, b) => a.id - b.id).slice(0, steps));
  return database;
}

/** Every table with its columns, every index, in one text: what a step made. */
export function schemaOf(database: Database): Record<string, string[]> {
  const names = (type: string) =>
    database
      .prepare("SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%' ORDER BY name")
      .pluck()
      .all(type) as string[];
  return {
    ...Object.fromEntries(
      names('table').map((table) => [
        table,
        (database.pragma(`table_info('${table}')`) as { name: string; type: string; notnull: number; pk: number }[]).map(
          ({ name, type, notnull, pk }) => `${name} ${type}${notnull ? ' NOT NULL' : ''}${pk ? ` PK${pk}` : ''}`.trim(),
        ),
      ]),
    ),
    indexes: names('index'),
  };
}
