import { canonical } from '#shared/domain/knowledge/canonical.ts';
import { withExtension } from '#shared/domain/knowledge/extensions.ts';
import { generatedId, isCveId, vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import type { Item } from '../format.ts';
import { isObject, listIn, textIn } from '../json-values.ts';
import { uriOf } from '../linked.ts';
import type { NamedObjects } from '../named-objects.ts';
import { placeholderFor } from '../placeholders.ts';

/** What holds for all mappings of a file (“metadata” of the Center's unified schema). */
export interface Project {
  readonly framework: string;
  readonly version: string | undefined;
  readonly attackVersion: string | undefined;
  readonly domain: string | undefined;
  readonly groups: ReadonlyMap<string, string>;
  /** STIX timestamps; absent where the file does not say. */
  readonly times: { readonly created: string; readonly modified: string } | undefined;
}

export function projectOf(metadata: Json | undefined): Project {
  const meta = isObject(metadata) ? metadata : {};
  const created = dayOf(textIn(meta, 'creation_date'));
  const modified = dayOf(textIn(meta, 'last_update')) ?? created;
  const groups = isObject(meta['capability_groups']) ? meta['capability_groups'] : {};
  return {
    framework: textIn(meta, 'mapping_framework') ?? 'unknown',
    version: textIn(meta, 'mapping_framework_version'),
    attackVersion: textIn(meta, 'attack_version'),
    domain: textIn(meta, 'technology_domain'),
    groups: new Map(Object.keys(groups).flatMap((name) => (textIn(groups, name) ? [[name, textIn(groups, name) as string]] : []))),
    times: modified === undefined ? undefined : { created: created !== undefined && created < modified ? created : modified, modified },
  };
}

/** MM/DD/YYYY, as the Center writes days. */
function dayOf(text: string | undefined): string | undefined {
  const [, month, day, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text ?? '') ?? [];
  const time = year === undefined ? Number.NaN : Date.parse(`${year}-${month}-${day}T00:00:00.000Z`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/**
 * A framework by its edition (800-53 rev4 is another than rev5); a date is no edition: the services of a cloud are the
 * same ones in its next mapping.
 */
export function editionOf({ framework, version }: Pick<Project, 'framework' | 'version'>): string {
  return version === undefined || /^\d{2}\/\d{2}\/\d{4}$/.test(version) ? framework : `${framework} ${version}`;
}

export function controlId(edition: string, capability: string): string {
  return generatedId('x-redoubt-control', edition, capability);
}

const members = new Set(
  'capability_id capability_description capability_group mapping_type attack_object_id attack_object_name references comments status score_category score_value related_score'.split(
    ' ',
  ),
);

export interface Reading {
  readonly project: Project;
  readonly names: NamedObjects;
  readonly given: Set<string>;
  /** Relationship -> where it stands and what was said: the same mapping twice is told. */
  readonly mapped: Map<string, { readonly path: string; readonly text: string }>;
}

/** One entry of `mapping_objects`: the capability, the technique where it is not known yet, and the edge between them. */
export function* fromMapping(reading: Reading, raw: Json | undefined, path: string): Iterable<Item> {
  if (!isObject(raw)) {
    yield { kind: 'rejected', path, reason: 'not a mapping: it is no object' };
    return;
  }
  const capability = textIn(raw, 'capability_id')?.trim();
  const technique = textIn(raw, 'attack_object_id')?.trim();
  const mappable = textIn(raw, 'status') !== 'non_mappable' && textIn(raw, 'mapping_type') !== 'non_mappable' && isAttackId(technique);
  if (!capability) {
    const what = technique === undefined ? 'names neither a capability nor a technique' : `no capability maps to ${technique.slice(0, 60)}`;
    yield { kind: 'loss', path, what: `${what}; left out` };
    return;
  }
  const { project } = reading;
  const subject = subjectOf(project, capability, raw);
  if (!reading.given.has(subject.object.id)) {
    reading.given.add(subject.object.id);
    yield { ...subject, path };
  }
  if (!mappable) {
    const said = technique === undefined || technique === 'N/A' ? 'no technique' : `“${technique.slice(0, 60)}”`;
    const what = `maps to ${said} of ATT&CK${project.domain ? ` ${project.domain}` : ''}${project.attackVersion ? ` ${project.attackVersion}` : ''}: kept without an edge`;
    yield { kind: 'loss', id: subject.object.id, path, what };
    return;
  }
  const target = reading.names.find(technique as string, textIn(raw, 'attack_object_name'));
  yield* reading.names.take(path);
  if (target === undefined) {
    yield {
      kind: 'rejected',
      id: capability.slice(0, 100),
      path,
      reason: `“${String(technique).slice(0, 60)}” is not an id of ATT&CK that can be found`,
    };
    return;
  }
  // The same pair mapped again for another reason is another edge; word for word the same it is none.
  const text = canonical(raw);
  let edge = edgeOf(project, subject.object, target, raw, 1);
  for (let times = 2; reading.mapped.has(edge.id); times++) {
    const earlier = reading.mapped.get(edge.id);
    if (earlier?.text === text || times > mostReasons) {
      yield {
        kind: 'rejected',
        id: capability.slice(0, 100),
        path,
        reason: `the same mapping already stands at ${earlier?.path}; the first one is kept`,
      };
      return;
    }
    edge = edgeOf(project, subject.object, target, raw, times);
  }
  reading.mapped.set(edge.id, { path, text });
  yield { kind: 'object', object: edge, path, ...(project.times ? {} : { stamp: true }) };
}

/** Reasons for one and the same pair: the Center's files have at most 4. */
const mostReasons = 50;

function isAttackId(text: string | undefined): boolean {
  return text !== undefined && /^(?:T\d{4}(?:\.\d{3})?|TA\d{4}|[GSCM]\d{4})$/.test(text);
}

type Subject = Omit<Extract<Item, { kind: 'object' }>, 'path'>;

/** A CVE is a vulnerability, a VERIS enumeration what an attacker does, all else a control of its framework. */
function subjectOf(project: Project, capability: string, raw: JsonObject): Subject {
  const description = textIn(raw, 'capability_description')?.trim();
  const group = textIn(raw, 'capability_group');
  const groupName = group === undefined ? undefined : project.groups.get(group);
  const about: JsonObject = {
    framework: project.framework,
    ...(project.version === undefined ? {} : { version: project.version }),
    ...(group === undefined ? {} : { group }),
    ...(groupName === undefined ? {} : { group_name: groupName }),
  };
  const how = { kind: 'object', merge: true, ...(project.times ? {} : { stamp: true }) } as const;
  if (isCveId(capability)) {
    const cve = capability.toUpperCase();
    const object: StixObject = {
      type: 'vulnerability',
      spec_version: '2.1',
      id: vulnerabilityId(cve),
      ...project.times,
      name: cve,
      external_references: [{ source_name: 'cve', external_id: cve }],
      x_redoubt_ctid: { ...about, ...(description ? { title: description } : {}) },
    };
    return { ...how, object };
  }
  const name = (description || capability).slice(0, 300);
  if (project.framework.toLowerCase() === 'veris') {
    const object: StixObject = {
      type: 'attack-pattern',
      spec_version: '2.1',
      id: generatedId('attack-pattern', editionOf(project), capability),
      ...project.times,
      name: capability.slice(0, 1000),
      ...(description ? { description } : {}),
      external_references: [{ source_name: 'veris', external_id: capability.slice(0, 1000) }],
      x_redoubt_ctid: about,
    };
    return { ...how, object };
  }
  return { ...how, object: controlOf(project, capability, { ...project.times, name, x_redoubt_ctid: about }) };
}

export function controlOf(project: Pick<Project, 'framework' | 'version'>, capability: string, properties: JsonObject): StixObject {
  const edition = editionOf(project);
  return withExtension('x-redoubt-control', {
    id: controlId(edition, capability),
    name: capability.slice(0, 1000),
    control_id: capability.slice(0, 10_000),
    framework: edition.slice(0, 10_000),
    ...properties,
  });
}

function edgeOf(project: Project, subject: StixObject, technique: string, raw: JsonObject, times: number): StixObject {
  const type = textIn(raw, 'mapping_type') ?? 'mapped';
  const category = textIn(raw, 'score_category');
  const comments = textIn(raw, 'comments')?.trim();
  const references = [...new Set(listIn(raw, 'references').flatMap((url) => (typeof url === 'string' ? (uriOf(url) ?? []) : [])))];
  const text = (name: string, as: string): JsonObject => (textIn(raw, name) === undefined ? {} : { [as]: textIn(raw, name) as string });
  const others = Object.entries(raw).filter(([name, value]) => !members.has(name) && value !== null && value !== '');
  const unread = listIn(raw, 'references').filter((url) => typeof url !== 'string' || uriOf(url) === undefined);
  const mapping: JsonObject = {
    framework: project.framework,
    ...(project.version === undefined ? {} : { version: project.version }),
    ...(project.attackVersion === undefined ? {} : { attack_version: project.attackVersion }),
    type,
    ...text('score_category', 'score_category'),
    ...text('score_value', 'score'),
    ...text('related_score', 'related_score'),
    ...text('status', 'status'),
    ...(comments ? { comments } : {}),
    ...(unread.length > 0 ? { other_references: unread.slice(0, 100) } : {}),
    ...(others.length > 0 ? { other: Object.fromEntries(others) } : {}),
  };
  const [source, relationshipType, target] = endsOf(subject, technique, category);
  // Its id is made from the technique's, so that it is the same before and after ATT&CK is here.
  const named = placeholderFor(textIn(raw, 'attack_object_id')?.trim() ?? '')?.id ?? technique;
  const [namedSource, , namedTarget] = endsOf(subject, named, category);
  return {
    type: 'relationship',
    spec_version: '2.1',
    id: generatedId(
      'relationship',
      'ctid-mapping',
      editionOf(project),
      relationshipType,
      namedSource,
      namedTarget,
      type,
      category ?? '',
      ...(times > 1 ? [String(times)] : []),
    ),
    ...project.times,
    relationship_type: relationshipType,
    source_ref: source,
    target_ref: target,
    ...(comments ? { description: comments } : {}),
    ...(references.length > 0 ? { external_references: references.slice(0, 200).map((url) => ({ source_name: 'ctid', url })) } : {}),
    x_redoubt_mapping: mapping,
  };
}

/** STIX's and ATT&CK's words: a technique targets a vulnerability, a control mitigates or (where it is scored for that) detects. */
function endsOf(subject: StixObject, technique: string, category: string | undefined): [string, string, string] {
  if (subject.type === 'vulnerability') return [technique, 'targets', subject.id];
  if (subject.type === 'attack-pattern') return [subject.id, 'related-to', technique];
  return [subject.id, category?.toLowerCase() === 'detect' ? 'detects' : 'mitigates', technique];
}
