import { createHash } from 'node:crypto';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ContractError } from '#shared/transport/errors.ts';
import { type PackHeader, packLimits } from './pack-format.ts';
import { readPackHeader } from './read-pack.ts';

export interface ShippedPack {
  readonly header: PackHeader;
  readonly path: string;
}

/** The packs in `packs/` of the shipped data, by name. A damaged one throws `damaged` and names its file. */
export async function listShippedPacks(resourcesDir: string): Promise<ShippedPack[]> {
  const folder = join(resourcesDir, 'packs');
  const names = (await listFolder(folder)).filter((name) => name.endsWith('.json.gz')).sort();
  const packs: ShippedPack[] = [];
  for (const name of names) {
    const path = join(folder, name);
    packs.push({ header: readPackHeader(await readStart(path)), path });
  }
  return packs;
}

/** The bytes of a pack and their hash, in hex. */
export async function loadPack({ path }: ShippedPack): Promise<{ bytes: Uint8Array; sha256: string }> {
  if ((await stat(path)).size > packLimits.packedBytes)
    throw new ContractError('too_large', `${basename(path)} is larger than a pack may be.`);
  const bytes = await readFile(path);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw new ContractError('unavailable', 'The folder of built-in packs is missing; install Redoubt again to restore it.', {
      cause: error,
    });
  }
}

async function readStart(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const buffer = new Uint8Array(packLimits.headerBytes);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
