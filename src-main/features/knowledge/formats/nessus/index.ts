import type { Severity } from '#shared/domain/knowledge/extensions.ts';
import type { JsonObject } from '#shared/domain/knowledge/stix.ts';
import { createScan, type Scan, timeOf } from '../assets/scan.ts';
import { type CvssScore, scoreOf, severityOf } from '../cvss/index.ts';
import { isIpAddress } from '../csv/addresses.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { childrenOf, childText, sketchXml, streamXml, wrongRoot, type XmlElement } from '../xml-stream/index.ts';

const report = 'NessusClientData_v2/Report';
const host = `${report}/ReportHost`;

/** Tenable's .nessus files, version 2: one result a plugin, port and host, read piece by piece whatever the file's size. */
export const nessus = defineFormat({
  id: 'nessus',
  title: 'Nessus report (.nessus)',
  from: ['Nessus', 'Tenable Vulnerability Management', 'Tenable Security Center'],
  brings:
    'Hosts become assets, or are found among yours; each result a finding with its CVEs, score by the CVSS vector, output and solution. Scan policies are left out.',
  extensions: ['nessus', 'xml'],

  detect({ text }) {
    const sketch = sketchXml(text);
    if (sketch?.root === 'NessusClientData_v2') return { confidence: 0.98, because: 'its first element is NessusClientData_v2' };
    return sketch?.root === 'NessusClientData'
      ? { confidence: 0.6, because: 'its first element is NessusClientData: version 1 of Nessus’ files' }
      : { confidence: 0, because: 'its first element is not NessusClientData_v2' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

/** The host that is being read. */
interface Current {
  readonly name: string;
  readonly path: string;
  id: string | undefined;
  at: string | undefined;
  /** Results that came before the host's properties, which no scanner writes. */
  rejected: boolean;
}

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const scan = createScan(context, 'Nessus', 'x_redoubt_nessus');
  let current: Current | undefined;
  let any = false;
  let count = 0;
  let results = 0;
  const options = {
    whole: new Set([`${host}/HostProperties`, `${host}/ReportItem`, 'NessusClientData_v2/Policy/policyName']),
    around: new Set(['NessusClientData_v2', 'NessusClientData_v2/Policy', report, host]),
    signal: context.signal,
  };
  for await (const pieces of streamXml(source, options)) {
    for (const { kind, path, element, what } of pieces) {
      if (kind === 'loss') yield { kind: 'loss', path, what: what ?? '' };
      else if (kind === 'open' && path === 'NessusClientData_v2') any = true;
      else if (kind === 'open' && path === host) {
        current = { name: element.attributes['name'] ?? '', path: `host[${count++}]`, id: undefined, at: undefined, rejected: false };
        results = 0;
      } else if (kind === 'open' && path.endsWith('/Policy')) yield { kind: 'loss', path, what: 'the scan policy is left out' };
      else if (!current) continue;
      else if (kind === 'close' && path === host) {
        if (current.id === undefined && !current.rejected) yield* properties(undefined, current, scan);
        current = undefined;
      } else if (kind === 'whole' && element.name === 'HostProperties') yield* properties(element, current, scan);
      else if (kind === 'whole' && element.name === 'ReportItem') {
        if (current.id === undefined && !current.rejected) yield* properties(undefined, current, scan);
        const where = `${current.path}, item[${results++}] (line ${element.line})`;
        if (current.id === undefined)
          yield { kind: 'rejected', path: where, reason: `the host it belongs to is rejected (${current.path})` };
        else yield* result(element, where, current.id, current.at, scan);
      }
    }
  }
  if (!any) throw wrongRoot(source, 'report of Nessus in version 2 (.nessus)');
}

const kept = [
  'os',
  'system-type',
  'policy-used',
  'patch-summary-total-cves',
  'Credentialed_Scan',
  'netbios-name',
  'bios-uuid',
  'aws-instance-instanceId',
];

function* properties(element: XmlElement | undefined, current: Current, scan: Scan): Generator<Item> {
  const tags = new Map<string, string>();
  for (const tag of element ? childrenOf(element, 'tag') : []) {
    const name = tag.attributes['name'];
    if (name && !tags.has(name)) tags.set(name, tag.text);
  }
  const get = (name: string) => tags.get(name) || undefined;
  current.at =
    timeOf(get('HOST_END_TIMESTAMP')) ?? timeOf(get('HOST_END')) ?? timeOf(get('HOST_START_TIMESTAMP')) ?? timeOf(get('HOST_START'));
  const ips = [get('host-ip'), ...(get('host-ips')?.split(/[\s,]+/) ?? []), current.name].filter(
    (one) => one !== undefined && isIpAddress(one),
  );
  const names = [
    get('host-fqdn'),
    ...(get('host-fqdns')?.match(/[\w.-]+/g) ?? []).filter((one) => one.includes('.', 1) && !one.endsWith('.')),
    get('host-rdns'),
    get('hostname'),
    get('netbios-name'),
  ];
  const hostnames = [...(isIpAddress(current.name) ? [] : [current.name]), ...names]
    .filter((one) => one !== undefined && one !== '' && !isIpAddress(one))
    .map((one) => (one as string).replace(/^[^\\]*\\/, ''));
  const observed: JsonObject = Object.fromEntries(
    kept.flatMap((name) =>
      get(name) === undefined ? [] : [[name.toLowerCase().replaceAll('-', '_'), (get(name) as string).slice(0, 1000)]],
    ),
  );
  const cpes = [...tags].filter(([name]) => /^cpe(?:-\d+)?$/.test(name)).map(([, text]) => text.split(/\s/)[0] as string);
  const id = yield* scan.asset(
    {
      hostnames,
      ips: ips as string[],
      macs: get('mac-address')?.split(/\s+/) ?? [],
      operatingSystem: get('operating-system')?.split('\n')[0] ?? get('os'),
    },
    observed,
    current.path,
    current.at,
  );
  current.id = id;
  current.rejected = id === undefined;
  if (id === undefined) return;
  for (const cpe of cpes.slice(0, 500)) {
    const software = yield* scan.software({ cpe }, current.path);
    if (software) yield* scan.link('runs', id, software, current.path);
    else yield { kind: 'loss', id, path: current.path, what: `“${cpe.slice(0, 100)}” is no CPE name; left out` };
  }
}

/** Tenable's own scale, where no vector says more. */
const severities: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical'];

function* result(item: XmlElement, path: string, assetId: string, at: string | undefined, scan: Scan): Generator<Item> {
  const { pluginID, pluginName, pluginFamily, port, protocol, svc_name: service, severity } = item.attributes;
  if (!pluginID) return yield { kind: 'rejected', path, reason: 'it has no pluginID to know it by' };
  const number = Number(port);
  const texts = (name: string) =>
    childrenOf(item, name)
      .map(({ text }) => text)
      .filter((text) => text !== '');
  const best = bestVector(texts);
  const given = Number(
    childText(item, 'cvss4_base_score') ?? childText(item, 'cvss3_base_score') ?? childText(item, 'cvss_base_score') ?? Number.NaN,
  );
  const level = severities[Number(severity)] ?? 'info';
  const cwes = [
    ...texts('cwe').map((text) => `CWE-${text.replace(/^CWE-?/i, '')}`),
    ...texts('xref')
      .filter((text) => /^CWE:\d+$/.test(text))
      .map((text) => text.replace(':', '-')),
  ];
  const references = texts('xref').concat(texts('bid').map((bid) => `BID:${bid}`));
  const links = texts('see_also').flatMap((text) => text.split(/\s+/));
  const other: JsonObject = {
    plugin_name: (pluginName ?? '').slice(0, 1000),
    ...(pluginFamily && { plugin_family: pluginFamily.slice(0, 300) }),
    ...(service && { service: service.slice(0, 100) }),
    ...one('risk_factor', childText(item, 'risk_factor')),
    ...one('exploit_available', childText(item, 'exploit_available')),
    ...one('exploitability_ease', childText(item, 'exploitability_ease')),
    ...one('vpr_score', childText(item, 'vpr_score')),
    ...one('plugin_type', childText(item, 'plugin_type')),
    ...one('plugin_modification_date', childText(item, 'plugin_modification_date')),
    ...one('vuln_publication_date', childText(item, 'vuln_publication_date')),
    ...one('compliance_result', childText(item, 'compliance-result')),
    ...(references.length > 0 && { references: references.slice(0, 200).map((text) => text.slice(0, 300)) }),
    ...(links.length > 0 && { see_also: links.slice(0, 100).map((text) => text.slice(0, 1000)) }),
  };
  const id = yield* scan.finding(
    {
      assetId,
      ruleId: pluginID,
      name: childText(item, 'compliance-check-name') ?? pluginName ?? `Plugin ${pluginID}`,
      severity: level,
      description: childText(item, 'description') ?? childText(item, 'synopsis'),
      evidence: childText(item, 'plugin_output') ?? childText(item, 'compliance-actual-value'),
      solution: childText(item, 'solution') ?? childText(item, 'compliance-solution'),
      ...(number > 0 && { port: number }),
      protocol,
      ...(best && { vector: best.vector, score: best.base_score }),
      cves: texts('cve'),
      cwes,
      ...(at && { lastSeen: at }),
      status: /^PASSED$/i.test(childText(item, 'compliance-result') ?? '') ? 'not-affected' : 'open',
      fingerprint: childText(item, 'compliance-check-id') ?? childText(item, 'compliance-check-name'),
      other,
    },
    path,
  );
  if (id && best && Number.isFinite(given) && Math.abs(given - best.base_score) > 0.049)
    yield {
      kind: 'loss',
      id,
      path,
      what: `the file gives the score ${given}; its vector ${best.vector} gives ${best.base_score}, which is kept`,
    };
  else if (id && !best && Number.isFinite(given))
    yield {
      kind: 'loss',
      id,
      path,
      what: `the file gives the score ${given} (${severityOf(Math.min(10, Math.max(0, given)), '3.1')}) without a vector that can be computed; left out`,
    };
}

/** The vector of the newest version of CVSS, without Tenable's `CVSS2#`. */
function bestVector(texts: (name: string) => string[]): CvssScore | undefined {
  for (const name of ['cvss4_vector', 'cvss3_vector', 'cvss_vector'])
    for (const text of texts(name)) {
      const scored = scoreOf(text);
      if (scored) return scored;
    }
  return undefined;
}

function one(name: string, text: string | undefined): JsonObject {
  return text === undefined ? {} : { [name]: text.slice(0, 1000) };
}
