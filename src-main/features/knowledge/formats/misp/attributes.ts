import { isCveId, relationshipId } from '#shared/domain/knowledge/identifiers.ts';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { isObject, listIn, textIn } from '../json-values.ts';
import { bareVulnerability, uriOf } from '../linked.ts';
import { fromGalaxies, fromGalaxyTags } from './galaxies.ts';
import { type Observable, observableOf, ruleTypeOf, sco } from './observables.ts';
import { common, type EventWork, epochTime, give, giveShared, idFor, lose, rest, writtenTime } from './session.ts';
import { fromSightings } from './sightings.ts';

/** A piece of a MISP object or event, checked: it has a type and a value. */
export interface Attribute {
  readonly raw: JsonObject;
  readonly type: string;
  readonly value: string;
  readonly relation: string;
  readonly toIds: boolean;
  readonly path: string;
}

/** Most bytes (base64) of one attachment that are kept. */
const mostData = 16 * 1024 * 1024;

/** Undefined where the attribute is left out, which is then told. */
export function readAttribute(work: EventWork, raw: unknown, path: string): Attribute | undefined {
  if (!isObject(raw as JsonObject)) {
    work.items.push({ kind: 'rejected', path, reason: 'an attribute must be an object' });
    return undefined;
  }
  const attribute = raw as JsonObject;
  const type = textIn(attribute, 'type');
  const value = textIn(attribute, 'value') ?? composedValue(attribute);
  if (type === undefined || value === undefined) {
    const uuid = textIn(attribute, 'uuid');
    work.items.push({
      kind: 'rejected',
      ...(uuid === undefined ? {} : { id: uuid.slice(0, 100) }),
      path: `${path}.${type === undefined ? 'type' : 'value'}`,
      reason: `an attribute needs a ${type === undefined ? 'type' : 'value'}`,
    });
    return undefined;
  }
  for (const [index, proposal] of listIn(attribute, 'ShadowAttribute').entries())
    loseProposal(work, proposal, `${path}.ShadowAttribute[${index}]`);
  if (truthy(attribute, 'deleted')) {
    lose(work, path, `marked as deleted in MISP (${type} “${value.slice(0, 80)}”); left out`, textIn(attribute, 'uuid'));
    return undefined;
  }
  return { raw: attribute, type, value, relation: textIn(attribute, 'object_relation') ?? '', toIds: truthy(attribute, 'to_ids'), path };
}

/** Feeds give composite values in two halves. */
function composedValue(raw: JsonObject): string | undefined {
  const [first, second] = [textIn(raw, 'value1'), textIn(raw, 'value2')];
  return first === undefined ? undefined : second === undefined ? first : `${first}|${second}`;
}

export function loseProposal(work: EventWork, proposal: unknown, path: string): void {
  const what = isObject(proposal as JsonObject)
    ? `${textIn(proposal as JsonObject, 'type') ?? 'unknown'} “${(textIn(proposal as JsonObject, 'value') ?? '').slice(0, 200)}”`
    : 'unreadable';
  lose(work, path, `a proposal that nobody accepted yet (${what}); left out`);
}

export function truthy(raw: JsonObject, name: string): boolean {
  const text = textIn(raw, name);
  return text === 'true' || text === '1';
}

/** Members of an attribute that its STIX object holds in its own words. */
const handled: ReadonlySet<string> = new Set([
  'uuid',
  'type',
  'value',
  'value1',
  'value2',
  'comment',
  'timestamp',
  'to_ids',
  'category',
  'Tag',
  'Galaxy',
  'Sighting',
  'ShadowAttribute',
  'data',
  'first_seen',
  'last_seen',
  'deleted',
]);

/** What of MISP stays beside STIX' own properties. */
function mispProperties(attribute: Attribute): JsonObject {
  const others = rest(attribute.raw, handled);
  const category = textIn(attribute.raw, 'category');
  return {
    x_misp_type: attribute.type,
    ...(category ? { x_misp_category: category } : {}),
    ...(Object.keys(others).length > 0 ? { x_misp_attribute: others } : {}),
  };
}

/** One attribute of an event, by its own. */
export function fromAttribute(work: EventWork, attribute: Attribute): void {
  const { raw, type, value, path, toIds } = attribute;
  const comment = textIn(raw, 'comment');
  if (type === 'link' && !toIds && observableOf('link', value) && listIn(raw, 'Tag').length + listIn(raw, 'Galaxy').length === 0) {
    work.references.push({
      url: uriOf(value) ?? value,
      ...(comment ? { description: comment } : {}),
      ...(textIn(raw, 'uuid') ? { external_id: textIn(raw, 'uuid') as string } : {}),
    });
    return;
  }
  const id = fromSpecial(work, attribute) ?? fromObservable(work, attribute);
  if (id === undefined) {
    work.kept.attributes.push(rest(raw, new Set()));
    return;
  }
  finish(work, id, raw, path);
}

