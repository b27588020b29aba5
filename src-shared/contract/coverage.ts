import { z } from 'zod';
import { StixId } from '../domain/knowledge/stix.ts';
import { query } from './define.ts';
import { onBranch } from './knowledge/branch.ts';

export const attackDomains = ['enterprise-attack', 'mobile-attack', 'ics-attack'] as const;
export const AttackDomain = z.enum(attackDomains);
export type AttackDomain = z.infer<typeof AttackDomain>;

export const MatrixCell = z.object({
  id: StixId,
  externalId: z.string(),
  name: z.string(),
  /** How many of the workspace's own threats (imported, not of a pack) use it, sub-techniques not added. */
  usedBy: z.int(),
  /** How many of all known threats use it. */
  usedByAll: z.int(),
  platforms: z.array(z.string()),
  subTechniques: z.array(
    z.object({ id: StixId, externalId: z.string(), name: z.string(), usedBy: z.int(), usedByAll: z.int(), platforms: z.array(z.string()) }),
  ),
});
export type MatrixCell = z.infer<typeof MatrixCell>;

export const Matrix = z.object({
  domain: AttackDomain,
  /** ATT&CK release, where the workspace knows it. */
  version: z.string().optional(),
  tactics: z.array(
    z.object({ id: StixId, externalId: z.string(), shortName: z.string(), name: z.string(), techniques: z.array(MatrixCell) }),
  ),
  techniques: z.int(),
  subTechniques: z.int(),
  used: z.int(),
  platforms: z.array(z.string()),
});
export type Matrix = z.infer<typeof Matrix>;

export const coverage = {
  getMatrix: query(
    'The ATT&CK matrix of one domain with what the imported threats use, on main or on a branch.',
    z.strictObject({ domain: AttackDomain.default('enterprise-attack'), importId: z.string().max(100).optional(), ...onBranch }),
    Matrix,
  ),
};
