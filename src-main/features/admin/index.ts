export { adminMigrations } from './migrations/index.ts';
export { createAdminHandlers, type WorkspaceDoor } from './handlers.ts';
export { type AdminStore, createAdminStore, verifyLedger } from './store.ts';
