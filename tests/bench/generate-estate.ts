import { createHash } from 'node:crypto';
import { seeded } from './generate.ts';

/*
 * A synthetic estate and a synthetic list of all vulnerabilities, with the shape of real ones. The shares were counted
 * in CISA's Vulnrichment sample of 3,251 records: 6 % name no product, 5 % are Windows with some 14 rows, 7 % are the
 * Linux kernel with commits and versions, the rest is a long tail (Zipf) of products of which half have a CPE name;
 * SSVC for the newer third, as CISA began in 2024. Some 2.6 KB a record.
 */

const syllables = 'al ba cor den el fi gra hel in jo kan lu mer no or pa qui ro sen tal ur ven wes xi yo zan'.split(' ');
const windows: readonly [product: string, cpe: string, build: number][] = [
  ['Windows 10 Version 1607', 'windows_10_1607', 14393],
  ['Windows 10 Version 1809', 'windows_10_1809', 17763],
  ['Windows 10 Version 21H2', 'windows_10_21h2', 19044],
  ['Windows 10 Version 22H2', 'windows_10_22h2', 19045],
  ['Windows 11 version 21H2', 'windows_11_21h2', 22000],
  ['Windows 11 Version 23H2', 'windows_11_23h2', 22631],
  ['Windows Server 2016', 'windows_server_2016', 14393],
  ['Windows Server 2016 (Server Core installation)', 'windows_server_2016', 14393],
  ['Windows Server 2019', 'windows_server_2019', 17763],
  ['Windows Server 2019 (Server Core installation)', 'windows_server_2019', 17763],
  ['Windows Server 2022', 'windows_server_2022', 20348],
];
const kernels = ['4.19', '5.4', '5.10', '5.15', '6.1', '6.6'];
const PRODUCTS = 60_000;

interface Made {
  readonly vendor: string;
  readonly product: string;
}

function productAt(rank: number): Made {
  const word = (seed: number) => [0, 1, 2].map((at) => syllables[Math.floor(seed / 26 ** at) % 26]).join('');
  const vendor = word(Math.floor(rank / 3) * 7 + 11);
  return { vendor: `${vendor} Inc.`, product: `${word(rank * 13 + 5)} ${['Server', 'Manager', 'Agent', 'Gateway', 'Suite'][rank % 5]}` };
}
const cpeName = ({ vendor, product }: Made, version: string) =>
  `cpe:2.3:a:${vendor.toLowerCase().replace(' inc.', '')}:${product.toLowerCase().replaceAll(' ', '_')}:${version}:*:*:*:*:*:*:*`;

/** Ranks by Zipf's law (exponent 0.9): a few products that everyone has, and a long tail. */
function zipf(random: () => number, most: number): number {
  const power = 0.1;
  return Math.min(most - 1, Math.floor((random() * (most ** power - 1) + 1) ** (1 / power)) - 1);
}
const versionOf = (random: () => number) => `${1 + Math.floor(random() * 6)}.${Math.floor(random() * 12)}.${Math.floor(random() * 20)}`;

