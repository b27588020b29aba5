import { z } from 'zod';
import { StixId } from '../../domain/knowledge/stix.ts';
import { command, query } from '../define.ts';
import { BranchId, onBranch } from './branch.ts';
import { Edited, Entity, EntitySummary, Provenance } from './entity.ts';
import { counted, limit, offset } from './paging.ts';

export const HistoryEntry = z.object({
  action: z.string(),
  at: z.iso.datetime(),
  actor: z.string(),
  /** A sentence: "Tagged APT29 with “hospital”." */
  what: z.string(),
  objects: z.int(),
  undone: z.boolean(),
  undoable: z.boolean(),
  /** Where it is an import. */
  importId: z.string().optional(),
  /** Where it happened on a branch, or to one. */
  branch: BranchId.optional(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/** A moment: a time, or the operation after which it is (`device:number`, as in provenance). */
export const Moment = z.union([z.iso.datetime(), z.string().regex(/^[0-9a-f-]{36}:\d{1,15}$/)]);
export type Moment = z.infer<typeof Moment>;

/** One property that differs; of lists that are sets in STIX also what came and what went. */
export const PropertyDifference = z.object({
  property: z.string(),
  state: z.enum(['added', 'changed', 'removed']),
  before: z.json().optional(),
  after: z.json().optional(),
  items: z.object({ added: z.array(z.json()), removed: z.array(z.json()) }).optional(),
});
export type PropertyDifference = z.infer<typeof PropertyDifference>;

/** What the objects of a moment are compared by. */
export const Difference = z.object({
  entity: EntitySummary,
  state: z.enum(['added', 'changed', 'removed']),
  properties: z.array(PropertyDifference),
  tags: z.object({ added: z.array(z.string()), removed: z.array(z.string()) }),
  /** The actions between the two moments that touched it, newest first, at most five. */
  actions: z.array(HistoryEntry.pick({ action: true, at: true, actor: true, what: true, importId: true })),
});
export type Difference = z.infer<typeof Difference>;

export const PropertyProvenance = z.object({
  property: z.string(),
  value: z.json(),
  /** What set the value that stands. */
  provenance: Provenance,
  /** Earlier values and those that lost, newest first. */
  others: z.array(z.object({ value: z.json().optional(), provenance: Provenance, lost: z.boolean() })),
});
export type PropertyProvenance = z.infer<typeof PropertyProvenance>;

export const Conflict = z.object({
  entity: EntitySummary,
  property: z.string(),
  /** What stands, and what was written at the same time and lost. */
  standing: z.json().optional(),
  lost: z.json().optional(),
  operation: z.string(),
  at: z.iso.datetime(),
  actor: z.string(),
});
export type Conflict = z.infer<typeof Conflict>;

export const historyCalls = {
  listHistory: query(
    'Lists what was done, newest first: on main and to branches, or on one branch.',
    z.strictObject({
      limit: limit(500, 100),
      offset,
      id: StixId.optional(),
      ...onBranch,
      from: z.iso.datetime().optional(),
      to: z.iso.datetime().optional(),
    }),
    z.object({ rows: z.array(HistoryEntry), ...counted }),
  ),
  undo: command(
    'Takes back one action, by default the last that still stands on main or on the branch.',
    z.strictObject({ action: z.string().max(100).optional(), ...onBranch }),
    HistoryEntry,
  ),
  redo: command('Does again what was taken back.', z.strictObject({ action: z.string().max(100).optional(), ...onBranch }), HistoryEntry),
  getActivity: query(
    'Counts actions and written objects by time, for a plot of the history; the buckets are of equal length.',
    z.strictObject({ from: z.iso.datetime().optional(), to: z.iso.datetime().optional(), buckets: z.int().min(1).max(400).default(60) }),
    z.object({
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      buckets: z.array(z.object({ at: z.iso.datetime(), actions: z.int(), objects: z.int() })),
    }),
  ),
  getEntityAt: query('Shows one entity as it was at a moment.', z.strictObject({ id: z.string().min(1).max(500), at: Moment }), Entity),
  listEntitiesAt: query(
    'Lists the entities as they were at a moment, page by page.',
    z.strictObject({
      at: Moment,
      types: z.array(z.string().max(250)).max(100).optional(),
      /** Words of the name. */
      text: z.string().max(500).optional(),
      limit: limit(500, 100),
      offset,
    }),
    z.object({ rows: z.array(EntitySummary), ...counted, at: z.iso.datetime() }),
  ),
  diffTimes: query(
    'Lists what was added, changed and removed between two moments, object by object; to now where the second is not given.',
    z.strictObject({
      from: Moment,
      to: Moment.optional(),
      states: z
        .array(z.enum(['added', 'changed', 'removed']))
        .max(3)
        .optional(),
      types: z.array(z.string().max(250)).max(100).optional(),
      limit: limit(200, 50),
      offset,
    }),
    z.object({
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      rows: z.array(Difference),
      ...counted,
      counts: z.object({ added: z.int(), changed: z.int(), removed: z.int() }),
    }),
  ),
  compareVersions: query(
    'Compares two versions or moments of one object, property by property. `to` is now where it is not given.',
    z.strictObject({ id: StixId, from: Moment, to: Moment.optional(), ...onBranch }),
    z.object({
      from: z.record(z.string(), z.json()).optional(),
      to: z.record(z.string(), z.json()).optional(),
      differences: z.array(PropertyDifference),
      tags: Difference.shape.tags,
    }),
  ),
  getPropertyProvenance: query(
    'Says of each property who or what set the value that stands, and which values it replaced or beat.',
    z.strictObject({ id: z.string().min(1).max(500), ...onBranch }),
    z.array(PropertyProvenance),
  ),
  revertObject: command(
    'Sets an object back to what it was at a moment or in a version: properties, tags and deletion, as one action that can be undone.',
    z.strictObject({ id: StixId, at: Moment, ...onBranch }),
    Edited,
  ),
  listConflicts: query(
    'Lists values that lost when devices exchanged their changes, newest first.',
    z.strictObject({ id: StixId.optional(), limit: limit(500, 100), offset }),
    z.object({ rows: z.array(Conflict), ...counted }),
  ),
  resolveConflict: command(
    'Decides a conflict: the value that stands, the one that lost, or a third; the inbox is then clear of it.',
    z.strictObject({
      id: StixId,
      property: z.string().max(250),
      take: z.enum(['standing', 'lost', 'value']),
      /** Which of several lost ones. */
      operation: z.string().max(100).optional(),
      value: z.json().optional(),
    }),
    Edited,
  ),
};
