import { z } from 'zod';
import { StixId, Tlp } from '../domain/knowledge/stix.ts';
import { blob, command, event, query } from './define.ts';

const limit = (most: number, usual: number) => z.int().min(1).max(most).default(usual);
const offset = z.int().min(0).max(10_000_000).default(0);

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

/** Every capped answer carries these two; the face says "shown X of Y". */
const counted = { shown: z.int(), total: z.int() };

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

export const Facet = z.object({ value: z.string(), label: z.string(), count: z.int() });
export type Facet = z.infer<typeof Facet>;

const filters = {
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
    EntitySummary.extend({ tactics: z.array(z.string()), platforms: z.array(z.string()), degree: z.int(), source: z.string() }),
  ),
  ...counted,
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

export const Rejection = z.object({ id: z.string().optional(), path: z.string(), reason: z.string() });
export type Rejection = z.infer<typeof Rejection>;
export const Loss = z.object({ id: z.string().optional(), path: z.string(), what: z.string() });
export type Loss = z.infer<typeof Loss>;

/** What one file became; the command line prints an array of these. */
export const FileReport = z.object({
  file: z.string(),
  format: z.string(),
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  rejected: z.array(Rejection),
  loss: z.array(Loss),
});
export type FileReport = z.infer<typeof FileReport>;

/** How the columns of a table become properties of an asset. A column mapped to null is kept as it is, under its own name. */
export const ColumnMapping = z.array(z.strictObject({ column: z.string(), property: z.string().nullable() }));
export type ColumnMapping = z.infer<typeof ColumnMapping>;

export const FilePreview = FileReport.extend({
  formatTitle: z.string(),
  /** Why this format was recognised, in words. */
  because: z.string(),
  /** Set where the file cannot be read at all; nothing else of it is then imported. */
  failure: z.string().optional(),
  types: z.array(z.object({ type: z.string(), created: z.int(), updated: z.int(), unchanged: z.int() })),
  samples: z.array(z.object({ id: z.string(), type: z.string(), name: z.string() })),
  rejectedTotal: z.int(),
  lossTotal: z.int(),
  columns: z
    .object({
      mapping: ColumnMapping,
      properties: z.array(z.object({ property: z.string(), title: z.string() })),
      firstRows: z.array(z.array(z.string())),
    })
    .optional(),
});
export type FilePreview = z.infer<typeof FilePreview>;

export const ImportPreview = z.object({ previewId: z.string(), files: z.array(FilePreview) });
export type ImportPreview = z.infer<typeof ImportPreview>;

export const ImportRecord = z.object({
  importId: z.string(),
  /** What to name in `undo`; absent where nothing of it stands. */
  action: z.string().optional(),
  file: z.string(),
  format: z.string(),
  kind: Provenance.shape.kind,
  state: z.enum(['running', 'done', 'unfinished', 'undone']),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  sha256: z.string(),
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  rejected: z.int(),
  lost: z.int(),
});
export type ImportRecord = z.infer<typeof ImportRecord>;

export const importFormats = ['stix', 'misp', 'csv', 'kev', 'navigator-layer'] as const;
export const exportFormats = ['stix2.1', 'csv', 'navigator-layer'] as const;
export const ImportFormat = z.enum(importFormats);
export const ExportFormat = z.enum(exportFormats);

/** Bytes sent by the page, or (command line and desktop dialogs only) a path on this machine. */
export const FileSource = z.union([z.strictObject({ uploadId: z.string().max(100) }), z.strictObject({ path: z.string().max(4096) })]);
export type FileSource = z.infer<typeof FileSource>;

