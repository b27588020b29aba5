import { type LedgerEntry, LedgerEntry as Entry } from '#shared/contract/admin.ts';
import { canonical } from '#shared/domain/knowledge/canonical.ts';
import type { Json } from '#shared/domain/knowledge/stix.ts';
import type { Database } from '#main/platform/database/database.ts';
import { EMPTY, linked } from './chain.ts';

export interface NetworkRule {
  readonly host: string;
  readonly purpose: string;
}

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
