import type { JsonObject } from '../stix.ts';
import { domainTypes, observableTypes } from './domain-objects.ts';
import { type Findings, quote } from './findings.ts';
import { boolean, integer, listOf, order, own, reference, referenceTo, type Shape, shape, string, text, timestamp } from './values.ts';

const noEnds = new Set(['relationship', 'sighting', 'bundle', 'marking-definition', 'language-content', 'extension-definition']);
const end = reference((type) => !noEnds.has(type), 'a domain object or an observable');
const sighted = reference((type) => !noEnds.has(type) && !observableTypes.has(type), 'a domain object');

const actors = 'identity location vulnerability';
const means = 'attack-pattern infrastructure malware tool';
const addresses = 'ipv4-addr ipv6-addr domain-name url';

/** The relationships each type is known to have (section 4 and appendix B): type -> verb -> types it points at. */
const known: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'attack-pattern': { delivers: 'malware', targets: actors, uses: 'malware tool' },
  campaign: {
    'attributed-to': 'intrusion-set threat-actor',
    compromises: 'infrastructure',
    'originates-from': 'location',
    targets: actors,
    uses: means,
  },
  'course-of-action': {
    investigates: 'indicator',
    mitigates: 'attack-pattern indicator malware tool vulnerability',
    remediates: 'malware vulnerability',
  },
  identity: { 'located-at': 'location' },
  indicator: {
    indicates: 'attack-pattern campaign infrastructure intrusion-set malware threat-actor tool',
    'based-on': 'observed-data',
  },
  infrastructure: {
    'communicates-with': `infrastructure ${addresses}`,
    'consists-of': `infrastructure observed-data ${[...observableTypes].join(' ')}`,
    controls: 'infrastructure malware',
    delivers: 'malware',
    has: 'vulnerability',
    hosts: 'tool malware',
    'located-at': 'location',
    uses: 'infrastructure',
  },
  'intrusion-set': {
    'attributed-to': 'threat-actor',
    compromises: 'infrastructure',
    hosts: 'infrastructure',
    owns: 'infrastructure',
    'originates-from': 'location',
    targets: actors,
    uses: means,
  },
  malware: {
    'authored-by': 'threat-actor intrusion-set',
    'beacons-to': 'infrastructure',
    'exfiltrate-to': 'infrastructure',
    'exfiltrates-to': 'infrastructure',
    'communicates-with': addresses,
    controls: 'malware',
    downloads: 'malware tool file',
    drops: 'malware tool file',
    exploits: 'vulnerability',
    'originates-from': 'location',
    targets: `identity infrastructure location vulnerability`,
    uses: means,
    'variant-of': 'malware',
  },
  'malware-analysis': {
    characterizes: 'malware',
    'analysis-of': 'malware',
    'static-analysis-of': 'malware',
    'dynamic-analysis-of': 'malware',
  },
  'threat-actor': {
    'attributed-to': 'identity',
    compromises: 'infrastructure',
    hosts: 'infrastructure',
    owns: 'infrastructure',
    impersonates: 'identity',
    'located-at': 'location',
    targets: actors,
    uses: means,
  },
  tool: {
    delivers: 'malware',
    drops: 'malware',
    has: 'vulnerability',
    targets: 'identity infrastructure location vulnerability',
    uses: 'infrastructure',
  },
  'domain-name': { 'resolves-to': 'domain-name ipv4-addr ipv6-addr' },
  'ipv4-addr': { 'resolves-to': 'mac-addr', 'belongs-to': 'autonomous-system' },
  'ipv6-addr': { 'resolves-to': 'mac-addr', 'belongs-to': 'autonomous-system' },
};

const listed = new Map(
  Object.entries(known).map(([source, verbs]) => [
    source,
    new Map(Object.entries(verbs).map(([verb, targets]) => [verb, new Set(targets.split(' '))])),
  ]),
);

/** The verbs STIX lists for relationships from a type (appendix B), and those it lists for all types. */
export function suggestedVerbs(source: string): string[] {
  return [...(listed.get(source)?.keys() ?? []), 'derived-from', 'duplicate-of', 'related-to'];
}

/** Section 5.1: the verb SHOULD be one that STIX lists for the two types; it says nothing about types it does not know. */
function relationshipRules(object: JsonObject, findings: Findings): void {
  order(object, 'start_time', 'stop_time', findings, false);
  const verb = own(object, 'relationship_type');
  const from = own(object, 'source_ref');
  const to = own(object, 'target_ref');
  if (typeof verb !== 'string' || typeof from !== 'string' || typeof to !== 'string') return;
  const source = from.slice(0, from.indexOf('--'));
  const target = to.slice(0, to.indexOf('--'));
  if (!isDefined(source) || !isDefined(target) || verb === 'related-to' || listed.get(source)?.get(verb)?.has(target)) return;
  if (source === target && (verb === 'derived-from' || verb === 'duplicate-of')) return;
  findings.property = 'relationship_type';
  findings.warn('relationship', `STIX lists no ${quote(verb)} from ${source} to ${target}`);
  findings.property = '';
}

function isDefined(type: string): boolean {
  return domainTypes.has(type) || observableTypes.has(type);
}

/** Section 5. */
export const relationshipObjects: Readonly<Record<string, Shape>> = {
  relationship: shape(
    {
      relationship_type: text((value) => /^[a-z0-9-]+$/.test(value), 'a name of a-z, 0-9 and hyphens'),
      description: string,
      source_ref: end,
      target_ref: end,
      start_time: timestamp,
      stop_time: timestamp,
    },
    { required: ['relationship_type', 'source_ref', 'target_ref'], also: relationshipRules },
  ),
  sighting: shape(
    {
      description: string,
      first_seen: timestamp,
      last_seen: timestamp,
      count: integer(0, 999_999_999),
      sighting_of_ref: sighted,
      observed_data_refs: listOf(referenceTo('observed-data')),
      where_sighted_refs: listOf(referenceTo('identity', 'location')),
      summary: boolean,
    },
    { required: ['sighting_of_ref'], also: (object, findings) => order(object, 'first_seen', 'last_seen', findings) },
  ),
};
