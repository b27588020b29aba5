import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { checkObject } from '#shared/domain/knowledge/stix21/index.ts';
import valid from '#shared/domain/knowledge/stix21/fixtures/valid-objects.json' with { type: 'json' };
import { context, readAll } from '../conformance.ts';
import type { Item } from '../format.ts';
import { stix, stix21 } from './index.ts';

const uuid = '7f3c1d52-9b0e-4a56-8c77-21d0a4e5b6c1';
const tool = (more: JsonObject = {}): JsonObject => ({
  type: 'tool',
  spec_version: '2.1',
  id: `tool--${uuid}`,
  created: '2026-01-01T00:00:00.000Z',
  modified: '2026-01-01T00:00:00.000Z',
  name: 'x',
  ...more,
});
const bundle = (objects: unknown, more: JsonObject = {}) => JSON.stringify({ type: 'bundle', id: `bundle--${uuid}`, ...more, objects });

async function read(text: string | Uint8Array): Promise<Item[]> {
  const items = await readAll(stix, 'x', typeof text === 'string' ? new TextEncoder().encode(text) : text);
  if (!Array.isArray(items)) throw new Error(items.failed);
  return items;
}

const objectsOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
const rejectedOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'rejected' ? [item] : []));
const lossesOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'loss' ? [item] : []));
const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));

async function written(objects: readonly StixObject[], pageSize = 3): Promise<string> {
  const pages = async function* () {
    for (let at = 0; at < objects.length; at += pageSize) yield objects.slice(at, at + pageSize);
  };
  let text = '';
  for await (const piece of stix21.write(pages(), { signal: new AbortController().signal, now: 0, lose: () => expect.unreachable() }))
    text += piece;
  return text;
}

