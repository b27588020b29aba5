import type { Database } from '#main/platform/database/database.ts';
import { countOf } from './graph.ts';
import { forgetEstate } from './match/estate.ts';
import { matchIndicators } from './match/indicators.ts';
import { listLogSources } from './match/log-sources.ts';
import { getMatch, listMatches } from './match/list.ts';
import { organisationOf } from './match/organisation.ts';
import { overview } from './match/overview.ts';
import { matchScope } from './match/scope.ts';
import { matchTargets } from './match/targets.ts';
import { countVulnerabilities, matchVulnerabilities } from './match/vulnerabilities.ts';
import { recognise } from './recognise.ts';

/** All reads of this feature by name; each runs in a reader process. */
export const intelReads = {
  'intel.recognise': recognise,
  'intel.vulnerabilityCount': (database: Database) => countOf(database, 'vulnerability'),
  'intel.countVulnerabilities': countVulnerabilities,
  'intel.matchVulnerabilities': matchVulnerabilities,
  'intel.matchTargets': (database: Database) => matchTargets(database),
  'intel.matchIndicators': matchIndicators,
  'intel.matchScope': matchScope,
  'intel.forgetEstate': (database: Database) => forgetEstate(database),
  'intel.listMatches': listMatches,
  'intel.listLogSources': listLogSources,
  'intel.getMatch': getMatch,
  'intel.organisation': (database: Database) => organisationOf(database),
  'intel.overview': overview,
};
