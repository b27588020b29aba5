import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { Layer } from '#shared/domain/knowledge/extensions.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { readAll } from '../conformance.ts';
import type { Item, ReadContext } from '../format.ts';
import { navigatorLayer } from './index.ts';
import { NavigatorLayer } from './layer.ts';
import { navigatorLayerExport } from './write.ts';

const fixtures = new URL('./fixtures/', import.meta.url);
const read = async (bytes: Uint8Array, over?: Partial<ReadContext>): Promise<Item[]> => {
  const items = await readAll(navigatorLayer, 'layer.json', bytes, over);
  if (!Array.isArray(items)) throw new Error(items.failed);
  return items;
};
const objects = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
const write = async (page: readonly StixObject[]) => {
  const losses: { id?: string; path: string; what: string }[] = [];
  const pages = (async function* () {
    for (const object of page) yield [object];
  })();
  const text = (
    await Array.fromAsync(
      navigatorLayerExport.write(pages, { signal: new AbortController().signal, now: 0, lose: (loss) => losses.push(loss) }),
    )
  ).join('');
  return { value: JSON.parse(text) as unknown, losses, text };
};

describe('a layer', () => {
  it('comes back equal, whatever its version', async () => {
    for (const name of await readdir(fixtures)) {
      const bytes = await readFile(new URL(name, fixtures));
      const whole = JSON.parse(bytes.toString()) as unknown;
      const expected = Array.isArray(whole)
        ? whole.filter((layer: unknown) => typeof layer === 'object' && layer !== null && 'name' in layer)
        : whole;
      expect((await write(objects(await read(bytes)))).value, name).toEqual(expected);
    }
  });

  it('is linked to the techniques that the workspace has; the others are told', async () => {
    const known: Record<string, string> = { T1059: 'attack-pattern--1', 'T1059.001': 'attack-pattern--2', T9999: 'course-of-action--1' };
    const items = await read(await readFile(new URL('layer-4.5.json', fixtures)), { findByExternalId: (id) => known[id] });
    const layer = objects(items).find(({ type }) => type === 'x-redoubt-layer');
    expect(layer).toMatchObject({
      technique_refs: ['attack-pattern--1', 'attack-pattern--2'],
      domain: 'enterprise-attack',
      attack_version: '18',
      layer_version: '4.5',
    });
    expect(Layer.safeParse(layer).success).toBe(true);
    expect(items.filter(({ kind }) => kind === 'loss').map(({ path }) => path)).toEqual([
      'techniques[2].techniqueID',
      'techniques[3].techniqueID',
    ]);
  });

  it('of one name and domain is the next version of the same; a name nobody chose is not', async () => {
    const idOf = async (layer: object) => objects(await read(new TextEncoder().encode(JSON.stringify(layer)))).at(-1)?.id;
    const chosen = { name: 'Ward 3', domain: 'enterprise-attack' };
    expect(await idOf({ ...chosen, techniques: [] })).toBe(await idOf({ ...chosen, techniques: [{ techniqueID: 'T1059' }] }));
    expect(await idOf({ ...chosen, name: 'layer', techniques: [] })).not.toBe(
      await idOf({ ...chosen, name: 'layer', techniques: [{ techniqueID: 'T1059' }] }),
    );
  });

  it('without a name or content is rejected', async () => {
    const items = await read(await readFile(new URL('layers-list.json', fixtures)));
    expect(items.filter(({ kind }) => kind === 'rejected').map(({ path }) => path)).toEqual(['[2].name', '[3]']);
    for (const text of ['{}', '[]', '{"name":"x"}', '17']) await expect(read(new TextEncoder().encode(text))).rejects.toThrow(/layer/);
  });
});

const object = (type: string, n: number, more: object = {}) =>
  ({ type, id: `${type}--00000000-0000-4000-8000-00000000000${n}`, name: `${type} ${n}`, ...more }) as StixObject;
