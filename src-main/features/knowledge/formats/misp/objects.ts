import { isCveId } from '#shared/domain/knowledge/identifiers.ts';
import type { JsonObject } from '#shared/domain/knowledge/stix.ts';
import { isObject, listIn, textIn } from '../json-values.ts';
import { bareVulnerability } from '../linked.ts';
import { type Attribute, artifactOf, finish, readAttribute, truthy, wrap } from './attributes.ts';
import { fromGalaxies } from './galaxies.ts';
import { groupOf, unique } from './groups.ts';
import { ruleTypeOf } from './observables.ts';
import { common, type EventWork, epochTime, give, giveShared, idFor, lose, rest } from './session.ts';

const handled: ReadonlySet<string> = new Set([
  'uuid',
  'name',
  'comment',
  'timestamp',
  'Attribute',
  'ObjectReference',
  'Tag',
  'Galaxy',
  'first_seen',
  'last_seen',
  'deleted',
  'Sighting',
]);

interface Reference {
  readonly raw: JsonObject;
  readonly source: string | undefined;
  readonly path: string;
}

/** A MISP object: its observables as one group, and an indicator or observed data that stands for it. */
export function fromObject(work: EventWork, raw: unknown, path: string, references: Reference[]): void {
  if (!isObject(raw as JsonObject)) {
    work.items.push({ kind: 'rejected', path, reason: 'a MISP object must be a JSON object' });
    return;
  }
  const object = raw as JsonObject;
  const name = textIn(object, 'name') ?? 'object';
  for (const [index, reference] of listIn(object, 'ObjectReference').entries()) {
    const at = `${path}.ObjectReference[${index}]`;
    if (isObject(reference)) references.push({ raw: reference, source: textIn(object, 'uuid')?.toLowerCase(), path: at });
    else lose(work, at, 'not a reference; left out');
  }
  if (truthy(object, 'deleted')) {
    lose(work, path, `marked as deleted in MISP (${name}); left out`, textIn(object, 'uuid'));
    return;
  }
  const attributes: Attribute[] = [];
  for (const [index, attribute] of listIn(object, 'Attribute').entries()) {
    const read = readAttribute(work, attribute, `${path}.Attribute[${index}]`);
    if (read) attributes.push(read);
  }
  const id =
    fromRule(work, object, attributes, path) ??
    fromVulnerability(work, object, attributes, path) ??
    fromGroup(work, object, name, attributes, path);
  if (id === undefined) {
    work.kept.objects.push({
      ...rest(object, new Set(['Attribute', 'Tag'])),
      ...(attributes.length > 0 ? { Attribute: attributes.map(({ raw: one }) => withoutBytes(one)) } : {}),
    });
    for (const target of fromGalaxies(work, object, path)) work.refs.add(target);
    return;
  }
  finish(work, id, object, path);
  // Galaxies and sightings of single attributes belong to the whole: they have no object of their own.
  for (const attribute of attributes) {
    const { uuid: _, ...withoutUuid } = attribute.raw;
    finish(work, id, withoutUuid, attribute.path);
    const uuid = textIn(attribute.raw, 'uuid')?.toLowerCase();
    if (uuid !== undefined && !work.byUuid.has(uuid)) work.byUuid.set(uuid, id);
  }
}

/** Every attribute as it came, but for bytes, which an artifact holds. */
function extraOf(object: JsonObject, name: string, attributes: readonly Attribute[]): JsonObject {
  const others = rest(object, handled);
  return {
    x_misp_object: name,
    x_misp_attributes: attributes.map(({ raw }) => withoutBytes(raw)),
    ...(Object.keys(others).length > 0 ? { x_misp_object_details: others } : {}),
  };
}

function withoutBytes(raw: JsonObject): JsonObject {
  return rest(raw, new Set(['data', 'Galaxy', 'Sighting', 'ShadowAttribute', 'deleted']));
}

