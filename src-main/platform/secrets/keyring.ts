import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { hashRaw } from '@node-rs/argon2';
import { z } from 'zod';
import { ContractError } from '#shared/transport/errors.ts';

/*
 * The workspace key is 32 random bytes. It stands in keys.json only wrapped: by a passphrase
 * (argon2id, then AES-256-GCM) and by a recovery code (HKDF of 160 random bits, then the same).
 * Changing the passphrase wraps the key anew; the database is not encrypted again.
 */

const Base64 = z.base64().max(1000);
const Wrap = z.strictObject({ nonce: Base64, box: Base64 });
const Argon2 = z.strictObject({
  salt: Base64,
  memoryKiB: z.int().min(8192).max(4_194_304),
  passes: z.int().min(1).max(20),
  lanes: z.int().min(1).max(16),
});
/** A key wrapped by a passphrase. */
export const PassphraseWrap = Wrap.extend({ argon2id: Argon2 });

const Keyring = z.strictObject({
  format: z.literal('redoubt-keys/1'),
  workspace: z.uuid(),
  createdAt: z.iso.datetime(),
  passphrase: PassphraseWrap,
  recovery: Wrap.extend({ salt: Base64 }),
  /** HMAC of a fixed text under the key: tells a wrong key from a damaged database. */
  check: Base64,
});
export type Keyring = z.infer<typeof Keyring>;

/** OWASP's first recommendation for argon2id and above: 64 MiB, 3 passes. */
const COST = { memoryKiB: 65_536, passes: 3, lanes: 1 } as const;

/** The package's `Algorithm.Argon2id`, which erasable TypeScript cannot name. */
const ARGON2ID = 2;

type Random = (length: number) => Uint8Array;

export interface NewKeyring {
  readonly keyring: Keyring;
  readonly key: Uint8Array;
  readonly recoveryCode: string;
}

export async function createKeyring(passphrase: string, workspace: string, now: number, random: Random): Promise<NewKeyring> {
  const key = random(32);
  const secret = random(20);
  const recoverySalt = random(16);
  const keyring: Keyring = {
    format: 'redoubt-keys/1',
    workspace,
    createdAt: new Date(now).toISOString(),
    passphrase: await wrapKey(key, passphrase, `${workspace}/passphrase`, random),
    recovery: {
      salt: base64(recoverySalt),
      ...wrap(key, recoveryKey(secret, recoverySalt), `${workspace}/recovery`, random),
    },
    check: base64(checkOf(key)),
  };
  return { keyring, key, recoveryCode: spell(secret) };
}

/** Throws `wrong_passphrase`. Takes about 0.2 s and 64 MiB by design. */
export async function unwrapByPassphrase(keyring: Keyring, passphrase: string): Promise<Uint8Array> {
  const key = await unwrapKey(keyring.passphrase, passphrase, `${keyring.workspace}/passphrase`);
  if (!key)
    throw new ContractError('wrong_passphrase', 'This passphrase does not open the workspace. Try again, or use the recovery code.');
  return proven(keyring, key);
}

/** Throws `wrong_passphrase` also where the code is misspelt; spaces, dashes and case do not matter. */
export function unwrapByRecoveryCode(keyring: Keyring, code: string): Uint8Array {
  const secret = read(code);
  const { salt, nonce, box } = keyring.recovery;
  const key = secret && unwrap({ nonce, box }, recoveryKey(secret, bytes(salt)), `${keyring.workspace}/recovery`);
  if (!key)
    throw new ContractError(
      'wrong_passphrase',
      'This recovery code does not open the workspace. It has 32 letters and digits in groups of four.',
    );
  return proven(keyring, key);
}

/** A key that comes from elsewhere (the keychain) is only taken if it is this workspace's. */
export function proven(keyring: Keyring, key: Uint8Array): Uint8Array {
  const check = bytes(keyring.check);
  const mine = checkOf(key);
  if (check.length !== mine.length || !timingSafeEqual(check, mine))
    throw new ContractError('wrong_passphrase', 'The stored key belongs to another workspace. Open this one with its passphrase.');
  return key;
}

export async function withPassphrase(keyring: Keyring, key: Uint8Array, passphrase: string, random: Random): Promise<Keyring> {
  return { ...keyring, passphrase: await wrapKey(key, passphrase, `${keyring.workspace}/passphrase`, random) };
}

