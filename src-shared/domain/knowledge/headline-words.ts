/** The words of headlines: nouns for types, clauses for relationships, lists, dates, counts. */

const nouns: Readonly<Record<string, readonly [one: string, many: string]>> = {
  'attack-pattern': ['technique', 'techniques'],
  campaign: ['campaign', 'campaigns'],
  'course-of-action': ['mitigation', 'mitigations'],
  grouping: ['grouping', 'groupings'],
  identity: ['identity', 'identities'],
  incident: ['incident', 'incidents'],
  indicator: ['indicator', 'indicators'],
  infrastructure: ['piece of infrastructure', 'pieces of infrastructure'],
  'intrusion-set': ['group', 'groups'],
  location: ['location', 'locations'],
  malware: ['malware family', 'malware families'],
  'malware-analysis': ['malware analysis', 'malware analyses'],
  note: ['note', 'notes'],
  'observed-data': ['observation', 'observations'],
  opinion: ['opinion', 'opinions'],
  report: ['report', 'reports'],
  sighting: ['sighting', 'sightings'],
  'threat-actor': ['threat actor', 'threat actors'],
  tool: ['tool', 'tools'],
  vulnerability: ['vulnerability', 'vulnerabilities'],
  relationship: ['relationship', 'relationships'],
  'marking-definition': ['marking', 'markings'],
  'extension-definition': ['extension', 'extensions'],
  'language-content': ['translation', 'translations'],
  artifact: ['artifact', 'artifacts'],
  'autonomous-system': ['autonomous system', 'autonomous systems'],
  directory: ['directory', 'directories'],
  'domain-name': ['domain name', 'domain names'],
  'email-addr': ['e-mail address', 'e-mail addresses'],
  'email-message': ['e-mail message', 'e-mail messages'],
  file: ['file', 'files'],
  'ipv4-addr': ['IPv4 address', 'IPv4 addresses'],
  'ipv6-addr': ['IPv6 address', 'IPv6 addresses'],
  'mac-addr': ['MAC address', 'MAC addresses'],
  mutex: ['mutex', 'mutexes'],
  'network-traffic': ['network connection', 'network connections'],
  process: ['process', 'processes'],
  software: ['software product', 'software products'],
  url: ['URL', 'URLs'],
  'user-account': ['user account', 'user accounts'],
  'windows-registry-key': ['registry key', 'registry keys'],
  'x509-certificate': ['certificate', 'certificates'],
  'x-mitre-analytic': ['analytic', 'analytics'],
  'x-mitre-asset': ['ICS asset', 'ICS assets'],
  'x-mitre-collection': ['collection', 'collections'],
  'x-mitre-data-component': ['data component', 'data components'],
  'x-mitre-data-source': ['data source', 'data sources'],
  'x-mitre-detection-strategy': ['detection strategy', 'detection strategies'],
  'x-mitre-matrix': ['matrix', 'matrices'],
  'x-mitre-tactic': ['tactic', 'tactics'],
  'x-redoubt-asset': ['asset', 'assets'],
  'x-redoubt-control': ['control', 'controls'],
  'x-redoubt-data-flow': ['data flow', 'data flows'],
  'x-redoubt-finding': ['finding', 'findings'],
  'x-redoubt-layer': ['Navigator layer', 'Navigator layers'],
  'x-redoubt-log-source': ['log source', 'log sources'],
  'x-redoubt-warninglist': ['warninglist', 'warninglists'],
};

/** A noun for any type: `x-acme-thing` is a “thing” where we know no better word. */
export function noun(type: string, count = 1): string {
  if (Object.hasOwn(nouns, type)) return nouns[type]?.[count === 1 ? 0 : 1] ?? 'object';
  const word = words(type.replace(/^x-/, '')) || 'object';
  if (count === 1) return word;
  return word.endsWith('s') ? `${word} objects` : `${word}s`;
}

