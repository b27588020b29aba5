import type { Database } from '#main/platform/database/database.ts';
import { listBranches } from '../branches/branches.ts';
import { branchChanges, branchWithCounts } from '../branches/changes.ts';
import { branchOverlay, readShown } from '../branches/shown.ts';
import { activity } from '../time/activity.ts';
import { diffTimes, momentTime } from '../time/differences.ts';
import { compareVersions } from '../time/moments.ts';
import { conflicts, propertyProvenance } from '../time/properties.ts';
import { tablesOf, verifyLog, verifyLogPart, verifyTable } from './audit.ts';
import { auditLinks } from './audit-links.ts';
import { briefFacts } from './brief.ts';
import { census, changesAfter } from './census.ts';
import { entity, summaryById, versions } from './entity.ts';
import { history, historyEntry, lastAction } from './history.ts';
import { facets, listEntities, listNamed, selection, stats } from './lists.ts';
import { matrix } from './matrix.ts';
import { hydrate, neighbours } from './neighbours.ts';
import { page } from './pages.ts';
import { search } from './search.ts';
import { resolveKeys } from './summary.ts';

const reads = {
  'knowledge.stats': (database: Database) => stats(database),
  'knowledge.search': search,
  'knowledge.listEntities': listEntities,
  'knowledge.facets': (database: Database) => facets(database),
  'knowledge.selection': selection,
  'knowledge.listNamed': listNamed,
  'knowledge.entity': entity,
  'knowledge.summary': summaryById,
  'knowledge.versions': versions,
  'knowledge.neighbours': neighbours,
  'knowledge.resolveKeys': resolveKeys,
  'knowledge.hydrate': hydrate,
  'knowledge.history': history,
  'knowledge.historyEntry': historyEntry,
  'knowledge.lastAction': lastAction,
  'knowledge.page': page,
  'coverage.matrix': matrix,
  'investigation.briefFacts': briefFacts,
  'knowledge.census': (database: Database) => census(database),
  'knowledge.changesAfter': changesAfter,
  'knowledge.auditLinks': auditLinks,
  'knowledge.verifyLog': (database: Database) => verifyLog(database),
  'knowledge.verifyLogPart': verifyLogPart,
  'knowledge.verifyTable': verifyTable,
  'knowledge.tables': (database: Database) => tablesOf(database),
  'knowledge.branches': listBranches,
  'knowledge.branch': branchWithCounts,
  'knowledge.branchChanges': branchChanges,
  'knowledge.branchOverlay': branchOverlay,
  'knowledge.diffTimes': diffTimes,
  'knowledge.compareVersions': compareVersions,
  'knowledge.propertyProvenance': propertyProvenance,
  'knowledge.conflicts': conflicts,
  'knowledge.activity': activity,
  'knowledge.momentTime': momentTime,
};

/** All reads by name: each runs in a reader process, which can be killed in the middle of a statement. */
export const knowledgeReads = {
  ...reads,
  /** One of the others over a branch or a moment. */
  'knowledge.shown': readShown(reads),
};

type Reads = typeof knowledgeReads;
export type ReadName = keyof Reads;
export type ReadParams<N extends ReadName> = Parameters<Reads[N]>[1];
export type ReadAnswer<N extends ReadName> = ReturnType<Reads[N]>;
