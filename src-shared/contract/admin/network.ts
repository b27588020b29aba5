import { z } from 'zod';
import { command, event, query } from '../define.ts';
import { JobStarted } from '../knowledge/paging.ts';

export const LedgerEntry = z.object({
  at: z.iso.datetime(),
  host: z.string(),
  port: z.int(),
  method: z.string(),
  /** Path without the query string, which may hold secrets. */
  path: z.string(),
  purpose: z.string(),
  outcome: z.enum(['sent', 'refused', 'failed']),
  bytesOut: z.int(),
  bytesIn: z.int(),
  status: z.int().optional(),
  reason: z.string().optional(),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

export const Ledger = z.object({
  /** Requests that were sent or tried past the policy. 0 is the promise. */
  requests: z.array(LedgerEntry),
  refused: z.array(LedgerEntry),
  network: z.enum(['off', 'on']),
  since: z.iso.datetime(),
});
export type Ledger = z.infer<typeof Ledger>;

export const AuditVerification = z.object({
  valid: z.boolean(),
  operations: z.int(),
  ledgerEntries: z.int(),
  /** Hash of the newest entry, to compare with a copy kept elsewhere. */
  head: z.string(),
  problems: z.array(z.string()),
});
export type AuditVerification = z.infer<typeof AuditVerification>;

export const NetworkRule = z.strictObject({ host: z.string().min(1).max(253), purpose: z.string().min(1).max(100) });

export const networkCalls = {
  getLedger: query('The egress ledger: every request that left or was refused; while locked, of this run only.', z.void(), Ledger, {
    whileLocked: true,
  }),
  checkAudit: command(
    'Recomputes the audit chain and the hashes of imported objects as a job that tells how far it is and may be cancelled.',
    z.void(),
    JobStarted,
    { needs: 'read' },
  ),
  getAuditCheck: query(
    'What a finished check of the audit chain found.',
    z.strictObject({ jobId: z.string().max(100) }),
    AuditVerification,
  ),
  verifyAudit: query('Recomputes the audit chain and the hashes of imported objects.', z.void(), AuditVerification),
  listNetworkRules: query('Lists the hosts allowed, each for a purpose.', z.void(), z.array(NetworkRule)),
  allowHost: command('Allows one host for one purpose.', NetworkRule, z.array(NetworkRule), { needs: 'admin' }),
  revokeHost: command('Withdraws an allowed host.', NetworkRule, z.array(NetworkRule), { needs: 'admin' }),
  ledgerChanged: event('A request was sent or refused.', z.object({ requests: z.int(), refused: z.int() })),
};
