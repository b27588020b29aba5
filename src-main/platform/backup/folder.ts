import { createHash } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Backup } from '#shared/contract/admin.ts';
import { sizeOf } from './copier.ts';
import { makePrivateFolder, namesIn, removeFolder, syncFolder, writeDurably } from './durable.ts';

/*
 * A copy is a folder: workspace.db (encrypted under the workspace's key), keys.json (the key,
 * wrapped, so that the copy opens without the workspace it was made of) and copy.json, which says
 * what it is and what its check found. The folder takes its name when all three stand.
 */

const Description = z.strictObject({
  format: z.literal('redoubt-copy/1'),
  workspace: z.uuid(),
  /** Which key opens it: the `check` of its keyring. */
  keyCheck: z.string(),
  sha256: z.string(),
  ...Backup.omit({ backupId: true, foreign: true }).shape,
});
export type Description = z.infer<typeof Description>;

const backupIdShape = /^\d{8}-\d{6}-[0-9a-f]{6}$/;

/** A name that sorts by time and cannot leave the folder. */
export function newBackupId(now: number, random: Uint8Array): string {
  const [day = '', time = ''] = new Date(now).toISOString().replace(/[-:]/g, '').split(/[T.]/);
  return `${day}-${time}-${Buffer.from(random.subarray(0, 3)).toString('hex')}`;
}

export const isBackupId = (name: string): boolean => backupIdShape.test(name);

export interface CopyPaths {
  readonly folder: string;
  readonly database: string;
  readonly keys: string;
  readonly description: string;
}

export function copyPaths(folder: string): CopyPaths {
  return { folder, database: join(folder, 'workspace.db'), keys: join(folder, 'keys.json'), description: join(folder, 'copy.json') };
}

/** What is being made has a name that no copy has; a crash leaves it, the next making removes it. */
const makingName = (workspace: string, backupId: string) => `.making-${workspace.slice(0, 8)}-${backupId}`;

export function beginCopy(folder: string, workspace: string, backupId: string): CopyPaths {
  makePrivateFolder(folder);
  for (const name of namesIn(folder)) if (name.startsWith(`.making-${workspace.slice(0, 8)}-`)) removeFolder(join(folder, name));
  const paths = copyPaths(join(folder, makingName(workspace, backupId)));
  makePrivateFolder(paths.folder);
  return paths;
}

export function finishCopy(making: CopyPaths, folder: string, backupId: string): CopyPaths {
  syncFolder(making.folder);
  renameSync(making.folder, join(folder, backupId));
  syncFolder(folder);
  return copyPaths(join(folder, backupId));
}

export function writeDescription(path: string, description: Description): void {
  writeDurably(path, `${JSON.stringify({ ...description, sum: sumOf(description) }, null, 2)}\n`);
}

/** Undefined where it is damaged or not there. */
export function readDescription(path: string): Description | undefined {
  try {
    const { sum, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    const description = Description.parse(rest);
    return sum === sumOf(description) ? description : undefined;
  } catch {
    return undefined;
  }
}

function sumOf(description: Description): string {
  const sorted = Object.entries(description).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

/** All copies in a folder, newest first. Those of another workspace are left out where they say so. */
export function listCopies(folder: string, own: { workspace: string; keyCheck: string } | undefined): Backup[] {
  const copies: Backup[] = [];
  for (const backupId of namesIn(folder).filter(isBackupId)) {
    const paths = copyPaths(join(folder, backupId));
    const description = readDescription(paths.description);
    if (own && description && description.workspace !== own.workspace) continue;
    copies.push(
      description ? described(backupId, description, sizeOf(paths.database), own?.keyCheck) : unknownCopy(backupId, sizeOf(paths.database)),
    );
  }
  return copies.sort((a, b) => (a.backupId < b.backupId ? 1 : -1));
}

export function described(backupId: string, description: Description, size: number, keyCheck: string | undefined): Backup {
  const { format: _format, workspace: _workspace, keyCheck: itsKey, sha256: _sha256, ...rest } = description;
  const cut = size !== description.size;
  return {
    ...rest,
    backupId,
    ...(cut && { state: 'failed' as const, problem: `The copy has ${size} bytes and had ${description.size} when it was made.` }),
    foreign: keyCheck !== undefined && keyCheck !== itsKey,
  };
}

function unknownCopy(backupId: string, size: number): Backup {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(backupId) ?? [];
  const takenAt = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const at = (Number.isNaN(takenAt.getTime()) ? new Date(0) : takenAt).toISOString();
  return {
    backupId,
    takenAt: at,
    verifiedAt: at,
    reason: 'manual',
    size,
    state: 'failed',
    problem: 'What this copy says of itself is damaged; verify it to see whether it can be used.',
    schema: 0,
    operations: 0,
    ledgerEntries: 0,
    objects: 0,
    relationships: 0,
    head: '',
    foreign: false,
  };
}
