import type { Loss } from '#shared/contract/knowledge.ts';
import type { RedoubtClient } from './connect.ts';
import { finished } from './follow.ts';

/** Bytes of a file sent at a time: 512 KiB, below the contract's limit. */
const piece = 512 * 1024;

/** Sends one file to the engine piece by piece. `onProgress` is told the bytes that have arrived. */
export async function upload(
  client: RedoubtClient,
  file: File,
  onProgress: (received: number) => void,
  signal?: AbortSignal,
): Promise<string> {
  const { uploadId } = await client.knowledge.openUpload({ name: file.name.slice(-255), size: file.size });
  for (let offset = 0; offset < file.size; offset += piece) {
    const bytes = new Uint8Array(await file.slice(offset, offset + piece).arrayBuffer());
    const { received } = await client.knowledge.appendUpload({ uploadId, offset, base64: toBase64(bytes) }, signal ? { signal } : {});
    onProgress(received);
  }
  return uploadId;
}

/** Runs an export to its end and collects its pieces. */
export async function fetchExport(
  client: RedoubtClient,
  input: Parameters<RedoubtClient['knowledge']['exportGraph']>[0],
): Promise<{ file: Blob; fileName: string; loss: Loss[]; lossTotal: number }> {
  const { jobId } = await client.knowledge.exportGraph(input);
  await finished(client, jobId);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (;;) {
    const { header, body } = await client.knowledge.getExport({ jobId, offset });
    parts.push(body);
    offset += body.length;
    if (offset >= header.size || body.length === 0)
      return {
        file: new Blob(parts, { type: header.mediaType }),
        fileName: header.fileName,
        loss: header.loss,
        lossTotal: header.lossTotal,
      };
  }
}

/** Hands a file to the person, as a download. */
export function saveFile(file: Blob, name: string) {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Base64 (RFC 4648) of bytes, in steps that no argument list overflows. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  return btoa(text);
}
