import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ContractError } from '#shared/transport/errors.ts';

/** Makes a file's bytes stand on the disk. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes renames in a folder stand on the disk. Windows has no such call and needs none. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** The old content or the new one stands, never half of it. */
export function writeDurably(path: string, content: string): void {
  const beside = `${path}.new`;
  const file = openSync(beside, 'w', 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
  syncFolder(dirname(path));
}

export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** Names in a folder, none where it is not there. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Bytes free for us in the folder's file system; undefined where the system does not say. */
export function freeBytes(folder: string): number | undefined {
  for (let path = folder; ; path = dirname(path)) {
    try {
      const { bavail, bsize } = statfsSync(path);
      return bavail * bsize;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) return undefined;
    }
  }
}

/** Throws `unavailable` with a sentence where the folder's disk has less room than that. */
export function requireRoom(folder: string, bytes: number, what: string): void {
  const free = freeBytes(folder);
  if (free !== undefined && free < bytes)
    throw new ContractError(
      'unavailable',
      `${what} needs ${inWords(bytes)} and the disk has ${inWords(free)} free; make room, or choose another folder for copies.`,
    );
}

export const inWords = (bytes: number): string =>
  bytes < 1024 * 1024
    ? `${Math.ceil(bytes / 1024)} KB`
    : bytes < 1024 ** 3
      ? `${Math.ceil(bytes / 1024 ** 2)} MB`
      : `${(bytes / 1024 ** 3).toFixed(1)} GB`;

const PIECE = 1024 * 1024;

interface CopyTerms {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((bytes: number) => void) | undefined;
}

/** The SHA-256 (hex) of a file, a piece at a time. */
export async function hashFile(path: string, { signal, progress }: CopyTerms = {}): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  const piece = Buffer.alloc(PIECE);
  try {
    for (let at = 0; ; ) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(piece, 0, PIECE, at);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
      at += bytesRead;
      progress?.(at);
    }
  } finally {
    await file.close();
  }
}

/** Copies a file, durably, and answers with the SHA-256 (hex) of what was written. */
export async function copyFile(from: string, to: string, { signal, progress }: CopyTerms = {}): Promise<string> {
  const hash = createHash('sha256');
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'w', 0o600);
    const piece = Buffer.alloc(PIECE);
    try {
      for (let at = 0; ; ) {
        signal?.throwIfAborted();
        const { bytesRead } = await source.read(piece, 0, PIECE, at);
        if (bytesRead === 0) break;
        hash.update(piece.subarray(0, bytesRead));
        for (let sent = 0; sent < bytesRead; ) sent += (await target.write(piece, sent, bytesRead - sent)).bytesWritten;
        at += bytesRead;
        progress?.(at);
      }
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
  syncFolder(dirname(to));
  return hash.digest('hex');
}

/** The database and what SQLite keeps beside it. */
export const databaseFiles = (path: string): string[] => [path, `${path}-wal`, `${path}-shm`, `${path}-journal`];

export function removeDatabase(path: string): void {
  for (const file of databaseFiles(path)) rmSync(file, { force: true });
}