/** Ties what was made of an attribute or object to its galaxies, sightings and the report. */
export function finish(work: EventWork, id: string, raw: JsonObject, path: string): void {
  work.refs.add(id);
  const uuid = textIn(raw, 'uuid')?.toLowerCase();
  if (uuid !== undefined && !work.byUuid.has(uuid)) work.byUuid.set(uuid, id);
  const labels = listIn(raw, 'Tag').flatMap((tag) => (isObject(tag) ? (textIn(tag, 'name') ?? []) : []));
  for (const target of [...fromGalaxies(work, raw, path), ...fromGalaxyTags(work, labels)]) {
    work.refs.add(target);
    relate(work, kindOf(id, target), id, target, path);
  }
  fromSightings(work, id, raw, path);
}

/** STIX lets an indicator indicate threats and techniques; anything else is related. */
function kindOf(source: string, target: string): string {
  const indicates = /^(?:attack-pattern|campaign|infrastructure|intrusion-set|malware|threat-actor|tool)--/.test(target);
  return source.startsWith('indicator--') && indicates ? 'indicates' : 'related-to';
}

/** A relationship by what it says; `work` decides who says it and who may see it. */
export function relate(work: EventWork, type: string, source: string, target: string, path: string): void {
  if (source === target) return;
  const id = relationshipId(type, source, target);
  if (work.session.given.has(id)) return;
  work.session.given.add(id);
  const object: StixObject = {
    ...common(work, 'relationship', {}, path),
    type: 'relationship',
    id,
    relationship_type: type,
    source_ref: source,
    target_ref: target,
  };
  work.refs.add(give(work, object, path));
}

/** Between observables: the same whoever says it, so without times and creator. */
function link(type: string, source: string, target: string): StixObject {
  return {
    type: 'relationship',
    spec_version: '2.1',
    id: relationshipId(type, source, target),
    relationship_type: type,
    source_ref: source,
    target_ref: target,
  };
}

/** Attributes that are a thing of their own in STIX: vulnerabilities, rules, actors, campaigns, texts. */
function fromSpecial(work: EventWork, attribute: Attribute): string | undefined {
  const { raw, type, value, path } = attribute;
  const comment = textIn(raw, 'comment');
  const described: JsonObject = comment ? { description: comment } : {};
  const made = (stixType: string, properties: JsonObject): string => {
    const id = idFor(work, stixType, raw, type, value);
    return give(work, { ...common(work, stixType, raw, path), type: stixType, id, ...properties, ...mispProperties(attribute) }, path);
  };
  if (type === 'vulnerability' && isCveId(value)) return fromCve(work, value, attribute);
  const rule = ruleTypeOf(type);
  if (rule !== undefined) {
    const name =
      /^[ \t]*(?:(?:private|global)[ \t]+)*rule[ \t]+(\w+)/m.exec(value)?.[1] ?? /^title:\s*(.+)$/m.exec(value)?.[1] ?? `${type} rule`;
    return made('indicator', {
      name,
      description: comment ?? `${rule} rule`,
      pattern: value,
      pattern_type: rule,
      valid_from: validFrom(work, raw),
    });
  }
  switch (type) {
    case 'vulnerability':
      return made('vulnerability', { name: value, ...described });
    case 'threat-actor':
      return made('threat-actor', { name: value, ...described });
    case 'campaign-name':
    case 'campaign-id':
      return made('campaign', { name: value, ...described });
    case 'target-org':
      return made('identity', { name: value, identity_class: 'organization', ...described });
    case 'target-user':
      return made('identity', { name: value, identity_class: 'individual', ...described });
    case 'text':
    case 'comment':
    case 'other': {
      // A note must be about something; the report comes last, but its id is known.
      return made('note', { content: value, ...(comment ? { abstract: comment } : {}), object_refs: [work.reportId] });
    }
    default:
      return undefined;
  }
}

/** The CVE's own object, shared by all who name it; what this event says of it stands in a note. */
function fromCve(work: EventWork, value: string, attribute: Attribute): string {
  const { raw, path } = attribute;
  const known = work.session.context.findByExternalId(value.toUpperCase());
  const id = known ?? giveShared(work, bareVulnerability(value), path, { partial: true });
  const comment = textIn(raw, 'comment');
  if (comment) {
    const note = {
      ...common(work, 'note', raw, path),
      type: 'note',
      id: idFor(work, 'note', raw, 'vulnerability', value),
      content: comment,
      object_refs: [id],
      ...mispProperties(attribute),
    };
    work.refs.add(give(work, note, path));
  } else {
    work.kept.attributes.push(rest(raw, new Set()));
  }
  return id;
}

