import { z } from 'zod';

/** A STIX identifier: `type--UUID` (STIX 2.1, section 2.9). */
export const StixId = z
  .string()
  .max(300)
  .regex(/^[a-z0-9][a-z0-9-]{1,248}[a-z0-9]--[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/, 'expected a STIX id (type--UUID)');
export type StixId = z.infer<typeof StixId>;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Any STIX 2.1 object as it stands in a bundle; the rules of the specification are checked on the way in. */
export type StixObject = JsonObject & { type: string; id: string };

/** Traffic Light Protocol, least restrictive first (TLP 2.0; TLP 1.0's WHITE is CLEAR). */
export const tlpLevels = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;
export const Tlp = z.enum(tlpLevels);
export type Tlp = z.infer<typeof Tlp>;

export function stixType(id: string): string {
  return id.slice(0, id.indexOf('--'));
}

/** Relationship objects: the two that STIX calls SRO. */
export function isRelationshipObject(type: string): boolean {
  return type === 'relationship' || type === 'sighting';
}
