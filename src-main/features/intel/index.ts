export { createIntelHandlers, type IntelTerms } from './handlers.ts';
export { intelReads } from './store/index.ts';
