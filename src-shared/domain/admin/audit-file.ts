import { canonical } from '../knowledge/canonical.ts';
import type { Json } from '../knowledge/stix.ts';

/** One link of a chain as the engine lists it. */
export interface AuditFileLink {
  readonly number: number;
  readonly entry: Readonly<Record<string, unknown>>;
  readonly chain: string;
}

export const auditFormat = 'redoubt-audit/1';

/** How an auditor checks the file without this program; stands in the file itself. */
export const auditExplained = [
  'Each line after this one is one entry of one of two chains: "operations" (everything done in the workspace) or "ledger" (every request that left or was refused).',
  'Both chains begin with 32 zero bytes. Each link is SHA-256(previous link as 32 bytes, followed by the entry as UTF-8 text in canonical JSON: keys sorted, no white space, numbers and strings as RFC 8785 writes them).',
  'Recompute every link in order and compare it with "link" on the same line; "number" counts 1, 2, 3 … without a gap in each chain.',
  'The last line states how many entries each chain has and its newest link. Compare those two links with copies you noted earlier: whoever rewrites history must change them.',
  'With the program at hand: redoubt audit verify FILE (needs neither the workspace nor its passphrase).',
];

export function auditFirstLine(facts: { workspace: string; version: string; at: string }): string {
  return `${canonical({ format: auditFormat, ...facts, howToVerify: auditExplained } as unknown as Json)}\n`;
}

export function auditLine(chain: 'operations' | 'ledger', { number, entry, chain: link }: AuditFileLink): string {
  return `${canonical({ chain, number, entry, link } as unknown as Json)}\n`;
}

export function auditLastLine(ends: Record<'operations' | 'ledger', { count: number; head: string }>): string {
  return `${canonical({ end: ends } as unknown as Json)}\n`;
}
