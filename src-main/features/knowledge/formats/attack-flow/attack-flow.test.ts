import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { unpackedShared } from '../../../../../tests/fixtures/unpacked-shared.ts';
import { readAll } from '../conformance.ts';
import type { Item, ReadContext } from '../format.ts';
import { stix } from '../stix/index.ts';
import { flowTypes } from './declaration.ts';
import { attackFlow } from './index.ts';
import { attackFlowExport } from './write.ts';

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)));

async function read(bytes: Uint8Array, over?: Partial<ReadContext>, format = attackFlow): Promise<Item[]> {
  const items = await readAll(format, 'flow.afb', bytes, over);
  if (!Array.isArray(items)) throw new Error(items.failed);
  return items;
}
const objectsOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
const named = (objects: readonly StixObject[], name: string) =>
  objects.find((object) => object['name'] === name || object['description'] === name) as StixObject;
const at = '2026-01-01T00:00:00.000Z';
/** As the store gives them times. */
const stored = (items: readonly Item[]) =>
  items.flatMap((item) => (item.kind === 'object' ? [item.stamp ? { ...item.object, created: at, modified: at } : item.object] : []));

async function write(objects: readonly StixObject[], losses: string[] = []): Promise<StixObject[]> {
  const pages = async function* () {
    yield [...objects];
  };
  const pieces = await Array.fromAsync(
    attackFlowExport.write(pages(), { signal: new AbortController().signal, now: 0, lose: ({ what }) => losses.push(what) }),
  );
  return (JSON.parse(pieces.join('')) as { objects: StixObject[] }).objects;
}