/** Lines of CVE JSON 5.1. */
export function* cveLines(count: number, seed = 3): Generator<string> {
  const random = seeded(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  for (let at = 0; at < count; at++) {
    // Ten a day over the years, as the list grew: later years have more.
    const year = 2026 - Math.floor((1 - Math.sqrt(at / count)) * 24);
    const cveId = `CVE-${year}-${100_000 + at}`;
    const day = `${year}-${String(1 + (at % 12)).padStart(2, '0')}-${String(1 + (at % 28)).padStart(2, '0')}T10:00:00.000Z`;
    const affected = affectedOf(random, at / count);
    const references = Array.from({ length: 4 }, (_, n) => ({
      url: `https://advisories.example/${cveId.toLowerCase()}/${pick(syllables)}${pick(syllables)}-${n}`,
      name: `${cveId}: ${pick(syllables)}${pick(syllables)} advisory ${n}`,
      tags: ['vendor-advisory'],
    }));
    const adp: unknown[] = [
      {
        title: 'CVE Program Container',
        references: references.map((one) => ({ ...one, tags: ['vendor-advisory', 'x_transferred'] })),
        providerMetadata: { orgId: 'af854a3a-2127-422b-91ae-364da2661108', shortName: 'CVE', dateUpdated: day },
      },
    ];
    if (year >= 2024)
      adp.push({
        title: 'CISA ADP Vulnrichment',
        metrics: [
          {
            other: {
              type: 'ssvc',
              content: {
                id: cveId,
                role: 'CISA Coordinator',
                options: [
                  { Exploitation: random() < 0.06 ? 'active' : random() < 0.18 ? 'poc' : 'none' },
                  { Automatable: random() < 0.25 ? 'yes' : 'no' },
                  { 'Technical Impact': random() < 0.4 ? 'total' : 'partial' },
                ],
                version: '2.0.3',
                timestamp: day,
              },
            },
          },
        ],
        providerMetadata: { orgId: '134c704f-9b21-4f2e-91b3-4a467353bcc0', shortName: 'CISA-ADP', dateUpdated: day },
      });
    const vector = pick([
      ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8, 'CRITICAL'],
      ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H', 8.8, 'HIGH'],
      ['CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H', 7.8, 'HIGH'],
      ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1, 'MEDIUM'],
      ['CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H', 5.5, 'MEDIUM'],
    ] as const);
    yield JSON.stringify({
      dataType: 'CVE_RECORD',
      dataVersion: '5.1',
      cveMetadata: {
        cveId,
        assignerOrgId: '8254265b-2729-46b6-b9e3-3dfca2d5bfca',
        assignerShortName: 'synthetic',
        state: random() < 0.02 ? 'REJECTED' : 'PUBLISHED',
        datePublished: day,
        dateUpdated: day,
      },
      containers: {
        cna: {
          title: `${affected[0]?.product ?? 'A product'}: flaw ${at}`,
          providerMetadata: { orgId: '8254265b-2729-46b6-b9e3-3dfca2d5bfca', shortName: 'synthetic', dateUpdated: day },
          descriptions: [
            {
              lang: 'en',
              value: `A flaw in ${affected[0]?.product ?? 'a product'} lets an attacker ${Array.from({ length: 40 }, () => pick(syllables) + pick(syllables)).join(' ')}.`,
            },
          ],
          affected,
          problemTypes: [
            { descriptions: [{ lang: 'en', type: 'CWE', cweId: `CWE-${20 + (at % 800)}`, description: `CWE-${20 + (at % 800)}` }] },
          ],
          references,
          ...(random() < 0.78 && {
            metrics: [
              { format: 'CVSS', cvssV3_1: { version: '3.1', vectorString: vector[0], baseScore: vector[1], baseSeverity: vector[2] } },
            ],
          }),
        },
        adp,
      },
    });
  }
}

function affectedOf(random: () => number, age: number): { product: string; [key: string]: unknown }[] {
  const kind = random();
  if (kind < 0.06) return [{ vendor: 'n/a', product: 'n/a', versions: [{ version: 'n/a', status: 'affected' }] }];
  if (kind < 0.11) {
    const from = Math.floor(random() * 4);
    const build = Math.floor(age * 6_000);
    return windows.slice(from).map(([product, cpe, base]) => ({
      vendor: 'Microsoft',
      product,
      cpes: [`cpe:2.3:o:microsoft:${cpe}:10.0.${base}.${build}:*:*:*:*:*:x64:*`],
      platforms: ['x64-based Systems'],
      versions: [{ version: '10.0.0', lessThan: `10.0.${base}.${build}`, status: 'affected', versionType: 'custom' }],
    }));
  }
  if (kind < 0.18) {
    const since = kernels[Math.floor(random() * kernels.length)] as string;
    const hex = () =>
      Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(12, '0');
    return [
      {
        vendor: 'Linux',
        product: 'Linux',
        defaultStatus: 'unaffected',
        versions: kernels.map(() => ({ version: hex(), lessThan: hex(), status: 'affected', versionType: 'git' })),
      },
      {
        vendor: 'Linux',
        product: 'Linux',
        defaultStatus: 'affected',
        versions: [
          { version: since, status: 'affected' },
          { version: '0', lessThan: since, status: 'unaffected', versionType: 'custom' },
          ...kernels.map((line) => ({
            version: `${line}.${Math.floor(age * 200)}`,
            lessThanOrEqual: `${line}.*`,
            status: 'unaffected',
            versionType: 'custom',
          })),
        ],
      },
    ];
  }
  const made = productAt(zipf(random, PRODUCTS));
  const version = versionOf(random);
  const ranged = random() < 0.45;
  return [
    {
      vendor: made.vendor,
      product: made.product,
      ...(random() < 0.55 && { cpes: [cpeName(made, ranged ? '*' : version)] }),
      defaultStatus: 'unaffected',
      versions: ranged
        ? [{ version: '0', lessThan: version, status: 'affected', versionType: random() < 0.3 ? 'semver' : 'custom' }]
        : Array.from({ length: 1 + Math.floor(random() * 3) }, (_, n) => ({
            version: n === 0 ? version : versionOf(random),
            status: 'affected',
          })),
    },
  ];
}

