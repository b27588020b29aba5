import { z } from 'zod';
import { command, query } from '../define.ts';
import { JobStarted } from '../knowledge/paging.ts';
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
  /** Bytes of the database that hold nothing: what compacting gives back at least. */
  free: z.int(),
});
export type WorkspaceFacts = z.infer<typeof WorkspaceFacts>;

export const Compaction = z.object({
  /** Bytes of the database with its write-ahead log. */
  before: z.int(),
  after: z.int(),
});
export type Compaction = z.infer<typeof Compaction>;

export const settingsCalls = {
  compactWorkspace: command(
    'Writes the database anew without the space that nothing fills, checks it and puts it in place, as a job; cancelled or cut off, the old one stands.',
    z.void(),
    JobStarted,
    { needs: 'admin' },
  ),
  getCompaction: query('How large the database was and is after compacting.', z.strictObject({ jobId: z.string().max(100) }), Compaction),
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
