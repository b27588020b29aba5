import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes on the disk of the database, of its write-ahead log and of the folder of copies; 0 for what is not there. */
export function sizesOf(database: string, backups: string): { database: number; writeAheadLog: number; backups: number } {
  return { database: sizeOf(database), writeAheadLog: sizeOf(`${database}-wal`), backups: folderSize(backups) };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function folderSize(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + sizeOf(join(entry.parentPath, entry.name)), 0);
  } catch {
    return 0;
  }
}
