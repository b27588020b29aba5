import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '#main/platform/backup/durable.ts';
import { wrapKey } from '#main/platform/secrets/keyring.ts';
import type { SigningKey } from '#main/platform/secrets/signing.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { FORMAT, HEAD_BYTES, MAGIC, type Manifest, sealSummary, SIGNATURE_BYTES, type Summary, WRAP_PURPOSE } from './format.ts';

const PIECE = 1024 * 1024;

export interface WriteTerms {
  /** A database whose pages are encrypted under `fileKey`; nobody has it open. */
  readonly database: string;
  readonly fileKey: Uint8Array;
  readonly target: string;
  readonly passphrase: string;
  readonly signing: SigningKey;
  readonly summary: Summary;
  readonly schema: number;
  readonly now: number;
  readonly random: (length: number) => Uint8Array;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((bytes: number) => void) | undefined;
}

/** Writes the file, a piece at a time, and makes it stand on the disk. Answers its size. The caller removes it where this throws. */
export async function writeWorkspaceFile(terms: WriteTerms): Promise<number> {
  const { signal, signing } = terms;
  const summary = sealSummary(terms.fileKey, terms.summary);
  const source = await open(terms.database, 'r');
  try {
    const target = await open(terms.target, 'w', 0o600);
    try {
      const { size } = await source.stat();
      const unknown = '0'.repeat(64);
      const manifest: Manifest = {
        format: FORMAT,
        createdAt: new Date(terms.now).toISOString(),
        schema: terms.schema,
        key: await wrapKey(terms.fileKey, terms.passphrase, WRAP_PURPOSE, terms.random),
        parts: [
          { name: 'summary', size: summary.length, sha256: createHash('sha256').update(summary).digest('hex') },
          { name: 'database', size, sha256: unknown },
        ],
        signer: Buffer.from(signing.publicKey).toString('base64'),
      };
      // Hashes are of one length, so the manifest's place is known before its last hash is.
      const reserved = Buffer.byteLength(JSON.stringify(manifest));
      let at = HEAD_BYTES + reserved + SIGNATURE_BYTES;
      at += (await target.write(summary, 0, summary.length, at)).bytesWritten;
      const hash = createHash('sha256');
      const piece = Buffer.alloc(PIECE);
      for (let read = 0; read < size; ) {
        signal?.throwIfAborted();
        const { bytesRead } = await source.read(piece, 0, Math.min(PIECE, size - read), read);
        if (bytesRead === 0) throw new ContractError('unavailable', 'The copy of the workspace shrank while it was written; try again.');
        hash.update(piece.subarray(0, bytesRead));
        for (let sent = 0; sent < bytesRead; ) {
          const { bytesWritten } = await target.write(piece, sent, bytesRead - sent, at);
          sent += bytesWritten;
          at += bytesWritten;
        }
        read += bytesRead;
        terms.progress?.(read);
      }
      manifest.parts[1].sha256 = hash.digest('hex');
      const text = Buffer.from(JSON.stringify(manifest));
      if (text.length !== reserved) throw new Error('the manifest changed its length');
      const length = Buffer.alloc(4);
      length.writeUInt32LE(text.length);
      const signed = Buffer.concat([MAGIC, length, text]);
      await target.write(Buffer.concat([signed, signing.sign(signed)]), 0, signed.length + SIGNATURE_BYTES, 0);
      await target.sync();
      return at;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
    syncFolder(dirname(terms.target));
  }
}
