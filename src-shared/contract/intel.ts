import { logSourceCalls } from './intel/log-sources.ts';
import { matchCalls } from './intel/matches.ts';
import { overviewCalls } from './intel/overview.ts';
import { packCalls } from './intel/packs.ts';
import { pasteCalls } from './intel/paste.ts';

export * from './intel/log-sources.ts';
export * from './intel/matches.ts';
export * from './intel/overview.ts';
export * from './intel/packs.ts';
export * from './intel/paste.ts';

/** What may be asked of imported intelligence; each group of calls has its file. */
export const intel = {
  ...packCalls,
  ...pasteCalls,
  ...matchCalls,
  ...overviewCalls,
  ...logSourceCalls,
};
