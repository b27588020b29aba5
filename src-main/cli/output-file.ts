import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ContractError } from '#shared/transport/errors.ts';
import type { Terminal } from './terminal.ts';

/**
 * Writes pieces to a file beside its place and moves it there when it is whole: a reader sees
 * the old file or the new one, never half of one. Answers with the number of bytes.
 */
export async function writeOutput(io: Terminal, file: string, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> {
  let size = 0;
  if (file === '-') {
    for await (const piece of pieces) {
      await io.out(piece);
      size += piece.length;
    }
    return size;
  }
  const place = resolve(file);
  const draft = join(dirname(place), `.${basename(place).slice(0, 100)}.${randomBytes(6).toString('hex')}.part`);
  let mine = false;
  try {
    const handle = await open(draft, 'wx', 0o600);
    mine = true;
    try {
      for await (const piece of pieces) {
        await handle.writeFile(piece);
        size += piece.length;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, place);
    mine = false;
    return size;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof ContractError || code === undefined) throw error;
    throw new ContractError('unavailable', `${file} cannot be written (${reasons[code] ?? code}); choose another place with -o.`, {
      cause: error,
    });
  } finally {
    if (mine) await rm(draft, { force: true });
  }
}

const reasons: Record<string, string> = {
  EACCES: 'no write access',
  EPERM: 'not permitted',
  EROFS: 'the disk is read-only',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is a file',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
};
