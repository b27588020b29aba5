export { createCoverageHandlers } from './handlers.ts';
