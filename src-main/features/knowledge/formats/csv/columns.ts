import type { ColumnMapping } from '#shared/contract/knowledge.ts';
import { isCveId } from '#shared/domain/knowledge/identifiers.ts';
import { isIpAddress, isMacAddress } from './addresses.ts';

/** What a column may become, in the order shown to the user. */
export const assetProperties = [
  { property: 'name', title: 'Name' },
  { property: 'asset_id', title: 'Asset number' },
  { property: 'asset_type', title: 'Type' },
  { property: 'hostnames', title: 'Host names' },
  { property: 'ip_addresses', title: 'IP addresses' },
  { property: 'mac_addresses', title: 'MAC addresses' },
  { property: 'serial_number', title: 'Serial number' },
  { property: 'owner', title: 'Owner' },
  { property: 'business_unit', title: 'Business unit' },
  { property: 'criticality', title: 'Criticality (1 to 5)' },
  { property: 'exposure', title: 'Exposure (internet, partner, internal, isolated)' },
  { property: 'zone', title: 'Network zone' },
  { property: 'operating_system', title: 'Operating system' },
  { property: 'vendor', title: 'Vendor' },
  { property: 'model', title: 'Model' },
  { property: 'software', title: 'Software' },
  { property: 'log_sources', title: 'Log sources (windows/process_creation, sysmon, nginx)' },
  { property: 'cpe', title: 'CPE of the asset' },
  { property: 'vulnerabilities', title: 'Vulnerabilities (CVE ids)' },
  { property: 'location', title: 'Location' },
  { property: 'environment', title: 'Environment' },
  { property: 'status', title: 'Status' },
  { property: 'description', title: 'Description' },
  { property: 'tags', title: 'Tags' },
  { property: 'id', title: 'STIX id (of an earlier export)' },
] as const;

export type AssetProperty = (typeof assetProperties)[number]['property'];
const properties: ReadonlySet<string> = new Set(assetProperties.map(({ property }) => property));

export function isAssetProperty(property: string): property is AssetProperty {
  return properties.has(property);
}

/** Properties that several columns may feed; of the others the first column counts. */
export const listProperties: ReadonlySet<AssetProperty> = new Set([
  'hostnames',
  'ip_addresses',
  'mac_addresses',
  'software',
  'log_sources',
  'vulnerabilities',
  'tags',
]);

/** Header words without spaces and signs, in lower case. */
const synonyms: Readonly<Record<AssetProperty, string>> = {
  name: 'name assetname devicename displayname systemname ciname computer computername machine machinename machinedisplayname device node nodename title label system servername server asset bezeichnung',
  asset_id:
    'assetid assettag assetnumber assetno inventorynumber inventoryid inventoryno tag assettagnumber cmdbid ciid configurationitem deviceid systemid uniqueid sysid externalid equipmentid equipmentnumber recordid',
  asset_type:
    'assettype type devicetype category class assetclass ciclass kind systemtype devicecategory role equipmenttype assetcategory resourcetype',
  hostnames: 'hostname hostnames host fqdn dnsname dns dnshostname netbios netbiosname fullyqualifieddomainname domainname hostfqdn',
  ip_addresses:
    'ip ips ipaddress ipaddresses ipv4 ipv6 ipv4address ipv6address hostip privateip publicip internalip externalip primaryip managementip mgmtip privateipaddress publicipaddress ipaddr address networkaddress lastseenip ipadresse',
  mac_addresses: 'mac macaddress macaddresses macs physicaladdress hardwareaddress ethernetaddress macaddr',
  serial_number: 'serial serialnumber serialno sn servicetag hardwareserial seriennummer',
  owner:
    'owner assetowner systemowner responsible responsibleperson contact custodian assignedto manager administrator technicalowner businessowner user primaryuser steward verantwortlich',
  business_unit:
    'businessunit bu department dept division team organisation organization orgunit costcenter costcentre service businessservice abteilung ou group',
  criticality:
    'criticality critical priority importance businesscriticality assetcriticality tier businessimpact impact assetvalue severity criticalitylevel criticalityrating risklevel kritikalitat',
  exposure:
    'exposure internetfacing internetexposed externallyfacing public exposed networkexposure facing internetexposure externalfacing',
  zone: 'zone networkzone securityzone network segment networksegment vlan subnet vlanname dmz vpc netzwerk',
  operating_system: 'os operatingsystem osname platform osversion operatingsystemversion osplatform osfullname betriebssystem',
  vendor: 'vendor manufacturer make oem maker brand hersteller supplier',
  model: 'model modelname modelnumber hardwaremodel devicemodel product productmodel modell',
  software:
    'software installedsoftware applications application apps app packages installedapplications products services installedpackages softwarelist component components purl purls sw',
  log_sources: 'logsource logsources logs logging logtypes eventsources sends telemetry sigmalogsource',
  cpe: 'cpe cpe23 cpename cpeuri',
  vulnerabilities:
    'cve cves cveid cveids vulnerability vulnerabilities vulns vuln openvulnerabilities knownvulnerabilities findings vulnerabilityid',
  location:
    'location site building room office city facility country physicallocation datacenter datacentre region campus rack ward floor standort',
  environment: 'environment env stage lifecycle lifecyclestage deployment',
  status: 'status state lifecyclestatus assetstatus operationalstatus installstatus',
  description: 'description notes note comment comments remarks remark details purpose function summary beschreibung',
  tags: 'tags labels keywords label2 tagnames',
  id: 'id stixid',
};

