import { z } from 'zod';
import { blob, command, event, query } from '../define.ts';
import { JobStarted } from '../knowledge/paging.ts';

/** Why a copy was made. */
export const BackupReason = z.enum(['daily', 'changes', 'manual', 'before-migration', 'before-restore', 'before-import']);
export type BackupReason = z.infer<typeof BackupReason>;

export const Backup = z.object({
  /** Name of the copy's folder. */
  backupId: z.string(),
  takenAt: z.iso.datetime(),
  reason: BackupReason,
  /** Bytes of the database in it. */
  size: z.int(),
  /** `verified`: opened in a process of its own, pages, chain and counts right. `failed`: do not rely on it; `problem` says why. */
  state: z.enum(['verified', 'failed']),
  problem: z.string().optional(),
  verifiedAt: z.iso.datetime(),
  schema: z.int(),
  /** Entries of the operation log, audit entries included. */
  operations: z.int(),
  ledgerEntries: z.int(),
  objects: z.int(),
  relationships: z.int(),
  /** End of the audit chain, to compare with one kept elsewhere. */
  head: z.string(),
  /** Made of a workspace with another key; this one cannot open it. */
  foreign: z.boolean(),
});
export type Backup = z.infer<typeof Backup>;

export const BackupSettings = z.strictObject({
  /** Whether copies are made without being asked for. Before a migration, a restore or an import in place one is made anyway. */
  automatic: z.boolean(),
  /** Hours between automatic copies, where anything changed. */
  everyHours: z
    .int()
    .min(1)
    .max(24 * 30),
  /** Operations after which a copy is made early. */
  everyOperations: z.int().min(10).max(1_000_000),
  keepDaily: z.int().min(1).max(366),
  keepWeekly: z.int().min(0).max(520),
  /** The newest so many stay whatever their day. */
  keepNewest: z.int().min(1).max(100),
  /** A folder elsewhere; absent: `backups` in the workspace's own. */
  folder: z.string().min(1).max(4096).optional(),
});
export type BackupSettings = z.infer<typeof BackupSettings>;

export const Backups = z.object({
  /** Newest first. */
  backups: z.array(Backup),
  folder: z.string(),
  settings: BackupSettings,
  /** Bytes free where copies are kept. */
  free: z.number().optional(),
  /** What was wrong with the newest attempt, until one succeeds. */
  problem: z.string().optional(),
});
export type Backups = z.infer<typeof Backups>;

const Change = z.object({ at: z.iso.datetime(), actor: z.string(), what: z.string() });

export const RestorePreview = z.object({
  backup: Backup,
  /** Newest user actions that the copy holds, newest first. */
  newest: z.array(Change),
  /** What stands now; absent where the workspace cannot be read. */
  now: z.object({ operations: z.int(), objects: z.int(), relationships: z.int() }).optional(),
  /** What came after the copy and would be gone. Absent where the workspace cannot be read. */
  lost: z
    .object({
      operations: z.int(),
      /** Kind of operation and how many. */
      byKind: z.array(z.object({ kind: z.string(), operations: z.int() })),
      newest: z.array(Change),
    })
    .optional(),
  /** Acknowledged operations that the copy lacks, where only their number is known. */
  missing: z.int().optional(),
});
export type RestorePreview = z.infer<typeof RestorePreview>;

/** Bytes sent by the page, or (command line and desktop dialogs only) a path on this machine. */
const Source = z.union([z.strictObject({ uploadId: z.string().max(100) }), z.strictObject({ path: z.string().min(1).max(4096) })]);
export type WorkspaceFileSource = z.infer<typeof Source>;

const BackupId = z.strictObject({ backupId: z.string().min(1).max(100) });
const JobId = z.strictObject({ jobId: z.string().max(100) });
const Passphrase = z.string().min(1).max(1024);
const NewPassphrase = z.string().min(8, 'choose a passphrase of at least 8 characters').max(1024);

