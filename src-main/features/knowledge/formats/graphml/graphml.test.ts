import { readFileSync } from 'node:fs';
import { SaxesParser } from 'saxes';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddedReferences } from '#shared/domain/knowledge/references.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { graphmlExport } from './write.ts';

const bundle = (name: string) =>
  (JSON.parse(readFileSync(new URL(`../stix/fixtures/${name}`, import.meta.url), 'utf8')) as { objects: StixObject[] }).objects;

async function write(objects: readonly StixObject[], size = 500): Promise<{ text: string; losses: string[] }> {
  const losses: string[] = [];
  const pages = async function* () {
    for (let from = 0; from < objects.length; from += size) yield objects.slice(from, from + size);
  };
  const pieces = await Array.fromAsync(
    graphmlExport.write(pages(), { signal: new AbortController().signal, now: 0, lose: ({ what }) => losses.push(what) }),
  );
  return { text: pieces.join(''), losses };
}

interface Read {
  readonly keys: Map<string, { on: string; name: string; type: string }>;
  readonly nodes: Map<string, Record<string, string>>;
  readonly edges: { id: string; source: string; target: string; data: Record<string, string> }[];
}

/** Reads GraphML by its schema: graphml > key*, graph > (node | edge)*, each > data*; ids unique, data by declared keys. */
function read(text: string): Read {
  const parser = new SaxesParser({ xmlns: true });
  const found: Read = { keys: new Map(), nodes: new Map(), edges: [] };
  const open: string[] = [];
  let holder: Record<string, string> | undefined;
  let on = '';
  let key = '';
  let content = '';
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    expect(uri).toBe('http://graphml.graphdrawing.org/xmlns');
    const at = (name: string) => attributes[name]?.value as string;
    expect({ key: 'graphml', graph: 'graphml', node: 'graph', edge: 'graph', data: on, graphml: undefined }[local]).toBe(open.at(-1));
    if (local === 'key') found.keys.set(at('id'), { on: at('for'), name: at('attr.name'), type: at('attr.type') });
    if (local === 'graph') expect(at('edgedefault')).toBe('directed');
    if (local === 'node' || local === 'edge') {
      holder = {};
      on = local;
      if (local === 'node') {
        expect(found.nodes.has(at('id'))).toBe(false);
        found.nodes.set(at('id'), holder);
      } else found.edges.push({ id: at('id'), source: at('source'), target: at('target'), data: holder });
    }
    if (local === 'data') {
      key = at('key');
      content = '';
      expect(found.keys.get(key)?.on).toBe(on);
    }
    open.push(local);
  });
  parser.on('text', (piece) => {
    content += piece;
  });
  parser.on('closetag', ({ local }) => {
    open.pop();
    if (local !== 'data' || !holder) return;
    const { name, type } = found.keys.get(key) as { name: string; type: string };
    if (type === 'int') expect(content).toMatch(/^-?\d+$/);
    if (type === 'boolean') expect(content).toMatch(/^(?:true|false)$/);
    holder[name] = content;
  });
  parser.write(text).close();
  expect(new Set(found.edges.map(({ id }) => id)).size).toBe(found.edges.length);
  for (const { source, target } of found.edges) expect(found.nodes.has(source) && found.nodes.has(target)).toBe(true);
  return found;
}

describe('graphml', () => {
  it('writes objects, relationships and references; a parser reads all of it back', async () => {
    const objects = bundle('bundle-2.1.json');
    const { text } = await write(objects);
    const { nodes, edges } = read(text);
    for (const object of objects) {
      const place = object.type === 'relationship' ? edges.find(({ id }) => id === object.id)?.data : nodes.get(object.id);
      expect(JSON.parse(place?.['stix'] ?? '')).toEqual(object);
      if (object.type === 'relationship')
        expect(edges.find(({ id }) => id === object.id)).toMatchObject({ source: object['source_ref'], target: object['target_ref'] });
      else
        for (const { property, target } of embeddedReferences(object))
          expect(edges).toContainEqual(expect.objectContaining({ source: object.id, target, data: { type: property } }));
    }
  });

  it('is the same for the same objects, however the pages are cut', async () => {
    const objects = bundle('bundle-2.1.json');
    expect((await write(objects, 1)).text).toBe((await write(objects, 500)).text);
  });

  it('stands in placeholders for what is not part of it, and says so', async () => {
    const source = 'tool--11111111-1111-4111-8111-111111111111';
    const target = 'malware--22222222-2222-4222-8222-222222222222';
    const id = 'relationship--33333333-3333-4333-8333-333333333333';
    const { text, losses } = await write([{ type: 'relationship', id, relationship_type: 'uses', source_ref: source, target_ref: target }]);
    expect(read(text).nodes).toEqual(
      new Map([
        [target, { type: 'malware', placeholder: 'true' }],
        [source, { type: 'tool', placeholder: 'true' }],
      ]),
    );
    expect(losses).toEqual([expect.stringContaining('2 objects are named by others')]);
  });

  it('is well-formed and true to any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (name) => {
        const id = 'tool--11111111-1111-4111-8111-111111111111';
        const { text, losses } = await write([{ type: 'tool', id, name: `x${name}`, description: ` ${name}]]>\r\n` }]);
        const read1 = read(text).nodes.get(id);
        const clean = `x${name}`.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
        if (clean.trim().length > 1 && clean === clean.trim() && clean.length < 50)
          expect(read1?.['description']).toBe(` ${clean.slice(1)}]]>\r\n`);
        expect(losses.length).toBe(clean === `x${name}` ? 0 : 1);
      }),
      { numRuns: 300 },
    );
  });
});
