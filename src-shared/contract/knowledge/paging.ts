import { z } from 'zod';
import { Tlp } from '../../domain/knowledge/stix.ts';

export const limit = (most: number, usual: number) => z.int().min(1).max(most).default(usual);
export const offset = z.int().min(0).max(10_000_000).default(0);

/** Every capped answer carries these two; the face says "shown X of Y". */
export const counted = {
  shown: z.int(),
  total: z.int(),
  /** Counting ended at `total`; there are more. */
  atLeast: z.literal(true).optional(),
};

/** `next` of one page is `after` of the following one: a place in the order, which costs the same however far on it lies. */
export const after = z.string().max(1000).optional();

export const filters = {
  types: z.array(z.string().max(250)).max(100).optional(),
  /** Tactic short names, as in kill-chain phases: `credential-access`. */
  tactics: z.array(z.string().max(100)).max(50).optional(),
  platforms: z.array(z.string().max(100)).max(50).optional(),
  tlp: z
    .array(z.union([Tlp, z.literal('none')]))
    .max(6)
    .optional(),
  tags: z.array(z.string().max(100)).max(50).optional(),
  importId: z.string().max(100).optional(),
  /** Revoked and deprecated objects are left out unless asked for. */
  includeRetired: z.boolean().default(false),
};

/** Long work answers with this at once; its events and its outcome go by it. */
export const JobStarted = z.object({ jobId: z.string() });
