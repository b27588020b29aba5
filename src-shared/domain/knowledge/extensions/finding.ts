import { z } from 'zod';
import { own, type OwnType, refs, text, texts } from './own-type.ts';

/** From harmless to worst. */
export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
export const Severity = z.enum(severities);
export type Severity = z.infer<typeof Severity>;

/** What a tool found on one asset by one rule: an open weakness, a wrong setting, a secret, a fault in code. */
export const Finding = z.looseObject({
  ...own('x-redoubt-finding'),
  /** Who says so: Nessus, Trivy, CodeQL. */
  tool: z.string().min(1).max(1000),
  /** The tool's own word for what it looked for. */
  rule_id: z.string().min(1).max(1000),
  severity: Severity,
  cvss_vector: z.string().max(300).optional(),
  score: z.number().min(0).max(10).optional(),
  port: z.int().min(0).max(65_535).optional(),
  protocol: z.string().max(100).optional(),
  /** In a file: `src/main.c:17`. */
  location: text.optional(),
  evidence: z.string().max(20_000).optional(),
  solution: z.string().max(20_000).optional(),
  /** As the tool says it; a later scan that says nothing changes nothing. */
  status: z.enum(['open', 'fixed', 'suppressed', 'not-affected']),
  first_seen: z.iso.datetime().optional(),
  last_seen: z.iso.datetime().optional(),
  asset_ref: z.string().max(300),
  software_ref: z.string().max(300).optional(),
  vulnerability_refs: refs.optional(),
  technique_refs: refs.optional(),
  /** CWE-79, … */
  cwes: texts.optional(),
});
export type Finding = z.infer<typeof Finding>;

export const findingType: OwnType<'x-redoubt-finding'> = {
  type: 'x-redoubt-finding',
  title: 'Finding',
  schema: Finding,
  extensionId: 'extension-definition--8b1f3c52-6d0e-4e0a-9a55-0f4f2b7c91d4',
  about: 'What a scanner or another tool found on one asset by one of its rules.',
  properties:
    'name (string, required); tool, rule_id (string, required); severity (one of info, low, medium, high, critical; required); status ' +
    '(one of open, fixed, suppressed, not-affected; required); asset_ref (identifier, required); description, cvss_vector, protocol, ' +
    'location, evidence, solution (string); score (float, 0 to 10); port (integer); first_seen, last_seen (timestamp); software_ref ' +
    '(identifier); vulnerability_refs, technique_refs (list of identifier); cwes, tags (list of string)',
};
