import type { Tlp } from './stix.ts';
import { type Json, tlpLevels } from './stix-object.ts';

/** The marking definitions fixed by STIX 2.1 (section 7.2.1.4) for TLP 1.0 and by OASIS' extension for TLP 2.0. */
const levels: Readonly<Record<string, Tlp>> = {
  'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9': 'clear',
  'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da': 'green',
  'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82': 'amber',
  'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed': 'red',
  'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487': 'clear',
  'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb': 'green',
  'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421': 'amber',
  'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003': 'amber+strict',
  'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1': 'red',
};

/** TLP 2.0's own definitions, least restrictive first. */
const current: Readonly<Record<Tlp, string>> = {
  clear: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
  green: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  amber: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
  'amber+strict': 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  red: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
};

export function tlpMarkingId(level: Tlp): string {
  return current[level];
}

/** The strictest TLP level among marking references. */
export function tlpOfMarkings(refs: Json | undefined): Tlp | undefined {
  if (!Array.isArray(refs)) return undefined;
  let strictest = -1;
  for (const ref of refs) {
    const level = typeof ref === 'string' && Object.hasOwn(levels, ref) ? levels[ref] : undefined;
    if (level) strictest = Math.max(strictest, tlpLevels.indexOf(level));
  }
  return tlpLevels[strictest];
}

/** The union of all statement markings, and of the TLP markings the strictest alone. */
export function mostRestrictive(values: readonly (Json | undefined)[]): Json | undefined {
  const ids = new Set<string>();
  let strictest = -1;
  for (const value of values) {
    if (!Array.isArray(value)) continue;
    const level = tlpOfMarkings(value);
    if (level) strictest = Math.max(strictest, tlpLevels.indexOf(level));
    for (const id of value) if (typeof id === 'string' && !tlpOfMarkings([id])) ids.add(id);
  }
  const level: Tlp | undefined = tlpLevels[strictest];
  if (level) ids.add(tlpMarkingId(level));
  return ids.size > 0 ? [...ids].sort() : undefined;
}
