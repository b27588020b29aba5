import type { ColumnMapping, FilePreview, FileSource, ImportPreview, FileReport } from '#shared/contract/knowledge.ts';
import type { Caller } from '#shared/transport/serve.ts';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import type { JobHandle } from '#main/platform/jobs/jobs.ts';
import { detectFormat, formats } from '../formats/index.ts';
import type { Format, ReadContext } from '../formats/format.ts';
import { type OpenSource, sourceFromBytes, sourceFromPath } from '../formats/source.ts';
import { createAssetFinder } from '../store/assets.ts';
import type { Store } from '../store/store.ts';
import { type Container, containerFromFolder, containerFromSource } from './archives/index.ts';
import { importParts, type PartedInput } from './import-items.ts';
import { type BranchOutcome, importPartsOnBranch, roomOnBranch, tooManyForBranch } from './import-on-branch.ts';
import type { Imports } from '../store/imports.ts';
import { readMembers, type Survey, survey, unread } from './members.ts';
import { countItems, emptyPreview, type Met, nothingMet, previewFile } from './preview.ts';
import { salvage } from './salvage.ts';
import { takeBack } from './take-back.ts';
import type { Uploads } from './uploads.ts';

export interface Wanted {
  readonly source: FileSource;
  readonly as?: Format['id'] | undefined;
  readonly mapping?: ColumnMapping | undefined;
}

/** What a chosen file is: one file of one format, or many under one name. */
interface Recognised {
  readonly source?: OpenSource | undefined;
  readonly format?: Format | undefined;
  readonly container?: { readonly of: Container; readonly holds: Survey } | undefined;
  readonly mapping: ColumnMapping | undefined;
  /** One, or one for each format in a folder or archive. */
  readonly previews: readonly FilePreview[];
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
  const previews = new Map<string, { readonly recognised: readonly Recognised[]; readonly branch: string | undefined }>();
  const { findByExternalId, findByUuid } = store.rows;

  const openSource = async (wanted: FileSource, caller: Caller): Promise<OpenSource | Container> => {
    if ('path' in wanted) {
      if (!caller.permissions.has('files'))
        throw new ContractError('forbidden', 'Paths are not allowed through this door; send the file itself.');
      return (await containerFromFolder(wanted.path)) ?? sourceFromPath(wanted.path);
    }
    const given = uploads.take(wanted.uploadId);
    if ('path' in given) return (await containerFromFolder(given.path)) ?? sourceFromPath(given.path);
    return sourceFromBytes(given.name, given.pieces);
  };

  const context = (job: JobHandle, mapping: ColumnMapping | undefined): ReadContext => ({
    signal: job.signal,
    now: now(),
    findByExternalId,
    findByUuid,
    findAsset: createAssetFinder(store.database),
    ...(mapping && { mapping }),
  });

  const chosen = (as: Format['id'] | undefined): Format | undefined => {
    if (as === undefined) return undefined;
    const format = formats.find(({ id }) => id === as);
    if (!format) throw new ContractError('invalid_input', `There is no format “${as}”.`);
    return format;
  };

  const recognise = async (source: OpenSource, as: Format['id'] | undefined): Promise<{ format: Format; because: string }> => {
    const format = chosen(as);
    if (format) return { format, because: 'chosen by you' };
    const found = detectFormat(await source.head());
    if (!found)
      throw new ContractError(
        'invalid_input',
        `“${source.name}” is none of the formats that can be read; the help names all ${formats.length}. Choose its format by hand if you know it.`,
      );
    return found;
  };

  const known = (met: Met) => (externalId: string) => findByExternalId(externalId) ?? met.externalIds.get(externalId);

  const previewMany = async (of: Container, wanted: Wanted, job: JobHandle, met: Met): Promise<Recognised> => {
    const holds = await survey(of, chosen(wanted.as), job);
    const previews: FilePreview[] = [];
    const given = new Set<string>();
    for (const format of holds.formats) {
      const members = [...holds.byPath.values()].filter((one) => one === format).length;
      const preview = { ...emptyPreview(of.name, format.id, format.title, holds.because.get(format) ?? ''), members };
      const read = readMembers(of, holds, format, { ...context(job, undefined), given, findByExternalId: known(met) });
      await countItems(store, preview, read, { met, job });
      previews.push(preview);
    }
    if (holds.rest.length > 0 || previews.length === 0) {
      const members = holds.rest.filter(({ kind }) => kind === 'rejected').length;
      const preview: FilePreview = { ...emptyPreview(of.name, 'unknown', 'Not recognised', 'files in it that are not read'), members };
      await countItems(store, preview, unread(holds.rest), { met, job });
      if (previews.length === 0) preview.failure = `“${of.name}” holds no file that can be read.`;
      previews.push(preview);
    }
    return { container: { of, holds }, mapping: undefined, previews };
  };