export const HistoryEntry = z.object({
  action: z.string(),
  at: z.iso.datetime(),
  actor: z.string(),
  /** A sentence: "Tagged APT29 with “hospital”." */
  what: z.string(),
  objects: z.int(),
  undone: z.boolean(),
  undoable: z.boolean(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

export const Stats = z.object({
  objects: z.record(z.string(), z.int()),
  relationships: z.record(z.string(), z.int()),
});
export type Stats = z.infer<typeof Stats>;

const JobStarted = z.object({ jobId: z.string() });

export const knowledge = {
  getStats: query('Counts live objects by STIX type and live relationships by relationship type.', z.void(), Stats),
  search: query(
    'Finds entities by words, names, aliases and ids, best first, tolerating a slip of the keyboard.',
    z.strictObject({ text: z.string().max(500), ...filters, limit: limit(200, 30), offset }),
    SearchAnswer,
  ),
  listEntities: query(
    'Lists entities page by page with filters and a sort order.',
    z.strictObject({
      ...filters,
      sort: z.enum(['name', 'type', 'externalId', 'modified', 'degree']).default('name'),
      descending: z.boolean().default(false),
      limit: limit(500, 100),
      offset,
    }),
    EntityPage,
  ),
  listFacets: query(
    'Lists the types, tactics, platforms, markings and tags to filter by, with counts.',
    z.void(),
    z.object({ types: z.array(Facet), tactics: z.array(Facet), platforms: z.array(Facet), tlp: z.array(Facet), tags: z.array(Facet) }),
  ),
  getEntity: query(
    'Shows one entity by STIX id, external id (T1059.001), name or alias.',
    z.strictObject({ id: z.string().min(1).max(500) }),
    Entity,
  ),
  listVersions: query(
    'Lists the kept versions of one object, newest first.',
    z.strictObject({ id: StixId }),
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
    }),
    z.object({ paths: z.array(Path), ...counted }),
  ),
  getGraphSnapshot: query(
    'The whole graph as arrays: header, then degree (uint32 a node), then edges as pairs of node indexes (uint32).',
    z.strictObject({ maxNodes: limit(1_000_000, 5000) }),
    blob(z.object({ nodes: z.int(), edges: z.int(), totalNodes: z.int(), totalEdges: z.int() })),
  ),

  openUpload: command(
    'Announces a file that the page is about to send.',
    z.strictObject({ name: z.string().min(1).max(255), size: z.int().min(0) }),
    z.object({ uploadId: z.string() }),
  ),
  appendUpload: command(
    'Sends the next piece of a file, base64, at most 768 KiB of bytes.',
    z.strictObject({ uploadId: z.string().max(100), offset: z.int().min(0), base64: z.base64().max(1_048_576) }),
    z.object({ received: z.int() }),
  ),
  previewImport: command(
    'Reads files without changing anything and says what each would become and what would be lost.',
    z.strictObject({
      files: z
        .array(z.strictObject({ source: FileSource, as: ImportFormat.optional(), mapping: ColumnMapping.optional() }))
        .min(1)
        .max(100),
    }),
    JobStarted,
  ),
  getImportPreview: query('The outcome of a preview job.', z.strictObject({ jobId: z.string().max(100) }), ImportPreview),
  runImport: command(
    'Imports the files of a preview; cancelling takes back all that was written.',
    z.strictObject({
      previewId: z.string().max(100),
      /** Corrected column mappings, by position of the file in the preview. */
      mappings: z.record(z.string(), ColumnMapping).optional(),
    }),
    JobStarted,
  ),
  getImportReport: query(
    'The outcome of an import job, a report for each file.',
    z.strictObject({ jobId: z.string().max(100) }),
    z.array(FileReport.extend({ importId: z.string().optional(), failure: z.string().optional() })),
  ),
  listImports: query('Lists imports, newest first, unfinished ones marked.', z.void(), z.array(ImportRecord)),
  exportGraph: command(
    'Writes the graph, or the filtered part of it, in a format; the result is fetched piece by piece.',
    z.strictObject({
      format: ExportFormat,
      types: filters.types,
      ids: z.array(StixId).max(10_000).optional(),
      /** Command line and desktop dialogs only: write straight to this path. */
      path: z.string().max(4096).optional(),
    }),
    JobStarted,
  ),
  getExport: query(
    'One piece of a finished export: header, then bytes.',
    z.strictObject({ jobId: z.string().max(100), offset: z.int().min(0).default(0) }),
    blob(
      z.object({ fileName: z.string(), mediaType: z.string(), size: z.int(), offset: z.int(), loss: z.array(Loss), lossTotal: z.int() }),
    ),
  ),

  setProperty: command(
    'Sets or removes (null) one property of an object, as an operation that can be undone.',
    z.strictObject({ id: StixId, property: z.string().regex(/^[a-z][a-z0-9_]{2,249}$/), value: z.json().nullable() }),
    Entity,
  ),
  createRelationship: command(
    'Relates two entities.',
    z.strictObject({
      source: StixId,
      relationshipType: z.string().regex(/^[a-z0-9-]{3,250}$/),
      target: StixId,
      description: z.string().max(10_000).optional(),
    }),
    z.object({ id: StixId }),
  ),
  deleteObject: command(
    'Deletes an object; it stays in the history and can be brought back.',
    z.strictObject({ id: StixId }),
    z.object({ action: z.string() }),
  ),
  addTag: command('Tags an entity.', z.strictObject({ id: StixId, tag: z.string().trim().min(1).max(100) }), Entity),
  removeTag: command('Takes a tag off an entity.', z.strictObject({ id: StixId, tag: z.string().trim().min(1).max(100) }), Entity),
  addNote: command(
    'Writes a note about an entity (a STIX note).',
    z.strictObject({ id: StixId, content: z.string().trim().min(1).max(100_000) }),
    Entity,
  ),
  listHistory: query(
    'Lists what was done, newest first.',
    z.strictObject({ limit: limit(500, 100), offset, id: StixId.optional() }),
    z.object({ rows: z.array(HistoryEntry), ...counted }),
  ),
  undo: command(
    'Takes back one action, by default the last that still stands.',
    z.strictObject({ action: z.string().max(100).optional() }),
    HistoryEntry,
  ),
  redo: command('Does again what was taken back.', z.strictObject({ action: z.string().max(100).optional() }), HistoryEntry),

  graphChanged: event(
    'The graph changed; lists and pictures may be stale.',
    z.object({ revision: z.int(), reason: z.enum(['import', 'edit', 'undo', 'sync']) }),
  ),
};
