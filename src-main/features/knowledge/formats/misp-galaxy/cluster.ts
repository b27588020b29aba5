import { generatedId } from '#shared/domain/knowledge/identifiers.ts';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { isUuid } from '#shared/domain/knowledge/uuid.ts';
import type { ReadContext } from '../format.ts';
import { isObject, textIn } from '../json-values.ts';
import { undated, uriOf } from '../linked.ts';
import { attackId, clusterObject, metaTexts, mitreType, types } from '../misp/galaxies.ts';

/** Galaxies beyond those of events: what their clusters are in STIX. */
const more: ReadonlyMap<string, string> = new Map([
  ['mitre-ics-groups', 'intrusion-set'],
  ['mitre-ics-software', 'malware'],
  ['mitre-atlas-attack-pattern', 'attack-pattern'],
  ['mitre-atlas-course-of-action', 'course-of-action'],
  ['mitre-d3fend', 'course-of-action'],
  ['cert-eu-govsector', 'identity'],
]);

/** What a galaxy that is not known by its type is by its category. */
const byCategory: ReadonlyMap<string, string> = new Map([
  ['actor', 'threat-actor'],
  ['attack-pattern', 'attack-pattern'],
  ['course-of-action', 'course-of-action'],
  ['sector', 'identity'],
]);

/** Everything else stays what it is: a cluster of a galaxy. */
export const clusterType = 'x-misp-galaxy-cluster';
export const galaxyType = 'x-misp-galaxy';

/** All types that a cluster can become: to find one by its UUID among what was read. */
const attackTypes =
  'intrusion-set attack-pattern course-of-action x-mitre-analytic x-mitre-detection-strategy x-mitre-data-component x-mitre-data-source';
export const clusterTypes: readonly string[] = [
  ...new Set([...types.values(), ...more.values(), ...byCategory.values(), clusterType, ...attackTypes.split(' ')]),
];

export interface Galaxy {
  readonly type: string;
  /** The STIX type of its clusters. */
  readonly becomes: string;
  /** ATT&CK's own objects under MISP's UUIDs, which are STIX's own. */
  readonly attack: boolean;
}

export function galaxyOf(type: string, category: string | undefined): Galaxy {
  const attack = mitreType(type);
  if (attack !== undefined && type !== 'mitre-ics-techniques') return { type, becomes: attack, attack: true };
  // Catalogues of ATT&CK for ICS as it was before STIX: ids of their own, so objects of their own.
  const becomes = (attack ?? types.get(type) ?? more.get(type) ?? (category && byCategory.get(category))) || clusterType;
  return { type, becomes, attack: false };
}

export interface Cluster {
  readonly id: string;
  /** ATT&CK's object stands in the workspace: the cluster says no more than it does. */
  readonly joined: boolean;
  readonly object: StixObject;
  readonly how: { readonly stamp?: true; readonly partial?: true; readonly merge?: true };
}

/** One cluster as an object; a text where it is none. */
export function clusterFrom(galaxy: Galaxy, raw: Json | undefined, context: ReadContext): Cluster | string {
  if (!isObject(raw)) return 'not a cluster: it is no object';
  const value = textIn(raw, 'value')?.trim();
  if (!value) return 'a cluster without a value';
  const given = textIn(raw, 'uuid');
  if (given !== undefined && !/^[0-9a-f-]{36}$/i.test(given)) return `“${given.slice(0, 60)}” is not a UUID`;
  // Some that curators made up are no UUIDs of RFC 4122, which STIX asks for: they get an id of their own.
  const uuid = isUuid(given) ? given.toLowerCase() : undefined;
  const { related: _related, revoked, uuid: _uuid, ...rest } = raw;
  if (galaxy.attack) return ofAttack(galaxy, value, raw, uuid, context);
  const made = clusterObject(galaxy.becomes, value.slice(0, 1000), galaxy.type, rest, uuid);
  const { id = made.id, ...catalogue } = catalogued(galaxy.type, raw) ?? {};
  const object: StixObject = {
    ...made,
    ...catalogue,
    ...(revoked === true ? { revoked: true } : {}),
    ...phasesOf(galaxy, raw),
    type: made.type,
    id: String(id),
  };
  return { id: object.id, joined: false, object, how: id === made.id ? { stamp: true } : { stamp: true, merge: true } };
}

