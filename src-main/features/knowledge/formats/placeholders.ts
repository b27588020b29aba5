import { generatedId, isCveId } from '#shared/domain/knowledge/identifiers.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { bareVulnerability, undated } from './linked.ts';

const types = [
  [/^T\d{4}(?:\.\d{3})?$/, 'attack-pattern'],
  [/^TA\d{4}$/, 'x-mitre-tactic'],
  [/^G\d{4}$/, 'intrusion-set'],
  [/^C\d{4}$/, 'campaign'],
] as const;

/**
 * What stands, to be written as `partial`, for an ATT&CK or CVE id that the workspace does not know yet. Undefined
 * where the id does not say the type (S0002 is malware or a tool).
 */
export function placeholderFor(externalId: string): StixObject | undefined {
  const type = types.find(([pattern]) => pattern.test(externalId))?.[1];
  if (type === undefined) return isCveId(externalId) ? bareVulnerability(externalId) : undefined;
  return {
    type,
    spec_version: '2.1',
    id: generatedId(type, 'mitre-attack', externalId),
    created: undated,
    modified: undated,
    name: externalId,
    external_references: [{ source_name: 'mitre-attack', external_id: externalId }],
  };
}
