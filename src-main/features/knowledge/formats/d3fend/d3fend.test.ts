import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Parser } from 'n3';
import { expect, it } from 'vitest';
import { hasSharedData, shared } from '../../../../../tests/fixtures/shared-data.ts';
import { context, readAll } from '../conformance.ts';
import type { Item } from '../format.ts';
import { countermeasureId } from '../misp-galaxy/cluster.ts';
import { sourceFromBytes } from '../source.ts';
import { d3fend } from './index.ts';

const objectsOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
const small = async (over = {}): Promise<Item[]> => {
  const items = await readAll(d3fend, 'small', new Uint8Array(await readFile(new URL('./fixtures/small.ttl', import.meta.url))), over);
  if (!Array.isArray(items)) throw new Error(items.failed);
  return items;
};
const technique = 'attack-pattern--00000000-0000-4000-8000-000000000001';
const known = { findByExternalId: (id: string) => (id === 'T9901' ? technique : undefined) };

it('makes countermeasures with their tactic, artifacts, article and references', async () => {
  const [first] = objectsOf(await small());
  expect(first).toMatchObject({
    type: 'course-of-action',
    id: countermeasureId('D3-EXA'),
    name: 'Example Analysis',
    description: 'Looking at <b>files</b>.',
    external_references: [
      { source_name: 'mitre-d3fend', external_id: 'D3-EXA' },
      { source_name: 'A guideline', url: 'https://guide.example/' },
    ],
    x_redoubt_d3fend: {
      class: 'ExampleAnalysis',
      tactics: ['Detect'],
      acts: ['analyzes Example File', 'analyzes Nowhere'],
      article: '## How\nIt works.',
    },
  });
});

it('infers what mitigates a technique through the artifacts that both act on', async () => {
  const edges = objectsOf(await small(known)).filter(({ type }) => type === 'relationship');
  const mitigates = edges.filter(({ relationship_type }) => relationship_type === 'mitigates');
  expect(mitigates).toMatchObject([
    {
      source_ref: countermeasureId('D3-EXA'),
      target_ref: technique,
      x_redoubt_d3fend: { verbs: ['analyzes'], through: ['Example File'], inferred: true },
    },
    { source_ref: countermeasureId('D3-EXDA'), target_ref: technique },
  ]);
  expect(edges.map(({ relationship_type }) => relationship_type).sort()).toEqual(
    ['analyzes', 'creates', 'is-a', 'is-a', 'mitigates', 'mitigates', 'subtechnique-of'].sort(),
  );
});

it('says what it leaves out, by kind and number', async () => {
  const losses = (await small(known)).flatMap((item) => (item.kind === 'loss' ? [item.what] : []));
  expect(losses).toEqual([
    '1 relations to things that are no digital artifacts; left out',
    '1 properties: not countermeasures, artifacts or techniques; left out',
    '1 references, kept on the countermeasures that cite them: not countermeasures, artifacts or techniques; left out',
    '1 weaknesses (CWE): not countermeasures, artifacts or techniques; left out',
    '1 technique is not in this workspace and stands by id and name only; import ATT&CK first to join it',
  ]);
});

it('ends where classes are their own parents, and refuses a text without end', async () => {
  const head = '@prefix : <http://d3fend.mitre.org/ontologies/d3fend.owl#> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n';
  const circle = `${head}:A rdfs:subClassOf :B . :B rdfs:subClassOf :A, :DefensiveTechnique . :A :d3fend-id "D3-A" .`;
  expect(await readAll(d3fend, 'circle', new TextEncoder().encode(circle))).toMatchObject([{ kind: 'object' }, { kind: 'loss' }]);
  const endless = `${head}:A :definition """${'x'.repeat(20 * 1024 * 1024)}""" .`;
  expect(await readAll(d3fend, 'endless', new TextEncoder().encode(endless))).toMatchObject({
    failed: expect.stringMatching(/in one piece/),
  });
}, 60_000);

it.skipIf(!hasSharedData)(
  `reads MITRE’s ontology whole${hasSharedData ? '' : ' (skipped: no shared data)'}`,
  async () => {
    const bytes = new Uint8Array(execFileSync('xz', ['-dkc', shared('d3fend/d3fend-protege.ttl.xz')], { maxBuffer: 64 << 20 }));
    const text = new TextDecoder().decode(bytes);
    const items = (await Array.fromAsync(d3fend.read(await sourceFromBytes('d3fend', bytes), context()))).flat();
    expect(items.filter(({ kind }) => kind === 'rejected')).toEqual([]);
    const objects = objectsOf(items);
    const ofType = (type: string) => objects.filter((object) => object.type === type);
    // Counted in the text itself, without a parser.
    const ids = new Set([...text.matchAll(/^ {4}:d3fend-id "(D3-[^"]+)"/gm)].map(([, id]) => id));
    // One of them is no countermeasure: the ontology gives it to a class outside DefensiveTechnique.
    expect(ofType('course-of-action')).toHaveLength(ids.size - 1);
    const techniques = new Set([...text.matchAll(/^ {4}:attack-id "(T\d[^"]*)"/gm)].map(([, id]) => id));
    expect(
      new Set(
        ofType('attack-pattern').map(
          ({ external_references: references }) => (references as { external_id?: string }[] | undefined)?.[0]?.external_id,
        ),
      ),
    ).toEqual(techniques);
    expect(ofType('x-d3fend-artifact').length).toBeGreaterThan(800);
    const edgesBy = (type: string) => ofType('relationship').filter(({ relationship_type }) => relationship_type === type).length;
    expect(edgesBy('mitigates')).toBeGreaterThan(5_000);
    expect(new Set(objects.map(({ id }) => id)).size).toBe(objects.length);
    // Every class and thing of the file is an object here or in a count of what was left out.
    const left = items.flatMap((item) =>
      item.kind === 'loss' && item.what.includes('not countermeasures') ? [Number(/^\d+/.exec(item.what)?.[0])] : [],
    );
    const subjects = new Set(new Parser().parse(text).flatMap(({ subject }) => (subject.termType === 'NamedNode' ? [subject.value] : [])))
      .size;
    const kept = ofType('course-of-action').length + ofType('x-d3fend-artifact').length + techniques.size;
    expect(kept + left.reduce((a, b) => a + b, 0)).toBe(subjects);
  },
  60_000,
);
