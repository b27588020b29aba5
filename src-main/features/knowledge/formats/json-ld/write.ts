import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { defineExportFormat } from '../format.ts';
import { checkSignal } from '../items.ts';

/** OASIS publishes no RDF vocabulary for STIX 2.1; a URN in its namespace of names cannot clash with one to come. */
const stix = 'urn:redoubt:stix:2.1#';
const own = 'urn:redoubt:terms#';
const time = 'http://www.w3.org/2001/XMLSchema#dateTime';

/**
 * The meaning of the terms: every property of STIX is a term of the vocabulary, an object's `id` its node, `type` its
 * class, `*_ref` and `*_refs` links to nodes. What holds other shapes (dictionaries, extensions) is kept as a JSON literal
 * (JSON-LD 1.1, section 4.2.2), so that nothing is dropped in expansion.
 */
const context: JsonObject = {
  '@version': 1.1,
  '@vocab': stix,
  redoubt: own,
  id: '@id',
  type: '@type',
  graph: '@graph',
  created: { '@id': `${stix}created`, '@type': time },
  modified: { '@id': `${stix}modified`, '@type': time },
  valid_from: { '@id': `${stix}valid_from`, '@type': time },
  valid_until: { '@id': `${stix}valid_until`, '@type': time },
  first_seen: { '@id': `${stix}first_seen`, '@type': time },
  last_seen: { '@id': `${stix}last_seen`, '@type': time },
};

/** Terms with a meaning of their own, and JSON-LD's keywords. */
const fixed = new Set(['@version', ...Object.keys(context)]);

/** JSON-LD 1.1: one graph, an object a line. Links and literals are told apart in the context, which comes last, when all terms are known. */
export const jsonLdExport = defineExportFormat({
  id: 'json-ld',
  title: 'JSON-LD 1.1',
  mediaType: 'application/ld+json',
  extension: 'jsonld',
  async *write(pages, { signal, lose }) {
    const links = new Set<string>();
    const literals = new Set<string>();
    const ours = new Set<string>();
    let begun = false;
    for await (const page of pages) {
      checkSignal(signal);
      const lines: string[] = [];
      for (const object of page) {
        for (const name of Object.keys(object)) if (name.startsWith('x_redoubt_')) ours.add(name);
        lines.push(JSON.stringify(node(object, links, literals, lose)));
      }
      if (lines.length === 0) continue;
      yield `${begun ? ',\n' : '{"graph":[\n'}${lines.join(',\n')}`;
      begun = true;
    }
    const terms: [string, Json][] = [
      ...[...ours].sort().map((name): [string, Json] => [name, { '@id': iri(name) }]),
      ...[...links]
        .sort()
        .map((name): [string, Json] => [name, { '@id': iri(name), '@type': '@id', '@container': name.endsWith('_refs') ? '@list' : null }]),
      ...[...literals].sort().map((name): [string, Json] => [name, { '@id': iri(name), '@type': '@json' }]),
    ];
    const whole = { ...context, ...Object.fromEntries(terms.map(([name, value]) => [name, withoutNull(value)])) };
    yield `${begun ? '\n]' : '{"graph":[]'},"@context":${JSON.stringify(whole)}}\n`;
  },
});

function withoutNull(value: Json): Json {
  return Object.fromEntries(Object.entries(value as JsonObject).filter(([, inner]) => inner !== null));
}

function iri(name: string): string {
  return name.startsWith('x_redoubt_') ? `${own}${name.slice('x_redoubt_'.length)}` : `${stix}${name}`;
}

function node(
  object: StixObject,
  links: Set<string>,
  literals: Set<string>,
  lose: (loss: { id?: string; path: string; what: string }) => void,
): JsonObject {
  const { id } = object;
  const entries: [string, Json][] = [];
  for (const [name, value] of Object.entries(object)) {
    // `id` and `type` are the node's; any other term that means something to JSON-LD would change the graph.
    if (name === 'id') entries.push(['id', `urn:stix:${id}`]);
    else if (name === 'type') entries.push(['type', `${object.type}`]);
    else if (name.startsWith('@') || name.includes(':') || name === 'graph' || name === 'redoubt' || name === '__proto__') {
      lose({ id, path: name, what: 'a property of this name has a meaning of its own in JSON-LD and is not written' });
    } else if (name.endsWith('_ref') && typeof value === 'string') {
      links.add(name);
      entries.push([name, `urn:stix:${value}`]);
    } else if (name.endsWith('_refs') && Array.isArray(value) && value.every((one) => typeof one === 'string')) {
      links.add(name);
      entries.push([name, value.map((one) => `urn:stix:${String(one)}`)]);
    } else if (fixed.has(name) && typeof value === 'string') entries.push([name, value]);
    else if (value === null || typeof value === 'object' || literals.has(name)) {
      literals.add(name);
      entries.push([name, value]);
    } else entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}
