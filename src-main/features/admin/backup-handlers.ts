import type { admin } from '#shared/contract/admin.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Caller, Handlers } from '#shared/transport/serve.ts';
import type { BackupDoor } from './backup-door.ts';

type AdminHandlers = Handlers<{ admin: typeof admin }>['admin'];
type BackupCall =
  | 'listBackups'
  | 'setBackupSettings'
  | 'createBackup'
  | 'verifyBackup'
  | 'deleteBackup'
  | 'previewRestore'
  | 'getRestorePreview'
  | 'restoreBackup'
  | 'exportWorkspace'
  | 'getWorkspaceFile'
  | 'openWorkspaceUpload'
  | 'appendWorkspaceUpload'
  | 'inspectWorkspaceFile'
  | 'getWorkspaceFileReport'
  | 'importWorkspace'
  | 'getImportedWorkspace';

export function backupHandlers(door: BackupDoor): Pick<AdminHandlers, BackupCall> {
  return {
    listBackups: () => door.list(),
    setBackupSettings(settings, { caller }) {
      // A page may keep the folder that is set, and go back to the usual one; it names no paths.
      if (settings.folder !== undefined && settings.folder !== door.list().settings.folder) refusePaths(caller);
      return door.setSettings(settings);
    },
    createBackup: () => door.create(),
    verifyBackup: ({ backupId }) => door.verify(backupId),
    deleteBackup: ({ backupId }) => door.remove(backupId),
    previewRestore: ({ backupId }) => door.previewRestore(backupId),
    getRestorePreview: ({ jobId }) => door.restorePreview(jobId),
    restoreBackup: ({ backupId }) => door.restore(backupId),
    exportWorkspace(input, { caller }) {
      if (input.path !== undefined) refusePaths(caller);
      return door.exportFile(input);
    },
    getWorkspaceFile: ({ jobId, offset }) => door.filePiece(jobId, offset),
    openWorkspaceUpload: ({ size }) => door.openUpload(size),
    appendWorkspaceUpload: (piece) => door.appendUpload(piece),
    inspectWorkspaceFile(input, { caller }) {
      if ('path' in input.source) refusePaths(caller);
      return door.inspectFile(input);
    },
    getWorkspaceFileReport: ({ jobId }) => door.fileReport(jobId),
    importWorkspace(input, { caller }) {
      if ('path' in input.source || input.folder !== undefined) refusePaths(caller);
      return door.importFile(input);
    },
    getImportedWorkspace: ({ jobId }) => door.imported(jobId),
  };
}

function refusePaths({ permissions, door }: Caller): void {
  if (!permissions.has('files'))
    throw new ContractError('forbidden', `Paths are not allowed through this door (${door}); send the file, or use the command line.`);
}