describe('reading STIX', () => {
  it('passes objects of 2.1 on untouched, with their place', async () => {
    const items = await read(bundle(valid));
    expect(objectsOf(items)).toEqual(valid);
    expect(items.map((item) => [item.kind, item.path])).toEqual(valid.map((_, index) => ['object', `objects[${index}]`]));
  });

  it('rejects an object by its place, with every reason, and reads on', async () => {
    const items = await read(
      bundle([tool({ name: 5, revoked: 'no' }), 7, null, ['x'], tool({ id: undefined as never }), JSON.parse(bundle([tool()])), tool()]),
    );
    expect(rejectedOf(items)).toEqual([
      {
        kind: 'rejected',
        id: `tool--${uuid}`,
        path: 'objects[0].name',
        reason: 'must be a string, not the number “5”; revoked must be true or false, not the string “no”',
      },
      { kind: 'rejected', path: 'objects[1]', reason: 'must be an object' },
      { kind: 'rejected', path: 'objects[2]', reason: 'must be an object' },
      { kind: 'rejected', path: 'objects[3]', reason: 'must be an object' },
      { kind: 'rejected', path: 'objects[4]', reason: 'must have id' },
      { kind: 'rejected', id: `bundle--${uuid}`, path: 'objects[5]', reason: expect.stringMatching(/bundle cannot stand within/) },
    ]);
    expect(objectsOf(items)).toHaveLength(1);
  });

  it('lists broken SHOULDs as loss and keeps the object', async () => {
    const items = await read(bundle([tool({ tool_types: ['hammer'] })]));
    expect(lossesOf(items)).toEqual([
      { kind: 'loss', id: `tool--${uuid}`, path: 'objects[0].tool_types[0]', what: '“hammer” is not in tool-type-ov' },
    ]);
    expect(objectsOf(items)).toHaveLength(1);
  });

  it('lists the first remarks of a kind and counts the rest', async () => {
    const items = await read(bundle(Array.from({ length: 300 }, () => tool({ tool_types: ['hammer'], ward: 'x' }))));
    const losses = lossesOf(items);
    expect(losses.filter((loss) => loss.what.startsWith('“hammer”'))).toHaveLength(25);
    expect(losses.slice(-2)).toEqual([
      { kind: 'loss', path: 'objects', what: expect.stringMatching(/^300 remarks of this kind, 25 of them listed: “hammer”/) },
      { kind: 'loss', path: 'objects', what: expect.stringMatching(/^300 remarks/) },
    ]);
  });

  it('reports what the JSON itself lost', async () => {
    const text = bundle([tool({ x_number: 1 })]).replace('"x_number":1', '"x_number":12345678901234567890,"name":"y"');
    expect(lossesOf(await read(text)).map((loss) => loss.path)).toEqual(['objects[0].x_number', 'objects[0].name']);
  });

  it('judges the bundle itself, but reads its objects', async () => {
    const faults = async (text: string) => {
      const items = await read(text);
      expect(objectsOf(items)).toHaveLength(text.includes('tool--') ? 1 : 0);
      return [...rejectedOf(items), ...lossesOf(items)].map((item) => item.path);
    };
    expect(await faults(bundle([tool()], { id: 'x' }))).toEqual(['id']);
    expect(await faults(bundle([tool()], { type: 'box' }))).toEqual(['type']);
    expect(await faults(bundle([tool()], { name: 'x', spec_version: '2.1' }))).toEqual(['name']);
    expect(await faults(bundle([]))).toEqual(['objects']);
    expect(await faults(bundle({ a: 1 }))).toEqual(['objects']);
    expect(await faults(JSON.stringify({ type: 'bundle', id: `bundle--${uuid}` }))).toEqual([]);
  });

  it('takes TAXII envelopes, lists and single objects', async () => {
    const envelope = await read(fixture('envelope.json'));
    expect([objectsOf(envelope).length, lossesOf(envelope)]).toEqual([
      1,
      [{ kind: 'loss', path: 'more', what: expect.stringMatching(/more objects/) }],
    ]);
    const list = await read(fixture('list.json'));
    expect(list.filter((item) => item.kind === 'object').map((item) => item.path)).toEqual(['[0]', '[1]']);
    expect(objectsOf(list)[1]).toMatchObject({ spec_version: '2.1', tool_types: ['remote-access'] });
    const single = await read(fixture('single-object.json'));
    expect(single).toEqual([{ kind: 'object', path: 'object', object: JSON.parse(fixture('single-object.json').toString()) }]);
    expect(rejectedOf(await read(JSON.stringify(tool({ name: 1 }))))).toMatchObject([{ path: 'name' }]);
    expect(rejectedOf(await read(JSON.stringify(tool({ name: undefined as never }))))).toMatchObject([{ path: 'object' }]);
    for (const nothing of ['{}', '[]', '{"objects":[]}', '{"more":false}']) expect(await read(nothing)).toEqual([]);
  });

  it('refuses JSON that is no STIX, and what is no JSON, in a sentence', async () => {
    await expect(read('{"name":"layer","techniques":[]}')).rejects.toThrow(/no STIX/);
    await expect(read('17')).rejects.toThrow(/no STIX/);
    await expect(read(bundle([tool()]).slice(0, -9))).rejects.toThrow(/line 1, byte \d+.*cut short/);
    await expect(read(`<${bundle([])}>`)).rejects.toThrow(/line 1, byte 0/);
  });

  it('hands on what stands before the place where a file is broken', async () => {
    const got: Item[] = [];
    const text = new TextEncoder().encode(`${bundle([tool()]).slice(0, -2)},{"type":]}`);
    const source = {
      name: 'x',
      bytes: async function* () {
        yield text;
      },
    };
    await expect(
      (async () => {
        for await (const page of stix.read(source, context())) got.push(...page);
      })(),
    ).rejects.toMatchObject({ code: 'invalid_input' });
    expect(objectsOf(got)).toHaveLength(1);
  });

  it('treats hostile keys as keys', async () => {
    const [rejected] = rejectedOf(await read(`[${JSON.stringify(tool()).slice(0, -1)},"__proto__":{"spec_version":"2.0"}}]`));
    expect(rejected?.path).toBe('[0].__proto__');
    expect(objectsOf(await read('[{"__proto__":{"type":"tool","id":"x"}}]'))).toEqual([]);
  });
});

