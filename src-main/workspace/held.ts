import { ContractError, isContractError } from '#shared/transport/errors.ts';
import type { BackupKeeper } from '#main/platform/backup/backups.ts';
import type { Host } from '#main/platform/host.ts';
import { type Keyring, keyringText, proven, unwrapByPassphrase, unwrapByRecoveryCode } from '#main/platform/secrets/keyring.ts';
import type { KeyringFiles } from '#main/platform/secrets/keyring-files.ts';

/** The workspace's key, and the keyring that proved it. */
export interface Held {
  readonly key: Uint8Array;
  readonly keyring: Keyring;
}

export type UnlockBy = { passphrase: string } | { recoveryCode: string } | { keychain: true };

export const secretName = (keyring: Keyring) => `redoubt-workspace-${keyring.workspace}`;

/** The keyrings to try, best first: keys.json, its second copy, and where neither can be read those of the backups. */
export function keyringsOf(files: KeyringFiles, keeper: BackupKeeper, hasDatabase: boolean): Keyring[] {
  try {
    const standing = files.read();
    if (standing.length > 0) return standing;
  } catch (error) {
    const saved = keeper.keyrings();
    if (saved.length > 0) return saved;
    throw error;
  }
  if (!hasDatabase) throw new ContractError('not_found', 'There is no workspace in this folder yet; make one first.');
  const saved = keeper.keyrings();
  if (saved.length > 0) return saved;
  throw new ContractError('damaged', 'workspace.db is here but keys.json is not; put keys.json back from a backup.');
}

/** The first keyring that the secret opens. Throws `wrong_passphrase` where it opens none. */
export async function holdBy(keyrings: readonly Keyring[], by: UnlockBy, host: Host): Promise<Held> {
  let refused: unknown;
  const seen = new Set<string>();
  for (const keyring of keyrings) {
    const text = keyringText(keyring);
    if (seen.has(text)) continue;
    seen.add(text);
    try {
      return { keyring, key: await keyOf(keyring, by, host) };
    } catch (error) {
      if (!isContractError(error) || (error.code !== 'wrong_passphrase' && error.code !== 'not_found')) throw error;
      refused ??= error;
    }
  }
  throw refused;
}

async function keyOf(keyring: Keyring, by: UnlockBy, host: Host): Promise<Uint8Array> {
  if ('passphrase' in by) return unwrapByPassphrase(keyring, by.passphrase);
  if ('recoveryCode' in by) return unwrapByRecoveryCode(keyring, by.recoveryCode);
  const key = await fromKeychain(keyring, host);
  if (!key)
    throw new ContractError(
      'not_found',
      'The keychain of this system has no key for this workspace any more; use the passphrase or the recovery code.',
    );
  return proven(keyring, key);
}

/** A keychain that fails is one that has nothing: the passphrase opens the workspace all the same. */
export async function fromKeychain(keyring: Keyring, host: Host): Promise<Uint8Array | undefined> {
  try {
    return await host.secrets?.get(secretName(keyring));
  } catch (error) {
    host.log.warn('the system’s keychain did not answer', { why: error instanceof Error ? error.message : 'unknown' });
    return undefined;
  }
}

/** Whether the keychain took it. The workspace stands either way. */
export async function toKeychain({ key, keyring }: Held, host: Host): Promise<boolean> {
  try {
    await host.secrets?.set(secretName(keyring), key);
    return host.secrets !== undefined;
  } catch (error) {
    host.log.warn('the system’s keychain did not take the key', { why: error instanceof Error ? error.message : 'unknown' });
    return false;
  }
}
