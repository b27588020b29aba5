import { createHash } from 'node:crypto';
import { type LedgerEntry, LedgerEntry as Entry } from '#shared/contract/admin.ts';
import { canonical } from '#shared/domain/knowledge/canonical.ts';
import type { Json } from '#shared/domain/knowledge/stix.ts';
import type { Database } from '#main/platform/database/database.ts';

export interface NetworkRule {
  readonly host: string;
  readonly purpose: string;
}

const EMPTY = Buffer.alloc(32);
/** Entries answered at once, newest first. */
const MOST_SHOWN = 5_000;

/** The egress ledger, chained as the log is, and the rules of the network policy. */
export function createAdminStore(database: Database) {
  const insert = database.prepare('INSERT INTO ledger (at, body, chain) VALUES (?, ?, ?)');
  const selectEnd = database.prepare('SELECT chain FROM ledger ORDER BY id DESC LIMIT 1').pluck();
  const selectAll = database.prepare('SELECT body FROM ledger ORDER BY id DESC LIMIT ?').pluck();
  const selectRules = database.prepare('SELECT host, purpose FROM network_rule ORDER BY host, purpose');
  const insertRule = database.prepare('INSERT OR IGNORE INTO network_rule (host, purpose) VALUES (?, ?)');
  const deleteRule = database.prepare('DELETE FROM network_rule WHERE host = ? AND purpose = ?');
  return {
    append(entry: LedgerEntry) {
      database
        .transaction(() => {
          const body = canonical(entry as unknown as Json);
          insert.run(Date.parse(entry.at), body, linked((selectEnd.get() as Buffer | undefined) ?? EMPTY, body));
        })
        .immediate();
    },
    entries: () => (selectAll.all(MOST_SHOWN) as string[]).map((body) => Entry.parse(JSON.parse(body))),
    rules: () => selectRules.all() as NetworkRule[],
    allow: ({ host, purpose }: NetworkRule) => void insertRule.run(host.toLowerCase(), purpose),
    revoke: ({ host, purpose }: NetworkRule) => void deleteRule.run(host.toLowerCase(), purpose),
  };
}

export type AdminStore = ReturnType<typeof createAdminStore>;

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

function linked(previous: Uint8Array, body: string): Buffer {
  return createHash('sha256').update(previous).update(body).digest();
}
