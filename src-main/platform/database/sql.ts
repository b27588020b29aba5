import { type Compilable, DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { Database, Statement } from './database.ts';

/**
 * A typed query builder over one schema. It only compiles: statements run synchronously on the
 * connection at hand, so that they can take part in its transactions. Another dialect (the org
 * server's Postgres) is another compiler behind the same queries.
 */
export function queriesOver<Schema>(): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

const caches = new WeakMap<Database, Map<string, Statement>>();
const MOST_CACHED = 500;

/** The prepared statement for this text, kept for the life of the connection. */
export function prepared(database: Database, text: string): Statement {
  let cache = caches.get(database);
  if (!cache) caches.set(database, (cache = new Map()));
  let statement = cache.get(text);
  if (!statement) {
    if (cache.size >= MOST_CACHED) cache.clear();
    statement = database.prepare(text);
    cache.set(text, statement);
  }
  return statement;
}

export function all<Row>(database: Database, query: Compilable<Row>): Row[] {
  const { sql, parameters } = query.compile();
  return prepared(database, sql).all(...parameters) as Row[];
}

export function get<Row>(database: Database, query: Compilable<Row>): Row | undefined {
  const { sql, parameters } = query.compile();
  return prepared(database, sql).get(...parameters) as Row | undefined;
}
