import { z } from 'zod';
import { command, event, query } from './define.ts';

/** A passphrase never leaves the engine and is never logged. */
const Passphrase = z.string().min(1).max(1024);
const NewPassphrase = z.string().min(8, 'choose a passphrase of at least 8 characters').max(1024);

export const WorkspaceState = z.object({
  state: z.enum(['none', 'locked', 'open']),
  name: z.string(),
  /** Whether the system's keychain holds the key, so that opening needs no passphrase. */
  keychain: z.boolean(),
  /** Whether this system has a keychain that could hold it. */
  keychainAvailable: z.boolean(),
});
export type WorkspaceState = z.infer<typeof WorkspaceState>;

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

export const admin = {
  getWorkspace: query('Says whether a workspace exists, is locked or is open.', z.void(), WorkspaceState, { whileLocked: true }),
  createWorkspace: command(
    'Makes an empty encrypted workspace and answers with its recovery code, which is shown once.',
    z.strictObject({ passphrase: NewPassphrase, rememberInKeychain: z.boolean().default(false) }),
    z.object({ recoveryCode: z.string() }),
    { whileLocked: true, needs: 'admin' },
  ),
  unlock: command(
    'Opens the workspace by passphrase, recovery code or the system keychain.',
    z.union([
      z.strictObject({ passphrase: Passphrase }),
      z.strictObject({ recoveryCode: z.string().max(200) }),
      z.strictObject({ keychain: z.literal(true) }),
    ]),
    WorkspaceState,
    { whileLocked: true, needs: 'admin' },
  ),
  lock: command('Closes the workspace and forgets its key.', z.void(), WorkspaceState, { needs: 'admin' }),
  changePassphrase: command(
    'Wraps the key with a new passphrase; nothing is encrypted anew.',
    z.strictObject({ current: Passphrase, next: NewPassphrase }),
    z.object({ changed: z.literal(true) }),
    { needs: 'admin' },
  ),
  getLedger: query('The egress ledger: every request that left or was refused; while locked, of this run only.', z.void(), Ledger, {
    whileLocked: true,
  }),
  verifyAudit: query('Recomputes the audit chain and the hashes of imported objects.', z.void(), AuditVerification),
  listNetworkRules: query('Lists the hosts allowed, each for a purpose.', z.void(), z.array(NetworkRule)),
  allowHost: command('Allows one host for one purpose.', NetworkRule, z.array(NetworkRule), { needs: 'admin' }),
  revokeHost: command('Withdraws an allowed host.', NetworkRule, z.array(NetworkRule), { needs: 'admin' }),
  workspaceChanged: event('The workspace was opened, closed or made.', WorkspaceState),
  ledgerChanged: event('A request was sent or refused.', z.object({ requests: z.int(), refused: z.int() })),
};
