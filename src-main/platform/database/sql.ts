import type { Database, Statement } from './database.ts';

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
