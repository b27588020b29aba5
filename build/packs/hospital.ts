import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { exposures } from '#shared/domain/knowledge/extensions.ts';

/**
 * Harbour Vale, a hospital that does not exist: 180 beds, one site, a small IT team. Written to
 * be read: the recipe beside it makes STIX of it. Addresses are of documentation ranges
 * (RFC 5737) or private ones; the incident is invented, its techniques and CVEs are real.
 */

export const hospital = {
  name: 'Harbour Vale Hospital (demo)',
  about:
    'A small hospital that does not exist: 180 beds, one site, an IT team of nine. Everything in the demo is invented but the CVE and ATT&CK identifiers.',
};

const Word = z.string().min(1).max(200);
const Answer = z.enum(['yes', 'no']).transform((answer) => answer === 'yes');
const Keys = z.string().transform((keys) => keys.split(' ').filter((key) => key !== ''));

const AssetRow = z.strictObject({
  key: z.string().regex(/^[a-z0-9-]+$/),
  name: Word,
  type: Word,
  zone: Word,
  exposure: z.enum(exposures),
  criticality: z.coerce.number().int().min(1).max(5),
  owner: Word,
  address: z.ipv4(),
  system: Word,
  /** Keys of software. */
  runs: Keys,
});
const FlowRow = z.strictObject({
  from: Word,
  to: Word,
  protocol: Word,
  /** 0: none. */
  port: z.coerce.number().int().min(0).max(65_535),
  data: Word,
  encrypted: Answer,
  authenticated: Answer,
});
const SoftwareRow = z.strictObject({ key: Word, name: Word, vendor: Word, version: Word, cpe: z.string().startsWith('cpe:2.3:') });

export const assets = readTable('assets.tsv', AssetRow);
export const flows = readTable('flows.tsv', FlowRow);
export const software = readTable('software.tsv', SoftwareRow);

/** Rows of a tab-separated table, its first line the names. Throws with file and line where a row is not as declared. */
function readTable<S extends z.ZodType>(file: string, schema: S): z.output<S>[] {
  const [head = '', ...lines] = readFileSync(join(import.meta.dirname, 'hospital', file), 'utf8')
    .trimEnd()
    .split('\n');
  const names = head.split('\t');
  return lines.map((line, index) => {
    const cells = line.split('\t');
    const parsed = schema.safeParse(Object.fromEntries(names.map((name, column) => [name, cells[column] ?? ''])));
    if (!parsed.success)
      throw new Error(`${file}, line ${index + 2}: ${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`);
    return parsed.data;
  });
}

interface Finding {
  readonly cve: string;
  readonly about: string;
  readonly software: string;
  /** Assets on which a scan found it. */
  readonly on: readonly string[];
  /** As CISA's catalogue has it (release 2025.08.25); absent where it does not list the CVE. */
  readonly kev?: { readonly vendor: string; readonly product: string; readonly added: string; readonly due: string };
}

const kev = (vendor: string, product: string, added: string, due: string) => ({ vendor, product, added, due });

