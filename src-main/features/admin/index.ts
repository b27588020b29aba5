export type { BackupDoor } from './backup-door.ts';
export { type AuditWanted, createAdminHandlers, type WorkspaceDoor } from './handlers.ts';
export { type AdminStore, createAdminStore } from './store/admin-store.ts';
