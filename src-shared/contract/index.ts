import { admin } from './admin.ts';
import { coverage } from './coverage.ts';
import { intel } from './intel.ts';
import { investigation } from './investigation.ts';
import { jobs } from './jobs.ts';
import { knowledge } from './knowledge.ts';

/** All that may be asked of the engine: the table of contents of the app. */
export const contract = { admin, jobs, knowledge, intel, coverage, investigation };
export type RedoubtContract = typeof contract;
