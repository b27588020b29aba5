import type { Backups, BackupSettings, RestorePreview, WorkspaceFileReport, WorkspaceFileSource } from '#shared/contract/admin.ts';

/** What the engine offers to whoever keeps copies of the workspace, and to whoever needs one. */
export interface BackupDoor {
  list(): Backups;
  setSettings(settings: BackupSettings): Backups;
  create(): { jobId: string };
  verify(backupId: string): { jobId: string };
  remove(backupId: string): Backups;
  previewRestore(backupId: string): { jobId: string };
  restorePreview(jobId: string): RestorePreview;
  restore(backupId: string): { jobId: string };
  exportFile(to: { passphrase: string; path?: string | undefined }): { jobId: string };
  filePiece(
    jobId: string,
    offset: number,
  ): Promise<{
    header: { fileName: string; size: number; offset: number; fingerprint: string };
    body: Uint8Array<ArrayBuffer>;
  }>;
  openUpload(size: number): { uploadId: string };
  appendUpload(piece: { uploadId: string; offset: number; base64: string }): { received: number };
  inspectFile(file: { source: WorkspaceFileSource; passphrase?: string | undefined }): { jobId: string };
  fileReport(jobId: string): WorkspaceFileReport;
  importFile(file: { source: WorkspaceFileSource; passphrase: string; newPassphrase?: string | undefined; folder?: string | undefined }): {
    jobId: string;
  };
  imported(jobId: string): { workspace: string; recoveryCode?: string; kept?: string };
}
