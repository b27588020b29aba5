import { z } from 'zod';
import { StixId } from '../../domain/knowledge/stix.ts';
import { blob, command, query } from '../define.ts';
import { BranchId, onBranch } from './branch.ts';
import { Provenance } from './entity.ts';
import { filters, JobStarted } from './paging.ts';

export const Rejection = z.object({ id: z.string().optional(), path: z.string(), reason: z.string() });
export type Rejection = z.infer<typeof Rejection>;
export const Loss = z.object({ id: z.string().optional(), path: z.string(), what: z.string() });
export type Loss = z.infer<typeof Loss>;

/** The line of one format where a folder or an archive was given. */
const ofMany = {
  /** Position of the file, folder or archive among those that were asked for; an archive has a line for each format in it. */
  input: z.int().min(0).optional(),
  /** Files of this format in the folder or archive. */
  members: z.int().min(0).optional(),
};

/** What one file became; the command line prints an array of these. */
export const FileReport = z.object({
  file: z.string(),
  format: z.string(),
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  rejected: z.array(Rejection),
  loss: z.array(Loss),
  ...ofMany,
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

export const ImportPreview = z.object({
  previewId: z.string(),
  files: z.array(FilePreview),
  /** Where it goes; absent: main. */
  branch: BranchId.optional(),
  /** Why it cannot go there as it is: a branch holds no whole catalogues. */
  refusal: z.string().optional(),
});
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
  /** The branch that it went to; absent: main. */
  branch: BranchId.optional(),
});
export type ImportRecord = z.infer<typeof ImportRecord>;

/** Inventories, bills of materials and scanners. */
const inventoryFormats = ['xlsx', 'cyclonedx', 'spdx', 'nmap', 'nessus', 'openvas', 'trivy', 'sarif'] as const;
export const importFormats = [
  'stix',
  'misp',
  'csv',
  'kev',
  'navigator-layer',
  'sigma',
  'cve',
  'misp-warninglist',
  'lolbas',
  'd3fend',
  'capec',
  'misp-galaxy',
  'ctid-mapping',
  'attack-flow',
  ...inventoryFormats,
  'taxii',
] as const;
export const exportFormats = ['stix2.1', 'csv', 'navigator-layer', 'attack-flow', 'graphml', 'json-ld'] as const;
export const ImportFormat = z.enum(importFormats);
export type ImportFormatId = z.infer<typeof ImportFormat>;
export const ExportFormat = z.enum(exportFormats);
export type ExportFormatId = z.infer<typeof ExportFormat>;

export const FormatInfo = z.object({
  id: z.string(),
  title: z.string(),
  /** Tools that analysts know such files from. */
  from: z.array(z.string()),
  /** What comes over, in a sentence or two; empty where nothing is read. */
  brings: z.string(),
  /** Without the dot. */
  extensions: z.array(z.string()),
  reads: z.boolean(),
  writes: z.boolean(),
});
export type FormatInfo = z.infer<typeof FormatInfo>;

/** Bytes sent by the page, or (command line and desktop dialogs only) a path on this machine. */
export const FileSource = z.union([z.strictObject({ uploadId: z.string().max(100) }), z.strictObject({ path: z.string().max(4096) })]);
export type FileSource = z.infer<typeof FileSource>;

export const importCalls = {
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
      /** The import then goes to this branch, and what each object would become is said of it. */
      ...onBranch,
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
  listFormats: query(
    'Every format that can be read or written, with the tools it comes from and what comes over.',
    z.void(),
    z.array(FormatInfo),
  ),
  exportGraph: command(
    'Writes the graph, or the filtered part of it, in a format; the result is fetched piece by piece.',
    z.strictObject({
      format: ExportFormat,
      types: filters.types,
      ids: z.array(StixId).max(10_000).optional(),
      ...onBranch,
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
};
