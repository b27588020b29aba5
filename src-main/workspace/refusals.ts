import type { LedgerEntry } from '#shared/contract/admin.ts';
import type { Refusal } from '#main/platform/http/guard.ts';

export function refusalEntry({ at, by, host, port }: Refusal): LedgerEntry {
  return {
    at: new Date(at).toISOString(),
    host: host || 'unknown',
    port,
    method: by.slice(0, 100),
    path: '',
    purpose: 'none',
    outcome: 'refused',
    bytesOut: 0,
    bytesIn: 0,
    reason: 'This way out does not pass the network policy.',
  };
}

export function countEntries(entries: readonly LedgerEntry[]) {
  const refused = entries.filter(({ outcome }) => outcome === 'refused').length;
  return { requests: entries.length - refused, refused };
}
