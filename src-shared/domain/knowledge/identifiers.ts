import { canonical } from './canonical.ts';
import type { JsonObject, StixObject } from './stix.ts';
import { observableId as derivedId } from './stix21/observable-id.ts';
import { uuidV4Named } from './uuid.ts';

/** The namespace of every id that Redoubt derives itself; never change it: ids in users' workspaces come from it. */
export const redoubtNamespace = '6f1d9c1e-2f0b-4f57-9a83-0c5f3d1be7a4';

/** A deterministic STIX id for an object that Redoubt makes: the same type and parts give the same id everywhere. In the form of UUIDv4, as STIX asks. */
export function generatedId(type: string, ...parts: string[]): string {
  return `${type}--${uuidV4Named(redoubtNamespace, canonical([type, ...parts]))}`;
}

const cvePattern = /^CVE-\d{4}-\d{4,19}$/i;

/** Whether the text is a CVE id, in either case. */
export function isCveId(text: string): boolean {
  return cvePattern.test(text);
}

/** The id of the vulnerability object for a CVE; every reader that meets the CVE makes the same object. */
export function vulnerabilityId(cve: string): string {
  return generatedId('vulnerability', cve.toUpperCase());
}

/** A relationship's id by what it says, so that importing twice makes no second one. */
export function relationshipId(relationshipType: string, source: string, target: string): string {
  return generatedId('relationship', relationshipType, source, target);
}

/**
 * The deterministic id of a Cyber-observable Object (STIX 2.1, section 2.9). Where it has no contributing property
 * the whole object is hashed in Redoubt's own namespace.
 */
export function observableId(object: JsonObject & { type: string }): string {
  const derived = derivedId(object);
  if (derived !== undefined) return derived;
  const { id: _, ...rest } = object;
  return generatedId(object.type, canonical(rest));
}

/** Catalogues whose ids people know the objects of a type by. */
const catalogues: Readonly<Record<string, string>> = {
  capec: 'attack-pattern',
  'mitre-d3fend': 'course-of-action',
  'mitre-atlas': 'attack-pattern',
};
const attackSources = new Set(['mitre-attack', 'mitre-mobile-attack', 'mitre-ics-attack', 'mitre-pre-attack']);
const attackTypes = new Set(['attack-pattern', 'intrusion-set', 'campaign', 'malware', 'tool', 'course-of-action', 'threat-actor']);

/**
 * The id by which people know an object: ATT&CK's (T1059.001, G0016), a CVE, CAPEC's, D3FEND's (D3-PSA). Reports and indicators
 * that merely cite a technique have none.
 */
export function externalIdOf(object: StixObject): string | undefined {
  const { type } = object;
  const ofAttack = attackTypes.has(type) || type.startsWith('x-mitre-');
  const ofCve = type === 'vulnerability';
  if (!ofAttack && !ofCve) return undefined;
  const references = object.external_references;
  let other: string | undefined;
  if (Array.isArray(references)) {
    for (const reference of references) {
      if (reference === null || typeof reference !== 'object' || Array.isArray(reference)) continue;
      const { source_name: source, external_id: id } = reference;
      if (typeof source !== 'string' || typeof id !== 'string' || id === '') continue;
      if (ofAttack && attackSources.has(source)) return id;
      if (ofCve && source.toLowerCase() === 'cve') return id.toUpperCase();
      if (Object.hasOwn(catalogues, source) && catalogues[source] === type) other ??= id;
    }
  }
  if (ofCve && typeof object.name === 'string' && isCveId(object.name.trim())) return object.name.trim().toUpperCase();
  return other;
}

const aliasProperties = ['aliases', 'x_mitre_aliases', 'x_opencti_aliases', 'x_misp_synonyms'] as const;

/** Other names of an object, its own name left out, each once. */
export function aliasesOf(object: StixObject): string[] {
  let found: string[] | undefined;
  for (const property of aliasProperties) {
    const value = object[property];
    if (!Array.isArray(value)) continue;
    for (const alias of value) {
      if (typeof alias !== 'string' || alias === '' || alias === object.name) continue;
      found ??= [];
      if (!found.includes(alias)) found.push(alias);
    }
  }
  return found ?? [];
}
