import { createHash } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sourceFromPath } from '../../formats/source.ts';
import { type Budget, cleanPath, type Member } from './member.ts';

const deepestFolder = 64;

/** The files below a folder by name, folders within in their place. Links are listed, not followed. */
export async function* folderMembers(root: string, budget: Budget, inner = '', depth = 1): AsyncGenerator<Member> {
  const found = await readdir(join(root, inner), { withFileTypes: true }).catch(() => undefined);
  if (!found) {
    yield { path: inner || '.', refused: 'this folder cannot be read; the system refused it' };
    return;
  }
  for (const entry of found.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = inner === '' ? entry.name : `${inner}/${entry.name}`;
    budget.member();
    // A backslash is a sign like any other here, so the name is cleaned after the path is made.
    const clean = cleanPath(name, budget.limits);
    if (clean.refused !== undefined || clean.skipped !== undefined) yield clean;
    else if (entry.isSymbolicLink()) yield { ...clean, refused: 'it is a link; links are not followed' };
    else if (entry.isDirectory()) {
      if (depth >= deepestFolder) yield { ...clean, refused: `it lies deeper than ${deepestFolder} folders` };
      else yield* folderMembers(root, budget, name, depth + 1);
    } else if (!entry.isFile()) yield { ...clean, refused: 'it is a device, a pipe or a socket, not a file' };
    else yield { ...clean, open: () => sourceFromPath(join(root, name)) };
  }
}

/** What a folder holds, as one hash: of its files' paths, sizes and times of change. */
export async function folderDigest(root: string, budget: Budget): Promise<string> {
  const hash = createHash('sha256');
  for await (const { path, open } of folderMembers(root, budget)) {
    if (!open) continue;
    const source = await open().catch(() => undefined);
    hash.update(`${path}\0${source ? await source.sha256() : 'unread'}\n`);
  }
  return hash.digest('hex');
}

/** Whether the path is a folder. */
export async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() ?? false;
}