/** The key wrapped by a new recovery code; the old one opens this keyring no more. */
export function withRecoveryCode(keyring: Keyring, key: Uint8Array, random: Random): { keyring: Keyring; recoveryCode: string } {
  const secret = random(20);
  const salt = random(16);
  const recovery = { salt: base64(salt), ...wrap(key, recoveryKey(secret, salt), `${keyring.workspace}/recovery`, random) };
  return { keyring: { ...keyring, recovery }, recoveryCode: spell(secret) };
}

/** Throws `damaged` with a sentence where the file is not a keyring. Undefined where there is none. */
export function readKeyring(path: string): Keyring | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new ContractError('unavailable', 'keys.json of the workspace cannot be read; check the folder’s permissions.', { cause: error });
  }
  try {
    return Keyring.parse(JSON.parse(text));
  } catch (error) {
    throw new ContractError('damaged', 'keys.json of the workspace is damaged; put back the copy from a backup.', { cause: error });
  }
}

/** The one text of a keyring, however it was put together. */
export function keyringText(keyring: Keyring): string {
  return `${JSON.stringify(Keyring.parse(keyring), null, 2)}\n`;
}

/** Written beside, synced, then renamed over: the old or the new keyring stands, never half of one. */
export function writeKeyring(path: string, keyring: Keyring): void {
  const beside = `${path}.new`;
  const file = openSync(beside, 'w', 0o600);
  try {
    writeSync(file, keyringText(keyring));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  chmodSync(beside, 0o600);
  renameSync(beside, path);
}

/** Wraps a key by a passphrase, for one purpose. Takes about 0.2 s and 64 MiB by design. */
export async function wrapKey(
  key: Uint8Array,
  passphrase: string,
  purpose: string,
  random: Random,
): Promise<z.infer<typeof PassphraseWrap>> {
  const argon2id = { salt: base64(random(16)), ...COST };
  return { argon2id, ...wrap(key, await stretch(passphrase, argon2id), purpose, random) };
}

/** Undefined where the passphrase or the purpose is another. */
export async function unwrapKey(
  { argon2id, nonce, box }: z.infer<typeof PassphraseWrap>,
  passphrase: string,
  purpose: string,
): Promise<Uint8Array | undefined> {
  return unwrap({ nonce, box }, await stretch(passphrase, argon2id), purpose);
}

async function stretch(passphrase: string, cost: z.infer<typeof Argon2>): Promise<Uint8Array> {
  return hashRaw(passphrase.normalize('NFKC'), {
    algorithm: ARGON2ID,
    salt: bytes(cost.salt),
    memoryCost: cost.memoryKiB,
    timeCost: cost.passes,
    parallelism: cost.lanes,
    outputLen: 32,
  });
}

function recoveryKey(secret: Uint8Array, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, 'redoubt recovery', 32));
}

function wrap(key: Uint8Array, wrapping: Uint8Array, purpose: string, random: Random) {
  const nonce = random(12);
  const cipher = createCipheriv('aes-256-gcm', wrapping, nonce);
  cipher.setAAD(Buffer.from(purpose));
  return { nonce: base64(nonce), box: base64(Buffer.concat([cipher.update(key), cipher.final(), cipher.getAuthTag()])) };
}

function unwrap({ nonce, box }: z.infer<typeof Wrap>, wrapping: Uint8Array, purpose: string): Uint8Array | undefined {
  const sealed = bytes(box);
  try {
    const cipher = createDecipheriv('aes-256-gcm', wrapping, bytes(nonce), { authTagLength: 16 });
    cipher.setAAD(Buffer.from(purpose));
    cipher.setAuthTag(sealed.subarray(-16));
    return new Uint8Array(Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]));
  } catch {
    return undefined;
  }
}

function checkOf(key: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update('redoubt key check').digest();
}

/** Crockford's base32: no I, L, O, U to misread. 160 bits are 32 signs. */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function spell(secret: Uint8Array): string {
  let bits = '';
  for (const byte of secret) bits += byte.toString(2).padStart(8, '0');
  const signs = (bits.match(/.{5}/g) ?? []).map((five) => SIGNS[Number.parseInt(five, 2)]).join('');
  return (signs.match(/.{4}/g) ?? []).join('-');
}

function read(code: string): Uint8Array | undefined {
  const signs = code.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  if (signs.length !== 32) return undefined;
  let bits = '';
  for (const sign of signs) {
    const value = SIGNS.indexOf(sign);
    if (value < 0) return undefined;
    bits += value.toString(2).padStart(5, '0');
  }
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (eight) => Number.parseInt(eight, 2));
}

const base64 = (value: Uint8Array) => Buffer.from(value).toString('base64');
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
