import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '#main/platform/backup/durable.ts';
import { unwrapKey } from '#main/platform/secrets/keyring.ts';
import { fingerprintOf, isSigned } from '#main/platform/secrets/signing.ts';
import { ContractError } from '#shared/transport/errors.ts';
import {
  FORMAT,
  HEAD_BYTES,
  isNewer,
  isNone,
  MAGIC,
  Manifest,
  MOST_MANIFEST_BYTES,
  openSummary,
  SIGNATURE_BYTES,
  type Summary,
  tampered,
  truncated,
  WRAP_PURPOSE,
} from './format.ts';

const PIECE = 1024 * 1024;

export interface Checked {
  readonly manifest: Manifest;
  readonly size: number;
  readonly fingerprint: string;
  readonly publicKey: Uint8Array;
}

interface Terms {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((bytes: number) => void) | undefined;
}

/**
 * Checks signature and hashes, without a passphrase, a piece at a time. With `database` it writes
 * that part there while it is hashed. Throws `invalid_input` (another kind of file), `damaged`
 * (changed or cut), `conflict` (a newer Redoubt's), `not_found`.
 */
export async function checkWorkspaceFile(
  path: string,
  { signal, progress, database }: Terms & { database?: string } = {},
): Promise<Checked> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const { manifest, partsAt, publicKey } = await readManifest(file, size);
    const expected = manifest.parts.reduce((sum, part) => sum + part.size, partsAt);
    if (size < expected) throw truncated();
    if (size > expected) throw tampered();
    let at = partsAt;
    for (const part of manifest.parts) {
      const target = database && part.name === 'database' ? await open(database, 'w', 0o600) : undefined;
      try {
        const hash = createHash('sha256');
        const piece = Buffer.alloc(PIECE);
        for (let left = part.size; left > 0; ) {
          signal?.throwIfAborted();
          const { bytesRead } = await file.read(piece, 0, Math.min(PIECE, left), at);
          if (bytesRead === 0) throw truncated();
          hash.update(piece.subarray(0, bytesRead));
          for (let sent = 0; target && sent < bytesRead; ) sent += (await target.write(piece, sent, bytesRead - sent)).bytesWritten;
          left -= bytesRead;
          at += bytesRead;
          progress?.(at);
        }
        if (hash.digest('hex') !== part.sha256) throw tampered();
        await target?.sync();
      } finally {
        await target?.close();
      }
    }
    if (database) syncFolder(dirname(database));
    return { manifest, size, fingerprint: fingerprintOf(publicKey), publicKey };
  } finally {
    await file.close();
  }
}

/** The file's key and what it says it holds. Throws `wrong_passphrase`. */
export async function openWorkspaceFile(path: string, passphrase: string): Promise<{ fileKey: Uint8Array; summary: Summary }> {
  const file = await openFile(path);
  try {
    const { manifest, partsAt } = await readManifest(file, (await file.stat()).size);
    const fileKey = await unwrapKey(manifest.key, passphrase, WRAP_PURPOSE);
    if (!fileKey)
      throw new ContractError(
        'wrong_passphrase',
        'This passphrase does not open the workspace file; it is the one chosen when the file was written.',
      );
    const [{ size, sha256 }] = manifest.parts;
    if (size > MOST_MANIFEST_BYTES) throw tampered();
    const sealed = Buffer.alloc(size);
    await file.read(sealed, 0, size, partsAt);
    if (createHash('sha256').update(sealed).digest('hex') !== sha256) throw tampered();
    return { fileKey, summary: openSummary(fileKey, sealed) };
  } finally {
    await file.close();
  }
}

async function readManifest(file: FileHandle, size: number) {
  const head = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
  if (!head.subarray(0, Math.min(bytesRead, MAGIC.length)).equals(MAGIC.subarray(0, bytesRead)) || bytesRead === 0) throw isNone();
  if (bytesRead < HEAD_BYTES) throw truncated();
  const length = head.readUInt32LE(MAGIC.length);
  if (length < 2 || length > MOST_MANIFEST_BYTES) throw tampered();
  if (size < HEAD_BYTES + length + SIGNATURE_BYTES) throw truncated();
  const rest = Buffer.alloc(length + SIGNATURE_BYTES);
  await file.read(rest, 0, rest.length, HEAD_BYTES);
  const text = rest.subarray(0, length);
  let given: unknown;
  try {
    given = JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw tampered(error);
  }
  const format =
    typeof given === 'object' && given !== null && Object.hasOwn(given, 'format') ? (given as { format: unknown }).format : undefined;
  if (typeof format === 'string' && /^redoubt-workspace\/\d{1,4}$/.test(format) && format !== FORMAT) throw isNewer();
  const parsed = Manifest.safeParse(given);
  if (!parsed.success || parsed.data.parts[0].name !== 'summary' || parsed.data.parts[1].name !== 'database') throw tampered(parsed.error);
  const manifest = parsed.data;
  const publicKey = new Uint8Array(Buffer.from(manifest.signer, 'base64'));
  if (!isSigned(publicKey, Buffer.concat([head, text]), rest.subarray(length))) throw tampered();
  return { manifest, partsAt: HEAD_BYTES + length + SIGNATURE_BYTES, publicKey };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new ContractError('not_found', 'The workspace file cannot be read; check its place and its permissions.', { cause: error });
  }
}