/** All of the listed ones are marked there as used in ransomware campaigns. */
export const findings: readonly Finding[] = [
  {
    cve: 'CVE-2021-44228',
    about: 'Remote code execution in Log4j by a logged look-up.',
    software: 'log4j',
    on: ['portal-api', 'siem'],
    kev: kev('Apache', 'Log4j2', '2021-12-10', '2021-12-24'),
  },
  {
    cve: 'CVE-2023-3519',
    about: 'Remote code execution in NetScaler without sign-in.',
    software: 'netscaler',
    on: ['netscaler'],
    kev: kev('Citrix', 'NetScaler ADC and NetScaler Gateway', '2023-07-19', '2023-08-09'),
  },
  {
    cve: 'CVE-2022-42475',
    about: 'Memory corruption in the SSL VPN of FortiOS.',
    software: 'fortios',
    on: ['vpn', 'fw-edge'],
    kev: kev('Fortinet', 'FortiOS', '2022-12-13', '2023-01-03'),
  },
  {
    cve: 'CVE-2021-34473',
    about: 'First step of the ProxyShell chain in Exchange.',
    software: 'exchange',
    on: ['mail'],
    kev: kev('Microsoft', 'Exchange Server', '2021-11-03', '2021-11-17'),
  },
  {
    cve: 'CVE-2020-1472',
    about: 'Zerologon: a Netlogon session without the machine’s secret.',
    software: 'ad',
    on: ['dc1'],
    kev: kev('Microsoft', 'Netlogon', '2021-11-03', '2020-09-21'),
  },
  {
    cve: 'CVE-2017-0144',
    about: 'Remote code execution in SMB 1.',
    software: 'smb1',
    on: ['ct', 'analyser-1', 'monitor-central'],
    kev: kev('Microsoft', 'SMBv1', '2022-02-10', '2022-08-10'),
  },
  {
    cve: 'CVE-2019-0708',
    about: 'Remote code execution in Remote Desktop before sign-in.',
    software: 'rdp',
    on: ['ct', 'monitor-central'],
    kev: kev('Microsoft', 'Remote Desktop Services', '2021-11-03', '2022-05-03'),
  },
  {
    cve: 'CVE-2021-34527',
    about: 'PrintNightmare: code execution through the print spooler.',
    software: 'spooler',
    on: ['print', 'ws-ward', 'ws-radiology'],
    kev: kev('Microsoft', 'Windows', '2021-11-03', '2021-07-20'),
  },
  {
    cve: 'CVE-2023-43208',
    about: 'Code execution in Mirth Connect without sign-in.',
    software: 'mirth',
    on: ['hl7'],
    kev: kev('NextGen Healthcare', 'Mirth Connect', '2024-05-20', '2024-06-10'),
  },
  {
    cve: 'CVE-2021-22005',
    about: 'File upload in vCenter that leads to code execution.',
    software: 'vcenter',
    on: ['vcenter'],
    kev: kev('VMware', 'vCenter Server', '2021-11-03', '2021-11-17'),
  },
  {
    cve: 'CVE-2024-37085',
    about: 'Administrator rights on ESXi by a group of a given name.',
    software: 'esxi',
    on: ['esxi-1', 'esxi-2'],
    kev: kev('VMware', 'ESXi', '2024-07-30', '2024-08-20'),
  },
  {
    cve: 'CVE-2023-27532',
    about: 'Stored credentials of Veeam read without sign-in.',
    software: 'veeam',
    on: ['backup'],
    kev: kev('Veeam', 'Backup & Replication', '2023-08-22', '2023-09-12'),
  },
  { cve: 'CVE-2023-33466', about: 'Orthanc lets a signed-in user overwrite its settings.', software: 'orthanc', on: ['pacs'] },
  {
    cve: 'CVE-2020-25165',
    about: 'The pump’s network session can be taken over nearby.',
    software: 'alaris',
    on: ['pump-server', 'pump-icu-1', 'pump-icu-2', 'pump-ward-1'],
  },
];

type ControlRow = readonly [
  id: string,
  name: string,
  status: 'planned' | 'partial' | 'in-place',
  owner: string,
  assets: readonly string[],
  techniques: readonly string[],
];

/** NIST SP 800-53 Rev. 5 identifiers: what is in place, for which assets, against which techniques. */
export const controls: readonly ControlRow[] = [
  ['IA-2(1)', 'Second factor for remote access', 'partial', 'Networks', ['vpn', 'mfa'], ['T1133', 'T1078', 'T1110.003']],
  [
    'SC-7',
    'Firewall between zones',
    'partial',
    'Networks',
    ['fw-core', 'pump-server', 'monitor-central'],
    ['T1021.001', 'T1021.002', 'T1210'],
  ],
  [
    'SI-2',
    'Monthly patching of servers',
    'partial',
    'Infrastructure',
    ['ehr-app', 'mail', 'vcenter', 'backup'],
    ['T1190', 'T1068', 'T1210'],
  ],
  [
    'SI-3',
    'Endpoint protection',
    'in-place',
    'Security',
    ['ws-reception', 'ws-ward', 'ws-admin', 'file', 'jump'],
    ['T1059.001', 'T1204.002', 'T1055'],
  ],
  [
    'CP-9',
    'Daily backups, weekly to tape',
    'in-place',
    'Infrastructure',
    ['backup', 'backup-repo', 'backup-tape', 'ehr-db'],
    ['T1486', 'T1490'],
  ],
  [
    'AC-6',
    'Administrators work from the jump host only',
    'partial',
    'Infrastructure',
    ['jump', 'dc1', 'dc2', 'vcenter'],
    ['T1078', 'T1021.001', 'T1003.001'],
  ],
  ['SI-8', 'Mail filtering', 'in-place', 'Infrastructure', ['mail-filter', 'mail'], ['T1566.001']],
  ['AT-2', 'Yearly security lesson for staff', 'in-place', 'Security', [], ['T1566.001', 'T1204.002']],
  ['AU-6', 'Daily look at alerts', 'partial', 'Security', ['siem', 'edr'], ['T1059.001', 'T1003.001', 'T1562.001']],
  ['SC-28', 'Encryption of the portal database', 'in-place', 'Digital services', ['portal-db'], ['T1005']],
  ['IA-5', 'Separate passwords for each administrator account', 'planned', 'Infrastructure', ['dc1', 'dc2'], ['T1003.006', 'T1558.003']],
  [
    'MA-4',
    'Maintenance of devices by appointment',
    'planned',
    'Biomedical engineering',
    ['vendor-link', 'pump-server', 'ct'],
    ['T1219', 'T1021.001'],
  ],
];

