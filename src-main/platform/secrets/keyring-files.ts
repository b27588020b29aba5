import { existsSync, renameSync } from 'node:fs';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import { type Keyring, keyringText, readKeyring, writeKeyring } from './keyring.ts';

/** keys.json and its second copy: losing the one small file must not lose the whole workspace. */
export interface KeyringFiles {
  /** What stands and can be read, the first before the second. Throws `damaged` where there is a file and none can be read. */
  read(): Keyring[];
  write(keyring: Keyring): void;
  /** Makes both say the same, after one was proven; a file that cannot be read is set aside under a name of its own. */
  repair(proven: Keyring, stamp: string): void;
  exists(): boolean;
}

export function createKeyringFiles(path: string, second: string): KeyringFiles {
  const tryRead = (file: string): Keyring | 'damaged' | undefined => {
    try {
      return readKeyring(file);
    } catch (error) {
      if (isContractError(error) && error.code === 'damaged') return 'damaged';
      throw error;
    }
  };
  const write = (keyring: Keyring) => {
    writeKeyring(path, keyring);
    writeKeyring(second, keyring);
  };
  return {
    exists: () => existsSync(path) || existsSync(second),
    read() {
      const found = [tryRead(path), tryRead(second)];
      const whole = found.filter((one) => one !== undefined && one !== 'damaged');
      if (whole.length === 0 && found.includes('damaged'))
        throw new ContractError(
          'damaged',
          'keys.json of the workspace is damaged, and so is its second copy; put back keys.json from one of the backups.',
        );
      const [first, other] = whole;
      return first && other && keyringText(first) === keyringText(other) ? [first] : whole;
    },
    write,
    repair(proven, stamp) {
      const text = keyringText(proven);
      for (const file of [path, second]) {
        const there = tryRead(file);
        if (there !== 'damaged' && there !== undefined && keyringText(there) === text) continue;
        if (there !== undefined && file === path) renameSync(file, `${file}.damaged-${stamp}`);
        writeKeyring(file, proven);
      }
    },
  };
}
