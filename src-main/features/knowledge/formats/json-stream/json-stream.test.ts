import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '#shared/domain/knowledge/stix.ts';
import { type JsonElement, type JsonLimits, readJson, streamObjects } from './index.ts';

const signal = new AbortController().signal;

async function* pieces(data: string | Uint8Array, size = 7): AsyncIterable<Uint8Array> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  // One buffer, used again for each piece: the reader must not keep a view of it.
  const shared = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    shared.set(part);
    yield shared.subarray(0, part.length);
  }
}

async function read(data: string | Uint8Array, path = 'objects', limits: Partial<JsonLimits> = {}, size = 7) {
  const elements: JsonElement[] = [];
  const members: JsonElement[] = [];
  let failure: unknown;
  try {
    for await (const batch of streamObjects(pieces(data, size), { path, signal, limits, onMember: (one) => members.push(one) }))
      elements.push(...batch);
  } catch (error) {
    failure = error;
  }
  return { elements, members, failure };
}

const failing = async (data: string | Uint8Array, path?: string, limits?: Partial<JsonLimits>) =>
  (await read(data, path, limits)).failure as { code: string; message: string };

describe('streaming the elements of an array', () => {
  it('yields each element with its path, and the members beside the array', async () => {
    const { elements, members, failure } = await read('{"type":"bundle","objects":[{"a":1},[2],"}",null,-3.5e2],"n":{"x":[1]}}');
    expect(failure).toBeUndefined();
    expect(elements.map(({ path, value }) => [path, value])).toEqual([
      ['objects[0]', { a: 1 }],
      ['objects[1]', [2]],
      ['objects[2]', '}'],
      ['objects[3]', null],
      ['objects[4]', -350],
    ]);
    expect(members).toEqual([
      { path: 'type', value: 'bundle' },
      { path: 'n', value: { x: [1] } },
    ]);
  });

  it('takes a top-level array, a single object and a deeper path', async () => {
    expect((await read('[1,2]')).elements.map((one) => one.path)).toEqual(['[0]', '[1]']);
    const single = await read('{"type":"tool","objects":{"0":1}}');
    expect(single.elements).toEqual([]);
    expect(single.members.map((one) => one.path)).toEqual(['type', 'objects']);
    const deep = await read('{"a":{"b":[1],"c":2},"b":[3]}', 'a.b');
    expect(deep.elements).toEqual([{ path: 'a.b[0]', value: 1 }]);
    expect(deep.members.map((one) => one.path)).toEqual(['a.c', 'b']);
  });

  it('reads the same whatever the size of the pieces', async () => {
    const text = '{ "k\\"" : "\\\\" ,\n "objects" : [ { "a" : "[{\\"" } , "ä€😀" , [ ] , 12 ] }';
    const whole = await read(text, 'objects', {}, 1000);
    for (let size = 1; size < 12; size++) expect(await read(text, 'objects', {}, size)).toEqual(whole);
  });

  it('agrees with JSON.parse on any document', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), fc.jsonValue(), fc.integer({ min: 1, max: 40 }), async (objects, more, size) => {
        const text = JSON.stringify({ more, objects }, null, size % 3);
        const { elements, members, failure } = await read(text, 'objects', {}, size);
        expect(failure).toBeUndefined();
        expect(elements.map((one) => one.value)).toEqual((JSON.parse(text) as { objects: Json[] }).objects);
        expect(members[0]?.value).toEqual((JSON.parse(text) as { more: Json }).more);
      }),
      { numRuns: 200 },
    );
  });

  it('accepts and refuses what JSON.parse accepts and refuses', async () => {
    const mutated = fc
      .tuple(fc.jsonValue(), fc.nat(200), fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '\\', '1', 'e', '-', 't', '\n'))
      .map(([value, at, put]) => {
        const text = JSON.stringify({ objects: [value, { a: 1 }] });
        const cut = at % text.length;
        return text.slice(0, cut) + put + text.slice(cut + 1);
      });
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        expect((await read(text)).failure === undefined).toBe(parses);
      }),
      { numRuns: 3000 },
    );
  });

  it('says line and byte where the file is no JSON, after all elements before that place', async () => {
    const comma = await read('{"objects": [\n {"a": 1},\n {"b": 2,}\n]}');
    expect(comma.elements).toEqual([{ path: 'objects[0]', value: { a: 1 } }]);
    expect(comma.failure).toMatchObject({ code: 'invalid_input', message: expect.stringMatching(/line 3, byte 34: “}” is not expected/) });
    expect(await failing('<{}>')).toMatchObject({ message: expect.stringMatching(/line 1, byte 0: “<”/) });
    expect(await failing('{"objects":[1,]}')).toMatchObject({ message: expect.stringMatching(/byte 14: “]”/) });
    expect(await failing('{"objects":[1]} x')).toMatchObject({ message: expect.stringMatching(/byte 16: “x” stands after the end/) });
    expect(await failing('')).toMatchObject({ message: expect.stringMatching(/it is empty/) });
    expect(await failing(' \n')).toMatchObject({ message: expect.stringMatching(/line 2, byte 2: it is empty/) });
  });

  it('says of a truncated file where it ends and what it was reading', async () => {
    const text = '{"objects":[{"a":1},\n{"b":"two"}]}';
    for (let end = 1; end < text.length; end++) {
      const { elements, failure } = await read(text.slice(0, end));
      expect((failure as Error).message, String(end)).toMatch(/cut short/);
      expect(elements.length).toBe(end >= 32 ? 2 : end >= 19 ? 1 : 0);
    }
    expect((await failing(text.slice(0, 25))).message).toMatch(
      /byte 25: it ends in the middle of the value that begins at line 2, byte 21/,
    );
  });

  it('keeps __proto__ as a key like any other', async () => {
    const { elements } = await read('{"objects":[{"__proto__":{"polluted":1},"constructor":2}],"__proto__":3}');
    const value = elements[0]?.value as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect((value as { polluted?: number }).polluted).toBeUndefined();
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('reports repeated keys and numbers that cannot be held, and mends half surrogate pairs', async () => {
    const { elements } = await read(
      '{"objects":[{"a":{"b":1,"b":2}},{"n":[12345678901234567890]},{"s":"x\\ud800y\\ud83d\\ude00\\\\ud800"},{"ok":1.5e3,"b":9007199254740991},{"n":1e999}]}',
    );
    expect(elements[0]).toEqual({
      path: 'objects[0]',
      value: { a: { b: 2 } },
      losses: [{ path: 'objects[0].a.b', what: expect.stringMatching(/more than once/) }],
    });
    expect(elements[1]?.losses).toEqual([{ path: 'objects[1].n[0]', what: expect.stringMatching(/12345678901234567890/) }]);
    expect(elements[2]?.value).toEqual({ s: 'x\ufffdy😀\\ud800' });
    expect(elements[2]?.losses?.[0]?.what).toMatch(/surrogate/);
    expect(elements[3]).toEqual({ path: 'objects[3]', value: { ok: 1500, b: 9007199254740991 } });
    expect(elements[4]).toMatchObject({ value: undefined, fault: expect.stringMatching(/n: 1e999 is too large/) });
  });

  it('skips one value that is too deep, too large or not UTF-8, and reads on', async () => {
    const deep = `${'['.repeat(101)}${']'.repeat(101)}`;
    const bad = new TextEncoder().encode('{"objects":[1,"a?b",2]}');
    bad[bad.indexOf(0x3f)] = 0xff;
    const faults = async (data: string | Uint8Array, limits?: Partial<JsonLimits>) => {
      const { elements, failure } = await read(data, 'objects', limits);
      expect(failure).toBeUndefined();
      expect([elements[0]?.value, elements[2]?.value]).toEqual([1, 2]);
      return elements[1]?.fault;
    };
    expect(await faults(`{"objects":[1,${deep},2]}`)).toMatch(/deeper than 100 levels \(line 1, byte 14\)/);
    expect(await faults(`{"objects":[1,"${'x'.repeat(99)}",2]}`, { maxValueBytes: 50 })).toMatch(/larger than 50 bytes/);
    expect(await faults(bad)).toMatch(/not UTF-8/);
    expect((await read(`[${'['.repeat(100)}${']'.repeat(100)}]`)).elements[0]?.fault).toBeUndefined();
  });

  it('leaves out one string that is too long, says where, and keeps the rest of its value, whatever the size of the pieces', async () => {
    const long = 'x'.repeat(60);
    const text = `{"objects":[{"a":"keep","b":["y","${long}\\""],"c":"\\u00e9","${long}":1,"d":"${'z'.repeat(50)}"},"${long}",1],"m":"${long}"}`;
    const limits = { maxStringBytes: 50, maxValueBytes: 170 };
    const whole = await read(text, 'objects', limits, 10_000);
    expect(whole.failure).toBeUndefined();
    expect(whole.elements).toEqual([
      {
        path: 'objects[0]',
        value: { a: 'keep', b: ['y', ''], c: 'é', '': 1, d: 'z'.repeat(50) },
        losses: [
          { path: 'objects[0].b[1]', what: 'a text of 62 bytes is left out: it is too long' },
          { path: 'objects[0]', what: 'a name of 60 bytes is left out: it is too long' },
        ],
      },
      { path: 'objects[1]', value: '', losses: [{ path: 'objects[1]', what: expect.stringContaining('60 bytes') }] },
      { path: 'objects[2]', value: 1 },
    ]);
    expect(whole.members).toMatchObject([{ path: 'm', value: '', losses: [{ path: 'm' }] }]);
    for (let size = 1; size < 90; size++) expect(await read(text, 'objects', limits, size), String(size)).toEqual(whole);
    expect(await failing(`{"${long}":1}`, 'objects', limits)).toMatchObject({ message: expect.stringMatching(/a key is too long/) });
    expect((await read(`[[1,${' '.repeat(80)}2],3]`, '', limits)).elements).toMatchObject([
      { value: undefined, fault: expect.stringMatching(/50 bytes of it stand without/) },
      { value: 3 },
    ]);
  });

  it('bounds the file, the list and the nesting of a hostile file', async () => {
    expect(await failing('[1,2,3]', '', { maxItems: 2 })).toMatchObject({ code: 'too_large' });
    expect(await failing('[1,2,3]', '', { maxBytes: 5 })).toMatchObject({ code: 'too_large' });
    expect(await failing(`{"objects":[${'{"a":'.repeat(200_000)}`, 'objects')).toMatchObject({ code: 'invalid_input' });
  });

  it('skips a byte order mark and refuses UTF-16', async () => {
    expect((await read('\ufeff[1]')).elements).toHaveLength(1);
    expect(await failing(new Uint8Array(Buffer.from('[1]', 'utf16le')))).toMatchObject({ code: 'invalid_input' });
  });

  it('stops when cancelled', async () => {
    const abort = new AbortController();
    const seen: number[] = [];
    const run = async () => {
      const text = `[${Array.from({ length: 5000 }, (_, n) => n).join(',')}]`;
      for await (const batch of streamObjects(pieces(text, 100), { path: '', signal: abort.signal })) {
        seen.push(batch.length);
        abort.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen).toHaveLength(1);
  });
});

describe('reading a document whole', () => {
  it('gives the value and what was lost', async () => {
    expect(await readJson(pieces(' {"a":[1,{"b":2}]}\n'), { signal })).toEqual({ value: { a: [1, { b: 2 }] }, losses: [] });
    expect(await readJson(pieces('7'), { signal })).toEqual({ value: 7, losses: [] });
    expect((await readJson(pieces('{"a":1,"a":2}'), { signal })).losses).toEqual([{ path: 'a', what: expect.any(String) }]);
  });

  it('refuses what is no JSON, too deep or too large', async () => {
    for (const text of ['', '{', '{}}', '[1,]', 'nul', '"a', '01'])
      await expect(readJson(pieces(text), { signal }), text).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(readJson(pieces('[[[]]]'), { signal, limits: { maxDepth: 2 } })).rejects.toThrow(/deeper than 2/);
    await expect(readJson(pieces('"aaaaaaaa"'), { signal, limits: { maxBytes: 4 } })).rejects.toMatchObject({ code: 'too_large' });
  });
});
