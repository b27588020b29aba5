import { generatedId, isCveId, observableId, vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { checkObject, isStixType } from '#shared/domain/knowledge/stix21/index.ts';
import type { Item, ReadContext } from '../format.ts';
import { isObject, textIn } from '../json-values.ts';
import { undated, uriOf } from '../linked.ts';
import { placeholderFor } from '../placeholders.ts';
import { declared } from './declaration.ts';
import type { Block } from './diagram.ts';

const types: Readonly<Record<string, string>> = {
  action: 'attack-action',
  asset: 'attack-asset',
  condition: 'attack-condition',
  operator: 'attack-operator',
  AND_operator: 'attack-operator',
  OR_operator: 'attack-operator',
  email_address: 'email-addr',
  hash: 'file',
};

/** The builder's words for confidence, as numbers of STIX (appendix A, DNI scale). */
const confidences: Readonly<Record<string, number>> = {
  speculative: 0,
  'very-doubtful': 10,
  doubtful: 30,
  'even-odds': 50,
  probable: 70,
  'very-probable': 90,
  certain: 100,
};

const observables = new Set(
  `artifact autonomous-system directory domain-name email-addr email-message file ipv4-addr ipv6-addr mac-addr mutex network-traffic process
  software url user-account windows-registry-key x509-certificate`.split(/\s+/),
);

export interface Made {
  readonly object: StixObject;
  readonly item: Item & { kind: 'object' };
  /** What must come with it: placeholders of techniques. */
  readonly before: readonly Item[];
  readonly losses: readonly { readonly path: string; readonly what: string }[];
}

/** A block as a STIX object, or why it is none. What of it STIX does not allow is left out and named. */
export function objectFrom(block: Block, context: ReadContext, given: Set<string>): Made | { readonly reason: string } {
  const type = Object.hasOwn(types, block.kind) ? (types[block.kind] as string) : block.kind.replaceAll('_', '-');
  const own = type.startsWith('attack-') && type !== 'attack-pattern';
  if (type === 'url') return addressFrom(block);
  if (!own && !isStixType(type)) return { reason: `a box of the kind “${block.kind.slice(0, 60)}”, which is not known` };
  const losses: { path: string; what: string }[] = [];
  const before: Item[] = [];
  const properties = new Map<string, Json>();
  for (const [name, value] of Object.entries(block.properties)) {
    const held = valueOf(type, name, value);
    if (held === undefined) losses.push({ path: name, what: 'is nothing that STIX holds; left out' });
    else if (name !== 'ttp') properties.set(name, held);
  }
  if (type === 'attack-action') joinTechnique(block, properties, context, given, before, losses);
  if (type === 'attack-operator')
    properties.set('operator', String(properties.get('operator') ?? (block.kind.startsWith('OR') ? 'OR' : 'AND')).toUpperCase());
  if (type === 'malware' && typeof properties.get('is_family') !== 'boolean') properties.set('is_family', false);
  if (type === 'note' && !properties.has('content')) properties.set('content', String(properties.get('abstract') ?? '(empty)'));
  const name = textIn(block.properties, 'name');
  if (type === 'vulnerability' && name && isCveId(name)) return cve(name.toUpperCase(), block, losses);
  return finished(type, block, properties, before, losses);
}

/** A URL as people write it in a diagram: made harmless (`hxxps://a[.]b`), or a host name alone. */
function addressFrom(block: Block): Made | { readonly reason: string } {
  const written = textIn(block.properties, 'value') ?? '';
  const plain = written.replace(/^h[xX]{2}p/, 'http').replace(/\[(\.|:|dot)\]/g, (_, sign: string) => (sign === 'dot' ? '.' : sign));
  const losses =
    plain === written
      ? []
      : [{ path: 'value', what: `“${written.slice(0, 200)}” was written so that nobody follows it; kept as the address it is` }];
  if (/^[\w-]+(?:\.[\w-]+)+$/.test(plain) && !/^[\d.]+$/.test(plain)) {
    losses.push({ path: 'value', what: 'is a host name, no URL; kept as a domain name' });
    return finished('domain-name', block, new Map([['value', plain]]), [], losses);
  }
  return finished('url', block, new Map([['value', plain]]), [], losses);
}

function finished(
  type: string,
  block: Block,
  properties: Map<string, Json>,
  before: readonly Item[],
  losses: { path: string; what: string }[],
): Made | { reason: string } {
  const isObservable = observables.has(type);
  const build = (): StixObject => {
    const said = Object.fromEntries(properties);
    const own = type.startsWith('attack-') && type !== 'attack-pattern';
    const base: StixObject = { type, spec_version: '2.1', id: '', ...said, ...(own ? { extensions: declared } : {}) };
    base.type = type;
    base.id = isObservable && type !== 'process' ? observableId({ ...base, type }) : idFor(type, block.instance);
    return base;
  };
  // Each pass leaves out what a rule names; what is still wrong then is the object itself.
  let why: string | undefined;
  for (let pass = 0; pass < 4; pass++) {
    const object = build();
    const { errors } = checkObject(
      isObservable
        ? object
        : {
            ...object,
            created: undated,
            modified: undated,
            ...(needsRefs.has(type) ? { object_refs: ['identity--d673f8cb-c168-42da-8ed4-0cb26725f86c'] } : {}),
          },
    );
    why ??= errors[0] && `${errors[0].path} ${errors[0].reason}`.trim();
    if (errors.length === 0) return { object, item: { kind: 'object', object, path: block.path, stamp: !isObservable }, before, losses };
    let left = false;
    for (const { path, reason } of errors) {
      const property = /^[^.[]+/.exec(path)?.[0] ?? '';
      if (!properties.has(property)) continue;
      properties.delete(property);
      losses.push({ path: property, what: `is left out: ${reason}` });
      left = true;
    }
    if (!left) break;
  }
  return { reason: `it makes no valid ${type}: ${why ?? 'the rules of STIX refuse it'}` };
}

/** Types that must say what they are about; a line from them does. */
export const needsRefs: ReadonlySet<string> = new Set(['note', 'opinion', 'report', 'grouping', 'observed-data']);

export function idFor(type: string, instance: string): string {
  const lower = instance.toLowerCase();
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(lower)
    ? `${type}--${lower}`
    : generatedId(type, 'attack-flow', instance);
}

/** The one object of this CVE, with what the flow says of it beside. */
function cve(id: string, block: Block, losses: readonly { path: string; what: string }[]): Made {
  const description = textIn(block.properties, 'description');
  const object: StixObject = {
    type: 'vulnerability',
    spec_version: '2.1',
    id: vulnerabilityId(id),
    name: id,
    external_references: [{ source_name: 'cve', external_id: id }],
    ...(description ? { x_redoubt_attack_flow: { description } } : {}),
  };
  return { object, item: { kind: 'object', object, path: block.path, stamp: true, merge: true }, before: [], losses };
}

/** Technique and tactic by id: the workspace's own, else the one that the file names, as a placeholder until ATT&CK brings it. */
function joinTechnique(
  block: Block,
  properties: Map<string, Json>,
  context: ReadContext,
  given: Set<string>,
  before: Item[],
  losses: { path: string; what: string }[],
): void {
  const chosen = block.properties['ttp'];
  for (const [kind, type] of [
    ['tactic', 'x-mitre-tactic'],
    ['technique', 'attack-pattern'],
  ] as const) {
    const externalId = (isObject(chosen) && textIn(chosen, kind)) || textIn(block.properties, `${kind}_id`);
    const named = textIn(block.properties, `${kind}_ref`);
    properties.delete(`${kind}_ref`);
    if (!externalId) {
      if (named) losses.push({ path: `${kind}_ref`, what: `names ${named.slice(0, 100)} without its ATT&CK id; left out` });
      continue;
    }
    properties.set(`${kind}_id`, externalId);
    const known = context.findByExternalId(externalId);
    if (known?.startsWith(`${type}--`)) {
      properties.set(`${kind}_ref`, known);
      continue;
    }
    const made = placeholderFor(externalId);
    if (made?.type !== type) {
      losses.push({ path: `${kind}_id`, what: `“${externalId.slice(0, 60)}” is not known in this workspace; kept as text without a link` });
      continue;
    }
    // ATT&CK's own id, where the file knows it, so that ATT&CK itself fills it in later.
    const object: StixObject =
      named?.startsWith(`${type}--`) && checkObject({ ...made, id: named }).errors.length === 0 ? { ...made, id: named } : made;
    properties.set(`${kind}_ref`, object.id);
    if (given.has(object.id)) continue;
    given.add(object.id);
    before.push({ kind: 'object', object, path: `${block.path}.${kind}_id`, partial: true });
    losses.push({ path: `${kind}_id`, what: `${externalId} is not known in this workspace; a placeholder of that name stands for it` });
  }
}

function valueOf(type: string, name: string, value: Json): Json | undefined {
  if (name === 'confidence' && typeof value === 'string')
    return Object.hasOwn(confidences, value) ? (confidences[value] as number) : undefined;
  if (name === 'hashes') return hashes(value);
  if (name === 'external_references') return references(value);
  if (name === 'values' && type === 'windows-registry-key') return Array.isArray(value) ? value.filter(isObject) : undefined;
  if (value === 'true' || value === 'false') return /^(?:is_|can_)/.test(name) ? value === 'true' : value;
  return value;
}

function hashes(value: Json): Json | undefined {
  const pairs = (Array.isArray(value) ? value : []).flatMap((one): [string, string][] => {
    const kind = isObject(one) ? textIn(one, 'hash_type') : undefined;
    const hash = isObject(one) ? textIn(one, 'hash_value') : undefined;
    return kind && hash ? [[kind.toUpperCase(), hash]] : [];
  });
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

export function references(value: Json): Json | undefined {
  const found = (Array.isArray(value) ? value : []).flatMap((one): JsonObject[] => {
    if (!isObject(one)) return [];
    const url = textIn(one, 'url');
    const uri = url === undefined ? undefined : uriOf(url);
    const description = [textIn(one, 'description'), url !== undefined && uri === undefined ? url : undefined]
      .filter((part) => part)
      .join(' ');
    const source = textIn(one, 'source_name') ?? uri ?? description;
    if (!source) return [];
    return [{ source_name: source, ...(uri ? { url: uri } : {}), ...(description || !uri ? { description: description || source } : {}) }];
  });
  return found.length > 0 ? found : undefined;
}