function validFrom(work: EventWork, raw: JsonObject): string {
  return writtenTime(raw, 'first_seen') ?? epochTime(raw, 'timestamp') ?? work.times.modified;
}

/** An attachment's bytes as an artifact; MISP packs malware as a zip with the password “infected”. */
export function artifactOf(work: EventWork, { raw, type, value, path }: Attribute): StixObject | undefined {
  const data = textIn(raw, 'data');
  if (data === undefined) return undefined;
  if (data.length > mostData || !/^[A-Za-z0-9+/]+={0,2}$/.test(data) || data.length % 4 !== 0) {
    lose(
      work,
      `${path}.data`,
      data.length > mostData
        ? 'an attachment larger than 12 MiB; its bytes are left out'
        : 'an attachment that is not base64; its bytes are left out',
    );
    return undefined;
  }
  return sco('artifact', {
    payload_bin: data,
    ...(type === 'malware-sample'
      ? { mime_type: 'application/zip', encryption_algorithm: 'mime-type-indicated', decryption_key: 'infected' }
      : {}),
    x_misp_filename: value.split('|')[0] as string,
  });
}

/**
 * An attribute to detect by (`to_ids`) is an indicator with a pattern; any other is observed data. Both lead to the
 * observables, whose ids come from their values, so that events that share a value meet in it.
 */
function fromObservable(work: EventWork, attribute: Attribute): string | undefined {
  const found = observableOf(attribute.type, attribute.value);
  if (!found) return undefined;
  const artifact = artifactOf(work, attribute);
  const observable = artifact ? { ...found, objects: [...found.objects, artifact] } : found;
  return wrap(
    work,
    {
      raw: attribute.raw,
      path: attribute.path,
      toIds: attribute.toIds,
      name: attribute.value,
      about: [textIn(attribute.raw, 'category'), attribute.type].filter(Boolean).join(': '),
      extra: mispProperties(attribute),
      key: [attribute.type, attribute.value],
    },
    observable,
    found.observations,
  );
}

export interface Wrapped {
  readonly raw: JsonObject;
  readonly path: string;
  readonly toIds: boolean;
  readonly name: string;
  /** What it is in MISP's words, for a thing without a comment. */
  readonly about: string;
  readonly extra: JsonObject;
  readonly key: readonly string[];
}

/** Gives the observables and the indicator or observed data that stands for the MISP thing; answers its id. */
export function wrap(work: EventWork, wrapped: Wrapped, observable: Observable, observations: readonly string[]): string {
  const { raw, path, name, extra, key } = wrapped;
  for (const object of observable.objects) work.refs.add(giveShared(work, object, path));
  for (const { relationshipType, source, target } of observable.links) {
    work.refs.add(giveShared(work, link(relationshipType, source, target), path, { stamp: true }));
  }
  const comment = textIn(raw, 'comment');
  const main = observable.objects[0] as StixObject;
  if (wrapped.toIds && observations.length > 0) {
    const id = idFor(work, 'indicator', raw, ...key);
    give(
      work,
      {
        ...common(work, 'indicator', raw, path),
        type: 'indicator',
        id,
        name: name.slice(0, 500),
        description: comment ?? wrapped.about,
        pattern: observations.map((test) => `[${test}]`).join(' AND '),
        pattern_type: 'stix',
        valid_from: validFrom(work, raw),
        ...extra,
        ...seenProperties(raw),
      },
      path,
    );
    relate(work, 'related-to', id, main.id, path);
    return id;
  }
  const first = writtenTime(raw, 'first_seen') ?? epochTime(raw, 'timestamp') ?? work.times.modified;
  const last = writtenTime(raw, 'last_seen') ?? first;
  const object: StixObject = {
    ...common(work, 'observed-data', raw, path),
    type: 'observed-data',
    id: idFor(work, 'observed-data', raw, ...key),
    first_observed: first <= last ? first : last,
    last_observed: last,
    number_observed: 1,
    object_refs: observable.objects.map(({ id }) => id),
    ...(comment ? { x_misp_comment: comment } : {}),
    ...extra,
  };
  return give(work, object, path);
}

function seenProperties(raw: JsonObject): JsonObject {
  const [first, last] = [textIn(raw, 'first_seen'), textIn(raw, 'last_seen')];
  return { ...(first ? { x_misp_first_seen: first } : {}), ...(last ? { x_misp_last_seen: last } : {}) };
}
