import type { Damage } from '#shared/contract/admin.ts';
import type { BackupKeeper } from '#main/platform/backup/backups.ts';
import type { Keyring } from '#main/platform/secrets/keyring.ts';

/** What is broken, the newest verified copy that can take its place, and what that copy lacks. */
export function damageOf({
  what,
  keeper,
  keyring,
  acknowledged,
  canRestore,
}: {
  readonly what: string;
  readonly keeper: BackupKeeper;
  readonly keyring: Keyring | undefined;
  /** Operations that were acknowledged, where their number is known. */
  readonly acknowledged: number | undefined;
  readonly canRestore: boolean;
}): Damage {
  const backup = keeper.newestVerified(keyring);
  const missing = backup && acknowledged !== undefined ? Math.max(0, acknowledged - backup.operations) : undefined;
  return {
    what,
    ...(backup && { backup }),
    ...(missing !== undefined && { missing }),
    lacks: !backup
      ? `There is no verified copy of this workspace in ${keeper.folder()}; put one there, or open a workspace file.`
      : missing === undefined
        ? 'How many operations came after this copy is not known.'
        : missing === 0
          ? 'Nothing that was saved came after this copy.'
          : `${missing} ${missing === 1 ? 'operation that was' : 'operations that were'} saved after this copy ${missing === 1 ? 'is' : 'are'} missing in it, records of copying and closing among them.`,
    canRestore,
  };
}
