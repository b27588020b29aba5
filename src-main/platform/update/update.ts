import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { ContractError } from '#shared/transport/errors.ts';

/** What a release consists of. */
export const Release = z.strictObject({
  kind: z.literal('redoubt-release'),
  version: z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}(?:-[0-9A-Za-z.-]{1,50})?$/),
  released: z.iso.datetime(),
  notes: z.string().max(20_000).default(''),
  files: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[\w][\w.+ -]{0,199}$/),
        platform: z.enum(['linux', 'win32', 'darwin']),
        arch: z.enum(['x64', 'arm64']),
        /** Bytes. */
        size: z.int().min(1),
        /** Hex. */
        sha512: z.string().regex(/^[0-9a-f]{128}$/),
      }),
    )
    .min(1)
    .max(50),
});
export type Release = z.infer<typeof Release>;

/** The file that is carried: the release as the exact text that was signed, and signatures (Ed25519, base64) over it. */
const Envelope = z.strictObject({
  signed: z.string().max(200_000),
  signatures: z
    .array(z.strictObject({ key: z.string().max(200), signature: z.base64().max(200) }))
    .min(1)
    .max(10),
});

/** Bytes: an update's metadata is a few kilobytes. */
const longest = 256 * 1024;

export interface VerifiedRelease {
  readonly release: Release;
  /** Fingerprint of the key whose signature holds. */
  readonly key: string;
}

/**
 * Opens an update file and checks its signature against the release keys of this build before anything in it is
 * believed. Throws one sentence: no keys, not an update, not signed by us, altered.
 */
export function openRelease(text: string, keys: readonly KeyObject[]): VerifiedRelease {
  if (keys.length === 0)
    throw new ContractError(
      'unavailable',
      'This build carries no release key, so no update can be verified; get updates from where you got Redoubt.',
    );
  const envelope = Envelope.safeParse(text.length > longest ? undefined : parsed(text));
  if (!envelope.success)
    throw new ContractError(
      'invalid_input',
      'This is not an update file of Redoubt; choose the redoubt-update.json that came with the installer.',
    );
  const { signed, signatures } = envelope.data;
  const bytes = Buffer.from(signed, 'utf8');
  const holds = keys.find((key) => signatures.some(({ signature }) => verify(null, bytes, key, Buffer.from(signature, 'base64'))));
  if (!holds)
    throw new ContractError(
      'forbidden',
      'No signature of this update file is by a release key of this build: it was altered or is not ours. Do not install it.',
    );
  const release = Release.safeParse(parsed(signed));
  if (!release.success)
    throw new ContractError(
      'invalid_input',
      'The update file is signed, but this version of Redoubt cannot read it; install a newer one by hand.',
    );
  return { release: release.data, key: fingerprintOf(holds) };
}

/** The text of an update file, signed. Keys come from where releases are made, never from the app. */
export function sealRelease(release: Release, privateKey: KeyObject): string {
  const signed = JSON.stringify(Release.parse(release));
  const signature = sign(null, Buffer.from(signed, 'utf8'), privateKey).toString('base64');
  return `${JSON.stringify({ signed, signatures: [{ key: fingerprintOf(privateKey), signature }] }, null, 2)}\n`;
}

/** Whether the bytes are the file that the release names; every byte is read. */
export async function isIntact(file: Release['files'][number], bytes: AsyncIterable<Uint8Array>): Promise<boolean> {
  const hash = createHash('sha512');
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > file.size) return false;
    hash.update(piece);
  }
  return size === file.size && hash.digest('hex') === file.sha512;
}

/** SHA-256 of the key's SPKI form, hex in groups of four, to be read aloud. */
export function fingerprintOf(given: KeyObject): string {
  const key = given.type === 'private' ? createPublicKey(given) : given;
  const hash = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  return (hash.slice(0, 32).match(/.{4}/g) ?? []).join(' ');
}

/** The release keys of this build: `{ "keys": ["-----BEGIN PUBLIC KEY-----…"] }`. Only Ed25519 counts. */
export function readReleaseKeys(text: string): KeyObject[] {
  const { keys } = z.object({ keys: z.array(z.string().max(1000)).max(10) }).parse(JSON.parse(text));
  return keys.map((pem) => createPublicKey(pem)).filter(({ asymmetricKeyType }) => asymmetricKeyType === 'ed25519');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