export interface Clause {
  /** What stands before the counts, as in “used by 3 groups”; empty for “3 mitigations”. */
  readonly before: string;
  readonly after?: string;
  /** Smaller stands earlier. */
  readonly order: number;
}

const out: Readonly<Record<string, Clause>> = {
  uses: { before: 'uses', order: 2 },
  mitigates: { before: 'mitigates', order: 2 },
  detects: { before: 'detects', order: 2 },
  indicates: { before: 'indicates', order: 2 },
  exploits: { before: 'exploits', order: 3 },
  targets: { before: 'targets', order: 4 },
  'attributed-to': { before: 'attributed to', order: 1 },
  has: { before: 'has', order: 2 },
  runs: { before: 'runs', order: 3 },
  'runs-on': { before: 'runs on', order: 3 },
  'depends-on': { before: 'depends on', order: 4 },
  'related-to': { before: 'related to', order: 9 },
  'located-at': { before: 'located at', order: 5 },
  'originates-from': { before: 'originates from', order: 5 },
  'communicates-with': { before: 'communicates with', order: 5 },
  'derived-from': { before: 'derived from', order: 6 },
  'duplicate-of': { before: 'duplicate of', order: 6 },
  'variant-of': { before: 'variant of', order: 6 },
  'based-on': { before: 'based on', order: 6 },
  compromises: { before: 'compromises', order: 3 },
  controls: { before: 'controls', order: 3 },
  delivers: { before: 'delivers', order: 3 },
  downloads: { before: 'downloads', order: 3 },
  drops: { before: 'drops', order: 3 },
  hosts: { before: 'hosts', order: 3 },
  impersonates: { before: 'impersonates', order: 4 },
  owns: { before: 'owns', order: 4 },
  protects: { before: 'protects', order: 3 },
  remediates: { before: 'remediates', order: 3 },
  investigates: { before: 'investigates', order: 3 },
  x_mitre_analytic_refs: { before: '', order: 3 },
  x_mitre_data_component_ref: { before: 'reads', order: 3 },
  x_mitre_data_source_ref: { before: 'of', order: 3 },
  tactic_refs: { before: '', order: 1 },
  object_refs: { before: 'names', order: 2 },
  technique_refs: { before: 'for', order: 2 },
  asset_refs: { before: 'covers', order: 3 },
  data_component_refs: { before: 'shows', order: 2 },
};

const into: Readonly<Record<string, Clause>> = {
  uses: { before: 'used by', order: 1 },
  mitigates: { before: '', order: 5 },
  detects: { before: '', order: 6 },
  'subtechnique-of': { before: '', order: 2 },
  indicates: { before: '', order: 5 },
  exploits: { before: 'exploited by', order: 2 },
  targets: { before: 'targeted by', order: 3 },
  'attributed-to': { before: '', after: 'attributed to it', order: 1 },
  has: { before: 'present on', order: 1 },
  runs: { before: 'run by', order: 3 },
  'runs-on': { before: 'runs', order: 3 },
  'depends-on': { before: 'needed by', order: 4 },
  where_sighted_refs: { before: 'made', order: 6 },
  'revoked-by': { before: 'replaces', order: 7 },
  'related-to': { before: 'related to', order: 9 },
  'located-at': { before: 'location of', order: 5 },
  'originates-from': { before: 'origin of', order: 5 },
  'communicates-with': { before: 'contacted by', order: 5 },
  'derived-from': { before: 'source of', order: 6 },
  'duplicate-of': { before: 'duplicated by', order: 6 },
  'variant-of': { before: 'varied by', order: 6 },
  'based-on': { before: 'basis of', order: 6 },
  compromises: { before: 'compromised by', order: 3 },
  controls: { before: 'controlled by', order: 3 },
  delivers: { before: 'delivered by', order: 3 },
  downloads: { before: 'downloaded by', order: 3 },
  drops: { before: 'dropped by', order: 3 },
  hosts: { before: 'hosted by', order: 3 },
  impersonates: { before: 'impersonated by', order: 4 },
  owns: { before: 'owned by', order: 4 },
  protects: { before: 'protected by', order: 3 },
  remediates: { before: 'remediated by', order: 5 },
  sighting_of_ref: { before: '', order: 4 },
  kill_chain_phases: { before: '', order: 1 },
  x_mitre_analytic_refs: { before: 'part of', order: 1 },
  x_mitre_data_component_ref: { before: 'read by', order: 2 },
  x_mitre_data_source_ref: { before: '', order: 3 },
  tactic_refs: { before: 'in', order: 8 },
  object_refs: { before: 'named in', order: 8 },
  technique_refs: { before: 'covered by', order: 7 },
  asset_refs: { before: 'covered by', order: 7 },
  data_component_refs: { before: 'shown by', order: 3 },
  from_ref: { before: 'starts', order: 5 },
  to_ref: { before: 'receives', order: 5 },
};