/** ATT&CK's own object where the workspace has it; else what MISP says of it, which gives way to the full one. */
function ofAttack(galaxy: Galaxy, value: string, raw: JsonObject, uuid: string | undefined, context: ReadContext): Cluster {
  const type = galaxy.becomes;
  const tail = / - ([A-Z0-9.]+)$/.exec(value);
  const externalId = [metaTexts(raw, 'external_id')[0], tail?.[1]].find((id) => id !== undefined && attackId.test(id));
  const own = uuid === undefined ? generatedId(type, 'misp-galaxy', value) : `${type}--${uuid}`;
  const byUuid = uuid === undefined ? undefined : context.findByUuid?.(uuid);
  const byId = externalId === undefined ? undefined : context.findByExternalId(externalId);
  const known = [byUuid, byId].find((id) => id?.startsWith(`${type}--`));
  const description = textIn(raw, 'description');
  const platforms = metaTexts(raw, 'mitre_platforms');
  const name = externalId !== undefined && tail?.[1] === externalId ? value.slice(0, tail.index) : value;
  const object: StixObject = {
    type,
    spec_version: '2.1',
    id: own,
    created: undated,
    modified: undated,
    ...(raw['revoked'] === true ? { revoked: true } : {}),
    name,
    ...(description ? { description } : {}),
    ...(type === 'malware' ? { is_family: true } : {}),
    ...phasesOf(galaxy, raw),
    ...(platforms.length > 0 ? { x_mitre_platforms: platforms } : {}),
    ...(externalId ? { external_references: [{ source_name: 'mitre-attack', external_id: externalId }] } : {}),
  };
  return { id: known ?? own, joined: known !== undefined, object, how: { partial: true } };
}

/** `attack-Windows:execution` is ATT&CK's tactic execution; `mitre-atlas:reconnaissance` ATLAS'. */
function phasesOf(galaxy: Galaxy, raw: JsonObject): JsonObject {
  if (galaxy.becomes !== 'attack-pattern') return {};
  const phases = new Map<string, JsonObject>();
  for (const text of metaTexts(raw, 'kill_chain')) {
    const [chain = '', phase = ''] = text.split(':');
    if (!/^[a-z0-9-]+$/.test(phase)) continue;
    const name = galaxy.attack ? chainOf(chain) : chain.toLowerCase();
    if (/^[a-z0-9-]+$/.test(name)) phases.set(`${name}:${phase}`, { kill_chain_name: name, phase_name: phase });
  }
  return phases.size > 0 ? { kill_chain_phases: [...phases.values()] } : {};
}

function chainOf(chain: string): string {
  if (chain.startsWith('mobile')) return 'mitre-mobile-attack';
  if (chain.startsWith('ics')) return 'mitre-ics-attack';
  return chain === 'pre-attack' ? 'mitre-pre-attack' : 'mitre-attack';
}

/** The id under which a catalogue's own users know it. D3FEND's countermeasure is one object, whoever brings it. */
function catalogued(type: string, raw: JsonObject): JsonObject | undefined {
  const externalId = metaTexts(raw, 'external_id')[0];
  if (externalId === undefined) return undefined;
  const references = metaTexts(raw, 'refs').flatMap((text) => {
    const url = uriOf(text);
    return url === undefined ? [] : [{ source_name: 'misp-galaxy', url }];
  });
  if (type === 'mitre-d3fend' && /^D3-[A-Z0-9]+$/.test(externalId))
    return {
      id: countermeasureId(externalId),
      external_references: [{ source_name: 'mitre-d3fend', external_id: externalId, ...(references[0] ? { url: references[0].url } : {}) }],
    };
  if (type.startsWith('mitre-atlas'))
    return { external_references: [{ source_name: 'mitre-atlas', external_id: externalId }, ...references] };
  return undefined;
}

/** The course of action for one of D3FEND's techniques. */
export function countermeasureId(d3fendId: string): string {
  return generatedId('course-of-action', 'mitre-d3fend', d3fendId.toUpperCase());
}
