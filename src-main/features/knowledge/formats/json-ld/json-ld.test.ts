import { readFileSync } from 'node:fs';
import jsonld from 'jsonld';
import { describe, expect, it } from 'vitest';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { jsonLdExport } from './write.ts';

const bundle = (JSON.parse(readFileSync(new URL('../stix/fixtures/bundle-2.1.json', import.meta.url), 'utf8')) as { objects: StixObject[] })
  .objects;

async function write(objects: readonly StixObject[], size = 500): Promise<{ text: string; losses: string[] }> {
  const losses: string[] = [];
  const pages = async function* () {
    for (let from = 0; from < objects.length; from += size) yield objects.slice(from, from + size);
  };
  const pieces = await Array.fromAsync(
    jsonLdExport.write(pages(), {
      signal: new AbortController().signal,
      now: 0,
      lose: ({ path, what }) => losses.push(`${path}: ${what}`),
    }),
  );
  return { text: pieces.join(''), losses };
}

/** No context may be fetched: all terms are in the file. */
const expand = async (text: string) =>
  (await jsonld.expand(JSON.parse(text) as object as never, {
    documentLoader: () => Promise.reject(new Error('a context was asked for')),
  })) as unknown as Record<string, unknown>[];

const term = (name: string) => (name.startsWith('x_redoubt_') ? `urn:redoubt:terms#${name.slice(10)}` : `urn:redoubt:stix:2.1#${name}`);

describe('json-ld', () => {
  it('expands to every object with every property', async () => {
    const mine: StixObject = {
      type: 'x-redoubt-asset',
      id: 'x-redoubt-asset--11111111-1111-4111-8111-111111111111',
      name: 'Portal',
      x_redoubt_note: 'own',
      ip_addresses: ['192.0.2.1'],
    };
    const { text, losses } = await write([...bundle, mine]);
    const expanded = await expand(text);
    expect(losses).toEqual([]);
    const graph = expanded as { '@id': string; '@type': string[]; [name: string]: unknown }[];
    expect(graph.map((one) => one['@id'])).toEqual([...bundle, mine].map(({ id }) => `urn:stix:${id}`));
    for (const [index, object] of [...bundle, mine].entries()) {
      const node = graph[index] as Record<string, { '@id'?: string; '@value'?: unknown; '@type'?: string; '@list'?: unknown[] }[]>;
      expect(node['@type']).toEqual([term(object.type)]);
      for (const [name, value] of Object.entries(object)) {
        if (name === 'id' || name === 'type') continue;
        const [held, ...more] = node[term(name)] ?? [];
        expect(more, name).toEqual([]);
        if (name.endsWith('_refs')) expect(held?.['@list']).toEqual((value as string[]).map((id) => ({ '@id': `urn:stix:${id}` })));
        else if (name.endsWith('_ref')) expect(held?.['@id']).toBe(`urn:stix:${String(value)}`);
        else expect(held?.['@value'], name).toEqual(value);
      }
    }
  });

  it('becomes RDF with typed times and links', async () => {
    const { text } = await write(bundle);
    const quads = (await jsonld.toRDF(JSON.parse(text) as never, { format: 'application/n-quads' })) as unknown as string;
    expect(quads).toContain('"^^<http://www.w3.org/2001/XMLSchema#dateTime>');
    const edge = bundle.find(({ type }) => type === 'relationship') as StixObject;
    expect(quads).toContain(`<urn:stix:${edge.id}> <urn:redoubt:stix:2.1#source_ref> <urn:stix:${String(edge['source_ref'])}> .`);
  });

  it('is the same for the same objects, however the pages are cut, and JSON for none', async () => {
    expect((await write(bundle, 1)).text).toBe((await write(bundle, 500)).text);
    expect(JSON.parse((await write([])).text)).toMatchObject({ graph: [] });
  });

  it('leaves out, and says so, what would mean something else', async () => {
    const { text, losses } = await write([
      {
        type: 'tool',
        id: 'tool--11111111-1111-4111-8111-111111111111',
        name: 't',
        '@context': 'http://evil.example/',
        graph: 'g',
        'a:b': 1,
      },
    ]);
    expect(losses.map((loss) => loss.split(': ')[0])).toEqual(['@context', 'graph', 'a:b'.split(': ')[0]]);
    expect(Object.keys(((await expand(text))[0] ?? {}) as object).sort()).toEqual(['@id', '@type', term('name')].sort());
  });
});
