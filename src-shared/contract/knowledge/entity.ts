import { z } from 'zod';
import { StixId, Tlp } from '../../domain/knowledge/stix.ts';

/** One line of an entity: what every list, picture and link needs. */
export const EntitySummary = z.object({
  id: StixId,
  type: z.string(),
  /** Name, or for objects without one (a note, a relationship) a readable stand-in. */
  name: z.string(),
  /** T1059.001, CVE-2021-44228, … */
  externalId: z.string().optional(),
  tlp: Tlp.optional(),
  revoked: z.boolean(),
  deprecated: z.boolean(),
  /** Named by others, but not itself in the workspace. */
  missing: z.boolean(),
  modified: z.iso.datetime().optional(),
});
export type EntitySummary = z.infer<typeof EntitySummary>;

export const Provenance = z.object({
  importId: z.string().optional(),
  /** File name, pack name or "you". */
  source: z.string(),
  kind: z.enum(['file', 'pack', 'user', 'demo', 'sync']),
  format: z.string().optional(),
  at: z.iso.datetime(),
  operation: z.string(),
});
export type Provenance = z.infer<typeof Provenance>;

export const Note = z.object({ id: StixId, content: z.string(), at: z.iso.datetime(), author: z.string() });
export type Note = z.infer<typeof Note>;

export const Entity = EntitySummary.extend({
  /** One sentence computed from the graph's facts. */
  headline: z.string(),
  /** The STIX object, current version, every property. */
  object: z.record(z.string(), z.json()),
  tags: z.array(z.string()),
  notes: z.array(Note),
  provenance: z.array(Provenance),
  versions: z.int(),
  neighbours: z.array(z.object({ relationshipType: z.string(), direction: z.enum(['out', 'in']), type: z.string(), count: z.int() })),
});
export type Entity = z.infer<typeof Entity>;

/** An entity as a change has left it, and what `undo` takes to take exactly that change back. */
export const Edited = Entity.extend({ action: z.string() });
export type Edited = z.infer<typeof Edited>;
