import { extensionObjectsFor, type Severity, withExtension } from '#shared/domain/knowledge/extensions.ts';
import { generatedId, isCveId, vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { isIpAddress, normalMac } from '../csv/addresses.ts';
import type { Item, ReadContext } from '../format.ts';
import { bareVulnerability, isValid, relate, type SoftwareFacts, softwareOf, undated } from '../linked.ts';
import { canonicalPurl } from '../purl/purl.ts';
import { createAssetIndex } from './asset-index.ts';

/** A machine or another thing as a tool saw it. */
export interface SeenAsset {
  readonly assetId?: string | undefined;
  readonly name?: string | undefined;
  readonly hostnames?: readonly string[];
  readonly macs?: readonly string[];
  readonly ips?: readonly string[];
  readonly assetType?: string | undefined;
  readonly operatingSystem?: string | undefined;
}

export interface SeenFinding {
  readonly assetId: string;
  readonly ruleId: string;
  readonly name: string;
  readonly severity: Severity;
  readonly status?: 'open' | 'fixed' | 'suppressed' | 'not-affected' | undefined;
  readonly description?: string | undefined;
  readonly evidence?: string | undefined;
  readonly solution?: string | undefined;
  readonly port?: number | undefined;
  readonly protocol?: string | undefined;
  readonly location?: string | undefined;
  readonly vector?: string | undefined;
  readonly score?: number | undefined;
  readonly cves?: readonly string[];
  /** Other ids of weaknesses, taken where no CVE is told. */
  readonly advisories?: readonly string[];
  readonly cwes?: readonly string[];
  readonly techniques?: readonly string[];
  readonly softwareId?: string | undefined;
  readonly lastSeen?: string | undefined;
  readonly firstSeen?: string | undefined;
  /** What else the tool says: goes to `x_redoubt_<tool>`. */
  readonly other?: JsonObject;
  /** What tells two findings of one rule at one place apart: a file's own fingerprint. */
  readonly fingerprint?: string | undefined;
}

export type Scan = ReturnType<typeof createScan>;

/**
 * What all readers of scanners share: assets met again, software, vulnerabilities, findings, each given once a file.
 * `tool` is the name that people read, `property` the layer's own (`x_redoubt_nmap`).
 */
export function createScan(context: ReadContext, tool: string, property: `x_redoubt_${string}`) {
  const met = createAssetIndex();
  const given = context.given ?? new Set<string>();
  const once = (id: string) => (given.has(id) ? false : (given.add(id), true));
  const counts = new Map<string, number>();

  const declare = function* (type: 'x-redoubt-asset' | 'x-redoubt-finding'): Generator<Item> {
    if (!once(`declared ${type}`)) return;
    for (const object of extensionObjectsFor([type])) if (once(object.id)) yield { kind: 'object', object, path: 'declarations' };
  };

  /**
   * The asset and what the tool saw of it. One that stands already gets the tool's words beside its own and nothing
   * else: no scan overwrites what an owner wrote. Returns its id, or undefined (and a rejection) where nothing names it.
   */
  const asset = function* (seen: SeenAsset, observed: JsonObject, path: string, at?: string): Generator<Item, string | undefined> {
    const hostnames = distinct(seen.hostnames, (text) => (text.length <= 255 ? text : undefined));
    const macs = distinct(seen.macs, normalMac);
    const ips = distinct(seen.ips, (text) => (isIpAddress(text) ? text.toLowerCase() : undefined));
    const assetId = seen.assetId?.trim().slice(0, 1000) || undefined;
    const names = hostnames.length > 0 || !seen.name ? hostnames : [seen.name];
    const keys = { hostnames: names, macs, ips, ...(assetId && { assetId }) };
    const standing = context.findAsset?.(keys);
    const key = keyOf(assetId, hostnames, seen.name, macs, ips);
    const id = standing ?? met.find(keys) ?? (key && generatedId('x-redoubt-asset', key.property, key.value.toLowerCase()));
    if (id === undefined) {
      yield { kind: 'rejected', path, reason: 'it has no host name, address or number to know the asset by' };
      return undefined;
    }
    met.add(id, keys);
    yield* declare('x-redoubt-asset');
    const own: JsonObject =
      standing === undefined
        ? {
            name: (seen.name ?? hostnames[0] ?? ips[0] ?? macs[0] ?? assetId ?? 'asset').slice(0, 1000),
            ...(assetId && { asset_id: assetId }),
            ...(hostnames.length > 0 && { hostnames }),
            ...(ips.length > 0 && { ip_addresses: ips }),
            ...(macs.length > 0 && { mac_addresses: macs }),
            ...(seen.assetType && { asset_type: seen.assetType }),
            ...(seen.operatingSystem && { operating_system: seen.operatingSystem.slice(0, 1000) }),
          }
        : {};
    const words: JsonObject = {
      ...(hostnames.length > 0 && { hostnames }),
      ...(ips.length > 0 && { ip_addresses: ips }),
      ...(macs.length > 0 && { mac_addresses: macs }),
      ...(seen.operatingSystem && { operating_system: seen.operatingSystem.slice(0, 1000) }),
      ...(at && { last_seen: at }),
      ...observed,
    };
    const object = withExtension('x-redoubt-asset', { id, ...own, [property]: words });
    yield { kind: 'object', object: timed(object, at), path, merge: true, ...(at === undefined && { stamp: true }) };
    return id;
  };

  /** Software that runs on an asset; undefined where nothing names it. */
  const software = function* (facts: SoftwareFacts, path: string, over?: JsonObject): Generator<Item, string | undefined> {
    const made = softwareOf(facts);
    if (!made) return undefined;
    const object = over ? { ...made, ...over } : made;
    if (once(object.id)) yield { kind: 'object', object: isValid(object) ? object : made, path, merge: true };
    return object.id;
  };

  const link = function* (
    type: 'has' | 'runs' | 'depends-on',
    source: string,
    target: string,
    path: string,
    over: JsonObject = {},
  ): Generator<Item> {
    const object = { ...relate(type, source, target), ...over };
    if (source !== target && once(object.id)) yield { kind: 'object', object, path, stamp: true };
  };

  /** The vulnerability of a CVE, made bare where nobody has told of it yet. */
  const vulnerability = function* (cve: string, path: string): Generator<Item, string> {
    const known = context.findByExternalId(cve.toUpperCase());
    const id = known ?? vulnerabilityId(cve);
    if (known === undefined && once(id)) yield { kind: 'object', object: bareVulnerability(cve), path, partial: true };
    return id;
  };

  /** The vulnerability that an advisory of another kind (GHSA, OSV, a vendor's) names, where no CVE is told. */
  const advisory = function* (advisoryId: string, path: string): Generator<Item, string> {
    if (isCve(advisoryId)) return yield* vulnerability(advisoryId, path);
    const name = advisoryId.slice(0, 300);
    const id = generatedId('vulnerability', name.toUpperCase());
    const word = /^[a-z]+/i.exec(name)?.[0].toLowerCase() ?? 'advisory';
    // STIX has rules for these names, which this id does not keep.
    const source = /^(?:cve|cwe|capec)$/.test(word) ? 'advisory' : word;
    const object: StixObject = {
      type: 'vulnerability',
      spec_version: '2.1',
      id,
      created: undated,
      modified: undated,
      name,
      external_references: [{ source_name: source, external_id: name }],
    };
    if (once(id)) yield { kind: 'object', object, path, partial: true };
    return id;
  };

  /** One finding, and that the asset has its CVEs while it is open. A later scan of the same place lays itself over. */
  const finding = function* (seen: SeenFinding, path: string): Generator<Item, string | undefined> {
    yield* declare('x-redoubt-finding');
    const status = seen.status ?? 'open';
    const vulnerabilities: string[] = [];
    const wrong: string[] = [];
    for (const cve of new Set(seen.cves?.map((one) => one.trim().toUpperCase()))) {
      if (!isCve(cve)) {
        if (cve !== '') wrong.push(cve);
        continue;
      }
      if (vulnerabilities.length >= 1000) break;
      const id = yield* vulnerability(cve, path);
      vulnerabilities.push(id);
      if (status !== 'open') continue;
      yield* link('has', seen.assetId, id, path, { description: `Found by ${tool}.` });
      if (seen.softwareId) yield* link('has', seen.softwareId, id, path, { description: `Found by ${tool}.` });
    }
    if (vulnerabilities.length === 0)
      for (const other of (seen.advisories ?? []).slice(0, 50)) {
        const id = yield* advisory(other, path);
        vulnerabilities.push(id);
        if (status !== 'open') continue;
        yield* link('has', seen.assetId, id, path, { description: `Found by ${tool}.` });
        if (seen.softwareId) yield* link('has', seen.softwareId, id, path, { description: `Found by ${tool}.` });
      }
    const techniques = (seen.techniques ?? []).flatMap((technique) => context.findByExternalId(technique) ?? []);
    const place = [
      seen.assetId,
      tool,
      seen.ruleId,
      String(seen.port ?? ''),
      seen.protocol ?? '',
      seen.location ?? '',
      seen.fingerprint ?? '',
    ];
    const first = generatedId('x-redoubt-finding', ...place);
    const count = (counts.get(first) ?? 0) + 1;
    counts.set(first, count);
    const id = count === 1 ? first : generatedId('x-redoubt-finding', ...place, String(count));
    const object = withExtension('x-redoubt-finding', {
      id,
      name: clip(seen.name.trim(), 1000) || seen.ruleId.slice(0, 1000),
      tool,
      rule_id: seen.ruleId.slice(0, 1000),
      severity: seen.severity,
      status,
      asset_ref: seen.assetId,
      ...some('description', clip(seen.description, 100_000)),
      ...some('evidence', clip(seen.evidence, 20_000)),
      ...some('solution', clip(seen.solution, 20_000)),
      ...some('cvss_vector', clip(seen.vector, 300)),
      ...(seen.score !== undefined && { score: seen.score }),
      ...(isPort(seen.port) && { port: seen.port }),
      ...some('protocol', clip(seen.protocol, 100)),
      ...some('location', clip(seen.location, 10_000)),
      ...some('first_seen', seen.firstSeen),
      ...some('last_seen', seen.lastSeen),
      ...some('software_ref', seen.softwareId),
      ...(vulnerabilities.length > 0 && { vulnerability_refs: vulnerabilities }),
      ...(techniques.length > 0 && { technique_refs: [...new Set(techniques)] }),
      ...(seen.cwes && seen.cwes.length > 0 && { cwes: [...new Set(seen.cwes)].slice(0, 1000) }),
      ...(seen.other && Object.keys(seen.other).length > 0 && { [property]: seen.other }),
    });
    yield { kind: 'object', object: timed(object, seen.lastSeen), path, merge: true, ...(seen.lastSeen === undefined && { stamp: true }) };
    if (wrong.length > 0)
      yield { kind: 'loss', id, path, what: `“${wrong.slice(0, 5).join('”, “').slice(0, 200)}” is no CVE id; left out` };
    for (const [name, text, most] of [
      ['description', seen.description, 100_000],
      ['evidence', seen.evidence, 20_000],
      ['solution', seen.solution, 20_000],
    ] as const)
      if (text !== undefined && text.length > most)
        yield {
          kind: 'loss',
          id,
          path,
          what: `the ${name} is cut after ${most.toLocaleString('en-US')} of ${text.length.toLocaleString('en-US')} characters`,
        };
    return id;
  };

  return { asset, software, link, advisory, finding, once, isPurl: (text: string) => canonicalPurl(text) !== undefined };
}

/** Sources with times: the newest scan has the word, whichever comes in first. */
function timed(object: StixObject, at: string | undefined): StixObject {
  return at === undefined ? object : { ...object, created: at, modified: at };
}

/** What the CSV reader knows an asset by, in the same order, so that both make the same id. */
function keyOf(
  assetId: string | undefined,
  hostnames: readonly string[],
  name: string | undefined,
  macs: readonly string[],
  ips: readonly string[],
) {
  if (assetId) return { property: 'asset_id', value: assetId };
  if (hostnames[0] !== undefined) return { property: 'hostnames', value: hostnames[0] };
  if (name?.trim()) return { property: 'name', value: name.trim() };
  if (macs[0] !== undefined) return { property: 'mac_addresses', value: macs[0] };
  return ips[0] === undefined ? undefined : { property: 'ip_addresses', value: ips[0] };
}

function distinct(texts: readonly string[] | undefined, clean: (text: string) => string | undefined): string[] {
  const found = new Set<string>();
  for (const text of texts ?? []) {
    const one = clean(text.trim());
    if (one && found.size < 200) found.add(one);
  }
  return [...found];
}

/** A CVE's id that STIX takes too: CVE-2017-012017 is none. */
function isCve(text: string): boolean {
  return isCveId(text) && isValid(bareVulnerability(text));
}

function some(name: string, value: string | undefined): JsonObject {
  return value === undefined || value === '' ? {} : { [name]: value };
}

export function clip(text: string | undefined, most: number): string | undefined {
  return text === undefined || text.length <= most ? text : text.slice(0, most).toWellFormed();
}

export function isPort(port: number | undefined): port is number {
  return port !== undefined && Number.isInteger(port) && port >= 0 && port <= 65_535;
}

/** A time as STIX has it, in milliseconds; undefined where the text is none or lies outside 1970 to 2200. */
export function timeOf(value: string | number | undefined): string | undefined {
  if (value === undefined || value === '') return undefined;
  const ms = typeof value === 'number' ? value : /^\d{9,10}$/.test(value) ? Number(value) * 1000 : Date.parse(value);
  return Number.isFinite(ms) && ms >= 0 && ms < 7_258_118_400_000 ? new Date(ms).toISOString() : undefined;
}