describe('attack-flow', () => {
  it('reads boxes and lines as the Attack Flow language has them', async () => {
    const technique = 'attack-pattern--11111111-1111-4111-8111-111111111111';
    const items = await read(fixture('flow-3.afb'), { findByExternalId: (id) => (id === 'T1566' ? technique : undefined) });
    const objects = objectsOf(items);
    const [phishing, later, opened, server] = ['Phishing', 'Something New', 'The letter is opened', 'Portal server'].map((name) =>
      named(objects, name),
    );
    const or = objects.find(({ type }) => type === 'attack-operator');
    expect(phishing).toMatchObject({
      technique_id: 'T1566',
      technique_ref: technique,
      tactic_id: 'TA0001',
      confidence: 70,
      effect_refs: [opened?.id],
      asset_refs: [server?.id],
    });
    expect(opened).toMatchObject({ on_true_refs: [later?.id], on_false_refs: [or?.id] });
    expect(or).toMatchObject({ operator: 'OR', effect_refs: [later?.id] });
    expect(server?.['object_ref']).toMatch(/^ipv4-addr--/);
    expect(later?.['command_ref']).toMatch(/^process--/);
    expect(later?.['technique_ref']).toMatch(/^attack-pattern--/);
    expect(objects.find(({ id }) => id === later?.['technique_ref'])).toMatchObject({ name: 'T9999.001' });
    expect(objects.find(({ type }) => type === 'note')).toMatchObject({ object_refs: [later?.id] });
    const edges = objects
      .filter(({ type }) => type === 'relationship')
      .map(({ source_ref: source, target_ref: target }) => [String(source).split('--')[0], String(target).split('--')[0]]);
    expect(edges.sort()).toEqual([
      ['attack-action', 'file'],
      ['attack-action', 'url'],
      ['attack-action', 'vulnerability'],
      ['threat-actor', 'attack-action'],
    ]);
    const flow = objects.find(({ type }) => type === 'attack-flow');
    expect(flow).toMatchObject({
      name: 'Portal Breach',
      scope: 'incident',
      start_refs: [phishing?.id],
      external_references: [{ source_name: 'Report', url: 'https://reports.example/1' }],
    });
    expect(objects.find(({ id }) => id === flow?.['created_by_ref'])).toMatchObject({
      name: 'A. Writer',
      contact_information: 'writer@example.org',
    });
    expect(objects.find(({ type }) => type === 'url')).toMatchObject({ value: 'https://bad.example/x' });
    expect(objects.find(({ type }) => type === 'file')).toMatchObject({ hashes: { MD5: '1803e22eac6a74cc90a81074396f432d' } });
    expect(items.filter(({ kind }) => kind === 'rejected')).toMatchObject([
      { reason: expect.stringContaining('teapot') },
      { reason: expect.stringContaining('rejected') },
    ]);
    expect(items.filter(({ kind }) => kind === 'loss').length).toBe(4);
  });

  it('keeps ATT&CK’s own id of a technique that the workspace lacks', async () => {
    const objects = objectsOf(await read(fixture('flow-3.afb')));
    expect(named(objects, 'Phishing')['technique_ref']).toBe('attack-pattern--a62a8db3-f23a-4d8f-afd6-9dbc77e7813b');
    expect(objects.find(({ id }) => id === 'attack-pattern--a62a8db3-f23a-4d8f-afd6-9dbc77e7813b')).toMatchObject({ name: 'T1566' });
  });

  it('reads the builder’s version 2 too', async () => {
    const items = await read(fixture('flow-2.afb'));
    const objects = objectsOf(items);
    const [old, later, ran] = ['Old Action', 'Later Action', 'It ran'].map((name) => named(objects, name));
    expect(old).toMatchObject({ technique_id: 'T1059', effect_refs: [ran?.id] });
    expect(ran).toMatchObject({ on_true_refs: [later?.id], on_false_refs: [expect.stringMatching(/^attack-operator--/)] });
    expect(objects.find(({ type }) => type === 'attack-flow')).toMatchObject({ scope: 'attack-tree', start_refs: [old?.id] });
    expect(items.filter(({ kind }) => kind === 'rejected')).toEqual([]);
  });

  it('writes flows with what they name, and reads them back as they were', async () => {
    const all = stored(await read(fixture('flow-3.afb')));
    const elsewhere: StixObject = {
      type: 'tool',
      spec_version: '2.1',
      id: 'tool--11111111-1111-4111-8111-111111111111',
      created: at,
      modified: at,
      name: 'elsewhere',
    };
    const losses: string[] = [];
    const written = await write([...all, elsewhere], losses);
    expect(written.slice(0, 3).map(({ type }) => type)).toEqual(['extension-definition', 'identity', 'attack-flow']);
    const expected = all.filter(({ type }) => type !== 'attack-pattern' && type !== 'x-mitre-tactic');
    expect(new Set(written.map(({ id }) => id))).toEqual(new Set(expected.map(({ id }) => id)));
    expect(losses).toEqual([expect.stringContaining('layout'), expect.stringMatching(/^\d+ objects belong to no flow/)]);
    const back = objectsOf(
      await read(
        new TextEncoder().encode(JSON.stringify({ type: 'bundle', id: 'bundle--5d0092c5-5f74-4287-9642-33f4c354e56d', objects: written })),
        {},
        stix,
      ),
    );
    expect(back).toEqual(written);
    const plain = ({ x_redoubt_attack_flow: _, ...object }: StixObject) => object;
    for (const object of expected)
      expect(back.find(({ id }) => id === object.id)).toEqual(flowTypes.has(object.type) ? plain(object) : object);
    expect(await write([...all, elsewhere].reverse())).toEqual(written);
  });

  it('says that there is no flow', async () => {
    const losses: string[] = [];
    expect((await write([], losses)).map(({ type }) => type)).toEqual(['extension-definition', 'identity']);
    expect(losses).toEqual([expect.stringContaining('no flow')]);
  });

  const corpus = unpackedShared('attack-flow/attack-flow-corpus-295d20d2.tar.xz');
  describe.skipIf(!corpus)(`MITRE’s corpus${corpus ? '' : ' (skipped: no shared data)'}`, () => {
    const folder = corpus
      ? (readdirSync(corpus, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('corpus/Uber Breach.afb')) ?? '').replace(
          'Uber Breach.afb',
          '',
        )
      : '';
    const files = corpus ? readdirSync(join(corpus, folder)).filter((name) => name.endsWith('.afb')) : [];

    it.each(files)('%s: every box and line is kept or rejected', async (name) => {
      const bytes = new Uint8Array(readFileSync(join(corpus as string, folder, name)));
      const raw = (JSON.parse(Buffer.from(bytes).toString('utf8')) as { objects: { id: string; properties?: unknown }[] }).objects;
      const boxes = raw.filter(({ id, properties }) => properties !== undefined && id !== 'flow');
      const lines = raw.filter(({ id }) => id === 'dynamic_line').length;
      const items = await read(bytes);
      const objects = objectsOf(items);
      const rejected = items.flatMap((item) => (item.kind === 'rejected' ? [item.path] : []));
      const placeholders = new Set(['attack-pattern', 'x-mitre-tactic', 'extension-definition']);
      for (const [kind, type] of [
        ['action', 'attack-action'],
        ['asset', 'attack-asset'],
        ['condition', 'attack-condition'],
      ] as const)
        expect(objects.filter((object) => object.type === type).length).toBe(boxes.filter(({ id }) => id === kind).length);
      const made = objects.filter(
        ({ type }) => !placeholders.has(type) && type !== 'relationship' && type !== 'attack-flow' && type !== 'identity',
      );
      // Two boxes of one address or one CVE are one object.
      expect(made.length).toBeGreaterThan(boxes.length * 0.9 - rejected.length);
      const refs = objects.flatMap((object) =>
        ['effect_refs', 'asset_refs', 'on_true_refs', 'on_false_refs', 'object_refs'].flatMap((property) =>
          (flowTypes.has(object.type) || object.type === 'note') && Array.isArray(object[property]) ? (object[property] as string[]) : [],
        ),
      );
      const single = objects.flatMap((object) =>
        ['command_ref', 'object_ref'].flatMap((property) => (typeof object[property] === 'string' ? [object[property]] : [])),
      );
      const edges = objects.filter(({ type }) => type === 'relationship').length;
      const lostLines =
        items.filter((item) => item.kind === 'loss' && item.what.startsWith('a second line')).length +
        rejected.filter((path) => raw[Number(/\d+/.exec(path)?.[0])]?.id === 'dynamic_line').length;
      const known = new Set(objects.map(({ id }) => id));
      for (const id of [...refs, ...single]) expect(known.has(id)).toBe(true);
      expect(refs.length + single.length + edges + lostLines).toBeGreaterThanOrEqual(lines * 0.97);
    });

    it('every flow and its parts keep the published schema when written', async () => {
      const { Ajv2020 } = await import('ajv/dist/2020.js');
      const schemaFile = readdirSync(corpus as string, { recursive: true, encoding: 'utf8' }).find((name) =>
        name.endsWith('attack-flow-schema-2.0.0.json'),
      ) as string;
      const schema = JSON.parse(readFileSync(join(corpus as string, schemaFile), 'utf8')) as {
        $defs: Record<string, { properties: Record<string, unknown> }>;
      };
      // The common parts are checked by our own rules; here the language's own types, references to common schemas taken as any text.
      const own = JSON.parse(
        JSON.stringify(schema.$defs, (key, value: unknown) => (key === '$ref' && String(value).startsWith('http') ? undefined : value)),
      ) as Record<string, object>;
      const ajv = new Ajv2020({ strict: false });
      let checked = 0;
      for (const name of files) {
        for (const object of await write(stored(await read(new Uint8Array(readFileSync(join(corpus as string, folder, name))))))) {
          const rule = own[object.type];
          if (!rule) continue;
          checked++;
          expect(ajv.validate(rule, object), `${name} ${object.id} ${JSON.stringify(ajv.errors)}`).toBe(true);
        }
      }
      expect(checked).toBeGreaterThan(800);
    }, 60_000);

    it('the published example is read as STIX and written again', async () => {
      const file = readdirSync(corpus as string, { recursive: true, encoding: 'utf8' }).find((name) =>
        name.endsWith('attack-flow-example.json'),
      ) as string;
      const path = join(corpus as string, file);
      expect(existsSync(path)).toBe(true);
      const items = await read(new Uint8Array(readFileSync(path)), {}, stix);
      expect(items.filter(({ kind }) => kind === 'rejected')).toEqual([]);
      const all = objectsOf(items);
      const written = await write(all);
      for (const object of all.filter(({ type }) => flowTypes.has(type)))
        expect(written.find(({ id }) => id === object.id)).toEqual(object);
    });
  });
});
