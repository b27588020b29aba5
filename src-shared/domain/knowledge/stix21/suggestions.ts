import { exposures } from '../extensions/asset.ts';
import { severities } from '../extensions/finding.ts';
import * as words from './vocabularies.ts';

export { suggestedVerbs } from './relationship-objects.ts';

/** Words a property is known to take. `closed`: no others are allowed. */
export interface Vocabulary {
  readonly words: readonly string[];
  readonly closed: boolean;
  /** The property holds a list of them. */
  readonly many: boolean;
}

const open = (list: Iterable<string>, many = false): Vocabulary => ({ words: [...list], closed: false, many });
const closed = (list: Iterable<string>): Vocabulary => ({ words: [...list], closed: true, many: false });

/** STIX 2.1 section 10 and our own types; a property is named with its type where types differ in it. */
const vocabularies: Readonly<Record<string, Vocabulary>> = {
  'grouping.context': open(words.groupingContexts),
  'identity.identity_class': open(words.identityClasses),
  'identity.sectors': open(words.industrySectors, true),
  'indicator.indicator_types': open(words.indicatorTypes, true),
  'indicator.pattern_type': open(words.patternTypes),
  'infrastructure.infrastructure_types': open(words.infrastructureTypes, true),
  'location.region': open(words.regions),
  'malware.malware_types': open(words.malwareTypes, true),
  'malware.architecture_execution_envs': open(words.processorArchitectures, true),
  'malware.implementation_languages': open(words.implementationLanguages, true),
  'malware.capabilities': open(words.malwareCapabilities, true),
  'malware-analysis.result': open(words.malwareResults),
  'opinion.opinion': closed(words.opinions),
  'report.report_types': open(words.reportTypes, true),
  'threat-actor.threat_actor_types': open(words.threatActorTypes, true),
  'threat-actor.roles': open(words.threatActorRoles, true),
  'threat-actor.sophistication': open(words.threatActorSophistications),
  'tool.tool_types': open(words.toolTypes, true),
  'x-redoubt-asset.exposure': closed(exposures),
  'x-redoubt-finding.severity': closed(severities),
  'x-redoubt-finding.status': closed(['open', 'fixed', 'suppressed', 'not-affected']),
  'x-redoubt-control.status': closed(['planned', 'partial', 'in-place', 'not-applicable']),
  resource_level: open(words.attackResourceLevels),
  primary_motivation: open(words.attackMotivations),
  secondary_motivations: open(words.attackMotivations, true),
  personal_motivations: open(words.attackMotivations, true),
};

export function vocabularyOf(type: string, property: string): Vocabulary | undefined {
  const own = `${type}.${property}`;
  if (Object.hasOwn(vocabularies, own)) return vocabularies[own];
  return Object.hasOwn(vocabularies, property) ? vocabularies[property] : undefined;
}

const usual = ['labels', 'confidence', 'lang', 'external_references'];
const more: Readonly<Record<string, string>> = {
  campaign: 'aliases first_seen last_seen objective',
  'intrusion-set': 'aliases first_seen last_seen goals resource_level primary_motivation secondary_motivations',
  'threat-actor':
    'aliases threat_actor_types roles sophistication goals first_seen last_seen resource_level primary_motivation secondary_motivations personal_motivations',
  malware:
    'aliases malware_types first_seen last_seen operating_system_refs architecture_execution_envs implementation_languages capabilities',
  tool: 'aliases tool_types tool_version',
  infrastructure: 'aliases infrastructure_types first_seen last_seen',
  'attack-pattern': 'aliases x_mitre_platforms x_mitre_detection',
  indicator: 'indicator_types pattern pattern_type valid_from valid_until',
  identity: 'identity_class sectors roles contact_information',
  location: 'region country administrative_area city street_address postal_code latitude longitude',
  report: 'report_types published',
  'x-redoubt-asset':
    'asset_id asset_type hostnames ip_addresses mac_addresses serial_number owner business_unit criticality exposure zone operating_system vendor model location cpe environment status',
  'x-redoubt-finding': 'severity status solution score cvss_vector port protocol',
  'x-redoubt-control': 'control_id framework status owner',
};

/** Properties worth offering for an object of a type, the type's own first. */
export function suggestedProperties(type: string): string[] {
  return [...(Object.hasOwn(more, type) ? (more[type] ?? '').split(' ') : []), ...usual];
}
