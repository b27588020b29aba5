import { generatedId } from '#shared/domain/knowledge/identifiers.ts';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { isUuid } from '#shared/domain/knowledge/uuid.ts';
import { isObject, listIn, objectIn, textIn } from '../json-values.ts';
import { undated, uriOf } from '../linked.ts';
import { type EventWork, giveShared, lose, rest } from './session.ts';

/** What a galaxy's clusters are in STIX. A galaxy that is not here is kept as it is. */
export const types: ReadonlyMap<string, string> = new Map([
  ['threat-actor', 'threat-actor'],
  ['microsoft-activity-group', 'threat-actor'],
  ['360net', 'threat-actor'],
  ['ransomware', 'malware'],
  ['banker', 'malware'],
  ['backdoor', 'malware'],
  ['stealer', 'malware'],
  ['botnet', 'malware'],
  ['android', 'malware'],
  ['malpedia', 'malware'],
  ['cryptominers', 'malware'],
  ['rat', 'malware'],
  ['tool', 'tool'],
  ['rmm-tool', 'tool'],
  ['exploit-kit', 'tool'],
  ['tds', 'tool'],
  ['sector', 'identity'],
  ['country', 'location'],
  ['region', 'location'],
  ['branded-vulnerability', 'vulnerability'],
  ['branded_vulnerability', 'vulnerability'],
  ['preventive-measure', 'course-of-action'],
]);

/** MITRE's galaxies, old (`mitre-enterprise-attack-malware`) and new (`mitre-malware`); the cluster's UUID is the STIX one. */
export function mitreType(galaxy: string): string | undefined {
  const found =
    /^(?:x-)?mitre-(?:(?:enterprise|mobile|pre)-attack-)?(attack-pattern|course-of-action|intrusion-set|malware|tool|data-source|data-component|detection-strategy|analytic)$/.exec(
      galaxy,
    )?.[1];
  if (found === undefined) return galaxy === 'mitre-ics-techniques' ? 'attack-pattern' : undefined;
  return /^(?:data-source|data-component|detection-strategy|analytic)$/.test(found) ? `x-mitre-${found}` : found;
}

export const attackId = /^(?:(?:AML\.)?TA?\d{4}(?:\.\d{3})?|[GSMC]\d{4}|D[SCT]\d{4}|DET\d{4}|AN\d{4})$/;

/** The clusters of an event or attribute: each as an object, once. Answers their ids. */
export function fromGalaxies(work: EventWork, raw: JsonObject, path: string): string[] {
  const ids: string[] = [];
  for (const [index, galaxy] of listIn(raw, 'Galaxy').entries()) {
    const at = `${path}.Galaxy[${index}]`;
    if (!isObject(galaxy)) {
      lose(work, at, 'not a galaxy; left out');
      continue;
    }
    for (const [position, cluster] of listIn(galaxy, 'GalaxyCluster').entries()) {
      const here = `${at}.GalaxyCluster[${position}]`;
      if (!isObject(cluster)) lose(work, here, 'not a cluster; left out');
      else {
        const id = fromCluster(work, galaxy, cluster, here);
        if (id !== undefined && !ids.includes(id)) ids.push(id);
      }
    }
  }
  return ids;
}

function fromCluster(work: EventWork, galaxy: JsonObject, cluster: JsonObject, path: string): string | undefined {
  const galaxyType = (textIn(cluster, 'type') ?? textIn(galaxy, 'type') ?? '').toLowerCase();
  const value = textIn(cluster, 'value');
  const mitre = mitreType(galaxyType);
  const type = mitre ?? types.get(galaxyType);
  const uuid = uuidOf(cluster);
  if (value === undefined) {
    lose(work, path, 'a cluster without a value; left out');
    return undefined;
  }
  if (type === undefined) {
    work.kept.galaxies.push({ galaxy: galaxyType, ...rest(cluster, noise) });
    return undefined;
  }
  if (mitre !== undefined) return ofMitre(work, type, value, cluster, uuid, path);
  return giveShared(work, clusterObject(type, value, galaxyType, cluster, uuid), path, { stamp: true });
}

/**
 * Newer MISP gives a cluster its own `uuid` beside `collection_uuid`; before, `uuid` was the collection's, the same
 * for all its clusters, and only MITRE's had their own in `meta.uuid`.
 */
function uuidOf(cluster: JsonObject): string | undefined {
  const own = Object.hasOwn(cluster, 'collection_uuid') ? textIn(cluster, 'uuid') : firstMeta(cluster, 'uuid');
  return isUuid(own) ? own.toLowerCase() : undefined;
}

