import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { z } from 'zod';
import { writeDurably } from '#main/platform/backup/durable.ts';

/*
 * This device's key for signing: Ed25519, made when it is first needed, private part encrypted
 * under the workspace key. It lies beside the database and not in it: a copy that is given away
 * must not give away the right to sign.
 */

const Stored = z.strictObject({ format: z.literal('redoubt-signing/1'), publicKey: z.base64(), nonce: z.base64(), box: z.base64() });

export interface SigningKey {
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly fingerprint: string;
  sign(bytes: Uint8Array): Uint8Array;
}

/** The device's key; a file that cannot be read is set aside and a new key made, with another fingerprint. */
export function signingKey(path: string, workspaceKey: Uint8Array, random: (length: number) => Uint8Array, stamp: string): SigningKey {
  if (existsSync(path)) {
    const known = read(path, workspaceKey);
    if (known) return known;
    renameSync(path, `${path}.damaged-${stamp}`);
  }
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const nonce = random(12);
  const cipher = createCipheriv('aes-256-gcm', wrapping(workspaceKey), nonce);
  const box = Buffer.concat([cipher.update(privateKey.export({ format: 'der', type: 'pkcs8' })), cipher.final(), cipher.getAuthTag()]);
  const stored = {
    format: 'redoubt-signing/1',
    publicKey: Buffer.from(rawPublic(publicKey)).toString('base64'),
    nonce: Buffer.from(nonce).toString('base64'),
    box: box.toString('base64'),
  };
  writeDurably(path, `${JSON.stringify(stored, null, 2)}\n`);
  return of(privateKey);
}

function read(path: string, workspaceKey: Uint8Array): SigningKey | undefined {
  try {
    const { publicKey, nonce, box } = Stored.parse(JSON.parse(readFileSync(path, 'utf8')));
    const sealed = Buffer.from(box, 'base64');
    const cipher = createDecipheriv('aes-256-gcm', wrapping(workspaceKey), Buffer.from(nonce, 'base64'), { authTagLength: 16 });
    cipher.setAuthTag(sealed.subarray(-16));
    const der = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
    const key = of(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
    return Buffer.from(key.publicKey).toString('base64') === publicKey ? key : undefined;
  } catch {
    return undefined;
  }
}

function of(privateKey: KeyObject): SigningKey {
  const publicKey = rawPublic(createPublicKey(privateKey));
  return { publicKey, fingerprint: fingerprintOf(publicKey), sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)) };
}

const rawPublic = (key: KeyObject): Uint8Array => new Uint8Array(key.export({ format: 'der', type: 'spki' }).subarray(-32));

/** ASN.1 of an Ed25519 public key before its 32 bytes (RFC 8410). */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

export function isSigned(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const key = createPublicKey({ key: Buffer.concat([SPKI_HEAD, publicKey]), format: 'der', type: 'spki' });
  return verify(null, bytes, key, signature);
}

/** 128 bits of the key's SHA-256 in groups of four, to read to each other. */
export function fingerprintOf(publicKey: Uint8Array): string {
  const hex = createHash('sha256').update(publicKey).digest('hex').slice(0, 32).toUpperCase();
  return (hex.match(/.{4}/g) ?? []).join('-');
}

const wrapping = (workspaceKey: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', workspaceKey, new Uint8Array(), 'redoubt device signing', 32));
