import { generatedId, relationshipId } from '#shared/domain/knowledge/identifiers.ts';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { uriOf } from '../linked.ts';
import { countermeasureId } from '../misp-galaxy/cluster.ts';
import { missingLoss, namedObjects } from '../named-objects.ts';
import { actsOf, addQuad, emptyOntology, type Node, type Ontology, supersOf, textOf } from './ontology.ts';
import { readTurtle } from './turtle.ts';

/** Digital artifacts have no type in STIX: they stay D3FEND's. */
const artifactType = 'x-d3fend-artifact';

/** MITRE's D3FEND ontology as Turtle: countermeasures, digital artifacts, and what techniques do to them. */
export const d3fend = defineFormat({
  id: 'd3fend',
  title: 'MITRE D3FEND (Turtle)',
  from: ['MITRE D3FEND', 'Protégé'],
  brings: 'Countermeasures and digital artifacts, and which countermeasures stand against which techniques through them.',
  extensions: ['ttl'],

  detect({ text }) {
    const named = text.includes('d3fend.mitre.org/ontologies/d3fend.owl');
    const turtle = /^[ \t]*(?:@prefix|PREFIX)[ \t]+[\w-]*:[ \t]*</m.test(text.slice(0, 20_000));
    if (named && turtle) return { confidence: 0.98, because: 'it is Turtle with the names of MITRE’s D3FEND ontology' };
    return { confidence: 0, because: 'it is no Turtle of the D3FEND ontology' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const ontology = emptyOntology();
  await readTurtle(source, context.signal, (quad) => addQuad(ontology, quad));
  const sorted = sortNodes(ontology);
  if (sorted.countermeasures.length === 0)
    throw new ContractError(
      'invalid_input',
      `“${source.name}” names no countermeasure of D3FEND (a class with d3fend-id under DefensiveTechnique).`,
    );
  const names = namedObjects(context);
  for (const node of sorted.countermeasures)
    yield { kind: 'object', object: countermeasure(ontology, node), path: node.name, stamp: true, merge: true };
  for (const node of sorted.artifacts) yield { kind: 'object', object: artifact(ontology, node), path: node.name, stamp: true };
  const techniques = new Map<string, string>();
  for (const node of sorted.techniques) {
    const attack = textOf(node, 'attack-id') as string;
    const id = names.find(attack, textOf(node, 'label'));
    yield* names.take(node.name);
    if (id?.startsWith('attack-pattern--')) techniques.set(node.name, id);
    else yield { kind: 'rejected', id: attack.slice(0, 100), path: node.name, reason: 'its attack-id is not the id of a technique' };
  }
  yield* edges(ontology, sorted, techniques);
  yield* leftOut(sorted.others);
  yield* missingLoss(names);
}

interface Sorted {
  readonly countermeasures: Node[];
  readonly artifacts: Node[];
  readonly techniques: Node[];
  readonly others: Map<string, number>;
}

function sortNodes(ontology: Ontology): Sorted {
  const sorted: Sorted = { countermeasures: [], artifacts: [], techniques: [], others: new Map() };
  for (const node of ontology.nodes.values()) {
    const supers = supersOf(ontology, node.name);
    if (supers.has('DefensiveTechnique') && /^D3-[A-Z0-9-]+$/.test(textOf(node, 'd3fend-id') ?? '')) sorted.countermeasures.push(node);
    else if (textOf(node, 'attack-id') !== undefined && /^T\d/.test(textOf(node, 'attack-id') ?? '') && isOffensive(supers))
      sorted.techniques.push(node);
    else if (supers.has('DigitalArtifact') || node.name === 'DigitalArtifact') sorted.artifacts.push(node);
    else count(sorted.others, kindOf(node, supers));
  }
  return sorted;
}

const isOffensive = (supers: ReadonlySet<string>) =>
  supers.has('OffensiveTechnique') || [...supers].some((name) => /^T\d{4}|Technique$/.test(name));

function kindOf(node: Node, supers: ReadonlySet<string>): string {
  if (supers.has('Weakness') || node.texts.has('cwe-id')) return 'weaknesses (CWE)';
  if (node.types.has('http://www.w3.org/2002/07/owl#ObjectProperty') || [...node.types].some((type) => type.endsWith('Property')))
    return 'properties';
  if ([...node.types].some((type) => type.endsWith('Reference'))) return 'references, kept on the countermeasures that cite them';
  if (node.texts.has('attack-id') || [...node.types].some((type) => type.startsWith('ATTACK')))
    return 'tactics, mitigations and data sources of ATT&CK';
  if (node.texts.has('d3fend-id')) return 'analytic methods (D3A-…)';
  return 'other classes and things';
}

const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

function* leftOut(others: ReadonlyMap<string, number>): Iterable<Item> {
  for (const [kind, number] of [...others].sort(([a], [b]) => (a < b ? -1 : 1)))
    yield { kind: 'loss', path: '', what: `${number} ${kind}: not countermeasures, artifacts or techniques; left out` };
}

function countermeasure(ontology: Ontology, node: Node): StixObject {
  const id = textOf(node, 'd3fend-id') as string;
  const tactics = [node.name, ...supersOf(ontology, node.name)]
    .flatMap((name) => {
      const known = ontology.nodes.get(name);
      return known ? [...actsOf(ontology, known), ...known.links].filter(([verb]) => verb === 'enables').map(([, tactic]) => tactic) : [];
    })
    .filter((tactic, index, all) => all.indexOf(tactic) === index);
  const cited = node.links.filter(([verb]) => verb === 'kb-reference').flatMap(([, name]) => ontology.nodes.get(name) ?? []);
  const acts = actsOf(ontology, node).filter(([verb]) => verb !== 'enables');
  const description = textOf(node, 'definition');
  const list = (as: string, values: readonly string[]): JsonObject => (values.length > 0 ? { [as]: [...new Set(values)] } : {});
  const said: JsonObject = {
    class: node.name,
    ...list('tactics', tactics),
    ...list(
      'parents',
      [...node.supers].map((name) => labelOf(ontology, name)),
    ),
    ...list('synonyms', [...(node.texts.get('synonym') ?? []), ...(node.texts.get('altLabel') ?? [])]),
    ...list(
      'acts',
      acts.map(([verb, object]) => `${verb} ${labelOf(ontology, object)}`),
    ),
    ...(textOf(node, 'kb-article') ? { article: (textOf(node, 'kb-article') as string).slice(0, 60_000) } : {}),
  };
  return {
    type: 'course-of-action',
    spec_version: '2.1',
    id: countermeasureId(id),
    name: (textOf(node, 'label') ?? node.name).slice(0, 1000),
    ...(description ? { description } : {}),
    ...(textOf(node, 'deprecated') === 'true' ? { x_mitre_deprecated: true } : {}),
    external_references: [
      { source_name: 'mitre-d3fend', external_id: id, url: `https://d3fend.mitre.org/technique/d3f:${encodeURIComponent(node.name)}` },
      ...cited.slice(0, 200).map(referenceOf),
    ],
    x_redoubt_d3fend: said,
  };
}

function referenceOf(node: Node): JsonObject {
  const link = [textOf(node, 'has-link'), node.links.find(([verb]) => verb === 'has-link')?.[1]].find((url) => url !== undefined);
  const url = link === undefined ? undefined : uriOf(link);
  const title = textOf(node, 'kb-reference-title') ?? textOf(node, 'label') ?? node.name;
  return { source_name: title.slice(0, 1000), ...(url ? { url } : { description: node.name.slice(0, 1000) }) };
}

function artifact(ontology: Ontology, node: Node): StixObject {
  const description = textOf(node, 'definition');
  const synonyms = [...(node.texts.get('synonym') ?? []), ...(node.texts.get('altLabel') ?? [])];
  return {
    type: artifactType,
    spec_version: '2.1',
    id: artifactId(node.name),
    name: labelOf(ontology, node.name).slice(0, 1000),
    ...(description ? { description } : {}),
    ...(synonyms.length > 0 ? { aliases: [...new Set(synonyms)] } : {}),
    external_references: [
      { source_name: 'mitre-d3fend', url: `https://d3fend.mitre.org/dao/artifact/d3f:${encodeURIComponent(node.name)}` },
    ],
  };
}

const artifactId = (name: string) => generatedId(artifactType, 'mitre-d3fend', name);
const labelOf = ({ nodes }: Ontology, name: string) => {
  const node = nodes.get(name);
  return (node && textOf(node, 'label')) ?? name;
};

/** An ontology of D3FEND's size infers some ten thousand; a hostile one does not get to multiply without end. */
const mostInferred = 200_000;

/**
 * Countermeasures and techniques act on artifacts, in D3FEND's verbs; a countermeasure mitigates a technique where both
 * act on one artifact, or the technique on a kind of it (D3FEND's own inference, “digital artifact relationships”).
 */
function* edges(ontology: Ontology, sorted: Sorted, techniques: ReadonlyMap<string, string>): Iterable<Item> {
  const artifacts = new Set(sorted.artifacts.map(({ name }) => name));
  const measures = new Map<string, string>(
    sorted.countermeasures.map((node) => [node.name, countermeasureId(textOf(node, 'd3fend-id') as string)]),
  );
  /** Artifact -> countermeasures with their verbs, those they inherit included. */
  const guarded = new Map<string, { id: string; verb: string }[]>();
  const skipped = { acts: 0 };
  for (const node of sorted.countermeasures) {
    const id = measures.get(node.name) as string;
    yield* own(ontology, node, id, artifacts, skipped);
    for (const parent of node.supers)
      if (measures.has(parent)) yield edge('subtechnique-of', id, measures.get(parent) as string, node.name);
    for (const [verb, object] of inherited(ontology, node))
      if (artifacts.has(object)) guarded.set(object, [...(guarded.get(object) ?? []), { id, verb }]);
  }
  for (const node of sorted.artifacts)
    for (const parent of node.supers) if (artifacts.has(parent)) yield edge('is-a', artifactId(node.name), artifactId(parent), node.name);
  let inferred = 0;
  for (const node of sorted.techniques) {
    const technique = techniques.get(node.name);
    if (technique === undefined) continue;
    yield* own(ontology, node, technique, artifacts, skipped);
    const found = new Map<string, { verbs: Set<string>; through: Set<string> }>();
    for (const [, object] of inherited(ontology, node)) {
      if (!artifacts.has(object)) continue;
      for (const kind of [object, ...supersOf(ontology, object)])
        for (const { id, verb } of guarded.get(kind) ?? []) {
          const one = found.get(id) ?? { verbs: new Set(), through: new Set() };
          one.verbs.add(verb);
          one.through.add(labelOf(ontology, kind));
          found.set(id, one);
        }
    }
    for (const [id, { verbs, through }] of found) {
      if (++inferred > mostInferred) continue;
      const more = { x_redoubt_d3fend: { verbs: [...verbs].sort(), through: [...through].sort(), inferred: true } };
      yield edge('mitigates', id, technique, node.name, more);
    }
  }
  if (inferred > mostInferred)
    yield { kind: 'loss', path: '', what: `${inferred - mostInferred} inferred relations beyond ${mostInferred}; left out` };
  if (skipped.acts > 0)
    yield { kind: 'loss', path: '', what: `${skipped.acts} relations to things that are no digital artifacts; left out` };
}

function* own(ontology: Ontology, node: Node, id: string, artifacts: ReadonlySet<string>, skipped: { acts: number }): Iterable<Item> {
  const seen = new Set<string>();
  for (const [verb, object] of actsOf(ontology, node)) {
    if (verb === 'enables') continue;
    if (!artifacts.has(object) || !/^[a-z0-9-]{1,100}$/.test(verb)) skipped.acts++;
    else if (!seen.has(`${verb} ${object}`)) {
      seen.add(`${verb} ${object}`);
      yield edge(verb, id, artifactId(object), node.name);
    }
  }
}

/** Its own acts and those of all that it is a kind of. */
function inherited(ontology: Ontology, node: Node): [string, string][] {
  return [node.name, ...supersOf(ontology, node.name)].flatMap((name) => {
    const known = ontology.nodes.get(name);
    return known ? actsOf(ontology, known).filter(([verb]) => verb !== 'enables') : [];
  });
}

function edge(relationshipType: string, source: string, target: string, path: string, more: JsonObject = {}): Item {
  const object: StixObject = {
    type: 'relationship',
    spec_version: '2.1',
    id: relationshipId(relationshipType, source, target),
    relationship_type: relationshipType,
    source_ref: source,
    target_ref: target,
    ...more,
  };
  return { kind: 'object', object, path, stamp: true };
}