  const previewOne = async (wanted: Wanted, caller: Caller, job: JobHandle, met: Met): Promise<Recognised> => {
    let name = 'path' in wanted.source ? (wanted.source.path.split(/[/\\]/).at(-1) ?? 'file') : 'file';
    try {
      const opened = await openSource(wanted.source, caller);
      name = opened.name;
      const container = 'members' in opened ? opened : await containerFromSource(opened);
      if (container) return await previewMany(container, wanted, job, met);
      const source = opened as OpenSource;
      const { format, because } = await recognise(source, wanted.as);
      const preview = await previewFile(store, {
        source,
        format,
        because,
        mapping: wanted.mapping,
        context: { ...context(job, wanted.mapping), findByExternalId: known(met) },
        job,
        met,
      });
      return { source, format, mapping: wanted.mapping, previews: [preview] };
    } catch (error) {
      if (!isContractError(error) || error.code === 'cancelled') throw error;
      const preview = { ...emptyPreview(name, wanted.as ?? 'unknown', 'Not recognised', ''), failure: error.message };
      return { mapping: undefined, previews: [preview] };
    }
  };

  /** What is imported of a chosen file, part by part; undefined where there is nothing to read. */
  const partsOf = async ({ source, format, container }: Recognised, job: JobHandle, mapping: ColumnMapping | undefined) => {
    const terms = context(job, mapping);
    if (source && format) {
      const parts = [{ format: format.id, items: salvage(format.read(source, terms)) }];
      return { source: source.name, format: format.id, sha256: await source.sha256(), parts };
    }
    if (!container || container.holds.formats.length === 0) return undefined;
    const { of, holds } = container;
    const given = new Set<string>();
    const parts = holds.formats.map((one) => ({ format: one.id as string, items: readMembers(of, holds, one, { ...terms, given }) }));
    if (holds.rest.length > 0) parts.push({ format: 'unknown', items: unread(holds.rest) });
    return { source: of.name, format: holds.formats.map(({ id }) => id).join(', '), sha256: await of.sha256(), parts };
  };

  return {
    async preview(files: readonly Wanted[], caller: Caller, job: JobHandle, on?: string): Promise<ImportPreview> {
      const recognised: Recognised[] = [];
      const place = on === undefined ? undefined : roomOnBranch(store, on);
      const met = nothingMet(place);
      for (const wanted of files) recognised.push(await previewOne(wanted, caller, job, met));
      const previewId = options.newId();
      previews.set(previewId, { recognised, branch: on });
      for (const id of previews.keys()) {
        if (previews.size <= MOST_PREVIEWS) break;
        previews.delete(id);
      }
      const shown = recognised.flatMap(({ previews }, input) => previews.map((preview) => ({ ...preview, input })));
      return {
        previewId,
        files: shown,
        ...(on !== undefined && { branch: on }),
        ...(place && met.fresh.size > place.room && { refusal: tooManyForBranch(place.name).message }),
      };
    },

    /** One report a file, one for each format of a folder or archive. A file that cannot be read does not keep the others out. */
    async run(previewId: string, mappings: Readonly<Record<string, ColumnMapping>>, job: JobHandle): Promise<ReportedFile[]> {
      const previewed = previews.get(previewId);
      if (!previewed) throw new ContractError('not_found', 'This preview is not known any more; preview the files again.');
      const { recognised, branch } = previewed;
      const reports: ReportedFile[] = [];
      const done: BranchOutcome[] = [];
      const expectedOf = ({ previews }: Recognised) =>
        previews.reduce((sum, { created, updated, unchanged }) => sum + created + updated + unchanged, 0);
      const expected = recognised.reduce((sum, one) => sum + expectedOf(one), 0) || 1;
      let before = 0;
      try {
        for (const [input, one] of recognised.entries()) {
          const give = (report: ReportedFile, index: number) => {
            const members = one.previews[index]?.members;
            reports.push({ ...report, input, ...(members !== undefined && { members }) });
          };
          const progress = countingProgress(job, before, expected, one.previews[0]?.file ?? '');
          try {
            const start = await partsOf(one, progress, mappings[String(input)] ?? one.mapping);
            if (!start) {
              for (const [index, preview] of one.previews.entries()) give(failed(preview, preview.failure ?? 'not read'), index);
              continue;
            }
            const whole: PartedInput = { kind: 'file', ...start, job: progress };
            const outcomes: readonly BranchOutcome[] =
              branch === undefined
                ? await importParts(store, imports, now, whole)
                : await importPartsOnBranch(store, imports, now, whole, branch);
            done.push(...outcomes.slice(0, 1));
            for (const [index, { action: _action, importId, ...report }] of outcomes.entries())
              give({ ...report, ...(importId !== undefined && { importId }) }, index);
          } catch (error) {
            if (!isContractError(error) || error.code === 'cancelled') throw error;
            for (const [index, preview] of one.previews.entries()) give(failed(preview, error.message), index);
          }
          before += expectedOf(one);
        }
      } catch (error) {
        // Cancelled as a whole: the files that were through already are taken back too.
        for (const { action, importId } of done.reverse()) {
          if (action) await takeBack(store, action, true);
          if (importId !== undefined) store.transact(() => imports.setState(importId, 'undone'));
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
  return {
    file: preview.file,
    format: preview.format,
    created: 0,
    updated: 0,
    unchanged: 0,
    rejected: preview.rejected,
    loss: preview.loss,
    failure,
  };
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
