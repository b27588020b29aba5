import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SafeStorage } from 'electron';

export interface Keychain {
  get(name: string): Promise<Uint8Array | undefined>;
  set(name: string, value: Uint8Array): Promise<void>;
  delete(name: string): Promise<void>;
}

/**
 * Secrets in files that the system's keychain encrypts. Undefined where there is no real
 * keychain: on Linux without a wallet Electron falls back to `basic_text`, a fixed password.
 */
export async function openKeychain(safeStorage: SafeStorage, folder: string): Promise<Keychain | undefined> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) return undefined;
  if (process.platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())) return undefined;
  const file = (name: string) => {
    if (!/^[\w-]{1,100}$/.test(name)) throw new Error('not a name of a secret');
    return join(folder, name);
  };
  return {
    async get(name) {
      const path = file(name);
      let sealed: Buffer;
      try {
        sealed = readFileSync(path);
      } catch {
        return undefined;
      }
      try {
        const { result } = await safeStorage.decryptStringAsync(sealed);
        return new Uint8Array(Buffer.from(result, 'base64'));
      } catch {
        // Another user's, or of a keychain that was reset: as good as none.
        return undefined;
      }
    },
    async set(name, value) {
      const sealed = await safeStorage.encryptStringAsync(Buffer.from(value).toString('base64'));
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const draft = `${file(name)}.draft`;
      writeFileSync(draft, sealed, { mode: 0o600 });
      renameSync(draft, file(name));
    },
    async delete(name) {
      rmSync(file(name), { force: true });
    },
  };
}