/** CISA's catalogue for some of the records: each names its product in words. */
export function kevCatalogue(count: number, of: number, seed = 5): unknown {
  const random = seeded(seed);
  const wanted = new Set<number>();
  while (wanted.size < Math.min(count, of)) wanted.add(Math.floor(of * (1 - random() ** 2)));
  const vulnerabilities = [];
  let at = 0;
  for (const line of cveLines(of)) {
    if (wanted.has(at++)) {
      const { cveMetadata, containers } = JSON.parse(line) as {
        cveMetadata: { cveId: string };
        containers: { cna: { affected: { vendor: string; product: string }[] } };
      };
      const first = containers.cna.affected[0];
      vulnerabilities.push({
        cveID: cveMetadata.cveId,
        vendorProject: first?.vendor ?? 'Unknown',
        product: first?.product ?? 'Unknown',
        vulnerabilityName: `A flaw in ${first?.product ?? 'a product'}`,
        dateAdded: '2026-03-01',
        shortDescription: 'A flaw that is exploited.',
        requiredAction: 'Apply mitigations per vendor instructions.',
        dueDate: '2026-03-22',
        knownRansomwareCampaignUse: random() < 0.2 ? 'Known' : 'Unknown',
        notes: '',
        cwes: [],
      });
    }
  }
  return {
    title: 'CISA Catalog of Known Exploited Vulnerabilities',
    catalogVersion: '2026.03.01',
    dateReleased: '2026-03-01T00:00:00.000Z',
    count: vulnerabilities.length,
    vulnerabilities,
  };
}

const at = '2026-01-01T00:00:00.000Z';
const stable = (type: string, text: string) => {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${type}--${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** A STIX bundle of assets, their software with versions and CPE names, and who runs what; piece by piece. */
export function* estateBundle(assets: number, runs: number, seed = 9): Generator<string> {
  const random = seeded(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const known = new Set<string>();
  let first = true;
  const write = (object: unknown) => {
    const text = `${first ? '' : ','}\n${JSON.stringify(object)}`;
    first = false;
    return text;
  };
  const software = (name: string, vendor: string, version: string, cpe: string) => {
    const id = stable('software', `${name} ${version}`);
    return { id, object: known.has(id) ? undefined : { type: 'software', spec_version: '2.1', id, name, vendor, version, cpe } };
  };
  const os = () => {
    const kind = random();
    if (kind < 0.6) {
      const [product, cpe, base] = pick(windows);
      // Most are patched within the last year, some for longer not.
      const build = Math.floor((1 - random() ** 3 * 0.4) * 60) * 100;
      const version = `10.0.${base}.${build}`;
      return software(product, 'Microsoft', version, `cpe:2.3:o:microsoft:${cpe}:${version}:*:*:*:*:*:x64:*`);
    }
    const version = `${pick(kernels)}.${Math.floor((1 - random() ** 3 * 0.4) * 20) * 10}`;
    return software('Linux kernel', 'Linux', version, `cpe:2.3:o:linux:linux_kernel:${version}:*:*:*:*:*:*:*`);
  };
  yield `{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":[`;
  for (let one = 0; one < assets; one++) {
    const id = stable('x-redoubt-asset', String(one));
    yield write({
      type: 'x-redoubt-asset',
      spec_version: '2.1',
      id,
      created: at,
      modified: at,
      name: `host-${one}`,
      hostnames: [`host-${one}.corp.example`],
      ip_addresses: [`10.${one % 40}.${Math.floor(one / 40) % 250}.${(one % 7) + 1}`],
      criticality: 1 + (one % 5),
      exposure: one % 25 === 0 ? 'internet' : one % 40 === 1 ? 'partner' : one % 30 === 2 ? 'isolated' : 'internal',
    });
    const mine = new Set<string>();
    for (let n = 0; n < runs / assets; n++) {
      const rank = zipf(random, 2_500) * 7;
      const made = productAt(rank);
      const version = `${1 + (rank % 6)}.${Math.floor(random() * 2) * 5}.${rank % 20}`;
      const { id: target, object } = n === 0 ? os() : software(made.product, made.vendor, version, cpeName(made, version));
      if (object) {
        known.add(target);
        yield write(object);
      }
      if (mine.has(target)) continue;
      mine.add(target);
      yield write({
        type: 'relationship',
        spec_version: '2.1',
        id: stable('relationship', `${id} ${target}`),
        created: at,
        modified: at,
        relationship_type: 'runs',
        source_ref: id,
        target_ref: target,
      });
    }
  }
  yield '\n]}\n';
}
