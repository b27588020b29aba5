import type { JsonObject } from '../stix.ts';
import { killChainPhases } from './common-properties.ts';
import type { Findings } from './findings.ts';
import { checkPattern } from './pattern.ts';
import {
  advised,
  boolean,
  enumeration,
  float,
  integer,
  listOf,
  openVocabulary,
  order,
  own,
  reference,
  referenceTo,
  type Shape,
  shape,
  string,
  timestamp,
} from './values.ts';
import * as vocabulary from './vocabularies.ts';

const strings = listOf(string);
const anyReferences = listOf(reference());
const software = referenceTo('software');
const ov = (words: ReadonlySet<string>, name: string) => openVocabulary(words, name);
const ovs = (words: ReadonlySet<string>, name: string) => listOf(openVocabulary(words, name));

/** The observable types that STIX defines. */
export const observableTypes: ReadonlySet<string> = new Set(
  `artifact autonomous-system directory domain-name email-addr email-message file ipv4-addr ipv6-addr mac-addr mutex
  network-traffic process software url user-account windows-registry-key x509-certificate`.split(/\s+/),
);

/** The domain object types that STIX defines. */
export const domainTypes: ReadonlySet<string> = new Set(
  `attack-pattern campaign course-of-action grouping identity incident indicator infrastructure intrusion-set location
  malware malware-analysis note observed-data opinion report threat-actor tool vulnerability`.split(/\s+/),
);

const metaTypes = new Set(['marking-definition', 'language-content', 'extension-definition']);

/** Whether a reference may stand for an observable: one that STIX defines, or one of a type it does not know. */
export function mayBeObservable(type: string): boolean {
  return (
    observableTypes.has(type) ||
    !(domainTypes.has(type) || metaTypes.has(type) || type === 'relationship' || type === 'sighting' || type === 'bundle')
  );
}

const seen = (object: JsonObject, findings: Findings) => order(object, 'first_seen', 'last_seen', findings);
const named = { name: string, description: string };
const seenTimes = { first_seen: timestamp, last_seen: timestamp };

const motives = {
  resource_level: ov(vocabulary.attackResourceLevels, 'attack-resource-level-ov'),
  primary_motivation: ov(vocabulary.attackMotivations, 'attack-motivation-ov'),
  secondary_motivations: ovs(vocabulary.attackMotivations, 'attack-motivation-ov'),
};

function indicatorRules(object: JsonObject, findings: Findings): void {
  order(object, 'valid_from', 'valid_until', findings, false);
  if (!Object.hasOwn(object, 'name') || !Object.hasOwn(object, 'description'))
    findings.warn('indicator-name', 'an indicator should have a name and a description');
  const pattern = own(object, 'pattern');
  if (typeof pattern !== 'string') return;
  findings.property = 'pattern';
  if (own(object, 'pattern_type') === 'stix') {
    const { fault, remark } = checkPattern(pattern);
    if (remark) findings.warn('pattern', `${remark.reason} (character ${remark.at + 1})`);
    if (fault) findings.error(`is no STIX pattern: ${fault.reason} (character ${fault.at + 1})`);
  } else if (pattern === '') findings.error('must not be empty');
  findings.property = '';
}

function locationRules(object: JsonObject, findings: Findings): void {
  const latitude = Object.hasOwn(object, 'latitude');
  const longitude = Object.hasOwn(object, 'longitude');
  if (latitude !== longitude) findings.error('must have latitude and longitude together');
  else if (!latitude && !Object.hasOwn(object, 'region') && !Object.hasOwn(object, 'country'))
    findings.error('must have region, country, or latitude and longitude');
  if (Object.hasOwn(object, 'precision') && !(latitude && longitude))
    findings.error('must have latitude and longitude where it has precision');
}

function observedRules(object: JsonObject, findings: Findings): void {
  order(object, 'first_observed', 'last_observed', findings);
  const container = Object.hasOwn(object, 'objects');
  const references = own(object, 'object_refs');
  if (container === (references !== undefined)) findings.error('must have object_refs or objects, and not both');
  if (container) findings.warn('deprecated', 'objects is deprecated in STIX 2.1; object_refs takes its place');
  if (!Array.isArray(references)) return;
  const types = references.flatMap((id) => (typeof id === 'string' ? [id.slice(0, id.indexOf('--'))] : []));
  findings.property = 'object_refs';
  if (types.length > 0 && !types.some(mayBeObservable)) findings.error('must point at one observable at least');
  findings.property = '';
}

const observed = reference(
  (type) => mayBeObservable(type) || type === 'relationship' || type === 'sighting',
  'observables and their relationships',
);

