import type { ColumnMapping, FilePreview, FileSource, ImportPreview, FileReport } from '#shared/contract/knowledge.ts';
import type { Caller } from '#shared/transport/serve.ts';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import type { JobHandle } from '#main/platform/jobs/jobs.ts';
import { detectFormat, formats } from '../formats/index.ts';
import type { Format, ReadContext } from '../formats/format.ts';
import { type OpenSource, sourceFromBytes, sourceFromPath } from '../formats/source.ts';
import type { Store } from '../store/store.ts';
import { type ImportOutcome, importItems, takeBack } from './import-items.ts';
import type { Imports } from '../store/imports.ts';
import { emptyPreview, type Met, nothingMet, previewFile } from './preview.ts';
import { salvage } from './salvage.ts';
import type { Uploads } from './uploads.ts';

export interface Wanted {
  readonly source: FileSource;
  readonly as?: Format['id'] | undefined;
  readonly mapping?: ColumnMapping | undefined;
}

interface Recognised {
  readonly source: OpenSource | undefined;
  readonly format: Format | undefined;
  readonly mapping: ColumnMapping | undefined;
  readonly preview: FilePreview;
}

export type ReportedFile = FileReport & { importId?: string; failure?: string };

const MOST_PREVIEWS = 20;

/** The steps from chosen files to a graph: recognise, preview, import. */
export function createFileImport(options: {
  readonly store: Store;
  readonly imports: Imports;
  readonly uploads: Uploads;
  readonly now: () => number;
  readonly newId: () => string;
}) {
  const { store, imports, uploads, now } = options;
  const previews = new Map<string, readonly Recognised[]>();
  const { findByExternalId } = store.rows;

  const openSource = async (wanted: FileSource, caller: Caller): Promise<OpenSource> => {
    if ('path' in wanted) {
      if (!caller.permissions.has('files'))
        throw new ContractError('forbidden', 'Paths are not allowed through this door; send the file itself.');
      return sourceFromPath(wanted.path);
    }
    const { name, pieces } = uploads.take(wanted.uploadId);
    return sourceFromBytes(name, pieces);
  };

  const context = (job: JobHandle, mapping: ColumnMapping | undefined): ReadContext => ({
    signal: job.signal,
    now: now(),
    findByExternalId,
    ...(mapping && { mapping }),
  });

  const recognise = async (source: OpenSource, as: Format['id'] | undefined): Promise<{ format: Format; because: string }> => {
    if (as !== undefined) {
      const format = formats.find(({ id }) => id === as);
      if (!format) throw new ContractError('invalid_input', `There is no format “${as}”.`);
      return { format, because: 'chosen by you' };
    }
    const found = detectFormat(await source.head());
    if (!found)
      throw new ContractError(
        'invalid_input',
        `“${source.name}” is none of the formats that can be read (${formats.map(({ title }) => title).join(', ')}). Choose its format by hand if you know it.`,
      );
    return found;
  };

  const previewOne = async (wanted: Wanted, caller: Caller, job: JobHandle, met: Met): Promise<Recognised> => {
    let name = 'path' in wanted.source ? (wanted.source.path.split(/[/\\]/).at(-1) ?? 'file') : 'file';
    try {
      const source = await openSource(wanted.source, caller);
      name = source.name;
      const { format, because } = await recognise(source, wanted.as);
      const preview = await previewFile(store, {
        source,
        format,
        because,
        mapping: wanted.mapping,
        context: {
          ...context(job, wanted.mapping),
          findByExternalId: (externalId) => findByExternalId(externalId) ?? met.externalIds.get(externalId),
        },
        job,
        met,
      });
      return { source, format, mapping: wanted.mapping, preview };
    } catch (error) {
      if (!isContractError(error) || error.code === 'cancelled') throw error;
      const preview = { ...emptyPreview(name, wanted.as ?? 'unknown', 'Not recognised', ''), failure: error.message };
      return { source: undefined, format: undefined, mapping: undefined, preview };
    }
  };

  return {
    async preview(files: readonly Wanted[], caller: Caller, job: JobHandle): Promise<ImportPreview> {
      const recognised: Recognised[] = [];
      const met = nothingMet();
      for (const wanted of files) recognised.push(await previewOne(wanted, caller, job, met));
      const previewId = options.newId();
      previews.set(previewId, recognised);
      for (const id of previews.keys()) {
        if (previews.size <= MOST_PREVIEWS) break;
        previews.delete(id);
      }
      return { previewId, files: recognised.map(({ preview }) => preview) };
    },

    /** One report a file. A file that cannot be read does not keep the others out. */
    async run(previewId: string, mappings: Readonly<Record<string, ColumnMapping>>, job: JobHandle): Promise<ReportedFile[]> {
      const recognised = previews.get(previewId);
      if (!recognised) throw new ContractError('not_found', 'This preview is not known any more; preview the files again.');
      const reports: ReportedFile[] = [];
      const done: ImportOutcome[] = [];
      const expected = recognised.reduce((sum, { preview }) => sum + preview.created + preview.updated + preview.unchanged, 0) || 1;
      let before = 0;
      try {
        for (const [index, { source, format, mapping, preview }] of recognised.entries()) {
          if (!source || !format) {
            reports.push(failed(preview, preview.failure ?? 'not read'));
            continue;
          }
          const chosen = mappings[String(index)] ?? mapping;
          const { created, updated, unchanged } = preview;
          const start = before;
          const progress = countingProgress(job, start, expected, source.name);
          try {
            const outcome = await importItems(store, imports, now, {
              kind: 'file',
              source: source.name,
              format: format.id,
              sha256: await source.sha256(),
              items: salvage(format.read(source, context(job, chosen))),
              job: progress,
            });
            done.push(outcome);
            const { action: _action, ...report } = outcome;
            reports.push(report);
          } catch (error) {
            if (!isContractError(error) || error.code === 'cancelled') throw error;
            reports.push(failed(preview, error.message));
          }
          before += created + updated + unchanged;
        }
      } catch (error) {
        // Cancelled as a whole: the files that were through already are taken back too.
        for (const { action, importId } of done.reverse()) {
          if (action) await takeBack(store, action, true);
          store.transact(() => imports.setState(importId, 'undone'));
        }
        throw error;
      }
      previews.delete(previewId);
      return reports;
    },
    clear: () => previews.clear(),
  };
}

export type FileImport = ReturnType<typeof createFileImport>;

function failed(preview: FilePreview, failure: string): ReportedFile {
  return { file: preview.file, format: preview.format, created: 0, updated: 0, unchanged: 0, rejected: [], loss: [], failure };
}

function countingProgress(job: JobHandle, start: number, expected: number, name: string): JobHandle {
  return {
    jobId: job.jobId,
    signal: job.signal,
    progress: (_fraction, detail) => {
      const done = Number.parseInt(detail ?? '0', 10) || 0;
      job.progress((start + done) / expected, `${name}: ${detail ?? ''}`);
    },
  };
}
