import type { Ledger, LedgerEntry } from '#shared/contract/admin.ts';

const columns = [
  'at',
  'outcome',
  'host',
  'port',
  'method',
  'path',
  'purpose',
  'bytesOut',
  'bytesIn',
  'status',
  'reason',
] as const satisfies readonly (keyof LedgerEntry)[];

/** The ledger as CSV (RFC 4180), one line a request, sent and refused in order of time. */
export function ledgerCsv(ledger: Ledger): string {
  const entries = [...ledger.requests, ...ledger.refused].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return [columns, ...entries.map((entry) => columns.map((column) => entry[column] ?? ''))]
    .map((line) => `${line.map(quoted).join(',')}\r\n`)
    .join('');
}

/** Quoted where it must be; a cell that a spreadsheet would take for a formula gets an apostrophe before it. */
function quoted(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
