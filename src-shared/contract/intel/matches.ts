import { z } from 'zod';
import { StixId } from '../../domain/knowledge/stix.ts';
import { matchKinds } from '../../domain/intel/match-kinds.ts';
import { decisions, grades } from '../../domain/intel/priority.ts';
import { exposures } from '../../domain/knowledge/extensions.ts';
import { command, event, query } from '../define.ts';
import { EntitySummary } from '../knowledge/entity.ts';
import { counted, JobStarted, limit, offset } from '../knowledge/paging.ts';
import { Verdict } from './paste.ts';

export { matchKinds };
export const MatchKind = z.enum(matchKinds);
export type MatchKind = z.infer<typeof MatchKind>;
export const Grade = z.enum(grades);
export const Decision = z.enum(decisions);

/** One sentence of why, with the objects that it cites. */
export const Reason = z.object({
  /** What kind of reason: for an icon or a filter; the sentence says it all. */
  rule: z.enum([
    'scanner',
    'finding',
    'sbom',
    'cpe',
    'purl',
    'name',
    'kev',
    'sector',
    'country',
    'named',
    'address',
    'host',
    'warninglist',
  ]),
  sentence: z.string(),
  cites: z.array(EntitySummary),
});
export type Reason = z.infer<typeof Reason>;

/** Everything that the priority is made of. `null` where nothing is known; what was assumed instead stands in `assumed`. */
export const PriorityFacts = z.object({
  /** SSVC's deployer decision, for vulnerabilities. */
  decision: Decision.nullable(),
  exploitation: z.enum(['none', 'poc', 'active']).nullable(),
  exposure: z.enum(exposures).nullable(),
  automatable: z.boolean().nullable(),
  criticality: z.int().nullable(),
  kev: z.object({ added: z.string().nullable(), due: z.string().nullable() }).nullable(),
  ransomware: z.boolean(),
  cvss: z.object({ score: z.number(), version: z.string(), vector: z.string().nullable() }).nullable(),
});
export type PriorityFacts = z.infer<typeof PriorityFacts>;

export const Match = z.object({
  /** Names the match: asset, threat and kind. */
  key: z.string(),
  kind: MatchKind,
  /** The asset, or for targets the organisation. */
  asset: EntitySummary,
  threat: EntitySummary,
  grade: Grade,
  priority: PriorityFacts,
  /** The first reason, in a few words. */
  because: z.string(),
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
  warninglists: z.array(z.string()),
  verdict: Verdict.optional(),
});
export type Match = z.infer<typeof Match>;

export const MatchState = z.object({
  /** When the matches were last brought up to date; absent before the first time. */
  at: z.iso.datetime().optional(),
  /** The job that does so now. */
  jobId: z.string().optional(),
  /** Whether the graph changed since. */
  stale: z.boolean(),
  /** Pairs of an asset and a threat that fit, and how many of them are kept: the most urgent ones. */
  found: z.int(),
  kept: z.int(),
});
export type MatchState = z.infer<typeof MatchState>;

const matchKey = z.string().regex(/^\d{1,16}\.\d{1,16}\.[0-2]$/);
export const judgements = ['false-positive', 'not-affected', 'accepted'] as const;

export const matchCalls = {
  listMatches: query(
    'Lists what of the imported threats fits the user’s assets, most urgent first, with filters.',
    z.strictObject({
      kinds: z.array(MatchKind).max(3).optional(),
      grades: z.array(Grade).max(4).optional(),
      decisions: z.array(Decision).max(4).optional(),
      /** Only known exploited vulnerabilities. */
      kev: z.boolean().default(false),
      exposures: z.array(z.enum(exposures)).max(4).optional(),
      /** Only matches of this asset, threat or software. */
      id: StixId.optional(),
      text: z.string().max(200).optional(),
      judged: z.enum(['open', 'judged', 'all']).default('open'),
      /** Only matches first seen at or after this moment. */
      since: z.iso.datetime().optional(),
      sort: z.enum(['priority', 'asset', 'threat', 'firstSeen']).default('priority'),
      descending: z.boolean().default(false),
      limit: limit(500, 100),
      offset,
    }),
    z.object({ rows: z.array(Match), ...counted, state: MatchState }),
  ),
  getMatch: query(
    'Shows one match with all its reasons.',
    z.strictObject({ key: matchKey }),
    Match.extend({ reasons: z.array(Reason), remedies: z.array(z.string()) }),
  ),
  judgeMatch: command(
    'Writes down that a match is a false positive, does not affect the asset, or is accepted, with the reason; remembered when matches are computed anew.',
    z.strictObject({ key: matchKey, judgement: z.enum(judgements), reason: z.string().trim().min(1).max(10_000) }),
    z.object({ action: z.string(), match: Match }),
  ),
  refreshMatches: command('Computes all matches anew.', z.void(), JobStarted),
  getMatchState: query('Says how fresh the matches are and how many there are.', z.void(), MatchState),
  matchesChanged: event('The matches changed; lists of them may be stale.', MatchState),
};