/** ATT&CK's own object where the workspace has it; else what MISP says of it, which gives way to the full one. */
function ofMitre(work: EventWork, type: string, value: string, cluster: JsonObject, uuid: string | undefined, path: string): string {
  const tail = / - ([A-Z0-9.]+)$/.exec(value);
  const externalId = [firstMeta(cluster, 'external_id'), tail?.[1]].find((id) => id !== undefined && attackId.test(id));
  const known = externalId === undefined ? undefined : work.session.context.findByExternalId(externalId);
  if (known?.startsWith(`${type}--`)) return known;
  const description = textIn(cluster, 'description');
  const name = externalId !== undefined && tail?.[1] === externalId ? value.slice(0, tail.index) : value;
  const object: StixObject = {
    type,
    spec_version: '2.1',
    id: uuid === undefined ? generatedId(type, 'misp-galaxy', name) : `${type}--${uuid}`,
    created: undated,
    modified: undated,
    name,
    ...(description ? { description } : {}),
    ...(type === 'malware' ? { is_family: true } : {}),
    ...(externalId ? { external_references: [{ source_name: 'mitre-attack', external_id: externalId }] } : {}),
  };
  return giveShared(work, object, path, { partial: true });
}

export function clusterObject(type: string, value: string, galaxyType: string, cluster: JsonObject, uuid: string | undefined): StixObject {
  const description = textIn(cluster, 'description');
  const synonyms = metaTexts(cluster, 'synonyms').filter((synonym) => synonym !== value);
  const urls = metaTexts(cluster, 'refs').flatMap((url) => uriOf(url) ?? []);
  const meta = objectIn(cluster, 'meta');
  const handled = new Set(['synonyms', 'uuid', ...(urls.length === metaTexts(cluster, 'refs').length ? ['refs'] : [])]);
  const leftOver = meta ? rest(meta, handled) : {};
  const others = rest(cluster, new Set([...noise, 'value', 'description', 'meta']));
  const withAliases = type === 'threat-actor' || type === 'malware' || type === 'tool';
  return {
    type,
    spec_version: '2.1',
    id: uuid === undefined ? generatedId(type, 'misp-galaxy', galaxyType, value) : `${type}--${uuid}`,
    name: value,
    ...(description ? { description } : {}),
    ...(synonyms.length > 0 ? { [withAliases ? 'aliases' : 'x_misp_synonyms']: synonyms } : {}),
    ...(urls.length > 0 ? { external_references: urls.map((url) => ({ source_name: 'misp-galaxy', url })) } : {}),
    ...(type === 'malware' ? { is_family: true, ...(galaxyType === 'ransomware' ? { malware_types: ['ransomware'] } : {}) } : {}),
    ...(type === 'identity' ? { identity_class: 'class' } : {}),
    ...(type === 'location' ? place(galaxyType, value, meta) : {}),
    x_misp_galaxy: { type: galaxyType, ...others, ...(Object.keys(leftOver).length > 0 ? { meta: leftOver } : {}) },
  };
}

/** A location needs a region, a country or coordinates (STIX 2.1, section 4.9). */
function place(galaxyType: string, value: string, meta: JsonObject | undefined): JsonObject {
  const iso = meta && firstOf(meta.ISO);
  if (galaxyType === 'country') return { country: iso && /^[A-Z]{2}$/i.test(iso) ? iso.toUpperCase() : value };
  return {
    region: value
      .replace(/^\d+ - /, '')
      .toLowerCase()
      .replaceAll(' ', '-'),
  };
}

/** Numbers of the sending instance; they mean nothing elsewhere. Named in the report of what is left out. */
const noise: ReadonlySet<string> = new Set(['id', 'galaxy_id', 'tag_id', 'uuid', 'collection_uuid', 'type', 'local', 'tag_name']);

export function metaTexts(cluster: JsonObject, name: string): string[] {
  const meta = objectIn(cluster, 'meta');
  const value = meta && Object.hasOwn(meta, name) ? meta[name] : undefined;
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === 'string' && item !== '');
}

function firstMeta(cluster: JsonObject, name: string): string | undefined {
  return metaTexts(cluster, name)[0];
}

function firstOf(value: Json | undefined): string | undefined {
  const one = Array.isArray(value) ? value[0] : value;
  return typeof one === 'string' ? one : undefined;
}

/**
 * Tags such as `misp-galaxy:mitre-attack-pattern="PowerShell - T1059.001"` without their cluster: the ids of what
 * they name, where the workspace knows it. The tag itself stays a label.
 */
export function fromGalaxyTags(work: EventWork, labels: readonly string[]): string[] {
  const found: string[] = [];
  for (const label of labels) {
    // No name of a technique is longer; the pattern tries each “mitre” of a label.
    if (label.length > 1000) continue;
    const id = /^misp-galaxy:[^=]*mitre[^=]*=".* - ([A-Z]+\d{4}(?:\.\d{3})?)"$/.exec(label)?.[1];
    const known = id === undefined ? undefined : work.session.context.findByExternalId(id);
    if (known !== undefined && !found.includes(known)) found.push(known);
  }
  return found;
}
