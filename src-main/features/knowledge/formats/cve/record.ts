import { isCveId, relationshipId, vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import type { Item, ReadContext } from '../format.ts';
import { isObject, listIn, objectIn, textIn } from '../json-values.ts';
import { undated } from '../linked.ts';
import { affectedOf, type Bounds } from './affected.ts';
import { addMetrics, type Metrics } from './metrics.ts';
import { addReferences, addWeaknesses, capecsOf, type References } from './references.ts';
import { describedOf, isEnglish, leftOf, snaked, timeOf, valuesOf, type Work } from './texts.ts';

/** What of a container is taken apart; the rest is kept under `other`. */
const handled = new Set(
  (
    'title descriptions affected metrics problemTypes references credits timeline tags solutions workarounds exploits configurations ' +
    'impacts source rejectedReasons replacedBy datePublic dateAssigned providerMetadata taxonomyMappings x_legacyV4Record'
  ).split(' '),
);
const metadata = new Set('cveId state assignerOrgId assignerShortName datePublished dateUpdated dateReserved dateRejected'.split(' '));
const outer = new Set(['dataType', 'dataVersion', 'cveMetadata', 'containers']);
/** More of what the graph has no word for is left out, and said. */
const mostOther = 64 * 1024;

export interface Reading {
  readonly context: ReadContext;
  /** CVE -> path of the record that was read. */
  readonly seen: Map<string, string>;
}

/** Whether it has the shape of a record: enough to say so, and to be rejected for what is wrong with it. */
export function looksLikeRecord(value: Json | undefined): value is JsonObject {
  return isObject(value) && isObject(value['cveMetadata']);
}

/** One record of CVE JSON 5.0 or 5.1 as one vulnerability, and the attack patterns that it names and the workspace knows. */
export function* vulnerabilityFrom(record: Json | undefined, path: string, { context, seen }: Reading): Iterable<Item> {
  const fault = faultOf(record);
  const meta = objectIn(record, 'cveMetadata');
  const given = meta ? textIn(meta, 'cveId') : undefined;
  if (fault !== undefined || !isObject(record) || !meta || given === undefined) {
    yield { kind: 'rejected', ...(given ? { id: given.slice(0, 100) } : {}), path, reason: fault ?? 'not a CVE record' };
    return;
  }
  const cve = given.toUpperCase();
  const earlier = seen.get(cve);
  if (earlier !== undefined) {
    yield { kind: 'rejected', id: cve, path, reason: `${cve} already stands at ${earlier}; the first one is kept` };
    return;
  }
  seen.set(cve, path);

  const losses: Item[] = [];
  const work: Work = { cve, media: 0, lose: (at, what) => losses.push({ kind: 'loss', id: cve, path: at, what }) };
  const containers = objectIn(record, 'containers') as JsonObject;
  const cna = objectIn(containers, 'cna') as JsonObject;
  const parts = [{ container: cna, path: `${path}.containers.cna` }];
  for (const [index, adp] of listIn(containers, 'adp').entries()) {
    const at = `${path}.containers.adp[${index}]`;
    if (isObject(adp)) parts.push({ container: adp, path: at });
    else work.lose(at, 'not a container; left out');
  }
  const { said, references, related, weaknesses } = gather(work, parts, meta);
  const unknown = { ...leftOf(record, outer), ...leftOf(meta, metadata) };
  if (Object.keys(unknown).length > 0) said['record'] = unknown;
  const descriptions = describedOf(work, cna, 'descriptions', `${path}.containers.cna`);
  const main = descriptions.find(isEnglish) ?? descriptions[0];
  const others = descriptions.filter((one) => one !== main);
  if (others.length > 0) said['descriptions'] = others.map(({ lang, value }) => ({ lang, value }));
  bound(work, said, path);
  if (work.media > 0)
    work.lose(
      path,
      `${work.media === 1 ? '1 text' : `${work.media} texts`} also came as HTML or base64: the plain text is kept, the other left out`,
    );

  const modified = newest(parts.map(({ container }) => updatedOf(container)).concat(timeOf(textIn(meta, 'dateUpdated'))));
  const created = timeOf(textIn(meta, 'datePublished')) ?? timeOf(textIn(meta, 'dateReserved')) ?? modified;
  if (modified === undefined) work.lose(`${path}.cveMetadata`, 'it has no time of its last change: any other version counts as newer');
  const rejected = said['state'] === 'REJECTED';
  const reason = Array.isArray(said['rejected_reasons']) ? said['rejected_reasons'][0] : undefined;
  const description = main?.value ?? (typeof reason === 'string' ? reason : undefined);

  const id = vulnerabilityId(cve);
  const object: StixObject = {
    type: 'vulnerability',
    spec_version: '2.1',
    id,
    created: created !== undefined && modified !== undefined && created < modified ? created : (modified ?? undated),
    modified: modified ?? undated,
    // Said either way: a record that comes back to life must not stay revoked by its older version.
    revoked: rejected,
    name: cve,
    ...(description === undefined ? {} : { description }),
    external_references: [
      { source_name: 'cve', external_id: cve },
      ...weaknesses.map((weakness) => ({ source_name: 'cwe', external_id: weakness })),
      ...references.list,
    ],
    x_redoubt_cve: said,
  };
  yield { kind: 'object', object, path, merge: true };
  for (const [index, name] of related.entries()) {
    const pattern = context.findByExternalId(name);
    if (pattern?.startsWith('attack-pattern--'))
      yield { kind: 'object', object: targets(pattern, id), path: `${path}.impacts[${index}]`, stamp: true };
  }
  yield* losses;
}

function faultOf(record: Json | undefined): string | undefined {
  if (!isObject(record)) return 'not a CVE record: it is no object';
  const meta = objectIn(record, 'cveMetadata');
  if (!meta) return 'not a CVE record: it has no cveMetadata';
  const id = textIn(meta, 'cveId');
  if (id === undefined || !isCveId(id)) return 'cveMetadata.cveId: expected a CVE id (CVE-YYYY-NNNN)';
  const version = textIn(record, 'dataVersion');
  if (version !== undefined && !/^5\.\d/.test(version)) return `dataVersion: CVE JSON ${version.slice(0, 20)} is not read, 5.0 to 5.2 are`;
  const state = textIn(meta, 'state');
  if (state !== 'PUBLISHED' && state !== 'REJECTED') return 'cveMetadata.state: expected PUBLISHED or REJECTED';
  if (!objectIn(objectIn(record, 'containers'), 'cna')) return 'containers.cna: a record without its CNA’s container says nothing';
  return undefined;
}

interface Part {
  readonly container: JsonObject;
  readonly path: string;
}

function gather(work: Work, parts: readonly Part[], meta: JsonObject) {
  const bounds: Bounds = { products: 0, versions: 0 };
  const metrics: Metrics = { metrics: [], ssvc: undefined, other: [] };
  const references: References = { list: [], urls: new Map() };
  const weaknesses = new Map<string, string | undefined>();
  const affected: JsonObject[] = [];
  const related = new Set<string>();
  const lists: Record<'solutions' | 'workarounds' | 'exploits' | 'configurations', string[]> = {
    solutions: [],
    workarounds: [],
    exploits: [],
    configurations: [],
  };
  const extra: JsonObject = {};
  for (const { container, path } of parts) {
    const source = nameOf(container);
    affected.push(...affectedOf(work, container, path, bounds));
    addMetrics(work, metrics, container, source, path);
    addReferences(work, references, container, path);
    addWeaknesses(work, weaknesses, container, path);
    for (const name of capecsOf(work, references, container, path)) related.add(name);
    for (const name of Object.keys(lists) as (keyof typeof lists)[]) lists[name].push(...valuesOf(work, container, name, path));
    if (Object.hasOwn(container, 'x_legacyV4Record'))
      work.lose(`${path}.x_legacyV4Record`, 'the same record in the older CVE JSON 4.0; left out');
  }
  const cwes = [...weaknesses].flatMap(([name, words]) => (words === undefined ? [name] : []));
  const [cna, ...adps] = parts as [Part, ...Part[]];
  const text = (as: string, value: string | undefined): JsonObject => (value === undefined ? {} : { [as]: value });
  const list = (as: string, values: readonly Json[]): JsonObject => (values.length > 0 ? { [as]: [...values] } : {});
  const said: JsonObject = {
    ...text('state', textIn(meta, 'state')),
    ...text('assigner', textIn(meta, 'assignerShortName') ?? textIn(meta, 'assignerOrgId')),
    ...text('published', timeOf(textIn(meta, 'datePublished'))),
    ...text('updated', timeOf(textIn(meta, 'dateUpdated'))),
    ...text('reserved', timeOf(textIn(meta, 'dateReserved'))),
    ...text('rejected', timeOf(textIn(meta, 'dateRejected'))),
    ...text('made_public', timeOf(textIn(cna.container, 'datePublic'))),
    ...text('title', textIn(cna.container, 'title')),
    ...list('affected', affected),
    ...list('metrics', metrics.metrics),
    ...list('cwes', cwes),
    ...list(
      'problem_types',
      [...weaknesses.values()].filter((value) => value !== undefined),
    ),
    ...(metrics.ssvc ? { ssvc: metrics.ssvc } : {}),
    ...list('other_metrics', metrics.other),
    ...Object.fromEntries(Object.entries(lists).filter(([, values]) => values.length > 0)),
    ...list('rejected_reasons', valuesOf(work, cna.container, 'rejectedReasons', cna.path)),
    ...list(
      'providers',
      parts.map(({ container }) => providerOf(container, container === cna.container)),
    ),
  };
  for (const name of ['credits', 'timeline', 'tags', 'source', 'replacedBy', 'impacts', 'dateAssigned', 'taxonomyMappings'] as const)
    for (const { container, path } of parts) add(work, extra, name, container[name], path);
  Object.assign(said, snaked(extra) as JsonObject);
  const other = leftOf(cna.container, handled);
  if (other) said['other'] = other;
  const others = adps.flatMap(({ container }) => {
    const left = leftOf(container, handled);
    return left ? [{ provider: nameOf(container), ...left }] : [];
  });
  if (others.length > 0) said['adp_other'] = others;
  return { said, references, related: [...related], weaknesses: cwes };
}

/** Lists of several containers one after the other, a single value of the CNA's. */
function add(work: Work, extra: JsonObject, name: string, value: Json | undefined, path: string): void {
  if (value === undefined || value === null) return;
  const before = Object.hasOwn(extra, name) ? extra[name] : undefined;
  if (before === undefined) extra[name] = value;
  else if (Array.isArray(before) && Array.isArray(value)) extra[name] = [...before, ...value];
  else work.lose(`${path}.${name}`, 'another container says this already; left out');
}

function nameOf(container: JsonObject): string {
  const provider = objectIn(container, 'providerMetadata');
  return (provider && (textIn(provider, 'shortName') ?? textIn(provider, 'orgId'))) ?? 'unknown';
}

function providerOf(container: JsonObject, isCna: boolean): JsonObject {
  const provider = objectIn(container, 'providerMetadata') ?? {};
  const title = isCna ? undefined : textIn(container, 'title');
  return {
    name: nameOf(container),
    ...(textIn(provider, 'orgId') === undefined ? {} : { org_id: textIn(provider, 'orgId') as string }),
    ...(updatedOf(container) === undefined ? {} : { updated: updatedOf(container) as string }),
    ...(title === undefined ? {} : { title }),
  };
}

function updatedOf(container: JsonObject): string | undefined {
  const provider = objectIn(container, 'providerMetadata');
  return provider && timeOf(textIn(provider, 'dateUpdated'));
}

function newest(times: readonly (string | undefined)[]): string | undefined {
  return times.filter((time) => time !== undefined).reduce<string | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
}

/** What has no bound of its own is measured as a whole. */
function bound(work: Work, said: JsonObject, path: string): void {
  for (const name of Object.keys(said)) {
    if (name === 'affected') continue;
    const size = JSON.stringify(said[name]).length;
    if (size <= mostOther) continue;
    work.lose(path, `${name}: ${Math.round(size / 1024)} KiB, more than ${mostOther / 1024} KiB; left out`);
    delete said[name];
  }
}

/** CAPEC's pattern or ATT&CK's technique targets the vulnerability (STIX 2.1, section 4.1). */
function targets(pattern: string, vulnerability: string): StixObject {
  return {
    type: 'relationship',
    spec_version: '2.1',
    id: relationshipId('targets', pattern, vulnerability),
    relationship_type: 'targets',
    source_ref: pattern,
    target_ref: vulnerability,
  };
}
