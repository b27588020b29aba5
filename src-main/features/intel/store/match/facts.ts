import type { Affected } from '#shared/domain/intel/affected.ts';
import type { PriorityFacts } from '#shared/contract/intel.ts';
import { decide, decisions, type Grade, priorityNumber } from '#shared/domain/intel/priority.ts';
import { type Exposure, exposures } from '#shared/domain/knowledge/extensions/exposures.ts';

type Record_ = { readonly [key: string]: unknown };
const isRecord = (value: unknown): value is Record_ => typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (value: unknown, key: string): unknown => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined);
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export interface AssetFacts {
  readonly exposure: Exposure | undefined;
  readonly criticality: number | undefined;
}

/** What a vulnerability's object says that matching and priority need; own properties of JSON from any source. */
export interface ThreatFacts {
  readonly kev:
    | {
        readonly added: string | null;
        readonly due: string | null;
        readonly vendor?: string | undefined;
        readonly product?: string | undefined;
      }
    | undefined;
  readonly ransomware: boolean;
  readonly cvss: PriorityFacts['cvss'];
  readonly exploitation: 'none' | 'poc' | 'active' | undefined;
  readonly automatable: boolean | undefined;
  readonly affected: readonly Affected[] | undefined;
}

export function assetFacts(rest: unknown): AssetFacts {
  const criticality = own(rest, 'criticality');
  return {
    exposure: exposures.find((one) => one === own(rest, 'exposure')),
    criticality: typeof criticality === 'number' && criticality >= 1 && criticality <= 5 ? Math.round(criticality) : undefined,
  };
}

export function threatFacts(rest: unknown): ThreatFacts {
  const kev = own(rest, 'x_redoubt_kev');
  const cve = own(rest, 'x_redoubt_cve');
  const ssvc = own(cve, 'ssvc');
  const exploitation = (['none', 'poc', 'active'] as const).find((one) => one === text(own(ssvc, 'exploitation'))?.toLowerCase());
  const automatable = text(own(ssvc, 'automatable'))?.toLowerCase();
  const affected = own(cve, 'affected');
  return {
    kev: isRecord(kev)
      ? {
          added: text(own(kev, 'date_added')) ?? null,
          due: text(own(kev, 'due_date')) ?? null,
          vendor: text(own(kev, 'vendor')),
          product: text(own(kev, 'product')),
        }
      : undefined,
    ransomware: own(kev, 'known_ransomware') === true,
    cvss: scoreOf(own(cve, 'metrics')),
    // CISA lists what is exploited: the catalogue speaks for "active".
    exploitation: isRecord(kev) ? 'active' : exploitation,
    automatable: automatable === 'yes' ? true : automatable === 'no' ? false : undefined,
    affected: Array.isArray(affected) ? affected.filter(isRecord).map(affectedOf) : undefined,
  };
}

/** The score of the newest CVSS version that the record has; of several the first. */
function scoreOf(metrics: unknown): PriorityFacts['cvss'] {
  let best: PriorityFacts['cvss'] = null;
  for (const metric of Array.isArray(metrics) ? metrics : []) {
    const score = own(metric, 'base_score');
    const version = text(own(metric, 'version')) ?? '';
    if (typeof score !== 'number' || score < 0 || score > 10 || (best && best.version >= version)) continue;
    best = { score, version, vector: text(own(metric, 'vector')) ?? null };
  }
  return best;
}

function affectedOf(row: Record_): Affected {
  const texts = (value: unknown) => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined);
  const versions = own(row, 'versions');
  return {
    ...given('vendor', text(own(row, 'vendor'))),
    ...given('product', text(own(row, 'product'))),
    ...given('package', text(own(row, 'package'))),
    ...given('default_status', text(own(row, 'default_status'))),
    ...given('cpes', texts(own(row, 'cpes'))),
    ...(Array.isArray(versions) && {
      versions: versions.filter(isRecord).map((one) => ({
        version: text(own(one, 'version')) ?? '',
        status: text(own(one, 'status')) ?? 'unknown',
        ...given('less_than', text(own(one, 'less_than'))),
        ...given('less_than_or_equal', text(own(one, 'less_than_or_equal'))),
        ...given('version_type', text(own(one, 'version_type'))),
        ...given('changes', changesOf(own(one, 'changes'))),
      })),
    }),
  };
}

function changesOf(value: unknown): { at: string; status: string }[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter(isRecord).map((one) => ({ at: text(own(one, 'at')) ?? '', status: text(own(one, 'status')) ?? 'unknown' }));
}

const given = <K extends string, V>(key: K, value: V | undefined) => (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };

export interface PrioritisedFacts {
  readonly facts: PriorityFacts;
  readonly priority: number;
}

/** All parts of the priority of a vulnerability on an asset, and the one number that sorts. */
export function prioritise(asset: AssetFacts, threat: ThreatFacts, grade: Grade): PrioritisedFacts {
  const { exploitation, automatable, ransomware, cvss, kev } = threat;
  const { exposure, criticality } = asset;
  const decision = decide({ exploitation, exposure, automatable, criticality });
  return {
    facts: {
      decision,
      exploitation: exploitation ?? null,
      exposure: exposure ?? null,
      automatable: automatable ?? null,
      criticality: criticality ?? null,
      kev: kev ? { added: kev.added, due: kev.due } : null,
      ransomware,
      cvss,
    },
    priority: priorityNumber({ decision, grade, kev: kev !== undefined, ransomware, cvss: cvss?.score, criticality }),
  };
}

export const decisionRank = (facts: PriorityFacts): number => (facts.decision === null ? -1 : decisions.indexOf(facts.decision));
const exposureRanks = ['isolated', 'internal', 'partner', 'internet'];
export const exposureRank = (exposure: string | undefined | null): number => (exposure ? exposureRanks.indexOf(exposure) : -1);
export const exposureAt = exposureRanks;
