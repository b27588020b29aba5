import type { Severity } from '#shared/domain/knowledge/extensions.ts';
import type { JsonObject } from '#shared/domain/knowledge/stix.ts';
import { createScan, type Scan, timeOf } from '../assets/scan.ts';
import { isIpAddress } from '../csv/addresses.ts';
import { scoreOf, severityOf } from '../cvss/index.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { childOf, childrenOf, childText, descendants, sketchXml, streamXml, wrongRoot, type XmlElement } from '../xml-stream/index.ts';

/** A report stands in an envelope, in the answer of the management protocol, or by itself. */
const roots = ['report/report', 'get_reports_response/report/report', 'report', 'omp/report/report'];
const results = roots.map((root) => `${root}/results/result`);
const hosts = roots.map((root) => `${root}/host`);
const starts = roots.map((root) => `${root}/results`);
const times = roots.flatMap((root) => [`${root}/scan_end`, `${root}/scan_start`]);

const mostHosts = 500_000;

/** Reports of Greenbone and OpenVAS as XML, read piece by piece. */
export const openvas = defineFormat({
  id: 'openvas',
  title: 'OpenVAS / Greenbone report (XML)',
  from: ['OpenVAS', 'Greenbone Community Edition', 'Greenbone Enterprise'],
  brings:
    'Hosts become assets, or are found among yours; each result a finding with its CVEs, score by the CVSS vector, quality of detection and solution.',
  extensions: ['xml'],

  detect({ text }) {
    const sketch = sketchXml(text);
    if (!sketch || !/^(?:report|get_reports_response|omp)$/.test(sketch.root))
      return { confidence: 0, because: 'its first element is not a report' };
    if (/<(?:gmp|omp)>|<nvt\s+oid="|a994b278-1f62-11e1-96ac-406186ea4fc5|<report_format[\s>/]|<results\s+(?:max|start)="/.test(text))
      return { confidence: 0.95, because: 'it is a report with the parts that OpenVAS gives (gmp, nvt, report_format)' };
    return /<(?:results|result|scan_run_status|ports|hosts|task)[\s>]/.test(text)
      ? { confidence: 0.8, because: 'it is a report with results of a scan' }
      : { confidence: 0.3, because: 'it is a report of some kind' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

interface Host {
  readonly hostnames: string[];
  readonly macs: string[];
  readonly os: string | undefined;
  readonly cpes: string[];
  readonly at: string | undefined;
}

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const scan = createScan(context, 'OpenVAS', 'x_redoubt_openvas');
  const known = new Map<string, Host>();
  let end: string | undefined;
  let any = false;
  // Hosts with their names come after the results: a first pass.
  let failure: unknown;
  try {
    for await (const pieces of streamXml(source, { whole: new Set([...hosts, ...times]), around: new Set(starts), signal: context.signal }))
      for (const { kind, element } of pieces) {
        if (kind !== 'whole') any ||= kind === 'open';
        else if (element.name === 'scan_end') end = timeOf(element.text) ?? end;
        else if (element.name === 'scan_start') end ??= timeOf(element.text);
        else if (known.size < mostHosts) {
          any = true;
          known.set((childText(element, 'ip') ?? '').toLowerCase(), hostOf(element));
        }
      }
  } catch (error) {
    failure = error;
  }
  if (failure && !any) throw failure;
  if (!any) throw wrongRoot(source, 'report of OpenVAS');
  const assets = new Map<string, string>();
  let index = 0;
  for (const [ip, host] of known) yield* assetItems(ip, host, `host[${index++}]`, end, assets, scan);
  let count = 0;
  for await (const pieces of streamXml(source, { whole: new Set(results), signal: context.signal }))
    for (const { kind, path, element, what } of pieces) {
      if (kind === 'loss') yield { kind: 'loss', path, what: what ?? '' };
      else yield* resultItems(element, `result[${count++}] (line ${element.line})`, { known, assets, scan, end });
    }
}

function hostOf(element: XmlElement): Host {
  const details = new Map<string, string[]>();
  for (const detail of childrenOf(element, 'detail')) {
    const name = childText(detail, 'name') ?? '';
    const value = childText(detail, 'value');
    const list = details.get(name) ?? [];
    if (value !== undefined && list.length < 200) details.set(name, [...list, value]);
  }
  const all = (name: string) => details.get(name) ?? [];
  return {
    hostnames: [...all('hostname'), ...all('DNS-via-TargetDefinition'), ...all('SMB-HostName')],
    macs: all('MAC'),
    os: all('best_os_txt')[0] ?? all('OS').find((text) => !text.startsWith('cpe:')),
    cpes: [...all('best_os_cpe'), ...all('App')].filter((text) => text.startsWith('cpe:')),
    at: timeOf(childText(element, 'end')) ?? timeOf(childText(element, 'start')),
  };
}

function* assetItems(
  ip: string,
  host: Host,
  path: string,
  end: string | undefined,
  assets: Map<string, string>,
  scan: Scan,
): Generator<Item> {
  const named = isIpAddress(ip)
    ? { ips: [ip], hostnames: host.hostnames }
    : { hostnames: [ip, ...host.hostnames].filter((one) => one !== '') };
  const id = yield* scan.asset({ ...named, macs: host.macs, operatingSystem: host.os }, {}, path, host.at ?? end);
  if (id === undefined) return;
  assets.set(ip, id);
  for (const cpe of [...new Set(host.cpes)].slice(0, 500)) {
    const software = yield* scan.software({ cpe }, path);
    if (software) yield* scan.link('runs', id, software, path);
  }
}

interface Reading {
  readonly known: ReadonlyMap<string, Host>;
  readonly assets: Map<string, string>;
  readonly scan: Scan;
  readonly end: string | undefined;
}

const threats: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  log: 'info',
  debug: 'info',
  'false positive': 'info',
  none: 'info',
};

function* resultItems(element: XmlElement, path: string, { known, assets, scan, end }: Reading): Generator<Item> {
  const host = childOf(element, 'host');
  const ip = (host?.text ?? '').toLowerCase();
  if (!assets.has(ip)) {
    const hostname = childText(host, 'hostname');
    yield* assetItems(
      ip,
      { hostnames: hostname ? [hostname] : [], macs: [], os: undefined, cpes: [], at: undefined },
      path,
      end,
      assets,
      scan,
    );
  }
  const assetId = assets.get(ip);
  if (assetId === undefined) return;
  const nvt = childOf(element, 'nvt');
  const ruleId = nvt?.attributes['oid'] || childText(nvt, 'name') || childText(element, 'name');
  if (!ruleId) return yield { kind: 'rejected', path, reason: 'it names no test (nvt) by its oid' };
  const tags = new Map(
    (childText(nvt, 'tags') ?? '')
      .split('|')
      .flatMap((part) => (part.includes('=') ? [[part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)] as const] : [])),
  );
  const references = nvt ? descendants(nvt, 'ref') : [];
  const cves = [
    ...references.filter(({ attributes }) => attributes['type'] === 'cve').map(({ attributes }) => attributes['id'] ?? ''),
    ...(childText(nvt, 'cve')?.split(/[\s,]+/) ?? []),
  ].filter((cve) => cve !== 'NOCVE');
  const vectors = [
    ...(nvt ? descendants(nvt, 'severity') : []).flatMap((one) => childText(one, 'value') ?? []),
    tags.get('cvss_base_vector') ?? '',
  ];
  const scored = vectors
    .map(scoreOf)
    .filter((one) => one !== undefined)
    .sort((a, b) => (a.version < b.version ? 1 : -1))[0];
  const given = Number(childText(element, 'severity') ?? Number.NaN);
  const threat = (childText(element, 'threat') ?? '').toLowerCase();
  const ranked = given > 0 && given <= 10 ? severityOf(given, '3.1') : undefined;
  const severity = ranked && ranked !== 'none' ? ranked : Object.hasOwn(threats, threat) ? (threats[threat] as Severity) : 'info';
  const [, port, protocol] = /^(?:.*\()?(\d{1,5})\/([a-z]+)/i.exec(childText(element, 'port') ?? '') ?? [];
  const place = port === undefined ? childText(element, 'port') : undefined;
  const solution = childOf(nvt, 'solution');
  const overridden = descendants(element, 'override').some((one) => childText(one, 'new_threat') === 'False Positive');
  const others: JsonObject = {
    ...some('nvt_name', childText(nvt, 'name')),
    ...some('family', childText(nvt, 'family')),
    ...some('threat', childText(element, 'threat')),
    ...some('severity', childText(element, 'severity')),
    ...some('qod', childText(element, 'qod', 'value')),
    ...some('qod_type', childText(element, 'qod', 'type')),
    ...some('solution_type', solution?.attributes['type'] ?? tags.get('solution_type')),
    ...some('place', place),
  };
  const urls = references
    .filter(({ attributes }) => attributes['type'] !== 'cve')
    .map(({ attributes }) => `${attributes['type'] ?? 'ref'}:${attributes['id'] ?? ''}`.slice(0, 500));
  const id = yield* scan.finding(
    {
      assetId,
      ruleId,
      name: childText(element, 'name') ?? childText(nvt, 'name') ?? ruleId,
      severity,
      status: threat === 'false positive' || overridden || given === -1 ? 'suppressed' : 'open',
      description: [tags.get('summary'), tags.get('insight'), tags.get('impact')].filter(Boolean).join('\n\n') || undefined,
      evidence: childText(element, 'description'),
      solution: solution?.text || tags.get('solution'),
      ...(port !== undefined && { port: Number(port) }),
      protocol,
      ...(scored && { vector: scored.vector, score: scored.base_score }),
      cves,
      lastSeen: timeOf(childText(element, 'modification_time')) ?? timeOf(childText(element, 'creation_time')) ?? known.get(ip)?.at ?? end,
      other: { ...others, ...(urls.length > 0 && { references: urls.slice(0, 200) }) },
    },
    path,
  );
  if (id && scored && given >= 0 && Math.abs(given - scored.base_score) > 0.049)
    yield {
      kind: 'loss',
      id,
      path,
      what: `the file gives the score ${given}; its vector ${scored.vector} gives ${scored.base_score}, which is kept`,
    };
}

function some(name: string, text: string | undefined): JsonObject {
  return text ? { [name]: text.slice(0, 1000) } : {};
}