const technique = (n: number, id: string, chain = 'mitre-attack', more: object = {}) =>
  object('attack-pattern', n, {
    external_references: [{ source_name: chain, external_id: id }],
    kill_chain_phases: [{ kill_chain_name: chain, phase_name: 'execution' }],
    ...more,
  });
const uses = (source: StixObject, target: StixObject, more: object = {}) =>
  ({
    type: 'relationship',
    id: `relationship--${source.id.slice(-4)}${target.id.slice(-4)}`,
    relationship_type: 'uses',
    source_ref: source.id,
    target_ref: target.id,
    ...more,
  }) as StixObject;

describe('a computed layer', () => {
  const group = object('intrusion-set', 1);
  const malware = object('malware', 2);
  const gone = object('tool', 3, { revoked: true });
  const [a, b, c, old] = [
    technique(1, 'T1059'),
    technique(2, 'T1059.001'),
    technique(3, 'T0800', 'mitre-ics-attack'),
    technique(4, 'T1086', 'mitre-attack', { revoked: true }),
  ];

  it('scores each technique by the distinct live threats that use it', async () => {
    // Relationships come first: the order of the stream must not matter.
    const { value, losses } = await write([
      uses(group, a),
      uses(group, a, { id: 'relationship--again' }),
      uses(malware, a),
      uses(gone, a),
      uses(malware, b),
      uses(malware, b, { revoked: true }),
      uses(group, old),
      uses(group, c),
      b,
      a,
      c,
      old,
      group,
      malware,
      gone,
    ]);
    const layer = NavigatorLayer.parse(value);
    expect(layer.domain).toBe('enterprise-attack');
    expect(layer.versions).toEqual({ navigator: '5.1.0', layer: '4.5' });
    expect(layer.techniques?.map(({ techniqueID, score, comment }) => [techniqueID, score, comment])).toEqual([
      ['T1059', 2, 'Used by intrusion-set 1, malware 2.'],
      ['T1059.001', 1, 'Used by malware 2.'],
    ]);
    expect(layer.gradient).toMatchObject({ minValue: 0, maxValue: 2 });
    expect(losses).toEqual([expect.objectContaining({ id: c.id, what: expect.stringMatching(/T0800.*ics-attack/) })]);
  });

  it('of nothing is still a valid layer', async () => {
    const { value } = await write([]);
    expect(NavigatorLayer.parse(value).techniques).toEqual([]);
  });

  it('takes ATT&CK’s version from its collection, and tells kept layers and techniques without an id', async () => {
    const kept = object('x-redoubt-layer', 5, { layer: '{"name":"kept","domain":"enterprise-attack"}' });
    const own = object('attack-pattern', 6);
    const collection = object('x-mitre-collection', 7, { name: 'Enterprise ATT&CK', x_mitre_version: '18.1' });
    const { value, losses } = await write([kept, own, collection, group, a, uses(group, a)]);
    expect(NavigatorLayer.parse(value).versions?.attack).toBe('18');
    expect(losses.map(({ id }) => id)).toEqual([own.id, kept.id]);
  });

  it('is the same text for the same objects in any order', async () => {
    const all = [group, malware, a, b, uses(group, a), uses(malware, a), uses(malware, b)];
    expect((await write(all)).text).toBe((await write([...all].reverse())).text);
  });
});

const archive = new URL('../../../../../../shared/data/navigator/navigator-layers-5f3c6ad1.tar.xz', import.meta.url);
it.skipIf(!existsSync(archive))(
  `the Navigator’s own samples come back equal${existsSync(archive) ? '' : ' (skipped: no shared data)'}`,
  async () => {
    const { execFileSync } = await import('node:child_process');
    const list = execFileSync('tar', ['tJf', archive.pathname])
      .toString()
      .split('\n')
      .filter((name) => name.endsWith('.json'));
    expect(list.length).toBeGreaterThanOrEqual(5);
    for (const name of list) {
      const bytes = execFileSync('tar', ['xJOf', archive.pathname, name]);
      expect((await write(objects(await read(bytes)))).value, name).toEqual(JSON.parse(bytes.toString()));
    }
  },
);
