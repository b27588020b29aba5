import { relationshipId } from '#shared/domain/knowledge/identifiers.ts';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { isUuid } from '#shared/domain/knowledge/uuid.ts';
import type { Item, ReadContext } from '../format.ts';
import { isObject, listIn, textIn } from '../json-values.ts';
import { type Cluster, clusterTypes, type Galaxy } from './cluster.ts';

/** Where a relation of this kind can only lead, for galaxies that are not read yet. */
const leadsTo: Readonly<Record<string, string>> = {
  mitigates: 'attack-pattern',
  'subtechnique-of': 'attack-pattern',
  detects: 'attack-pattern',
  'composed-of': 'x-mitre-analytic',
};

export interface Relations {
  /** UUID -> the cluster's object, of this file. */
  readonly own: ReadonlyMap<string, { readonly id: string; readonly joined: boolean }>;
  readonly context: ReadContext;
  readonly galaxy: Galaxy;
  readonly counts: { repeated: number; unknown: number; attacks: number };
}

/** The `related` of one cluster as relationships, each said once; what cannot be an edge is counted. */
export function* relationsOf(work: Relations, raw: JsonObject, cluster: Cluster, path: string): Iterable<Item> {
  const edges = new Map<string, StixObject>();
  for (const [index, related] of listIn(raw, 'related').entries()) {
    const at = `${path}.related[${index}]`;
    const dest = isObject(related) ? textIn(related, 'dest-uuid')?.toLowerCase() : undefined;
    const type = isObject(related) ? relationOf(textIn(related, 'type')) : undefined;
    if (!isObject(related) || !isUuid(dest) || type === undefined) {
      yield { kind: 'rejected', path: at, reason: 'not a relation with a type and the UUID of a cluster' };
      continue;
    }
    const target = targetOf(work, type, dest);
    if (target === undefined) {
      work.counts.unknown++;
      continue;
    }
    if (cluster.joined && target.joined) {
      work.counts.attacks++;
      continue;
    }
    const edge = edgeOf(work.galaxy, cluster.id, type, target.id, related);
    const before = edges.get(edge.id);
    if (before === undefined) edges.set(edge.id, edge);
    else {
      work.counts.repeated++;
      addVerb(before, edge);
    }
  }
  for (const [, object] of edges) yield { kind: 'object', object, path, stamp: true };
}

/** A relation's name as STIX writes one; undefined where there is none to write. */
function relationOf(text: string | undefined): string | undefined {
  const name = text
    ?.trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  return name !== undefined && /^[a-z0-9-]{1,100}$/.test(name) ? name : undefined;
}

function targetOf({ own, context, galaxy }: Relations, type: string, dest: string): { id: string; joined: boolean } | undefined {
  const here = own.get(dest);
  if (here) return here;
  const given = clusterTypes.find((known) => context.given?.has(`${known}--${dest}`));
  if (given !== undefined) return { id: `${given}--${dest}`, joined: false };
  const stands = context.findByUuid?.(dest);
  if (stands !== undefined) return { id: stands, joined: isAttackType(stands) };
  const only = galaxy.type === 'mitre-d3fend' ? 'attack-pattern' : type === 'revoked-by' ? galaxy.becomes : leadsTo[type];
  return only !== undefined && (galaxy.attack || galaxy.type === 'mitre-d3fend') ? { id: `${only}--${dest}`, joined: false } : undefined;
}

/** Both ends of ATT&CK: its own relationships stand already. */
const isAttackType = (id: string) => /^(?:attack-pattern|intrusion-set|malware|tool|course-of-action|x-mitre-[a-z-]+)--/.test(id);

function edgeOf(galaxy: Galaxy, source: string, type: string, target: string, related: JsonObject): StixObject {
  const { 'dest-uuid': _dest, type: _type, tags: _tags, ...others } = related;
  const tags = listIn(related, 'tags').filter((tag): tag is string => typeof tag === 'string' && tag !== '');
  // D3FEND's verbs (analyzes, restores) say how a countermeasure mitigates.
  const verb = galaxy.type === 'mitre-d3fend' ? type : undefined;
  const relationshipType = verb === undefined ? type : 'mitigates';
  return {
    type: 'relationship',
    spec_version: '2.1',
    id: relationshipId(relationshipType, source, target),
    relationship_type: relationshipType,
    source_ref: source,
    target_ref: target,
    ...(tags.length > 0 ? { labels: [...new Set(tags)] } : {}),
    ...(verb === undefined ? {} : { x_redoubt_d3fend: { verbs: [verb] } }),
    ...(Object.keys(others).length > 0 ? { x_misp_galaxy: others as Record<string, Json> } : {}),
  };
}

function addVerb(before: StixObject, edge: StixObject): void {
  const [all, one] = [before, edge].map(({ x_redoubt_d3fend: said }) => (isObject(said) ? listIn(said, 'verbs') : []));
  if (!all || !one || one.length === 0) return;
  before['x_redoubt_d3fend'] = { verbs: [...new Set([...all, ...one])] };
}