/** Section 4: the domain objects. Every one has the common properties beside these. */
export const domainObjects: Readonly<Record<string, Shape>> = {
  'attack-pattern': shape({ ...named, aliases: strings, kill_chain_phases: killChainPhases }, { required: ['name'] }),
  campaign: shape({ ...named, aliases: strings, ...seenTimes, objective: string }, { required: ['name'], also: seen }),
  'course-of-action': shape({ ...named }, { required: ['name'] }),
  grouping: shape(
    { ...named, context: ov(vocabulary.groupingContexts, 'grouping-context-ov'), object_refs: anyReferences },
    { required: ['context', 'object_refs'] },
  ),
  identity: shape(
    {
      ...named,
      roles: strings,
      identity_class: ov(vocabulary.identityClasses, 'identity-class-ov'),
      sectors: ovs(vocabulary.industrySectors, 'industry-sector-ov'),
      contact_information: string,
    },
    { required: ['name'] },
  ),
  incident: shape({ ...named }, { required: ['name'] }),
  indicator: shape(
    {
      ...named,
      indicator_types: ovs(vocabulary.indicatorTypes, 'indicator-type-ov'),
      pattern: string,
      pattern_type: ov(vocabulary.patternTypes, 'pattern-type-ov'),
      pattern_version: string,
      valid_from: timestamp,
      valid_until: timestamp,
      kill_chain_phases: killChainPhases,
    },
    { required: ['pattern', 'pattern_type', 'valid_from'], also: indicatorRules },
  ),
  infrastructure: shape(
    {
      ...named,
      infrastructure_types: ovs(vocabulary.infrastructureTypes, 'infrastructure-type-ov'),
      aliases: strings,
      kill_chain_phases: killChainPhases,
      ...seenTimes,
    },
    { required: ['name'], also: seen },
  ),
  'intrusion-set': shape({ ...named, aliases: strings, ...seenTimes, goals: strings, ...motives }, { required: ['name'], also: seen }),
  location: shape(
    {
      ...named,
      latitude: float(-90, 90),
      longitude: float(-180, 180),
      precision: float(),
      region: ov(vocabulary.regions, 'region-ov'),
      country: advised((code) => vocabulary.countries.has(code), 'country', 'an ISO 3166-1 alpha-2 code'),
      administrative_area: advised((code) => /^[A-Z]{2}-[A-Z0-9]{1,3}$/.test(code), 'administrative-area', 'an ISO 3166-2 code'),
      city: string,
      street_address: string,
      postal_code: string,
    },
    { also: locationRules },
  ),
  malware: shape(
    {
      ...named,
      malware_types: ovs(vocabulary.malwareTypes, 'malware-type-ov'),
      is_family: boolean,
      aliases: strings,
      kill_chain_phases: killChainPhases,
      ...seenTimes,
      operating_system_refs: listOf(software),
      architecture_execution_envs: ovs(vocabulary.processorArchitectures, 'processor-architecture-ov'),
      implementation_languages: ovs(vocabulary.implementationLanguages, 'implementation-language-ov'),
      capabilities: ovs(vocabulary.malwareCapabilities, 'malware-capabilities-ov'),
      sample_refs: listOf(referenceTo('file', 'artifact')),
    },
    {
      required: ['is_family'],
      also: (object, findings) => {
        seen(object, findings);
        if (own(object, 'is_family') === true && !Object.hasOwn(object, 'name')) findings.error('must have name, being a malware family');
      },
    },
  ),
  'malware-analysis': shape(
    {
      product: string,
      version: string,
      host_vm_ref: software,
      operating_system_ref: software,
      installed_software_refs: listOf(software),
      configuration_version: string,
      modules: strings,
      analysis_engine_version: string,
      analysis_definition_version: string,
      submitted: timestamp,
      analysis_started: timestamp,
      analysis_ended: timestamp,
      result_name: string,
      result: ov(vocabulary.malwareResults, 'malware-result-ov'),
      analysis_sco_refs: listOf(reference(mayBeObservable, 'observables')),
      sample_ref: referenceTo('file', 'artifact', 'network-traffic'),
    },
    { required: ['product'], someOf: ['result', 'analysis_sco_refs'] },
  ),
  note: shape(
    { abstract: string, content: string, authors: strings, object_refs: anyReferences },
    { required: ['content', 'object_refs'] },
  ),
  'observed-data': shape(
    {
      first_observed: timestamp,
      last_observed: timestamp,
      number_observed: integer(1, 999_999_999),
      object_refs: listOf(observed),
    },
    { required: ['first_observed', 'last_observed', 'number_observed'], also: observedRules },
  ),
  opinion: shape(
    { explanation: string, authors: strings, opinion: enumeration(vocabulary.opinions, 'opinion-enum'), object_refs: anyReferences },
    { required: ['opinion', 'object_refs'] },
  ),
  report: shape(
    { ...named, report_types: ovs(vocabulary.reportTypes, 'report-type-ov'), published: timestamp, object_refs: anyReferences },
    { required: ['name', 'published', 'object_refs'] },
  ),
  'threat-actor': shape(
    {
      ...named,
      threat_actor_types: ovs(vocabulary.threatActorTypes, 'threat-actor-type-ov'),
      aliases: strings,
      ...seenTimes,
      roles: ovs(vocabulary.threatActorRoles, 'threat-actor-role-ov'),
      goals: strings,
      sophistication: ov(vocabulary.threatActorSophistications, 'threat-actor-sophistication-ov'),
      ...motives,
      personal_motivations: ovs(vocabulary.attackMotivations, 'attack-motivation-ov'),
    },
    { required: ['name'], also: seen },
  ),
  tool: shape(
    {
      ...named,
      tool_types: ovs(vocabulary.toolTypes, 'tool-type-ov'),
      aliases: strings,
      kill_chain_phases: killChainPhases,
      tool_version: string,
    },
    { required: ['name'] },
  ),
  vulnerability: shape({ ...named }, { required: ['name'] }),
};
