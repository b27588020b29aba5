export { createIntelHandlers, type IntelTerms } from './handlers.ts';