describe('reading STIX 2.0', () => {
  it('lifts objects and says how many', async () => {
    const items = await read(fixture('bundle-2.0.json'));
    for (const object of objectsOf(items)) expect(object['spec_version']).toBe('2.1');
    expect(lossesOf(items).some((loss) => /are STIX 2.0 and were lifted/.test(loss.what))).toBe(true);
  });

  it('makes objects of the observables within observed-data, marked as the whole is', async () => {
    const items = await read(fixture('observed-data-2.0.json'));
    expect(rejectedOf(items)).toEqual([]);
    const objects = objectsOf(items);
    expect(objects.map((object) => object.type).sort()).toEqual([
      'directory',
      'file',
      'ipv4-addr',
      'mac-addr',
      'network-traffic',
      'observed-data',
    ]);
    expect(new Set(objects.map((object) => JSON.stringify(object['object_marking_refs']))).size).toBe(1);
    expect(items.find((item) => item.kind === 'object' && item.object.type === 'file')?.path).toBe('objects[0].objects.3');
  });

  it('rejects the parts with the whole', async () => {
    const text = fixture('observed-data-2.0.json').toString().replace('"number_observed": 4', '"number_observed": 0');
    const items = await read(text);
    expect(objectsOf(items)).toEqual([]);
    expect(rejectedOf(items)).toMatchObject([{ path: 'objects[0].number_observed' }]);
  });

  it('rejects what 2.0 requires and the object lacks', async () => {
    const items = await read(bundle([{ ...tool(), spec_version: undefined }], { spec_version: '2.0' }));
    expect(rejectedOf(items)).toMatchObject([{ path: 'objects[0]', reason: expect.stringMatching(/must have labels/) }]);
  });
});

describe('recognising STIX', () => {
  const sure = (text: string) => stix.detect({ name: 'x', text, complete: true }).confidence;
  it('goes by what stands in the file, broken objects too', () => {
    expect(sure(bundle([tool()]))).toBe(1);
    expect(sure(`{"objects":[${JSON.stringify(tool())}`)).toBe(0.9);
    expect(sure(JSON.stringify(tool({ id: 'tool--x' })))).toBe(0.9);
    expect(sure(JSON.stringify({ type: 'identity', created: 'x' }))).toBe(0.9);
    expect(sure(`[${JSON.stringify(tool())}]`)).toBe(0.9);
  });
  it('leaves other JSON alone', () => {
    for (const text of [
      '',
      '{',
      '[]',
      'null',
      '{"Event":{"uuid":"x","type":"bundle"}}',
      '{"type":"file","id":3}',
      '{"vulnerabilities":[]}',
      '{"a":"{\\"type\\":\\"bundle\\"}"}',
    ])
      expect(sure(text), text).toBe(0);
  });
});

describe('writing STIX 2.1', () => {
  const objects = valid as unknown as StixObject[];

  it('writes a bundle that reads back equal', async () => {
    const text = await written(objects);
    const parsed = JSON.parse(text) as JsonObject;
    expect(parsed['type']).toBe('bundle');
    expect(parsed['id']).toMatch(/^bundle--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(parsed['objects']).toEqual(objects);
    expect(objectsOf(await read(text))).toEqual(objects);
    expect(stix.detect({ name: 'x', text: text.slice(0, 65_536), complete: false }).confidence).toBe(1);
  });

  it('gives the same bytes for the same objects, however they are paged, and another id for others', async () => {
    const text = await written(objects);
    expect(await written(objects, 1)).toBe(text);
    expect(await written(objects, 1000)).toBe(text);
    const other = await written(objects.slice(1));
    expect((JSON.parse(other) as JsonObject)['id']).not.toBe((JSON.parse(text) as JsonObject)['id']);
  });

  it('leaves the list out where there is nothing', async () => {
    expect(Object.keys(JSON.parse(await written([])) as JsonObject)).toEqual(['type', 'id']);
  });

  it('stops when cancelled', async () => {
    const abort = new AbortController();
    abort.abort();
    const pages = async function* () {
      yield objects;
    };
    const run = async () => {
      for await (const _ of stix21.write(pages(), { signal: abort.signal, now: 0, lose: () => undefined }));
    };
    await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('writes lifted objects that are valid', async () => {
    const lifted = objectsOf(await read(fixture('observed-data-2.0.json')));
    const back = objectsOf(await read(await written(lifted)));
    expect(back).toEqual(lifted);
    for (const object of back) expect(checkObject(object).errors).toEqual([]);
  });
});
