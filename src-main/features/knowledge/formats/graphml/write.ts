import { nameOf } from '#shared/domain/knowledge/names.ts';
import { embeddedReferences } from '#shared/domain/knowledge/references.ts';
import type { Json, StixObject } from '#shared/domain/knowledge/stix.ts';
import { defineExportFormat } from '../format.ts';
import { checkSignal } from '../items.ts';

/** Data of nodes and edges, in the order of their keys. `stix` is the whole object as JSON, so that nothing of it is lost. */
const keys = [
  ['d0', 'node', 'type', 'string'],
  ['d1', 'node', 'name', 'string'],
  ['d2', 'node', 'description', 'string'],
  ['d3', 'node', 'created', 'string'],
  ['d4', 'node', 'modified', 'string'],
  ['d5', 'node', 'confidence', 'int'],
  ['d6', 'node', 'external_id', 'string'],
  ['d7', 'node', 'stix', 'string'],
  ['d8', 'node', 'placeholder', 'boolean'],
  ['e0', 'edge', 'type', 'string'],
  ['e1', 'edge', 'description', 'string'],
  ['e2', 'edge', 'stix', 'string'],
] as const;

/**
 * GraphML (http://graphml.graphdrawing.org, xsd 1.0): objects as nodes, relationships and embedded references as edges.
 * The same objects in the same order give the same bytes. Edges come as soon as they are known; an end that is
 * not among the objects becomes a node of its own at the end, marked as a placeholder.
 */
export const graphmlExport = defineExportFormat({
  id: 'graphml',
  title: 'GraphML',
  mediaType: 'application/graphml+xml',
  extension: 'graphml',
  async *write(pages, { signal, lose }) {
    yield `<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n`;
    for (const [id, on, name, type] of keys) yield `  <key id="${id}" for="${on}" attr.name="${name}" attr.type="${type}"/>\n`;
    yield '  <graph id="G" edgedefault="directed">\n';
    const nodes = new Set<string>();
    const named = new Set<string>();
    const edges = new Set<string>();
    let unwritable = 0;
    const text = (value: string) => {
      const clean = escaped(value);
      if (clean.lost) unwritable++;
      return clean.text;
    };
    const data = (key: string, value: Json | undefined) =>
      value === undefined || value === null || value === '' ? '' : `<data key="${key}">${text(String(value))}</data>`;
    /** The same edge id twice would break the file: a reference of one property to one target comes once anyway. */
    const edge = (id: string, source: string, target: string, inner: string) => {
      if (edges.has(id)) return '';
      edges.add(id);
      named.add(source);
      named.add(target);
      return `    <edge id="${text(id)}" source="${text(source)}" target="${text(target)}">${inner}</edge>\n`;
    };
    for await (const page of pages) {
      checkSignal(signal);
      let out = '';
      for (const object of page) {
        const { id, type } = object;
        if (type === 'relationship') {
          const { source_ref: source, target_ref: target } = object;
          if (typeof source !== 'string' || typeof target !== 'string') {
            lose({ id, path: 'source_ref', what: 'the relationship lacks an end and is not written' });
            continue;
          }
          out += edge(
            id,
            source,
            target,
            data('e0', object['relationship_type']) + data('e1', object['description']) + data('e2', JSON.stringify(object)),
          );
          continue;
        }
        if (nodes.has(id)) continue;
        nodes.add(id);
        out += `    <node id="${text(id)}">${data('d0', type)}${data('d1', nameOf(object))}${data('d2', plainText(object['description']))}${data('d3', object['created'])}${data('d4', object['modified'])}${data('d5', whole(object['confidence']))}${data('d6', externalId(object))}${data('d7', JSON.stringify(object))}</node>\n`;
        for (const { property, target } of embeddedReferences(object))
          out += edge(`${id} ${property} ${target}`, id, target, data('e0', property));
      }
      if (out !== '') yield out;
    }
    let missing = 0;
    for (const id of [...named].filter((one) => !nodes.has(one)).sort()) {
      missing++;
      yield `    <node id="${text(id)}">${data('d0', id.slice(0, Math.max(0, id.indexOf('--'))))}<data key="d8">true</data></node>\n`;
    }
    yield '  </graph>\n</graphml>\n';
    if (missing > 0)
      lose({ path: '', what: `${missing} objects are named by others and not part of this export: they stand as placeholders` });
    if (unwritable > 0)
      lose({ path: '', what: `${unwritable} texts hold signs that XML cannot (control signs, half pairs): written as \ufffd` });
  },
});

function plainText(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function whole(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

function externalId(object: StixObject): string | undefined {
  const references = object['external_references'];
  for (const one of Array.isArray(references) ? references : [])
    if (one !== null && typeof one === 'object' && !Array.isArray(one) && typeof one['external_id'] === 'string') return one['external_id'];
  return undefined;
}

/** Signs that XML 1.0 has no way to write (section 2.2). */
const unwritableSigns = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const marks: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** Text for an element or an attribute; line ends as references, so that a parser gives them back. */
function escaped(value: string): { text: string; lost: boolean } {
  const formed = value.toWellFormed();
  const clean = formed.replace(unwritableSigns, '\ufffd');
  return { text: clean.replace(/[&<>"'\r\n\t]/g, (sign) => marks[sign] as string), lost: clean !== value };
}