type LogRow = readonly [
  name: string,
  product: string,
  channel: string,
  enabled: boolean,
  days: number,
  assets: readonly string[],
  components: readonly string[],
];

/** name, product, channel, switched on, days kept, assets, ATT&CK data components by name */
export const logSources: readonly LogRow[] = [
  [
    'Windows security log of the servers',
    'Windows',
    'Security',
    true,
    90,
    ['dc1', 'dc2', 'file', 'jump', 'ehr-app'],
    ['Logon Session Creation', 'User Account Authentication', 'Active Directory Object Modification', 'Scheduled Job Creation'],
  ],
  [
    'Sysmon on workstations',
    'Sysmon',
    'Microsoft-Windows-Sysmon/Operational',
    true,
    30,
    ['ws-reception', 'ws-ward', 'ws-finance', 'ws-admin'],
    ['Process Creation', 'Process Access', 'File Creation', 'Network Connection Creation', 'Module Load'],
  ],
  [
    'PowerShell script blocks',
    'Windows',
    'Microsoft-Windows-PowerShell/Operational',
    false,
    30,
    ['jump', 'ws-admin'],
    ['Script Execution', 'Command Execution'],
  ],
  ['Edge firewall traffic', 'FortiOS', 'traffic', true, 30, ['fw-edge', 'fw-core'], ['Network Traffic Flow', 'Network Traffic Content']],
  [
    'VPN sign-ins',
    'FortiOS',
    'event/vpn',
    true,
    90,
    ['vpn'],
    ['Logon Session Creation', 'User Account Authentication', 'Logon Session Metadata'],
  ],
  ['Portal web server', 'nginx', 'access', true, 30, ['portal', 'website'], ['Application Log Content']],
  [
    'EHR audit trail',
    'Valechart EHR',
    'audit',
    true,
    365,
    ['ehr-app', 'ehr-db'],
    ['Application Log Content', 'User Account Authentication'],
  ],
  ['HL7 engine', 'Mirth Connect', 'server log', false, 7, ['hl7'], ['Application Log Content']],
  ['Hypervisor log', 'ESXi', 'hostd', true, 14, ['esxi-1', 'esxi-2', 'vcenter'], ['Instance Stop', 'Logon Session Creation']],
  ['Backup jobs', 'Veeam', 'sessions', true, 90, ['backup'], ['Application Log Content', 'File Deletion']],
];

/** The invented incident: what was seen, in order, with the technique and the asset. */
export const incident = {
  name: 'Night Ward',
  about:
    'An invented incident for training: a portal component is exploited, the intruders reach the directory and the backups, and are stopped before encryption ends.',
  firstSeen: '2026-09-18T23:40:00.000Z',
  lastSeen: '2026-09-21T04:15:00.000Z',
  published: '2026-10-02T09:00:00.000Z',
  malware: 'WARDLOCK',
  malwareAbout: 'An invented ransomware: stops databases and virtual machines, deletes copies, encrypts.',
  steps: [
    ['T1190', 'portal-api', 'The portal’s API logged a look-up and loaded code.'],
    ['T1505.003', 'portal-api', 'A web shell stayed behind.'],
    ['T1018', 'portal-api', 'Neighbouring systems were listed.'],
    ['T1210', 'dc1', 'Netlogon on the older domain controller was abused.'],
    ['T1003.006', 'dc1', 'Secrets were replicated from the directory.'],
    ['T1078.002', 'jump', 'A domain administrator’s account signed in at night.'],
    ['T1021.001', 'jump', 'Remote Desktop to servers.'],
    ['T1059.001', 'jump', 'PowerShell collected names of shares.'],
    ['T1087.002', 'dc2', 'Domain accounts were listed.'],
    ['T1562.001', 'edr', 'Endpoint protection was switched off for a group.'],
    ['T1039', 'file', 'Documents were gathered from shares.'],
    ['T1560.001', 'file', 'They were packed.'],
    ['T1567.002', 'file', 'They went to a cloud storage.'],
    ['T1490', 'backup', 'Restore points were deleted.'],
    ['T1489', 'ehr-db', 'Database services were stopped.'],
    ['T1486', 'esxi-2', 'Encryption of machine images began and was cut off.'],
  ] as const,
  malwareTechniques: ['T1486', 'T1489', 'T1490', 'T1059.001'],
  /** Groups of ATT&CK whose known techniques overlap; no claim that they did it: there was no incident. */
  resembles: ['G1032', 'G0102'],
  indicators: [
    ['Command server of the web shell', "[ipv4-addr:value = '192.0.2.66']"],
    ['Upload host', "[domain-name:value = 'ward-share.example']"],
    ['WARDLOCK sample', "[file:hashes.'SHA-256' = '8f0e2c5d6a7b4c3d2e1f00112233445566778899aabbccddeeff001122334455']"],
  ] as const,
};
