import { z } from 'zod';
import { StixId } from '../../domain/knowledge/stix.ts';
import { query } from '../define.ts';
import { EntitySummary } from '../knowledge/entity.ts';
import { counted, limit, offset } from '../knowledge/paging.ts';

export const logStandings = ['missing', 'perhaps', 'runs'] as const;
export const LogStanding = z.enum(logStandings);

/** A log source that Sigma rules want. */
export const WantedLogSource = z.object({
  source: EntitySummary,
  /** Rules for it. */
  rules: z.int(),
  /** `runs`: the log is there; `perhaps`: it depends on what nobody told; `missing`: no asset is said to send it. */
  standing: LogStanding,
  /** Why, in a sentence. */
  because: z.string(),
  /** The log sources of one's own that serve it, at most five. */
  own: z.array(EntitySummary),
  /** Assets that send it. */
  assets: z.int(),
});
export type WantedLogSource = z.infer<typeof WantedLogSource>;

/** Sigma rules by whether their log source is there. */
export const RuleCounts = z.object({ rules: z.int(), runs: z.int(), perhaps: z.int(), missing: z.int(), ownSources: z.int() });
export type RuleCounts = z.infer<typeof RuleCounts>;

export const logSourceCalls = {
  listLogSources: query(
    'Holds the log sources that Sigma rules want against those that the assets send: which rules could run, and what is missing, most wanted first.',
    z.strictObject({
      /** Only what this rule or log source wants. */
      id: StixId.optional(),
      standings: z.array(LogStanding).max(3).optional(),
      limit: limit(500, 100),
      offset,
    }),
    z.object({ rows: z.array(WantedLogSource), ...counted, counts: RuleCounts }),
  ),
};
