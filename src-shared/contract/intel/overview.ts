import { z } from 'zod';
import { StixId } from '../../domain/knowledge/stix.ts';
import { command, query } from '../define.ts';
import { EntitySummary } from '../knowledge/entity.ts';
import { counted } from '../knowledge/paging.ts';
import { RuleCounts } from './log-sources.ts';
import { Grade, Match, MatchState } from './matches.ts';

const names = z.array(z.string().trim().min(1).max(200)).max(50);

export const Organisation = z.object({
  id: StixId,
  name: z.string(),
  /** Sectors of STIX's vocabulary, or in one's own words. */
  sectors: z.array(z.string()),
  /** ISO 3166-1 alpha-2. */
  countries: z.array(z.string()),
});
export type Organisation = z.infer<typeof Organisation>;

const byDecision = z.object({ immediate: z.int(), 'out-of-cycle': z.int(), scheduled: z.int(), defer: z.int() });
const listed = <T extends z.ZodType>(row: T) => z.object({ rows: z.array(row), ...counted });

export const Overview = z.object({
  state: MatchState,
  organisation: Organisation.nullable(),
  assets: z.int(),
  vulnerabilities: z.int(),
  /** Open matches by SSVC's decision, without warned and judged ones: those that are confirmed or certain. */
  decisions: byDecision,
  /** The same of those that are only possible, or unsure. */
  possible: byDecision,
  /** Assets by their most urgent open match. */
  assetsAtRisk: listed(
    z.object({
      asset: EntitySummary,
      criticality: z.int().nullable(),
      exposure: z.string().nullable(),
      worst: Match,
      matches: z.int(),
      exploited: z.int(),
    }),
  ),
  /** Known exploited vulnerabilities on assets that face the internet or partners, by the day they are due. */
  exploitedOnExposed: listed(
    z.object({
      threat: EntitySummary,
      due: z.string().nullable(),
      ransomware: z.boolean(),
      assets: z.int(),
      first: EntitySummary,
      grade: Grade,
    }),
  ),
  /** Groups, campaigns and programs that target the organisation, its sector or its country. */
  groups: listed(
    z.object({
      group: EntitySummary,
      because: z.string(),
      techniques: z.int(),
      /** Of these, techniques for a platform that one of the assets has. */
      onYourPlatforms: z.int(),
    }),
  ),
  /** Platforms that the assets' operating systems say, as ATT&CK names them. */
  platforms: z.array(z.string()),
  /** Matches first seen since the moment asked for. */
  newSince: z.int().nullable(),
  /** Sigma rules by whether their log source is there, and the missing ones that most rules want; `null` without rules. */
  detection: RuleCounts.extend({ wanted: z.array(z.object({ source: EntitySummary, rules: z.int() })) }).nullable(),
  /** Assets of which neither software nor a scanner's result is known: nothing can match there. */
  blindSpots: listed(EntitySummary),
  /** The newest import of each kind of source. */
  freshness: z.array(z.object({ format: z.string(), source: z.string(), at: z.iso.datetime() })),
});
export type Overview = z.infer<typeof Overview>;

export const overviewCalls = {
  getOverview: query(
    'What of the imported threats matters on the user’s own assets.',
    z.strictObject({ since: z.iso.datetime().optional() }),
    Overview,
  ),
  getOrganisation: query('The organisation whose assets these are, where it was told.', z.void(), Organisation.nullable()),
  setOrganisation: command(
    'Tells which organisation the assets belong to, its sectors and countries: threats that target them then match.',
    z.strictObject({ name: z.string().trim().min(1).max(300), sectors: names, countries: z.array(z.string().regex(/^[A-Z]{2}$/)).max(50) }),
    Organisation,
  ),
};