function fromGroup(work: EventWork, object: JsonObject, name: string, attributes: readonly Attribute[], path: string): string | undefined {
  const group = groupOf(name, attributes);
  const artifacts = attributes.map((attribute) => artifactOf(work, attribute)).filter((one) => one !== undefined);
  const objects = unique([...group.objects, ...artifacts]);
  const label = attributes.find(({ toIds }) => toIds)?.value ?? attributes[0]?.value ?? name;
  if (objects.length === 0) return undefined;
  return wrap(
    work,
    {
      raw: { ...object, Tag: [...listIn(object, 'Tag'), ...attributes.flatMap(({ raw }) => listIn(raw, 'Tag'))] },
      path,
      toIds: attributes.some(({ toIds }) => toIds),
      name: `${name}: ${label}`,
      about: textIn(object, 'description') ?? `MISP object ${name}`,
      extra: extraOf(object, name, attributes),
      key: [name, ...attributes.map(({ relation, value }) => `${relation}=${value}`)],
    },
    { ...group, objects },
    group.observations,
  );
}

/** Objects `yara`, `sigma`, `suricata` … hold one rule and words about it. */
function fromRule(work: EventWork, object: JsonObject, attributes: readonly Attribute[], path: string): string | undefined {
  const rule = attributes.find(({ type }) => ruleTypeOf(type) !== undefined);
  if (!rule) return undefined;
  const says = (relation: string) => attributes.find((attribute) => attribute.relation === relation)?.value;
  const name = says('yara-rule-name') ?? says('sigma-rule-name') ?? says('rule-name') ?? `${rule.type} rule`;
  const description = textIn(object, 'comment') ?? says('comment');
  return give(
    work,
    {
      ...common(work, 'indicator', object, path),
      type: 'indicator',
      id: idFor(work, 'indicator', object, rule.type, rule.value),
      name,
      description: description ?? `${rule.type} rule`,
      pattern: rule.value,
      pattern_type: ruleTypeOf(rule.type) as string,
      valid_from: epochTime(object, 'timestamp') ?? work.times.modified,
      ...extraOf(object, textIn(object, 'name') ?? 'rule', attributes),
    },
    path,
  );
}

/** An object `vulnerability` with a CVE id: the CVE's shared object, and what MISP says of it in a note. */
function fromVulnerability(work: EventWork, object: JsonObject, attributes: readonly Attribute[], path: string): string | undefined {
  if (textIn(object, 'name') !== 'vulnerability') return undefined;
  const cve = attributes.find(({ value }) => isCveId(value))?.value;
  if (cve === undefined) return undefined;
  const known = work.session.context.findByExternalId(cve.toUpperCase());
  const id = known ?? giveShared(work, bareVulnerability(cve), path, { partial: true });
  const says = attributes.find(({ relation }) => relation === 'summary' || relation === 'description')?.value;
  work.refs.add(id);
  const note = {
    ...common(work, 'note', object, path),
    type: 'note',
    id: idFor(work, 'note', object, cve),
    content: says ?? textIn(object, 'comment') ?? cve.toUpperCase(),
    object_refs: [id],
    ...extraOf(object, 'vulnerability', attributes),
  };
  return give(work, note, path);
}

/** References among objects and attributes, once all are known. */
export function fromReferences(work: EventWork, references: readonly Reference[]): void {
  for (const { raw, source, path } of references) {
    if (truthy(raw, 'deleted')) continue;
    const from = source === undefined ? undefined : work.byUuid.get(source);
    const wanted = textIn(raw, 'referenced_uuid')?.toLowerCase();
    const to = wanted === undefined ? undefined : work.byUuid.get(wanted);
    const said = textIn(raw, 'relationship_type') ?? 'related-to';
    if (from === undefined || to === undefined || from === to) {
      lose(
        work,
        path,
        `“${said.slice(0, 60)}” between ${source ?? 'an object without a UUID'} and ${wanted ?? 'nothing'}: one of them has no STIX object of its own; left out`,
      );
      continue;
    }
    // STIX (section 5.1) asks for lower-case letters, digits and hyphens.
    const type =
      said
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '') || 'related-to';
    const comment = textIn(raw, 'comment');
    const object = {
      ...common(work, 'relationship', raw, path),
      type: 'relationship',
      id: idFor(work, 'relationship', raw, type, from, to),
      relationship_type: type,
      source_ref: from,
      target_ref: to,
      ...(comment ? { description: comment } : {}),
      ...(said === type ? {} : { x_misp_relationship_type: said }),
    };
    work.refs.add(give(work, object, path));
  }
}
