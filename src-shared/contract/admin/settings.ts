import { z } from 'zod';
import { command, query } from '../define.ts';
import { WorkspaceState } from './workspace.ts';

export const WorkspaceFacts = z.object({
  /** Of the program that runs. */
  version: z.string(),
  folder: z.string(),
  createdAt: z.iso.datetime(),
  /** Bytes on the disk. */
  database: z.int(),
  writeAheadLog: z.int(),
  backups: z.int(),
});
export type WorkspaceFacts = z.infer<typeof WorkspaceFacts>;

export const settingsCalls = {
  getWorkspaceFacts: query('Says where the workspace lies, how large it is and which version runs.', z.void(), WorkspaceFacts),
  renewRecoveryCode: command(
    'Makes a new recovery code, which is shown once; the old one opens nothing any more, here and in the copies kept here.',
    z.strictObject({ passphrase: z.string().min(1).max(1024) }),
    z.object({ recoveryCode: z.string() }),
    { needs: 'admin' },
  ),
  setKeychain: command(
    'Keeps the key in this system’s keychain, or takes it out of it.',
    z.strictObject({ remember: z.boolean() }),
    WorkspaceState,
    { needs: 'admin' },
  ),
};
