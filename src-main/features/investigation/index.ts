export { createInvestigationHandlers, type InvestigationTerms } from './handlers.ts';