export const WorkspaceFileReport = z.object({
  /** Of a file that is whole: its signature and all hashes are right. */
  createdAt: z.iso.datetime(),
  size: z.int(),
  schema: z.int(),
  /** Fingerprint of the key that signed it; compare it with the sender's. */
  fingerprint: z.string(),
  /** Whether this workspace's own key signed it; absent while none is open. */
  own: z.boolean().optional(),
  /** With the passphrase only. */
  content: z
    .object({ operations: z.int(), objects: z.int(), relationships: z.int(), head: z.string(), newest: z.array(Change) })
    .optional(),
});
export type WorkspaceFileReport = z.infer<typeof WorkspaceFileReport>;

const admin = { needs: 'admin' } as const;
/** A damaged workspace must be able to be saved. */
const always = { needs: 'admin', whileLocked: true } as const;

export const backupCalls = {
  listBackups: query('Lists the copies of this workspace, newest first, with their state and the settings.', z.void(), Backups, {
    whileLocked: true,
  }),
  setBackupSettings: command(
    'Sets when copies are made, how many are kept, and where. Another folder only by the command line and desktop dialogs.',
    BackupSettings,
    Backups,
    admin,
  ),
  createBackup: command('Makes an encrypted copy of the workspace in the background and verifies it.', z.void(), JobStarted, admin),
  verifyBackup: command('Opens a copy in a process of its own and checks all of it again.', BackupId, JobStarted, always),
  deleteBackup: command('Deletes a copy for good.', BackupId, Backups, admin),
  previewRestore: command('Verifies a copy and compares it with what stands now; changes nothing.', BackupId, JobStarted, always),
  getRestorePreview: query('The outcome of a restore preview.', JobId, RestorePreview, { whileLocked: true }),
  restoreBackup: command(
    'Puts a verified copy in the place of the workspace, in one step; what stands now is kept as a copy first.',
    BackupId,
    JobStarted,
    always,
  ),
  exportWorkspace: command(
    'Writes the whole workspace as one signed file, encrypted under a passphrase of its own.',
    z.strictObject({
      passphrase: NewPassphrase,
      /** Command line and desktop dialogs only: write straight to this path. */
      path: z.string().max(4096).optional(),
    }),
    JobStarted,
    admin,
  ),
  getWorkspaceFile: query(
    'One piece of an exported workspace file: header, then bytes.',
    JobId.extend({ offset: z.int().min(0).default(0) }),
    blob(z.object({ fileName: z.string(), size: z.int(), offset: z.int(), fingerprint: z.string() })),
    admin,
  ),
  openWorkspaceUpload: command(
    'Announces a workspace file that the page is about to send.',
    z.strictObject({
      size: z
        .int()
        .min(1)
        .max(2 ** 40),
    }),
    z.object({ uploadId: z.string() }),
    always,
  ),
  appendWorkspaceUpload: command(
    'Sends the next piece of a workspace file, base64, at most 768 KiB of bytes.',
    z.strictObject({ uploadId: z.string().max(100), offset: z.int().min(0), base64: z.base64().max(1_048_576) }),
    z.object({ received: z.int() }),
    always,
  ),
  inspectWorkspaceFile: command(
    'Checks signature and hashes of a workspace file and, with its passphrase, all it holds; changes nothing.',
    z.strictObject({ source: Source, passphrase: Passphrase.optional() }),
    JobStarted,
    always,
  ),
  getWorkspaceFileReport: query('The outcome of a check of a workspace file.', JobId, WorkspaceFileReport, { whileLocked: true }),
  importWorkspace: command(
    'Makes a workspace of a workspace file: in this folder, in place of the open one (a copy of it is kept), or in a new folder.',
    z.strictObject({
      source: Source,
      passphrase: Passphrase,
      /** Of the workspace that is made; the open one keeps its own. */
      newPassphrase: NewPassphrase.optional(),
      /** Command line and desktop dialogs only. */
      folder: z.string().min(1).max(4096).optional(),
    }),
    JobStarted,
    always,
  ),
  getImportedWorkspace: query(
    'What an imported workspace file became; a new workspace’s recovery code is shown once.',
    JobId,
    z.object({ workspace: z.string(), recoveryCode: z.string().optional(), kept: z.string().optional() }),
    { whileLocked: true, needs: 'admin' },
  ),
  backupsChanged: event('A copy was made, checked or deleted.', Backups),
};
