import type { Quad } from 'n3';

const base = 'http://d3fend.mitre.org/ontologies/d3fend.owl#';
const rdfType = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type';
const subClassOf = 'http://www.w3.org/2000/01/rdf-schema#subClassOf';
const onProperty = 'http://www.w3.org/2002/07/owl#onProperty';
const someValuesFrom = 'http://www.w3.org/2002/07/owl#someValuesFrom';

/** A class or thing of the ontology, its name without the namespace. */
export interface Node {
  readonly name: string;
  readonly types: Set<string>;
  readonly supers: Set<string>;
  /** Blank nodes of restrictions, and those that are said outright, as verb and object. */
  readonly restrictions: Set<string>;
  readonly links: [verb: string, object: string][];
  /** Property -> texts. */
  readonly texts: Map<string, string[]>;
}

export interface Ontology {
  readonly nodes: Map<string, Node>;
  /** Blank node -> what it restricts. */
  readonly restrictions: Map<string, { verb?: string; object?: string }>;
}

export const emptyOntology = (): Ontology => ({ nodes: new Map(), restrictions: new Map() });

const local = (iri: string): string => (iri.startsWith(base) ? iri.slice(base.length) : iri);
const last = (iri: string): string => iri.slice(Math.max(iri.lastIndexOf('#'), iri.lastIndexOf('/')) + 1);

export function addQuad({ nodes, restrictions }: Ontology, { subject, predicate, object }: Quad): void {
  const said = predicate.value;
  if (subject.termType === 'BlankNode') {
    if (said !== onProperty && said !== someValuesFrom) return;
    const restriction = restrictions.get(subject.value) ?? {};
    if (said === onProperty) restriction.verb = local(object.value);
    else if (object.termType === 'NamedNode') restriction.object = local(object.value);
    restrictions.set(subject.value, restriction);
    return;
  }
  if (subject.termType !== 'NamedNode') return;
  const name = local(subject.value);
  let node = nodes.get(name);
  if (!node) nodes.set(name, (node = { name, types: new Set(), supers: new Set(), restrictions: new Set(), links: [], texts: new Map() }));
  if (said === rdfType) node.types.add(local(object.value));
  else if (said === subClassOf) (object.termType === 'BlankNode' ? node.restrictions : node.supers).add(local(object.value));
  else if (object.termType === 'NamedNode') node.links.push([last(said), local(object.value)]);
  else if (object.termType === 'Literal') {
    const property = last(said);
    const before = node.texts.get(property);
    if (before) before.push(object.value);
    else node.texts.set(property, [object.value]);
  }
}

/** All that a class is, itself left out; a circle ends. */
export function supersOf({ nodes }: Ontology, name: string): Set<string> {
  const found = new Set<string>();
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const above of nodes.get(next)?.supers ?? []) {
      if (above === name || found.has(above)) continue;
      found.add(above);
      waiting.push(above);
    }
  }
  return found;
}

/** What a class does to what: `analyzes` File. Of its own, without what it inherits. */
export function actsOf({ restrictions }: Ontology, node: Node): [verb: string, object: string][] {
  const acts: [string, string][] = [];
  for (const blank of node.restrictions) {
    const { verb, object } = restrictions.get(blank) ?? {};
    if (verb !== undefined && object !== undefined) acts.push([verb, object]);
  }
  return acts;
}

export const textOf = (node: Node, property: string): string | undefined =>
  node.texts
    .get(property)
    ?.find((text) => text.trim() !== '')
    ?.trim();
