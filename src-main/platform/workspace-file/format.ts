import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { z } from 'zod';
import { ContractError } from '#shared/transport/errors.ts';
import { PassphraseWrap } from '#main/platform/secrets/keyring.ts';

/*
 * A whole workspace in one file (docs/adr/0015):
 *
 *   8 bytes   "REDOUBT" and 0x1a
 *   4 bytes   length of the manifest, little-endian
 *   n bytes   manifest, JSON in UTF-8
 *   64 bytes  Ed25519 signature over all bytes before it
 *   then the parts, one after another, each as long as the manifest says
 *
 * The parts are encrypted under a key of this file alone, which stands in the manifest wrapped by a
 * passphrase (argon2id, AES-256-GCM): `summary` (AES-256-GCM) and `database` (pages of SQLite,
 * AEGIS, encrypted anew under the file's key). The manifest holds the SHA-256 of each part as it
 * lies in the file, so that anyone can check signature and hashes without the passphrase; what the
 * workspace holds, in words or numbers, stands in the summary only.
 */

export const MAGIC = Buffer.from('REDOUBT\u001a', 'latin1');
export const HEAD_BYTES = MAGIC.length + 4;
export const SIGNATURE_BYTES = 64;
/** Of a manifest or a summary; both are far smaller. */
export const MOST_MANIFEST_BYTES = 64 * 1024;
export const FORMAT = 'redoubt-workspace/1';

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Part = z.strictObject({
  name: z.enum(['summary', 'database']),
  size: z
    .int()
    .min(1)
    .max(2 ** 42),
  sha256: Hash,
});

export const Manifest = z.strictObject({
  format: z.literal(FORMAT),
  createdAt: z.iso.datetime(),
  /** Schema of the database: an older Redoubt can say so before it asks for a passphrase. */
  schema: z.int().min(1).max(100_000),
  /** Bounded more tightly than our own keys: a stranger's file must not make us work for minutes. */
  key: PassphraseWrap.refine(
    ({ argon2id: { memoryKiB, passes, lanes } }) => memoryKiB <= 262_144 && passes <= 10 && lanes <= 4,
    'asks for too much work',
  ),
  parts: z.tuple([Part, Part]),
  /** Raw Ed25519 public key of the device that signed. */
  signer: z.base64().length(44),
});
export type Manifest = z.infer<typeof Manifest>;

export const Summary = z.strictObject({
  operations: z.int(),
  ledgerEntries: z.int(),
  objects: z.int(),
  relationships: z.int(),
  head: Hash,
});
export type Summary = z.infer<typeof Summary>;

/** What the file's key is wrapped for; another purpose cannot unwrap it. */
export const WRAP_PURPOSE = 'redoubt workspace file';

/** `nonce` once only: the key is this file's alone. */
export function sealSummary(fileKey: Uint8Array, summary: Summary): Buffer {
  const cipher = createCipheriv('aes-256-gcm', summaryKey(fileKey), Buffer.alloc(12));
  return Buffer.concat([cipher.update(JSON.stringify(summary)), cipher.final(), cipher.getAuthTag()]);
}

export function openSummary(fileKey: Uint8Array, sealed: Uint8Array): Summary {
  try {
    const cipher = createDecipheriv('aes-256-gcm', summaryKey(fileKey), Buffer.alloc(12), { authTagLength: 16 });
    cipher.setAuthTag(sealed.subarray(-16));
    const text = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]).toString('utf8');
    return Summary.parse(JSON.parse(text));
  } catch (error) {
    throw tampered(error);
  }
}

const summaryKey = (fileKey: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', fileKey, new Uint8Array(), 'redoubt workspace summary', 32));

export const tampered = (cause?: unknown) =>
  new ContractError('damaged', 'The workspace file was changed after it was signed, or damaged on the way; ask for it again.', { cause });
export const truncated = () => new ContractError('damaged', 'The workspace file is cut short: it has not come whole; copy it again.');
export const isNone = () =>
  new ContractError('invalid_input', 'This is no workspace file of Redoubt; choose a file that ends in .redoubt.');
export const isNewer = () =>
  new ContractError('conflict', 'This workspace file was written by a newer Redoubt; update Redoubt to read it.');
