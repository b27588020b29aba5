import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';

/**
 * The properties that are facts and not prose. What is not named here (descriptions, detection
 * text, citations, contributors, a collection's contents) does not enter the pack.
 */
const factProperties: readonly string[] = [
  'created',
  'modified',
  'created_by_ref',
  'revoked',
  'object_marking_refs',
  'name',
  'aliases',
  'labels',
  'kill_chain_phases',
  'first_seen',
  'last_seen',
  'is_family',
  'identity_class',
  'definition_type',
  'definition',
  'relationship_type',
  'source_ref',
  'target_ref',
  'tactic_refs',
  'x_mitre_aliases',
  'x_mitre_analytic_refs',
  'x_mitre_attack_spec_version',
  'x_mitre_collection_layers',
  'x_mitre_data_source_ref',
  'x_mitre_deprecated',
  'x_mitre_domains',
  'x_mitre_impact_type',
  'x_mitre_is_subtechnique',
  'x_mitre_modified_by_ref',
  'x_mitre_platforms',
  'x_mitre_remote_support',
  'x_mitre_sectors',
  'x_mitre_shortname',
  'x_mitre_tactic_type',
  'x_mitre_version',
];

/**
 * The facts of one ATT&CK object as STIX 2.1. STIX 2.0 is lifted as MITRE lifts it: software loses
 * its type labels, malware is a family. Sets (platforms, domains) are sorted: MITRE's bundles give
 * the same object in two domains with a different order.
 */
export function factsOf(source: StixObject): StixObject {
  const facts: StixObject = { type: source.type, spec_version: '2.1', id: source.id };
  for (const property of factProperties) {
    const value = Object.hasOwn(source, property) ? source[property] : undefined;
    if (value === undefined || value === null || value === '') continue;
    if (isEmptyList(value)) continue;
    facts[property] = property === 'x_mitre_domains' && Array.isArray(value) ? value.map(String).sort() : value;
  }
  if (source.type === 'malware' || source.type === 'tool') delete facts.labels;
  if (source.type === 'malware' && typeof facts.is_family !== 'boolean') facts.is_family = true;

  const references = records(source.external_references).filter((reference) => typeof reference.external_id === 'string');
  setList(facts, 'external_references', references, ['source_name', 'external_id', 'url']);
  setList(facts, 'x_mitre_log_source_references', records(source.x_mitre_log_source_references), ['x_mitre_data_component_ref', 'name']);
  setList(facts, 'x_mitre_log_sources', records(source.x_mitre_log_sources), ['name']);
  setList(facts, 'x_mitre_related_assets', records(source.x_mitre_related_assets), ['name', 'related_asset_sectors']);
  return facts;
}

/** Keeps the named keys of each entry; entries that are then equal stand once. */
function setList(facts: StixObject, property: string, entries: readonly JsonObject[], keys: readonly string[]) {
  const kept = new Map<string, JsonObject>();
  for (const entry of entries) {
    const picked: JsonObject = {};
    for (const key of keys) {
      const value = Object.hasOwn(entry, key) ? entry[key] : undefined;
      if (value !== undefined && value !== null && !isEmptyList(value)) picked[key] = value;
    }
    if (Object.keys(picked).length > 0) kept.set(JSON.stringify(picked), picked);
  }
  if (kept.size > 0) facts[property] = [...kept.values()];
}

/** STIX 2.1 forbids empty lists (section 2.8). */
function isEmptyList(value: Json): boolean {
  return Array.isArray(value) && value.length === 0;
}

function records(value: Json | undefined): JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.filter((entry): entry is JsonObject => typeof entry === 'object' && entry !== null && !Array.isArray(entry));
}
