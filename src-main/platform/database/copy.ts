import type { Database, WorkspaceKey } from './database.ts';

/**
 * Writes a whole, packed copy of the database under the same key. Holds a read transaction, so that
 * edits go on beside it. `serialize()` would give plain text, and `backup()` fails on encrypted
 * databases (docs/adr/0003).
 */
export function copyInto(database: Database, target: string): void {
  database.prepare('VACUUM INTO ?').run(target);
}

/** Reads every page through the cipher's check and every table and index; the empty list is "whole". */
export function pageProblems(database: Database): string[] {
  const said = (database.pragma('integrity_check(20)') as { integrity_check: string }[]).map((row) => row.integrity_check);
  return said.length === 1 && said[0] === 'ok' ? [] : said.map((what) => `The database says: ${what}`);
}

/** Encrypts every page anew; the file must be nobody else's at the time, and not in write-ahead mode. */
export function rekey(database: Database, key: WorkspaceKey): void {
  database.pragma('journal_mode=delete');
  database.pragma(`rekey="x'${Buffer.from(key).toString('hex')}'"`);
}

export const schemaOf = (database: Database): number => database.pragma('user_version', { simple: true }) as number;
