import { ContractError } from '#shared/transport/errors.ts';

/** Bytes that a page may hand over in all, kept in memory only: nothing unencrypted touches the disk. */
const MOST_BYTES = 512 * 1024 * 1024;
const MOST_FILES = 200;

interface Upload {
  readonly name: string;
  readonly size: number;
  readonly pieces: Uint8Array[];
  received: number;
}

export interface Uploads {
  open(name: string, size: number): string;
  append(uploadId: string, offset: number, base64: string): number;
  /** A file or folder that the system handed to the desktop app: the page learns its name, never its path. */
  offer(path: string): string;
  /** The pieces of a file that has come whole, or where one that was offered lies. */
  take(uploadId: string): { name: string; pieces: readonly Uint8Array[] } | { path: string };
  forget(uploadId: string): void;
  clear(): void;
}

export function createUploads(newId: () => string): Uploads {
  const uploads = new Map<string, Upload>();
  const offered = new Map<string, string>();
  const find = (uploadId: string): Upload => {
    const upload = uploads.get(uploadId);
    if (!upload) throw new ContractError('not_found', 'This file is not here any more; drop it in again.');
    return upload;
  };
  return {
    open(name, size) {
      const held = [...uploads.values()].reduce((sum, upload) => sum + upload.size, 0);
      if (held + size > MOST_BYTES || uploads.size >= MOST_FILES)
        throw new ContractError(
          'too_large',
          `“${name}” does not fit: files dropped into the window may have 512 MiB together. Pack it (.gz), or import it by the command line.`,
        );
      const uploadId = newId();
      uploads.set(uploadId, { name, size, pieces: [], received: 0 });
      return uploadId;
    },
    append(uploadId, offset, base64) {
      const upload = find(uploadId);
      if (offset !== upload.received)
        throw new ContractError('conflict', `Piece at ${offset} of “${upload.name}” came out of turn; start the file again.`);
      const piece = new Uint8Array(Buffer.from(base64, 'base64'));
      if (upload.received + piece.length > upload.size)
        throw new ContractError('invalid_input', `“${upload.name}” is longer than announced; start the file again.`);
      upload.pieces.push(piece);
      upload.received += piece.length;
      return upload.received;
    },
    offer(path) {
      const uploadId = newId();
      offered.set(uploadId, path);
      return uploadId;
    },
    take(uploadId) {
      const path = offered.get(uploadId);
      if (path !== undefined) return { path };
      const upload = find(uploadId);
      if (upload.received !== upload.size) throw new ContractError('conflict', `“${upload.name}” has not come whole yet.`);
      return { name: upload.name, pieces: upload.pieces };
    },
    forget(uploadId) {
      uploads.delete(uploadId);
      offered.delete(uploadId);
    },
    clear() {
      uploads.clear();
      offered.clear();
    },
  };
}
