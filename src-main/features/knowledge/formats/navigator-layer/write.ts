import { isOwnType } from '#shared/domain/knowledge/extensions.ts';
import { externalIdOf } from '#shared/domain/knowledge/identifiers.ts';
import { nameOf } from '#shared/domain/knowledge/names.ts';
import { killChainPhases } from '#shared/domain/knowledge/references.ts';
import type { Json, StixObject } from '#shared/domain/knowledge/stix.ts';
import { defineExportFormat, type WriteContext } from '../format.ts';
import { checkSignal } from '../items.ts';
import { isObject } from '../json-values.ts';
import { type NavigatorLayer, techniqueIdPattern } from './layer.ts';

type Domain = NavigatorLayer['domain'];
const domains: readonly Domain[] = ['enterprise-attack', 'mobile-attack', 'ics-attack'];
const domainOfChain: Readonly<Record<string, Domain>> = {
  'mitre-attack': 'enterprise-attack',
  'mitre-mobile-attack': 'mobile-attack',
  'mitre-ics-attack': 'ics-attack',
};
const threatTypes = new Set(['intrusion-set', 'campaign', 'malware', 'tool', 'threat-actor']);
/** What may stand beside kept layers without asking for a computed one. */
const besideLayers = new Set(['extension-definition', 'identity', 'marking-definition']);
const namesInComment = 10;

/**
 * Layer format 4.5. Where only layers are asked for, they are written as they came (several as a list). Otherwise
 * one layer is computed: a technique's score is the number of distinct threats that have a live `uses` relationship
 * to it; of several domains the one with the most scored techniques is written, the rest is told as loss.
 */
export const navigatorLayerExport = defineExportFormat({
  id: 'navigator-layer',
  title: 'ATT&CK Navigator layer 4.5',
  mediaType: 'application/json',
  extension: 'json',

  async *write(objects, context) {
    const layers: { id: string; name: string; layer: Json }[] = [];
    const graph: Graph = { threats: new Map(), techniques: new Map(), uses: [], attackVersions: new Map() };
    let others = false;
    for await (const page of objects) {
      checkSignal(context.signal);
      for (const object of page) {
        if (object.type === 'x-redoubt-layer') {
          const layer = keptLayer(object, context);
          if (layer !== undefined) layers.push({ id: object.id, name: nameOf(object), layer });
        } else {
          others ||= !besideLayers.has(object.type);
          collect(object, graph, context);
        }
      }
    }
    if (layers.length > 0 && !others) {
      yield `${JSON.stringify(layers.length === 1 ? layers[0]?.layer : layers.map(({ layer }) => layer), undefined, 2)}\n`;
      return;
    }
    for (const { id, name } of layers) {
      context.lose({ id, path: 'layer', what: `the kept layer “${name}” is not part of a computed one; export it by itself` });
    }
    yield `${JSON.stringify(computed(graph, context), undefined, 2)}\n`;
  },
});

function keptLayer(object: StixObject, context: WriteContext): Json | undefined {
  try {
    const layer = typeof object.layer === 'string' ? (JSON.parse(object.layer) as Json) : undefined;
    if (isObject(layer)) return layer;
  } catch {
    // Told below, as any other layer that is none.
  }
  context.lose({ id: object.id, path: 'layer', what: `“${nameOf(object)}” holds no layer that can be read` });
  return undefined;
}

interface Graph {
  /** Live threats by id: their names. */
  readonly threats: Map<string, string>;
  readonly techniques: Map<string, { externalId: string; name: string; domains: readonly Domain[] }>;
  readonly uses: { readonly source: string; readonly target: string }[];
  readonly attackVersions: Map<Domain, string>;
}

function collect(object: StixObject, graph: Graph, context: WriteContext): void {
  const { id, type } = object;
  if (object.revoked === true || object.x_mitre_deprecated === true) return;
  if (type === 'relationship') {
    const { relationship_type: kind, source_ref: source, target_ref: target } = object;
    if (kind === 'uses' && typeof source === 'string' && typeof target === 'string' && target.startsWith('attack-pattern--')) {
      graph.uses.push({ source, target });
    }
  } else if (threatTypes.has(type)) {
    graph.threats.set(id, nameOf(object));
  } else if (type === 'attack-pattern') {
    const externalId = externalIdOf(object);
    if (externalId && techniqueIdPattern.test(externalId)) {
      graph.techniques.set(id, { externalId, name: nameOf(object), domains: domainsOf(object) });
    } else if (externalId === undefined) {
      context.lose({ id, path: 'external_references', what: `“${nameOf(object)}” has no ATT&CK id, so a layer cannot hold it` });
    }
  } else if (type === 'x-mitre-collection' && typeof object.x_mitre_version === 'string') {
    const domain = domains.find((one) =>
      nameOf(object)
        .toLowerCase()
        .startsWith(one.slice(0, one.indexOf('-'))),
    );
    if (domain) graph.attackVersions.set(domain, object.x_mitre_version.split('.')[0] as string);
  } else if (isOwnType(type)) {
    context.lose({ id, path: 'type', what: `“${nameOf(object)}” is a ${type}, which a layer cannot hold` });
  }
}

