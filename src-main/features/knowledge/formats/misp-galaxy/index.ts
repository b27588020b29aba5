import { generatedId } from '#shared/domain/knowledge/identifiers.ts';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { isUuid } from '#shared/domain/knowledge/uuid.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { sketchJson } from '../json-sketch.ts';
import { type JsonElement, streamObjects } from '../json-stream/index.ts';
import { isObject, textIn } from '../json-values.ts';
import { clusterFrom, type Galaxy, galaxyOf, galaxyType } from './cluster.ts';
import { type Relations, relationsOf } from './relations.ts';

/** MISP's galaxies: the clusters of one galaxy with their relations, or the definition of a galaxy. */
export const mispGalaxy = defineFormat({
  id: 'misp-galaxy',
  title: 'MISP galaxy',
  from: ['MISP'],
  brings:
    'Threat actors, malware, tools, sectors and other clusters with synonyms and relations; ATT&CK’s are joined with those that stand.',
  extensions: ['json'],

  detect({ text }) {
    const { root, paths } = sketchJson(text);
    if (root !== 'object') return { confidence: 0, because: 'it is no JSON object' };
    const clusters = paths.has('values[].value') || paths.has('values[].uuid') || paths.has('values[].meta');
    const headed = paths.has('name') && paths.has('type') && (paths.has('authors') || paths.has('source') || paths.has('uuid'));
    if (clusters && headed) return { confidence: 0.98, because: 'it holds the values of a MISP galaxy with its name, type and authors' };
    if (clusters && paths.has('values')) return { confidence: 0.7, because: 'it holds values with names and UUIDs, as a MISP galaxy does' };
    if (!paths.has('values') && ['namespace', 'icon', 'type', 'name', 'uuid', 'version'].every((name) => paths.has(name)))
      return { confidence: 0.9, because: 'it is the definition of a MISP galaxy (namespace, icon, type)' };
    return { confidence: 0, because: 'it holds no clusters of a galaxy' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

interface Overview {
  readonly head: JsonObject;
  readonly own: Map<string, { readonly id: string; readonly joined: boolean }>;
  readonly clusters: number;
}

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const faults: JsonElement[] = [];
  const { head, own, clusters } = await overview(source, context, faults);
  const name = textIn(head, 'name')?.trim();
  const type = textIn(head, 'type')?.trim();
  const isDefinition = clusters === 0 && textIn(head, 'namespace') !== undefined;
  if (!name || !type || (clusters === 0 && !isDefinition && !Array.isArray(head['values'])))
    throw new ContractError('invalid_input', `“${source.name}” is not a MISP galaxy: it needs a name, a type, and values or a namespace.`);
  for (const { path, fault = '' } of faults) yield { kind: 'rejected', path: path || 'file', reason: fault };
  yield { kind: 'object', object: headOf(head, name, type), path: 'galaxy', stamp: true };
  if (clusters > 0) yield* clustersOf(source, context, galaxyOf(type, textIn(head, 'category')), own);
}

/** First the head, which may stand behind the clusters, and which UUID is which object: relations lead back and forth. */
async function overview(source: Source, context: ReadContext, faults: JsonElement[]): Promise<Overview> {
  const members: JsonElement[] = [];
  const stream = () =>
    streamObjects(source.bytes(), { path: 'values', signal: context.signal, onMember: (member) => members.push(member) });
  let clusters = 0;
  const waiting: JsonObject[] = [];
  for await (const batch of stream()) {
    for (const { value } of batch) {
      clusters++;
      // All that a cluster's id is made of.
      if (isObject(value))
        waiting.push(Object.fromEntries(Object.entries(value).filter(([name]) => name === 'uuid' || name === 'value' || name === 'meta')));
    }
  }
  const entries: [string, Json][] = [];
  for (const member of members) {
    if (member.fault !== undefined) faults.push(member);
    if (member.path === '' && isObject(member.value)) entries.push(...Object.entries(member.value));
    else if (member.value !== undefined) entries.push([member.path, member.value]);
  }
  const head: JsonObject = Object.fromEntries(entries);
  const galaxy = galaxyOf(textIn(head, 'type') ?? '', textIn(head, 'category'));
  const own: Overview['own'] = new Map();
  for (const raw of waiting) {
    const uuid = textIn(raw, 'uuid')?.toLowerCase();
    const cluster = clusterFrom(galaxy, raw, context);
    if (uuid !== undefined && typeof cluster !== 'string' && !own.has(uuid)) own.set(uuid, { id: cluster.id, joined: cluster.joined });
  }
  return { head, own, clusters };
}

async function* clustersOf(source: Source, context: ReadContext, galaxy: Galaxy, own: Overview['own']): AsyncIterable<Item> {
  const counts = { repeated: 0, unknown: 0, attacks: 0, joined: 0 };
  const work: Relations = { own, context, galaxy, counts };
  const seen = new Map<string, string>();
  for await (const batch of streamObjects(source.bytes(), { path: 'values', signal: context.signal })) {
    for (const { path, value, fault, losses } of batch) {
      const cluster = fault ?? clusterFrom(galaxy, value, context);
      if (typeof cluster === 'string') {
        yield { kind: 'rejected', path, reason: cluster };
        continue;
      }
      const earlier = seen.get(cluster.id);
      if (earlier !== undefined) {
        yield { kind: 'rejected', id: cluster.id, path, reason: `the same cluster already stands at ${earlier}; the first one is kept` };
        continue;
      }
      seen.set(cluster.id, path);
      context.given?.add(cluster.id);
      if (cluster.joined) counts.joined++;
      else yield { kind: 'object', object: cluster.object, path, ...cluster.how };
      yield* relationsOf(work, value as JsonObject, cluster, path);
      for (const loss of losses ?? []) yield { kind: 'loss', ...loss };
    }
  }
  yield* said(counts);
}

function* said({
  repeated,
  unknown,
  attacks,
  joined,
}: {
  repeated: number;
  unknown: number;
  attacks: number;
  joined: number;
}): Iterable<Item> {
  const one = (count: number, single: string, many: string) => `${count} ${count === 1 ? single : many}`;
  const lines = [
    joined > 0 &&
      `${one(joined, 'cluster is', 'clusters are')} ATT&CK’s own and stand in this workspace: joined, not written a second time`,
    attacks > 0 && `${one(attacks, 'relation is', 'relations are')} part of ATT&CK, which stands in this workspace; left out`,
    repeated > 0 && `${one(repeated, 'relation is', 'relations are')} said more than once; each is kept once`,
    unknown > 0 &&
      `${one(unknown, 'relation leads', 'relations lead')} to clusters of galaxies that are not here; left out. Import those and then this file again`,
  ];
  for (const what of lines) if (what) yield { kind: 'loss', path: '', what };
}

/** The galaxy itself: who made it, from what, in which version; of a definition the order of its phases. */
function headOf(head: JsonObject, name: string, type: string): StixObject {
  const uuid = textIn(head, 'uuid')?.toLowerCase();
  const description = textIn(head, 'description');
  const others = Object.entries(head).filter(([member]) => !['name', 'description', 'uuid', 'values'].includes(member));
  return {
    type: galaxyType,
    spec_version: '2.1',
    id: isUuid(uuid) ? `${galaxyType}--${uuid}` : generatedId(galaxyType, 'misp-galaxy', type, name),
    name: name.slice(0, 1000),
    ...(description ? { description } : {}),
    x_misp_galaxy: Object.fromEntries(others),
  };
}
