import { open, rename, rm } from 'node:fs/promises';
import type { Loss } from '#shared/contract/knowledge.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { JobHandle } from '#main/platform/jobs/jobs.ts';
import { exportFormats } from '../formats/index.ts';
import type { Page, PageParams } from '../store/reads/pages.ts';

export interface ExportResult {
  readonly fileName: string;
  readonly mediaType: string;
  readonly size: number;
  /** Empty where the export went straight to a file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly loss: readonly Loss[];
  readonly lossTotal: number;
}

export interface ExportInput {
  readonly format: (typeof exportFormats)[number]['id'];
  readonly types?: readonly string[] | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly path?: string | undefined;
  readonly readPage: (params: PageParams) => Promise<Page>;
  readonly job: JobHandle;
  readonly now: number;
}

const PAGE = 1_000;
/** An export that is fetched by a page is held in memory until then. */
const MOST_HELD = 512 * 1024 * 1024;
const MOST_LOSSES = 1_000;

/** Streams the graph through a writer, to memory or to a path (written beside and renamed: never half a file). */
export async function exportGraph(input: ExportInput): Promise<ExportResult> {
  const format = exportFormats.find(({ id }) => id === input.format);
  if (!format) throw new ContractError('invalid_input', `There is no export format “${input.format}”.`);
  const loss: Loss[] = [];
  let lossTotal = 0;
  const lose = (one: Loss) => {
    lossTotal++;
    if (loss.length < MOST_LOSSES) loss.push(one);
  };
  let count = 0;
  async function* objects(): AsyncGenerator<StixObject[]> {
    let after: PageParams['after'] | undefined = { table: 'object', key: 0 };
    while (after) {
      if (input.job.signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
      const page: Page = await input.readPage({ after, limit: PAGE, types: input.types, ids: input.ids });
      count += page.objects.length;
      input.job.progress(undefined, `${count} objects`);
      for (const { id, tags } of page.tagged)
        lose({ id, path: 'tags', what: `tags belong to this workspace and are not written: ${tags.map((tag) => `“${tag}”`).join(', ')}` });
      if (page.objects.length > 0) yield page.objects;
      after = page.next;
    }
  }
  const pieces = format.write(objects(), { signal: input.job.signal, now: input.now, lose });
  const named = { fileName: `redoubt-${new Date(input.now).toISOString().slice(0, 10)}.${format.extension}`, mediaType: format.mediaType };
  if (input.path !== undefined) {
    const size = await writeFile(input.path, pieces);
    return { ...named, size, bytes: new Uint8Array(), loss, lossTotal };
  }
  const parts: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    const part = Buffer.from(piece);
    size += part.length;
    if (size > MOST_HELD) throw new ContractError('too_large', 'This export is larger than 512 MiB; write it by the command line.');
    parts.push(part);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { ...named, size, bytes, loss, lossTotal };
}

async function writeFile(path: string, pieces: AsyncIterable<string>): Promise<number> {
  const beside = `${path}.part`;
  let size = 0;
  try {
    const file = await open(beside, 'w', 0o600);
    try {
      for await (const piece of pieces) size += (await file.write(piece)).bytesWritten;
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR' || code === 'ENOTDIR' || code === 'EROFS')
      throw new ContractError('invalid_input', `“${path}” cannot be written (${code}); choose another place.`, { cause: error });
    throw error;
  }
  return size;
}
