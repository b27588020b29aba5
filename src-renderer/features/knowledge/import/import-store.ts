import { create } from 'zustand';
import type { ColumnMapping, FileReport, ImportFormat, ImportPreview } from '#shared/contract/knowledge.ts';
import type { ContractError } from '#shared/transport/errors.ts';
import { asContractError, finished, type RedoubtClient, upload } from '#renderer/client/index.ts';
import { go } from '#renderer/ui/index.ts';
import { importHref } from '../links.ts';
import { packFiles } from './packed-folder.ts';

type As = ReturnType<typeof ImportFormat.parse>;
export type ImportOutcome = FileReport & { importId?: string | undefined; failure?: string | undefined };

export interface PickedFile {
  readonly key: number;
  /** What is sent; of a file that the engine has already, its name and size alone. */
  readonly file: File | { readonly name: string; readonly size: number };
  readonly received: number;
  readonly uploadId?: string;
  readonly as?: As | undefined;
  readonly mapping?: ColumnMapping | undefined;
}

export interface ImportState {
  readonly phase: 'picking' | 'uploading' | 'previewing' | 'preview' | 'importing' | 'report';
  readonly files: readonly PickedFile[];
  readonly preview: ImportPreview | undefined;
  readonly jobId: string | undefined;
  readonly report: readonly ImportOutcome[];
  readonly error: ContractError | undefined;
}

const fresh: ImportState = { phase: 'picking', files: [], preview: undefined, jobId: undefined, report: [], error: undefined };
/** The one import under way; it outlives the view, so that one may look elsewhere meanwhile. */
export const useImport = create<ImportState>(() => fresh);
const { setState: set, getState: get } = useImport;

const mostApart = 50;
let nextKey = 0;
let asked = 0;

export function startOver() {
  asked++;
  set(fresh, true);
}

/** Takes files from a drop or a picker and goes to the import view. Files join those that are there, unless an import runs. */
export function addDroppedFiles(client: RedoubtClient, files: readonly File[]) {
  if (files.length === 0) return;
  const { phase } = get();
  if (phase === 'importing') return go(importHref);
  if (phase === 'report') startOver();
  // More at once than one preview takes go as one, like a folder.
  const together = files.length > mostApart ? [packFiles(`${files.length} files`, unlike(files))] : files;
  set({ files: [...get().files, ...together.map((file) => ({ key: nextKey++, file, received: 0 }))] });
  go(importHref);
  void read(client);
}

/** Files that the desktop was handed: the engine has them already, by these names. */
export function addOfferedFiles(client: RedoubtClient, offered: readonly { uploadId: string; name: string; size: number }[]) {
  if (offered.length === 0) return;
  const { phase } = get();
  if (phase === 'importing') return go(importHref);
  if (phase === 'report') startOver();
  const files = offered.map(({ uploadId, name, size }) => ({ key: nextKey++, file: { name, size }, uploadId, received: size }));
  set({ files: [...get().files, ...files] });
  go(importHref);
  void read(client);
}

/** Two files of one name in a drop keep both: the later ones are numbered. */
function unlike(files: readonly File[]) {
  const seen = new Map<string, number>();
  return files.map((file) => {
    const before = seen.get(file.name) ?? 0;
    seen.set(file.name, before + 1);
    return { path: before === 0 ? file.name : `${before + 1}/${file.name}`, file };
  });
}

export function removeFile(client: RedoubtClient, key: number) {
  set({ files: get().files.filter((file) => file.key !== key) });
  if (get().files.length === 0) startOver();
  else void read(client);
}

/** The branch was changed after the preview: what would become of the files is asked of where they now go. */
export function previewAgain(client: RedoubtClient) {
  if (get().phase === 'preview') void read(client);
}

/** Reads a file as another format, or with other columns, and previews all anew. */
export function correctFile(client: RedoubtClient, key: number, correction: Pick<PickedFile, 'as' | 'mapping'>) {
  change(key, correction);
  void read(client);
}

const change = (key: number, next: Partial<PickedFile>) =>
  set({ files: get().files.map((file) => (file.key === key ? { ...file, ...next } : file)) });

/** Sends what is not sent yet, then asks for one preview of all files. A newer reading makes an older one moot. */
async function read(client: RedoubtClient) {
  const mine = ++asked;
  const stale = () => mine !== asked;
  set({ phase: 'uploading', error: undefined });
  try {
    for (const { key, file, uploadId } of get().files) {
      if (uploadId !== undefined || !(file instanceof File)) continue;
      const sent = await upload(client, file, (received) => change(key, { received }));
      if (stale()) {
        change(key, { uploadId: sent });
        return;
      }
      change(key, { uploadId: sent, received: file.size });
    }
    if (stale()) return;
    const files = get().files.flatMap(({ uploadId, as, mapping }) =>
      uploadId === undefined ? [] : [{ source: { uploadId }, as, mapping }],
    );
    const { jobId } = await client.knowledge.previewImport({ files });
    if (stale()) return;
    set({ phase: 'previewing', jobId });
    await finished(client, jobId);
    const preview = await client.knowledge.getImportPreview({ jobId });
    if (!stale()) set({ phase: 'preview', preview, jobId: undefined });
  } catch (error) {
    if (!stale()) set({ phase: get().preview ? 'preview' : 'picking', error: asContractError(error), jobId: undefined });
  }
}

/** Imports what was previewed. Cancelling the job brings the preview back. */
export async function runImport(client: RedoubtClient) {
  const { preview, files } = get();
  if (!preview) return;
  const mappings: Record<string, ColumnMapping> = {};
  for (const [index, { mapping }] of files.entries()) if (mapping) mappings[String(index)] = mapping;
  set({ phase: 'importing', error: undefined });
  try {
    const { jobId } = await client.knowledge.runImport({ previewId: preview.previewId, mappings });
    set({ jobId });
    await finished(client, jobId);
    set({ phase: 'report', report: await client.knowledge.getImportReport({ jobId }), jobId: undefined });
  } catch (error) {
    set({ phase: 'preview', error: asContractError(error), jobId: undefined });
  }
}
