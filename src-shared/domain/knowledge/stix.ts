import { z } from 'zod';
import { tlpLevels } from './stix-object.ts';

export { isRelationshipObject, type Json, type JsonObject, type StixObject, stixType, tlpLevels } from './stix-object.ts';

/** A STIX identifier: `type--UUID` (STIX 2.1, section 2.9). */
export const StixId = z
  .string()
  .max(300)
  .regex(/^[a-z0-9][a-z0-9-]{1,248}[a-z0-9]--[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/, 'expected a STIX id (type--UUID)');
export type StixId = z.infer<typeof StixId>;

export const Tlp = z.enum(tlpLevels);
export type Tlp = z.infer<typeof Tlp>;
