export { createIntelHandlers, type IntelTerms } from './handlers.ts';
export { intelMigrations } from './migrations/index.ts';
export { intelReads } from './store/index.ts';