function domainsOf(object: StixObject): readonly Domain[] {
  const named = Array.isArray(object.x_mitre_domains)
    ? domains.filter((domain) => (object.x_mitre_domains as unknown[]).includes(domain))
    : [];
  if (named.length > 0) return named;
  const chains = new Set(killChainPhases(object).map(({ killChainName }) => killChainName));
  const found = Object.keys(domainOfChain)
    .filter((chain) => chains.has(chain))
    .map((chain) => domainOfChain[chain] as Domain);
  return found.length > 0 ? found : ['enterprise-attack'];
}

function computed(graph: Graph, context: WriteContext): NavigatorLayer {
  const users = new Map<string, Set<string>>();
  for (const { source, target } of graph.uses) {
    if (!graph.threats.has(source) || !graph.techniques.has(target)) continue;
    const known = users.get(target);
    if (known) known.add(source);
    else users.set(target, new Set([source]));
  }
  const scored = [...users].map(([id, threats]) => ({
    id,
    threats,
    technique: graph.techniques.get(id) as NonNullable<ReturnType<Graph['techniques']['get']>>,
  }));
  const counted = domains.map((domain) => ({ domain, count: scored.filter(({ technique }) => technique.domains.includes(domain)).length }));
  const { domain } = counted.reduce((best, one) => (one.count > best.count ? one : best));
  const techniques: NonNullable<NavigatorLayer['techniques']> = [];
  let most = 1;
  for (const { id, threats, technique } of scored.sort(
    (a, b) => compare(a.technique.externalId, b.technique.externalId) || compare(a.id, b.id),
  )) {
    if (!technique.domains.includes(domain)) {
      context.lose({
        id,
        path: 'domain',
        what: `${technique.externalId} ${technique.name} belongs to ${technique.domains.join(', ')}, this layer to ${domain}`,
      });
      continue;
    }
    const names = [...threats].map((threat) => graph.threats.get(threat) ?? threat).sort(compare);
    most = Math.max(most, names.length);
    techniques.push({
      techniqueID: technique.externalId,
      score: names.length,
      comment: `Used by ${names.slice(0, namesInComment).join(', ')}${names.length > namesInComment ? ` and ${names.length - namesInComment} more` : ''}.`,
      enabled: true,
      metadata: [{ name: 'Used by', value: String(names.length) }],
    });
  }
  const threats = new Set(scored.flatMap(({ threats: some, technique }) => (technique.domains.includes(domain) ? [...some] : [])));
  const version = graph.attackVersions.get(domain);
  return {
    name: 'Techniques in use',
    versions: { ...(version ? { attack: version } : {}), navigator: '5.1.0', layer: '4.5' },
    domain,
    description: `Score: the number of threats (groups, campaigns, malware, tools, actors) with a live “uses” relationship to the technique. ${techniques.length} techniques, ${threats.size} threats.`,
    sorting: 3,
    layout: { layout: 'side', showID: true, showName: true, expandedSubtechniques: 'annotated' },
    hideDisabled: false,
    techniques,
    gradient: { colors: ['#fff3e0', '#fb8c00', '#b71c1c'], minValue: 0, maxValue: most },
    legendItems: [
      { label: 'used by 1 threat', color: '#fff3e0' },
      { label: `used by ${most} ${most === 1 ? 'threat' : 'threats'}, the most`, color: '#b71c1c' },
    ],
    metadata: [
      { name: 'Techniques scored', value: String(techniques.length) },
      { name: 'Threats counted', value: String(threats.size) },
      { name: 'Made by', value: 'Redoubt' },
    ],
    showTacticRowBackground: false,
    selectTechniquesAcrossTactics: true,
    selectSubtechniquesWithParent: false,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
