import { z } from 'zod';
import { query } from '../define.ts';

/** One link of the audit chain: SHA-256 over the link before it (32 zero bytes at the start) and the entry as canonical JSON (RFC 8785). */
export const AuditLink = z.object({ number: z.int(), entry: z.record(z.string(), z.json()), chain: z.string() });
export type AuditLink = z.infer<typeof AuditLink>;

export const AuditPage = z.object({
  rows: z.array(AuditLink),
  /** Of the whole chain; `matching` of those that the filters leave. */
  total: z.int(),
  matching: z.int(),
  /** What may be filtered by, with counts over the whole chain; empty for the ledger. */
  kinds: z.array(z.object({ value: z.string(), count: z.int() })),
  actors: z.array(z.object({ value: z.string(), count: z.int() })),
  doors: z.array(z.object({ value: z.string(), count: z.int() })),
  workspace: z.uuid(),
  version: z.string(),
});
export type AuditPage = z.infer<typeof AuditPage>;

export const auditCalls = {
  listAudit: query(
    'Lists the links of the audit chain, of the operations or of the egress ledger, page by page.',
    z.strictObject({
      of: z.enum(['operations', 'ledger']),
      /** Links after this number, or before it where newest come first. */
      from: z.int().min(0).optional(),
      newestFirst: z.boolean().default(false),
      kind: z.string().max(50).optional(),
      actor: z.string().max(250).optional(),
      /** Refused and failed commands alone, of one door where one is named. */
      failed: z.boolean().default(false),
      door: z.string().max(50).optional(),
      limit: z.int().min(1).max(1000).default(100),
    }),
    AuditPage,
  ),
};
