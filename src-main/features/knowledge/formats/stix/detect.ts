import type { Json } from '#shared/domain/knowledge/stix.ts';
import { isStixType, typeOfIdentifier } from '#shared/domain/knowledge/stix21/index.ts';
import type { Head } from '../format.ts';
import { peek } from '../json-stream/index.ts';

/** By what stands in the file: a bundle, a TAXII envelope, a list of objects or one object. */
export function detect({ text }: Head): { confidence: number; because: string } {
  const { elements, members } = peek(text, 'objects');
  const value = (name: string) => members.find((member) => member.path === name)?.value;
  // A collection of TAXII or its manifest has objects too; those are the taxii format's.
  const isTaxii = ['can_read', 'can_write'].some((name) => members.some((member) => member.path === name));
  const holdsStix = !isTaxii && elements.some((element) => isStix(element.value) && !isManifestEntry(element.value));
  if (value('type') === 'bundle' || (typeof value('id') === 'string' && typeOfIdentifier(value('id') as string) === 'bundle'))
    return { confidence: 1, because: 'It is a STIX bundle.' };
  if (holdsStix && elements[0]?.path.startsWith('[')) return { confidence: 0.9, because: 'It is a list of STIX objects.' };
  if (holdsStix) return { confidence: 0.9, because: 'It holds STIX objects, as a TAXII server sends them.' };
  const single = Object.fromEntries(members.map((member) => [member.path, member.value ?? null]));
  if (isStix(single)) return { confidence: 0.9, because: `It is a STIX object (${String(single['type'] ?? 'of no type')}).` };
  return { confidence: 0, because: 'It holds no STIX objects.' };
}

/** TAXII 2.1, section 5.3.1: names an object and has none of it. */
function isManifestEntry(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'date_added' in value && !('type' in value);
}

/**
 * Whether it is meant as a STIX object, be it a broken one, so that its faults can be told: it has a
 * STIX identifier, says its version, or has a type of STIX and an id or times.
 */
function isStix(value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { type, id, spec_version: version, created, modified } = value;
  if (typeof id === 'string' && typeOfIdentifier(id) !== '') return true;
  if (typeof type !== 'string') return false;
  return (
    version === '2.1' ||
    version === '2.0' ||
    (isStixType(type) && ((typeof id === 'string' && id.includes('--')) || (created ?? modified) !== undefined))
  );
}
