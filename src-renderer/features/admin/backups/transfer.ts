import { type RedoubtClient, toBase64 } from '#renderer/client/index.ts';

/** Bytes of a file sent at a time, below the contract's limit. */
const piece = 512 * 1024;

/** Sends a workspace file piece by piece; it lies encrypted on the engine's side, as it came. */
export async function sendWorkspaceFile(client: RedoubtClient, file: File, onProgress: (share: number) => void): Promise<string> {
  const { uploadId } = await client.admin.openWorkspaceUpload({ size: file.size });
  for (let offset = 0; offset < file.size; offset += piece) {
    const bytes = new Uint8Array(await file.slice(offset, offset + piece).arrayBuffer());
    const { received } = await client.admin.appendWorkspaceUpload({ uploadId, offset, base64: toBase64(bytes) });
    onProgress(received / file.size);
  }
  return uploadId;
}

/** Fetches the pieces of an exported workspace file. */
export async function fetchWorkspaceFile(client: RedoubtClient, jobId: string): Promise<{ file: Blob; name: string; fingerprint: string }> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let offset = 0; ; ) {
    const { header, body } = await client.admin.getWorkspaceFile({ jobId, offset });
    parts.push(body);
    offset += body.length;
    if (offset >= header.size || body.length === 0)
      return { file: new Blob(parts, { type: 'application/octet-stream' }), name: header.fileName, fingerprint: header.fingerprint };
  }
}
