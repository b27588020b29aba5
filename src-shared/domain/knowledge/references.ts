import type { Json, JsonObject, StixObject } from './stix.ts';

export interface EmbeddedReference {
  /** The property that holds the reference, the innermost one where it is nested: `x_mitre_data_component_ref`. */
  readonly property: string;
  readonly target: string;
}

const none: readonly EmbeddedReference[] = Object.freeze([]);
const deepest = 12;

/**
 * Not edges: authorship and markings are columns of every object, and the contents of an ATT&CK
 * collection would tie all objects to one hub. The rest of the list never holds references.
 */
const passedOver = new Set([
  'created_by_ref',
  'object_marking_refs',
  'granular_markings',
  'x_mitre_modified_by_ref',
  'x_mitre_contents',
  'external_references',
  'kill_chain_phases',
  'hashes',
]);

/**
 * All `*_ref` and `*_refs` of an object, each once, however deep they lie (to 12 levels). A relationship's
 * two ends are not among them: they are its edge.
 */
export function embeddedReferences(object: StixObject): readonly EmbeddedReference[] {
  const found = collect(object, object.type === 'relationship', 0, undefined);
  if (!found) return none;
  return found.length < 2 ? found : unique(found);
}

function collect(
  object: JsonObject,
  isRelationship: boolean,
  depth: number,
  found: EmbeddedReference[] | undefined,
): EmbeddedReference[] | undefined {
  for (const property in object) {
    const value = object[property] as Json;
    if (typeof value === 'string') {
      if (!endsWithRef(property) || passedOver.has(property) || !value.includes('--')) continue;
      if (isRelationship && (property === 'source_ref' || property === 'target_ref')) continue;
      found ??= [];
      found.push({ property, target: value });
    } else if (typeof value === 'object' && value !== null && depth < deepest && !passedOver.has(property)) {
      found = Array.isArray(value) ? collectArray(value, property, depth + 1, found) : collect(value, false, depth + 1, found);
    }
  }
  return found;
}

function collectArray(
  values: readonly Json[],
  property: string,
  depth: number,
  found: EmbeddedReference[] | undefined,
): EmbeddedReference[] | undefined {
  const isRefs = endsWithRefs(property);
  for (const value of values) {
    if (typeof value === 'string') {
      if (!isRefs) return found;
      if (!value.includes('--')) continue;
      found ??= [];
      found.push({ property, target: value });
    } else if (typeof value === 'object' && value !== null && depth < deepest) {
      found = Array.isArray(value) ? collectArray(value, property, depth + 1, found) : collect(value, false, depth + 1, found);
    }
  }
  return found;
}

/** `_ref`, compared by character codes: this runs for every property of every object of an import. */
function endsWithRef(name: string): boolean {
  const end = name.length;
  return end > 4 && name.charCodeAt(end - 1) === 102 && name.charCodeAt(end - 4) === 95 && name.endsWith('_ref');
}

function endsWithRefs(name: string): boolean {
  const end = name.length;
  return end > 5 && name.charCodeAt(end - 1) === 115 && name.charCodeAt(end - 5) === 95 && name.endsWith('_refs');
}

function unique(found: EmbeddedReference[]): EmbeddedReference[] {
  const seen = new Set<string>();
  return found.filter(({ property, target }) => {
    const key = `${property} ${target}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

export interface KillChainPhase {
  /** For ATT&CK the domain: `mitre-attack`, `mitre-mobile-attack`, `mitre-ics-attack`. */
  readonly killChainName: string;
  /** For ATT&CK the tactic's `x_mitre_shortname`. */
  readonly phaseName: string;
}

const noPhases: readonly KillChainPhase[] = Object.freeze([]);

/** The kill-chain phases of an object; a technique's say its tactics. */
export function killChainPhases(object: StixObject): readonly KillChainPhase[] {
  const phases = object.kill_chain_phases;
  if (!Array.isArray(phases)) return noPhases;
  const found: KillChainPhase[] = [];
  for (const phase of phases) {
    if (phase === null || typeof phase !== 'object' || Array.isArray(phase)) continue;
    const { kill_chain_name: killChainName, phase_name: phaseName } = phase;
    if (typeof killChainName === 'string' && typeof phaseName === 'string') found.push({ killChainName, phaseName });
  }
  return found;
}
