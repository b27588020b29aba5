// What of STIX needs no schema: processes that only read rows load this and not zod (docs/measurements.md).

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Any STIX 2.1 object as it stands in a bundle; the rules of the specification are checked on the way in. */
export type StixObject = JsonObject & { type: string; id: string };

/** Traffic Light Protocol, least restrictive first (TLP 2.0; TLP 1.0's WHITE is CLEAR). */
export const tlpLevels = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;

export function stixType(id: string): string {
  return id.slice(0, id.indexOf('--'));
}

/** Relationship objects: the two that STIX calls SRO. */
export function isRelationshipObject(type: string): boolean {
  return type === 'relationship' || type === 'sighting';
}
