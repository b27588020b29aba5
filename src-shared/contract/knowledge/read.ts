import { z } from 'zod';
import { StixId } from '../../domain/knowledge/stix.ts';
import { blob, query } from '../define.ts';
import { onBranch } from './branch.ts';
import { Entity, EntitySummary, Provenance } from './entity.ts';
import { after, counted, filters, limit, offset } from './paging.ts';

export const Facet = z.object({ value: z.string(), label: z.string(), count: z.int() });
export type Facet = z.infer<typeof Facet>;

export const SearchAnswer = z.object({
  results: z.array(EntitySummary.extend({ matched: z.string().optional() })),
  ...counted,
  /** The words searched for instead, where a slip of the keyboard was assumed. */
  corrected: z.string().optional(),
  types: z.array(Facet),
});
export type SearchAnswer = z.infer<typeof SearchAnswer>;

export const EntityPage = z.object({
  rows: z.array(
    EntitySummary.extend({
      tactics: z.array(z.string()),
      platforms: z.array(z.string()),
      degree: z.int(),
      source: z.string(),
      tags: z.array(z.string()),
      created: z.iso.datetime().optional(),
      /** Those asked for, where the object has them; long texts are cut. */
      properties: z.record(z.string(), z.json()).optional(),
    }),
  ),
  ...counted,
  /** Absent after the last page. */
  next: z.string().optional(),
});
export type EntityPage = z.infer<typeof EntityPage>;

export const Neighbour = z.object({
  entity: EntitySummary,
  relationshipType: z.string(),
  direction: z.enum(['out', 'in']),
  /** The relationship object; absent where the edge is an embedded reference. */
  relationshipId: StixId.optional(),
  description: z.string().optional(),
});
export type Neighbour = z.infer<typeof Neighbour>;

export const Edge = z.object({ source: StixId, target: StixId, relationshipType: z.string(), relationshipId: StixId.optional() });
export type Edge = z.infer<typeof Edge>;

export const Neighbourhood = z.object({
  nodes: z.array(EntitySummary.extend({ hops: z.int(), degree: z.int() })),
  edges: z.array(Edge),
  shownNodes: z.int(),
  totalNodes: z.int(),
  shownEdges: z.int(),
  totalEdges: z.int(),
  rankedBy: z.string(),
});
export type Neighbourhood = z.infer<typeof Neighbourhood>;

export const Path = z.object({ nodes: z.array(EntitySummary), edges: z.array(Edge) });
export type Path = z.infer<typeof Path>;

export const Stats = z.object({
  objects: z.record(z.string(), z.int()),
  relationships: z.record(z.string(), z.int()),
});
export type Stats = z.infer<typeof Stats>;

export const readCalls = {
  getStats: query(
    'Counts live objects by STIX type and live relationships by relationship type.',
    z.strictObject({ ...onBranch }).optional(),
    Stats,
  ),
  search: query(
    'Finds entities by words, names, aliases and ids, best first, tolerating a slip of the keyboard.',
    z.strictObject({ text: z.string().max(500), ...filters, limit: limit(200, 30), offset, ...onBranch }),
    SearchAnswer,
  ),
  listEntities: query(
    'Lists entities page by page with filters and a sort order.',
    z.strictObject({
      ...filters,
      sort: z.enum(['name', 'type', 'externalId', 'modified', 'degree']).default('name'),
      descending: z.boolean().default(false),
      /** Properties to answer with each row, for columns of a table. */
      properties: z
        .array(z.string().regex(/^[a-z][a-z0-9_]{2,249}$/))
        .max(20)
        .optional(),
      limit: limit(500, 100),
      offset,
      after,
      ...onBranch,
    }),
    EntityPage,
  ),
  listFacets: query(
    'Lists the types, tactics, platforms, markings and tags to filter by, with counts.',
    z.strictObject({ ...onBranch }).optional(),
    z.object({ types: z.array(Facet), tactics: z.array(Facet), platforms: z.array(Facet), tlp: z.array(Facet), tags: z.array(Facet) }),
  ),
  getEntity: query(
    'Shows one entity by STIX id, external id (T1059.001), name or alias.',
    z.strictObject({ id: z.string().min(1).max(500), ...onBranch }),
    Entity,
  ),
  listVersions: query(
    'Lists the kept versions of one object, newest first.',
    z.strictObject({ id: StixId, ...onBranch }),
    z.array(
      z.object({
        modified: z.iso.datetime().optional(),
        current: z.boolean(),
        provenance: Provenance,
        object: z.record(z.string(), z.json()),
      }),
    ),
  ),
  listNeighbours: query(
    'Lists what one entity is related to, page by page.',
    z.strictObject({
      id: StixId,
      direction: z.enum(['out', 'in', 'both']).default('both'),
      relationshipTypes: z.array(z.string().max(250)).max(50).optional(),
      types: z.array(z.string().max(250)).max(50).optional(),
      limit: limit(500, 50),
      offset,
      ...onBranch,
    }),
    z.object({ rows: z.array(Neighbour), ...counted }),
  ),
  getNeighbourhood: query(
    'Draws the surroundings of some entities: the nodes within a number of hops and the edges among them, capped and ranked.',
    z.strictObject({
      ids: z.array(StixId).min(1).max(200),
      hops: z.int().min(1).max(6).default(1),
      limit: limit(5000, 300),
      types: z.array(z.string().max(250)).max(50).optional(),
      ...onBranch,
    }),
    Neighbourhood,
  ),
  findPaths: query(
    'Finds shortest paths between two entities.',
    z.strictObject({
      from: StixId,
      to: StixId,
      directed: z.boolean().default(false),
      maxHops: z.int().min(1).max(20).default(8),
      limit: limit(100, 10),
      ...onBranch,
    }),
    z.object({ paths: z.array(Path), ...counted }),
  ),
  getGraphSnapshot: query(
    'The whole graph as arrays: header, then degree (uint32 a node), then edges as pairs of node indexes (uint32).',
    z.strictObject({ maxNodes: limit(1_000_000, 5000) }),
    blob(z.object({ nodes: z.int(), edges: z.int(), totalNodes: z.int(), totalEdges: z.int() })),
  ),
};
