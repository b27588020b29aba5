import { z } from 'zod';
import { event } from './define.ts';
import { branchCalls } from './knowledge/branch.ts';
import { editCalls } from './knowledge/edit.ts';
import { historyCalls } from './knowledge/history.ts';
import { importCalls } from './knowledge/import.ts';
import { readCalls } from './knowledge/read.ts';
import { savedViewCalls } from './knowledge/saved-view.ts';

export * from './knowledge/branch.ts';
export * from './knowledge/edit.ts';
export * from './knowledge/entity.ts';
export * from './knowledge/history.ts';
export * from './knowledge/import.ts';
export * from './knowledge/read.ts';
export * from './knowledge/saved-view.ts';

/** What may be asked of the graph; each group of calls has its file. */
export const knowledge = {
  ...readCalls,
  ...importCalls,
  ...editCalls,
  ...historyCalls,
  ...branchCalls,
  ...savedViewCalls,

  graphChanged: event(
    'The graph changed; lists and pictures may be stale.',
    z.object({ revision: z.int(), reason: z.enum(['import', 'edit', 'undo', 'sync']) }),
  ),
};