/** Said elsewhere in the headline, or true of all objects and so worth no words. */
const unsaid = new Set([
  'out kill_chain_phases',
  'out subtechnique-of',
  'out revoked-by',
  'out from_ref',
  'out to_ref',
  'out sighting_of_ref',
]);

/** How a relationship is said from one end; undefined where the headline says it otherwise. */
export function clauseFor(relationshipType: string, direction: 'out' | 'in'): Clause | undefined {
  if (unsaid.has(`${direction} ${relationshipType}`)) return undefined;
  const table = direction === 'out' ? out : into;
  if (Object.hasOwn(table, relationshipType)) return table[relationshipType];
  if (/_refs?$/.test(relationshipType)) return { before: direction === 'out' ? 'refers to' : 'referred to by', order: 8 };
  const said = `“${words(relationshipType) || 'related'}”`;
  return { before: direction === 'out' ? `${said} to` : `${said} from`, order: 9 };
}

/** “1 group”, “1,204 groups”. */
export function counted(count: number, type: string, special?: readonly [string, string]): string {
  return `${thousands(count)} ${special ? special[count === 1 ? 0 : 1] : noun(type, count)}`;
}

export function thousands(count: number): string {
  return String(Math.trunc(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** “A”, “A and B”, “A, B and C”, “A, B, C and 4 more”. */
export function list(values: readonly string[], most = 4): string {
  const known = values.filter((value) => value.trim() !== '');
  const shown = known.length > most ? [...known.slice(0, most - 1), `${thousands(known.length - most + 1)} more`] : known;
  const last = shown.pop() ?? '';
  return shown.length > 0 ? `${shown.join(', ')} and ${last}` : last;
}

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** “15 December 2015” of a STIX timestamp or date; undefined of anything else. */
export function day(value: unknown): string | undefined {
  const parts = typeof value === 'string' ? /^(\d{4})-(\d\d)-(\d\d)(?:T|$)/.exec(value) : null;
  const month = parts ? months[Number(parts[2]) - 1] : undefined;
  return parts && month ? `${Number(parts[3])} ${month} ${parts[1]}` : undefined;
}

/** “December 2015”. */
export function month(value: unknown): string | undefined {
  return day(value)?.replace(/^\d+ /, '');
}

/** “credential-access” as “Credential Access”, for tactics whose object is not at hand. */
export function titled(shortName: string): string {
  return words(shortName)
    .split(' ')
    .map((word) => (/^(?:and|of|or|the)$/.test(word) ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join(' ');
}

/** Machine words as words: `in-place`, `asset_refs`. */
export function words(value: string): string {
  return clip(value.replace(/[-_]+/g, ' '), 60);
}

/** One line of at most `most` characters. */
export function clip(value: string, most = 120): string {
  const line = value
    .slice(0, most * 4)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > most ? `${line.slice(0, most - 1).trimEnd()}…` : line;
}
