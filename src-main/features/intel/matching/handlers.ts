import type { intel, Organisation } from '#shared/contract/intel.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { checkObject } from '#shared/domain/knowledge/stix21/index.ts';
import { sectorOf } from '#shared/domain/intel/sectors.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Handlers } from '#shared/transport/serve.ts';
import type { Readers } from '#main/platform/database/readers/readers.ts';
import type { Knowledge } from '../../knowledge/index.ts';
import { keyOfId } from '../store/graph.ts';
import { ownOrganisation } from '../store/match/organisation.ts';
import type { getMatch, listMatches } from '../store/match/list.ts';
import type { listLogSources } from '../store/match/log-sources.ts';
import type { overview } from '../store/match/overview.ts';
import type { Matching } from './service.ts';
import type { Database } from '#main/platform/database/database.ts';

type IntelHandlers = Handlers<{ intel: typeof intel }>['intel'];
type MatchCalls =
  | 'listMatches'
  | 'listLogSources'
  | 'getMatch'
  | 'judgeMatch'
  | 'refreshMatches'
  | 'getMatchState'
  | 'getOverview'
  | 'getOrganisation'
  | 'setOrganisation';

export interface MatchHandlerTerms {
  readonly database: Database;
  readonly readers: Pick<Readers, 'read'>;
  readonly knowledge: Pick<Knowledge, 'write' | 'actor' | 'read'>;
  readonly matching: Matching;
  readonly now: () => number;
  readonly newId: () => string;
}

const words = {
  'false-positive': 'False positive',
  'not-affected': 'Not affected',
  accepted: 'Risk accepted',
} as const;

export function matchHandlers({ database, readers, knowledge, matching, now, newId }: MatchHandlerTerms): Pick<IntelHandlers, MatchCalls> {
  const get = (key: string, signal?: AbortSignal) =>
    readers.read<ReturnType<typeof getMatch>>('intel.getMatch', { key }, signal ? { signal } : {});
  const own = (signal?: AbortSignal) => readers.read<Organisation | null>('intel.organisation', {}, signal ? { signal } : {});
  const created = async (id: string): Promise<string | undefined> => {
    const at = (await knowledge.read('knowledge.entity', { id })).object['created'];
    return typeof at === 'string' ? at : undefined;
  };
  const stamped = (object: StixObject): StixObject => {
    const fault = checkObject(object).errors[0];
    if (fault) throw new ContractError('invalid_input', `${fault.path}: ${fault.reason}`);
    return object;
  };

  return {
    async listMatches(params, { signal }) {
      const answer = await readers.read<ReturnType<typeof listMatches>>('intel.listMatches', params, { signal });
      return { ...answer, state: matching.state() };
    },
    listLogSources: (params, { signal }) => readers.read<ReturnType<typeof listLogSources>>('intel.listLogSources', params, { signal }),
    getMatch: ({ key }, { signal }) => get(key, signal),
    async judgeMatch({ key, judgement, reason }) {
      const match = await get(key);
      const at = new Date(now()).toISOString();
      const id = `opinion--${newId()}`;
      const { action } = knowledge.write([
        stamped({
          type: 'opinion',
          spec_version: '2.1',
          id,
          created: at,
          modified: at,
          opinion: 'strongly-disagree',
          explanation: `${words[judgement]}: ${reason}`,
          authors: [knowledge.actor],
          object_refs: [match.asset.id, match.threat.id],
          x_redoubt_judgement: judgement,
        }),
      ]);
      const [asset = 0, threat = 0, kind = 0] = key.split('.').map(Number);
      matching.store.setVerdict(asset, threat, kind, keyOfId(database, id) ?? null);
      const { reasons: _reasons, remedies: _remedies, ...rest } = await get(key);
      return { action: action ?? '', match: rest };
    },
    refreshMatches: () => ({ jobId: matching.refresh() }),
    getMatchState: () => matching.state(),
    async getOverview(params, { signal }) {
      const answer = await readers.read<ReturnType<typeof overview>>('intel.overview', params, { signal });
      return { ...answer, state: matching.state() };
    },
    getOrganisation: (_input, { signal }) => own(signal),
    async setOrganisation({ name, sectors, countries }) {
      const standing = await own();
      const at = new Date(now()).toISOString();
      const known = [...new Set(sectors.map((sector) => sectorOf(sector) ?? sector))];
      knowledge.write([
        stamped({
          type: 'identity',
          spec_version: '2.1',
          id: standing?.id ?? `identity--${newId()}`,
          created: standing === null ? at : ((await created(standing.id)) ?? at),
          modified: at,
          name,
          identity_class: 'organization',
          ...(known.length > 0 && { sectors: known }),
          ...(countries.length > 0 && { x_redoubt_countries: [...new Set(countries)] }),
          [ownOrganisation]: true,
        }),
      ]);
      const saved = await own();
      if (!saved) throw new ContractError('internal', 'The organisation was written but cannot be read back.');
      return saved;
    },
  };
}
