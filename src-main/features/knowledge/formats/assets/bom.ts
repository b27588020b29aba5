import { generatedId } from '#shared/domain/knowledge/identifiers.ts';
import type { Severity } from '#shared/domain/knowledge/extensions.ts';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import type { Item } from '../format.ts';
import type { SoftwareFacts } from '../linked.ts';
import type { Scan } from './scan.ts';

/** A bill of materials, whatever its format. References are the file's own. */
export interface Bom {
  readonly property: `x_redoubt_${string}`;
  readonly at: string | undefined;
  /** What the bill is of; without one nothing is known to run the software. */
  readonly subject: BomComponent | undefined;
  /** About the bill itself: goes to the asset. */
  readonly about: JsonObject;
  readonly components: readonly BomComponent[];
  /** Source, target, and what the file says of it. */
  readonly depends: Iterable<readonly [string, string, string?]>;
  readonly vulnerabilities: readonly BomVulnerability[];
}

export interface BomComponent {
  readonly ref: string;
  readonly path: string;
  readonly type: string;
  readonly facts: SoftwareFacts;
  /** Licences, hashes, supplier and so on: go to the software. */
  readonly about: JsonObject;
}

export interface BomVulnerability {
  readonly id: string;
  readonly path: string;
  readonly aliases: readonly string[];
  readonly refs: readonly string[];
  readonly severity: Severity;
  readonly vector?: string | undefined;
  readonly score?: number | undefined;
  readonly description?: string | undefined;
  readonly solution?: string | undefined;
  readonly cwes: readonly string[];
  /** Of a VEX statement. */
  readonly status: 'open' | 'fixed' | 'not-affected';
  readonly reason?: string | undefined;
  readonly other: JsonObject;
}

/** An asset that runs the software, how that hangs together, and its vulnerabilities; verdicts as opinions. */
export function* bomItems(bom: Bom, scan: Scan): Generator<Item> {
  const ids = new Map<string, string>();
  let assetId: string | undefined;
  if (bom.subject) {
    const { facts, type, about, path, ref } = bom.subject;
    const observed: JsonObject = { ...bom.about, component: { ...about, type, ...said(facts) } };
    assetId = yield* scan.asset({ name: facts.name, assetType: type }, observed, path, bom.at);
    if (assetId !== undefined && (facts.purl || facts.cpe)) {
      const own = yield* scan.software(facts, path, { [bom.property]: { ...about, type } });
      if (own) ids.set(ref, own);
      if (own) yield* scan.link('runs', assetId, own, path);
    }
  } else
    yield {
      kind: 'loss',
      path: 'metadata',
      what: 'the file does not name what it is a bill of; its software is kept, but no asset is said to run it',
    };
  for (const { ref, path, facts, type, about } of bom.components) {
    const id = yield* scan.software(facts, path, { [bom.property]: { ...about, type } });
    if (id === undefined) {
      yield { kind: 'rejected', id: ref.slice(0, 200) || 'component', path, reason: 'it has no name' };
      continue;
    }
    ids.set(ref, id);
    if (facts.purl) yield* badPurl(facts.purl, id, path, scan);
    if (assetId !== undefined) yield* scan.link('runs', assetId, id, path);
  }
  let unknown = 0;
  for (const [from, to, word] of bom.depends) {
    const [source, target] = [ids.get(from), ids.get(to)];
    if (source && target)
      yield* scan.link('depends-on', source, target, `dependencies of ${from.slice(0, 100)}`, word ? { description: word } : {});
    else if (from !== bom.subject?.ref || !target) unknown++;
  }
  if (unknown > 0)
    yield {
      kind: 'loss',
      path: 'dependencies',
      what: `${unknown} dependencies name components that the file does not hold, or that were rejected; left out`,
    };
  for (const vulnerability of bom.vulnerabilities) yield* vulnerabilityItems(vulnerability, bom, scan, ids, assetId);
}

function* badPurl(purl: string, id: string, path: string, scan: Scan): Generator<Item> {
  if (!scan.isPurl(purl))
    yield { kind: 'loss', id, path, what: `“${purl.slice(0, 200)}” is no package URL; the software is known by name and version` };
}

function said(facts: SoftwareFacts): JsonObject {
  return Object.fromEntries(Object.entries(facts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function* vulnerabilityItems(
  one: BomVulnerability,
  bom: Bom,
  scan: Scan,
  ids: ReadonlyMap<string, string>,
  assetId: string | undefined,
): Generator<Item> {
  const cve = [one.id, ...one.aliases].find((id) => /^CVE-/i.test(id)) ?? one.id;
  const id = yield* scan.advisory(cve, one.path);
  const missing: string[] = [];
  for (const ref of one.refs.length > 0 ? one.refs : ['']) {
    const software = ids.get(ref);
    if (ref !== '' && !software && ref !== bom.subject?.ref) {
      missing.push(ref);
      continue;
    }
    if (software && one.status === 'open') yield* scan.link('has', software, id, one.path, { description: 'Said by a bill of materials.' });
    if (one.status === 'not-affected' && (software || assetId)) yield* verdict(one, software ?? (assetId as string), id, bom, scan);
    if (assetId !== undefined)
      yield* scan.finding(
        {
          assetId,
          ruleId: one.id,
          name: cve,
          severity: one.severity,
          status: one.status,
          description: one.description,
          evidence: one.reason,
          solution: one.solution,
          vector: one.vector,
          score: one.score,
          cves: /^CVE-/i.test(cve) ? [cve] : [],
          advisories: [cve],
          cwes: one.cwes,
          softwareId: software,
          fingerprint: software ?? '',
          lastSeen: bom.at,
          other: one.other,
        },
        one.path,
      );
  }
  if (missing.length > 0)
    yield {
      kind: 'loss',
      id,
      path: one.path,
      what: `it affects components that the file does not hold (${missing.slice(0, 5).join(', ').slice(0, 200)}); left out`,
    };
}

/** “Not affected” is somebody's judgement: an opinion on both, with its reason, so that it can be weighed and undone. */
function* verdict(one: BomVulnerability, on: string, vulnerability: string, bom: Bom, scan: Scan): Generator<Item> {
  const object: StixObject = {
    type: 'opinion',
    spec_version: '2.1',
    id: generatedId('opinion', bom.property, on, vulnerability),
    opinion: 'strongly-disagree',
    explanation: one.reason ?? 'The bill of materials says that this is not affected.',
    object_refs: [on, vulnerability],
  };
  if (scan.once(object.id)) yield { kind: 'object', object, path: one.path, stamp: true };
}
