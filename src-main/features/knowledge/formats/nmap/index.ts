import { isCveId } from '#shared/domain/knowledge/identifiers.ts';
import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { createScan, isPort, type Scan, timeOf } from '../assets/scan.ts';
import { scoreOf, severityOf } from '../cvss/index.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { childOf, childrenOf, descendants, sketchXml, streamXml, wrongRoot, type XmlElement } from '../xml-stream/index.ts';

const mostPorts = 2000;
const mostScripts = 200;
const mostOutput = 4000;

/** Nmap's XML (-oX), and masscan's of the same form: hosts, ports, services, systems, scripts. */
export const nmap = defineFormat({
  id: 'nmap',
  title: 'Nmap scan (XML)',
  from: ['Nmap', 'Zenmap', 'masscan'],
  brings:
    'Hosts that were up become assets, or are found among yours, with their open ports, services and systems beside what you wrote; software by CPE, and CVEs that scripts such as vulners name.',
  extensions: ['xml'],

  detect({ text }) {
    const sketch = sketchXml(text);
    return sketch?.root === 'nmaprun'
      ? { confidence: 0.98, because: 'its first element is nmaprun, as in Nmap’s XML' }
      : { confidence: 0, because: 'its first element is not nmaprun' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const scan = createScan(context, 'Nmap', 'x_redoubt_nmap');
  let started: string | undefined;
  let scanner = 'nmap';
  let hosts = 0;
  let any = false;
  const options = { whole: new Set(['nmaprun/host']), around: new Set(['nmaprun']), signal: context.signal };
  for await (const pieces of streamXml(source, options)) {
    for (const { kind, path, element, what } of pieces) {
      if (kind === 'loss') yield { kind: 'loss', path, what: what ?? '' };
      else if (kind === 'open') {
        any = true;
        started = timeOf(element.attributes['start']);
        scanner = [element.attributes['scanner'] ?? 'nmap', element.attributes['version']].filter(Boolean).join(' ').slice(0, 100);
      } else if (kind === 'whole') yield* host(element, `host[${hosts++}] (line ${element.line})`, { scan, started, scanner });
    }
  }
  if (!any) throw wrongRoot(source, 'scan of Nmap');
}

interface Run {
  readonly scan: Scan;
  readonly started: string | undefined;
  readonly scanner: string;
}

function* host(element: XmlElement, path: string, { scan, started, scanner }: Run): Generator<Item> {
  const state = childOf(element, 'status')?.attributes['state'];
  const addresses = childrenOf(element, 'address').map(({ attributes }) => attributes);
  const named = addresses.find(({ addrtype }) => addrtype !== 'mac')?.['addr'] ?? addresses[0]?.['addr'] ?? '';
  if (state === 'down') return yield { kind: 'loss', path, what: `the host ${named} was down; no asset is made of it` };
  const at = timeOf(element.attributes['endtime']) ?? timeOf(element.attributes['starttime']) ?? started;
  const hostnames = descendants(element, 'hostname');
  // What the user typed names the host better than a reverse look-up.
  const names = [...hostnames.filter(({ attributes }) => attributes['type'] === 'user'), ...hostnames].flatMap(
    ({ attributes }) => attributes['name'] ?? [],
  );
  const ports = descendants(element, 'port');
  const open = ports.filter((port) => (childOf(port, 'state')?.attributes['state'] ?? 'open').startsWith('open'));
  const systems = descendants(element, 'osmatch').slice(0, 5);
  const mac = addresses.find(({ addrtype }) => addrtype === 'mac');
  const observed: JsonObject = {
    scanner,
    ...(mac?.['vendor'] && { mac_vendor: mac['vendor'].slice(0, 300) }),
    ...(systems.length > 0 && { os_matches: systems.map(systemOf) }),
    ...(open.length > 0 && { ports: open.slice(0, mostPorts).map(portOf) }),
    ...(childOf(element, 'uptime')?.attributes['lastboot'] && { last_boot: childOf(element, 'uptime')?.attributes['lastboot'] as string }),
  };
  const id = yield* scan.asset(
    {
      hostnames: names,
      ips: addresses.flatMap(({ addr, addrtype }) => (addr && addrtype !== 'mac' ? addr : [])),
      macs: mac?.['addr'] ? [mac['addr']] : [],
      operatingSystem: systems[0]?.attributes['name'],
    },
    observed,
    path,
    at,
  );
  if (id === undefined) return;
  if (open.length > mostPorts) yield { kind: 'loss', id, path, what: `only the first ${mostPorts} of ${open.length} open ports are kept` };
  if (ports.length > open.length)
    yield { kind: 'loss', id, path, what: `${ports.length - open.length} ports that were closed or filtered are left out` };
  for (const port of open.slice(0, mostPorts)) yield* service(port, id, `${path}, port ${port.attributes['portid'] ?? '?'}`, scan, at);
  for (const system of systems.slice(0, 1))
    for (const cpe of descendants(system, 'cpe').slice(0, 5)) {
      const software = yield* scan.software({ cpe: cpe.text }, path);
      if (software) yield* scan.link('runs', id, software, path);
    }
  const scripts = childrenOf(element, 'hostscript').flatMap((one) => childrenOf(one, 'script'));
  for (const script of scripts.slice(0, mostScripts)) yield* scriptFinding(script, { id, path, scan, at });
}

function systemOf({ attributes }: XmlElement): JsonObject {
  const accuracy = Number(attributes['accuracy']);
  return { name: (attributes['name'] ?? '').slice(0, 300), ...(Number.isFinite(accuracy) && { accuracy }) };
}

function portOf(port: XmlElement): Json {
  const service = childOf(port, 'service')?.attributes ?? {};
  const scripts = childrenOf(port, 'script').slice(0, mostScripts);
  const about = ['name', 'product', 'version', 'extrainfo', 'tunnel', 'hostname', 'ostype', 'devicetype'] as const;
  return {
    port: Number(port.attributes['portid']) || 0,
    protocol: (port.attributes['protocol'] ?? '').slice(0, 20),
    state: (childOf(port, 'state')?.attributes['state'] ?? '').slice(0, 40),
    ...Object.fromEntries(
      about.flatMap((name) => (service[name] ? [[name === 'name' ? 'service' : name, service[name].slice(0, 500)]] : [])),
    ),
    ...(scripts.length > 0 && {
      scripts: scripts.map(({ attributes }) => ({
        id: (attributes['id'] ?? '').slice(0, 200),
        output: (attributes['output'] ?? '').slice(0, mostOutput).toWellFormed(),
      })),
    }),
  };
}

function* service(port: XmlElement, id: string, path: string, scan: Scan, at: string | undefined): Generator<Item> {
  const service = childOf(port, 'service');
  const { product, version } = service?.attributes ?? {};
  const cpes = service ? descendants(service, 'cpe').map(({ text }) => text) : [];
  const application = cpes.find((cpe) => cpe.startsWith('cpe:/a')) ?? (product ? undefined : cpes[0]);
  let softwareId: string | undefined;
  if (product || application) {
    softwareId = yield* scan.software({ name: product, version, cpe: application }, path);
    if (softwareId) yield* scan.link('runs', id, softwareId, path);
  }
  for (const cpe of cpes.filter((one) => one !== application).slice(0, 5)) {
    const other = yield* scan.software({ cpe }, path);
    if (other) yield* scan.link('runs', id, other, path);
  }
  const number = Number(port.attributes['portid']);
  const scripts = childrenOf(port, 'script');
  if (scripts.length > mostScripts)
    yield { kind: 'loss', id, path, what: `only the first ${mostScripts} of ${scripts.length} scripts are kept` };
  for (const script of scripts.slice(0, mostScripts)) {
    const output = script.attributes['output'] ?? '';
    if (output.length > mostOutput)
      yield {
        kind: 'loss',
        id,
        path: `${path}, script ${script.attributes['id'] ?? '?'}`,
        what: `its output is cut after ${mostOutput} characters`,
      };
    yield* scriptFinding(script, {
      id,
      path,
      scan,
      at,
      ...(isPort(number) && { port: number }),
      ...(port.attributes['protocol'] && { protocol: port.attributes['protocol'] }),
      ...(softwareId && { softwareId }),
    });
  }
}

interface Place {
  readonly id: string;
  readonly path: string;
  readonly scan: Scan;
  readonly at: string | undefined;
  readonly port?: number;
  readonly protocol?: string;
  readonly softwareId?: string;
}

/** A script's result as a finding where it names CVEs that are not denied: vulners by its table, vuln scripts by their state. */
function* scriptFinding(script: XmlElement, { id, path, scan, at, port, protocol, softwareId }: Place): Generator<Item> {
  const rule = script.attributes['id'] ?? 'script';
  const output = script.attributes['output'] ?? '';
  const where = `${path}, script ${rule.slice(0, 100)}`;
  const common = { assetId: id, port, protocol, lastSeen: at, softwareId };
  const rows = descendants(script, 'table')
    .map((table) =>
      Object.fromEntries(
        childrenOf(table, 'elem').flatMap(({ attributes, text }) => (attributes['key'] ? [[attributes['key'], text]] : [])),
      ),
    )
    .filter((row) => typeof row['id'] === 'string' && (row['type'] === 'cve' || isCveId(row['id'])) && isCveId(row['id']));
  if (rows.length > 0) {
    for (const row of rows.slice(0, 1000)) {
      const cvss = Number(row['cvss']);
      const score = row['cvss'] !== undefined && cvss >= 0 && cvss <= 10 ? cvss : undefined;
      const severity = score === undefined ? 'info' : severityOf(score, '3.1');
      yield* scan.finding(
        {
          ...common,
          ruleId: `${rule}:${(row['id'] as string).toUpperCase()}`,
          name: (row['id'] as string).toUpperCase(),
          severity: severity === 'none' ? 'info' : severity,
          score,
          description: 'Named by the version that the service reports; not tried.',
          cves: [row['id'] as string],
        },
        where,
      );
    }
    return;
  }
  const state =
    descendants(script, 'elem').find(({ attributes }) => attributes['key'] === 'state')?.text ??
    /State:\s*([A-Z ()]+)/.exec(output)?.[1]?.trim();
  const cves = [...new Set(output.match(/CVE-\d{4}-\d{4,7}/g) ?? [])];
  if (cves.length === 0 && state === undefined) return;
  const absent = state !== undefined && /NOT VULNERABLE/i.test(state);
  if (!absent && state === undefined && !/vuln/i.test(rule)) return;
  const title = descendants(script, 'elem').find(({ attributes }) => attributes['key'] === 'title')?.text;
  const vector = /CVSS:[34]\.\d\/[A-Z:/]+/.exec(output)?.[0];
  const scored = vector === undefined ? undefined : scoreOf(vector);
  const level = scored?.severity ?? (absent ? 'info' : 'medium');
  yield* scan.finding(
    {
      ...common,
      ruleId: rule,
      name: title ?? rule,
      severity: level === 'none' ? 'info' : level,
      status: absent ? 'not-affected' : 'open',
      evidence: output.slice(0, 20_000).toWellFormed(),
      cves,
      ...(scored && { vector: scored.vector, score: scored.base_score }),
      ...(state && { other: { state: state.slice(0, 100) } }),
    },
    where,
  );
}