const byWord = new Map<string, AssetProperty>();
for (const { property } of assetProperties) {
  for (const word of synonyms[property].split(' ')) if (!byWord.has(word)) byWord.set(word, property);
}

export function headerWord(header: string): string {
  return header
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** How many headers are known words for an asset's properties. */
export function knownHeaders(headers: readonly string[]): number {
  return headers.filter((header) => byWord.has(headerWord(header))).length;
}

/** Names for columns: as in the file, empty ones numbered, repeated ones counted. */
export function columnNames(header: readonly string[]): string[] {
  const used = new Set<string>();
  return header.map((cell, index) => {
    const plain = cell.trim() || `column ${index + 1}`;
    let name = plain;
    for (let count = 2; used.has(name); count++) name = `${plain} (${count})`;
    used.add(name);
    return name;
  });
}

/** A first guess: by the header's words, then by what the cells look like. Each single-valued property is given once. */
export function guessMapping(names: readonly string[], rows: readonly (readonly string[])[]): ColumnMapping {
  const taken = new Set<AssetProperty>();
  const guesses = names.map((name) => byWord.get(headerWord(name)));
  // A bare “id” names the asset unless it holds STIX ids; a bare “tag” is a number only where nothing else is.
  const mapping = names.map((column, index): { column: string; property: string | null } => {
    const guess = refine(guesses[index], column, valuesOf(rows, index));
    if (guess === undefined || (taken.has(guess) && !listProperties.has(guess))) return { column, property: null };
    taken.add(guess);
    return { column, property: guess };
  });
  for (const [index, entry] of mapping.entries()) {
    if (entry.property !== null || guesses[index] !== undefined) continue;
    const shape = shapeOf(valuesOf(rows, index));
    if (shape && (!taken.has(shape) || (shape === 'ip_addresses' && listProperties.has(shape)))) {
      taken.add(shape);
      entry.property = shape;
    }
  }
  return mapping;
}

function refine(guess: AssetProperty | undefined, column: string, values: readonly string[]): AssetProperty | undefined {
  if (guess === 'id') return values.length > 0 && values.every((value) => value.includes('--')) ? 'id' : 'asset_id';
  if (guess === 'asset_id' && headerWord(column) === 'tag' && values.some((value) => /[,;]/.test(value))) return 'tags';
  // “address” and “network” say where as often as which IP.
  if (guess === 'ip_addresses' && values.length > 0 && !values.some((value) => cellParts(value).some(isIpAddress))) return undefined;
  if (guess === 'vulnerabilities' && values.length > 0 && !values.some((value) => cellParts(value).some(isCveId))) return undefined;
  return guess;
}

function valuesOf(rows: readonly (readonly string[])[], index: number): string[] {
  return rows.map((row) => (row[index] ?? '').trim()).filter((value) => value !== '');
}

/** What at least four fifths of the cells look like. */
function shapeOf(values: readonly string[]): AssetProperty | undefined {
  if (values.length === 0) return undefined;
  const mostly = (test: (part: string) => boolean) =>
    values.filter((value) => {
      const parts = cellParts(value);
      return parts.length > 0 && parts.every(test);
    }).length >=
    values.length * 0.8;
  if (mostly(isIpAddress)) return 'ip_addresses';
  if (mostly(isMacAddress)) return 'mac_addresses';
  if (mostly(isCveId)) return 'vulnerabilities';
  if (mostly((part) => /^(?:cpe:2\.3:|cpe:\/|pkg:[a-z])/i.test(part))) return 'software';
  if (mostly((part) => /^(?=.*[a-z])[a-z0-9_-]+(?:\.[a-z0-9_-]+){2,}$/i.test(part))) return 'hostnames';
  return undefined;
}

/** A cell that holds several values: by semicolon, bar, line, comma or blank. */
export function cellParts(cell: string): string[] {
  return cell.split(/[\s,;|]+/).filter((part) => part !== '');
}
