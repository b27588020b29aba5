import { createHash } from 'node:crypto';
import type { Json } from '#shared/domain/knowledge/stix.ts';
import type { Database } from '#main/platform/database/database.ts';

/** What the first entry of the ledger follows. */
export const EMPTY = Buffer.alloc(32);

/** How many entries the ledger has. */
export function ledgerEntries(database: Database): number {
  return database.prepare('SELECT count(*) FROM ledger').pluck().get() as number;
}

/** Recomputes the ledger's chain; for a reader process. */
export function verifyLedger(database: Database): { entries: number; head: string; problems: string[] } {
  const problems: string[] = [];
  let chain: Uint8Array = EMPTY;
  let entries = 0;
  for (const row of database.prepare('SELECT id, body, chain FROM ledger ORDER BY id').iterate() as IterableIterator<{
    id: number;
    body: string;
    chain: Buffer;
  }>) {
    entries++;
    if (row.id !== entries) problems.push(`Ledger entry ${entries} is missing.`);
    if (!linked(chain, row.body).equals(row.chain)) problems.push(`Ledger entry ${row.id} was changed after it was written.`);
    chain = row.chain;
  }
  return { entries, head: Buffer.from(chain).toString('hex'), problems: problems.slice(0, 100) };
}

/** A page of the ledger's chain as it stands, for who checks it elsewhere. */
export function ledgerLinks(database: Database, wanted: { from?: number; newestFirst: boolean; limit: number }) {
  const { from = wanted.newestFirst ? Number.MAX_SAFE_INTEGER : 0, newestFirst, limit } = wanted;
  const rows = database
    .prepare(`SELECT id, body, chain FROM ledger WHERE id ${newestFirst ? '<' : '>'} ? ORDER BY id ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?`)
    .all(from, limit) as { id: number; body: string; chain: Buffer }[];
  const total = ledgerEntries(database);
  return {
    rows: rows.map(({ id, body, chain }) => ({
      number: id,
      entry: JSON.parse(body) as Record<string, Json>,
      chain: chain.toString('hex'),
    })),
    total,
    matching: total,
    kinds: [],
    actors: [],
    doors: [],
  };
}

/** The chain's next link. */
export function linked(previous: Uint8Array, body: string): Buffer {
  return createHash('sha256').update(previous).update(body).digest();
}
