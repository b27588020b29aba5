export { adminMigrations } from './migrations/index.ts';
export type { BackupDoor } from './backup-door.ts';
export { createAdminHandlers, type WorkspaceDoor } from './handlers.ts';
export { type AdminStore, createAdminStore, ledgerEntries, verifyLedger } from './store.ts';
