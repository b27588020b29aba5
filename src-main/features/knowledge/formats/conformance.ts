import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StixId, type StixObject } from '#shared/domain/knowledge/stix.ts';
import { checkObject } from '#shared/domain/knowledge/stix21/index.ts';
import { isContractError } from '#shared/transport/errors.ts';
import type { Format, Item, ReadContext } from './format.ts';
import { sourceFromBytes } from './source.ts';

/** What a test framework offers; given, so that this room needs none. */
export interface Runner {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void> | void, timeout?: number): void;
}

export interface Subject {
  readonly format: Format;
  /** Folder with the format's own fixtures: each must be recognised and readable. */
  readonly fixtures: string;
  /** The fixture folders of all other formats. */
  readonly foreign: readonly string[];
  /** All formats, to see that no two are equally sure of one file. */
  readonly formats: readonly Format[];
  /** Mutated files to read; FORMAT_FUZZ in the environment overrules it. */
  readonly fuzz?: number;
  /** A fixture or text of this format with `name` in it somewhere people will read, for the markup test. */
  readonly withName: (name: string) => Uint8Array;
  /** What the markup must come out in: the objects of `withName`. */
  readonly namesIn: (objects: readonly StixObject[]) => readonly string[];
}

const encoder = new TextEncoder();
const markup = '<img src=x onerror="alert(1)"> & </b>';

export const context = (over: Partial<ReadContext> = {}): ReadContext => ({
  signal: new AbortController().signal,
  now: Date.UTC(2026, 10, 1),
  findByExternalId: () => undefined,
  ...over,
});

/** Reads to the end. A ContractError is an answer, not a crash; anything else thrown is a fault. */
export async function readAll(
  format: Format,
  name: string,
  bytes: Uint8Array,
  over?: Partial<ReadContext>,
): Promise<Item[] | { failed: string }> {
  const items: Item[] = [];
  try {
    const source = await sourceFromBytes(name, bytes);
    for await (const page of format.read(source, context(over))) items.push(...page);
    return items;
  } catch (error) {
    if (!isContractError(error)) throw error;
    assert.match(error.message, /\S.*\.$/s, 'a failure is said in a sentence');
    return { failed: error.message };
  }
}

/** The rules that every reader keeps, whatever it reads. */
export function describeFormat(subject: Subject, { describe, it }: Runner): void {
  const { format } = subject;
  const own = () => filesIn(subject.fixtures);

  describe(`${format.id}: conformance`, () => {
    it('recognises its own files, and more surely than any other format', async () => {
      const files = await own();
      assert.ok(files.length > 0, 'it has fixtures');
      for (const { name, bytes } of files) {
        const head = await (await sourceFromBytes(name, bytes)).head();
        const { confidence, because } = format.detect(head);
        assert.ok(confidence >= 0.8 && confidence <= 1, `${name}: ${confidence} (${because})`);
        assert.ok(because.length > 0);
        for (const other of subject.formats) {
          if (other.id === format.id) continue;
          const rival = other.detect(head);
          assert.ok(rival.confidence < 0.5, `${name}: ${other.id} is ${rival.confidence} sure (${rival.because})`);
        }
      }
    });

    it('does not take other formats’ files for its own', async () => {
      for (const folder of subject.foreign) {
        for (const { name, bytes } of await filesIn(folder)) {
          const { confidence, because } = format.detect(await (await sourceFromBytes(name, bytes)).head());
          assert.ok(confidence < 0.5, `${name}: ${confidence} (${because})`);
        }
      }
    });

    it('goes by content, not by name', async () => {
      for (const { name, bytes } of await own()) {
        const honest = format.detect(await (await sourceFromBytes(name, bytes)).head());
        const lying = format.detect(await (await sourceFromBytes('holiday.exe', bytes)).head());
        assert.deepEqual(lying, honest, name);
      }
    });

    it('gives valid STIX with a path, and a reason for all it rejects or loses', async () => {
      for (const { name, bytes } of await own()) {
        const items = await readAll(format, name, bytes);
        assert.ok(Array.isArray(items), `${name}: ${Array.isArray(items) ? '' : items.failed}`);
        assert.ok(
          items.some(({ kind }) => kind === 'object'),
          `${name}: no object`,
        );
        checkItems(items, name);
      }
    });

    it('gives the same for the same file', async () => {
      for (const { name, bytes } of await own()) {
        assert.deepEqual(await readAll(format, name, bytes), await readAll(format, name, bytes), name);
      }
    });

    it('answers for files cut short', async () => {
      for (const { name, bytes } of await own()) {
        for (const part of [0.99, 0.7, 0.4, 0.1, 0.01]) {
          const items = await readAll(format, name, bytes.subarray(0, Math.floor(bytes.length * part)));
          if (Array.isArray(items)) checkItems(items, `${name} to ${part}`);
        }
      }
    });

    it('answers for an empty file, blanks, binary junk and files of other formats', async () => {
      const junk = new Uint8Array(5000).map((_, index) => (index * 7919 + (index >> 3) * 31) & 0xff);
      const texts = ['', ' \r\n\t ', '\0\0\0\0', 'null', '17', '"text"', '{}', '[]', '[[]]', '{"a":', '<xml/>', 'a', '\ufeff'];
      for (const bytes of [junk, ...texts.map((text) => encoder.encode(text))]) {
        const items = await readAll(format, 'junk', bytes);
        if (Array.isArray(items)) checkItems(items, 'junk');
      }
      for (const folder of subject.foreign) {
        for (const { name, bytes } of await filesIn(folder)) {
          const items = await readAll(format, name, bytes);
          if (Array.isArray(items)) checkItems(items, name);
        }
      }
    });

    it('answers for files nested without end', async () => {
      for (const text of [
        '['.repeat(200_000),
        '{"a":'.repeat(200_000),
        `{"Event":{"info":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
      ]) {
        const items = await readAll(format, 'deep', encoder.encode(text));
        if (Array.isArray(items)) checkItems(items, 'deep');
      }
    });

    it('lets markup in names through as text', async () => {
      const items = await readAll(format, 'markup', subject.withName(markup));
      assert.ok(Array.isArray(items), Array.isArray(items) ? '' : items.failed);
      const objects = items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
      assert.ok(subject.namesIn(objects).includes(markup), JSON.stringify(subject.namesIn(objects)));
    });

    it('stops when told to', async () => {
      const stop = new AbortController();
      stop.abort();
      for (const { name, bytes } of await own()) {
        const items = await readAll(format, name, bytes, { signal: stop.signal });
        assert.ok(!Array.isArray(items), `${name} was read to its end`);
      }
    });

    const count = Number(process.env.FORMAT_FUZZ ?? subject.fuzz ?? 300);
    it(`answers for ${count} mutated files`, async () => {
      const files = (await own()).map(({ bytes }) => bytes);
      const random = numbers(20_261_101);
      for (let round = 0; round < count; round++) {
        const bytes = mutated(files[round % files.length] as Uint8Array, random);
        const head = await (await sourceFromBytes('mutated', bytes)).head();
        const { confidence } = format.detect(head);
        assert.ok(confidence >= 0 && confidence <= 1);
        const items = await readAll(format, 'mutated', bytes);
        if (Array.isArray(items)) checkItems(items, `round ${round}`);
      }
    }, 600_000);
  });
}

const time = '2026-11-01T00:00:00.000Z';

/** What holds of every item, whatever file it came from. */
export function checkItems(items: readonly Item[], where: string): void {
  for (const item of items) {
    assert.equal(typeof item.path, 'string', where);
    // A loss without a path concerns the file as a whole.
    if (item.kind !== 'loss') assert.ok(item.path.length > 0, `${where}: an item without a path: ${JSON.stringify(item).slice(0, 200)}`);
    if (item.kind === 'rejected') assert.ok(item.reason.trim().length > 3, `${where} ${item.path}: no reason`);
    else if (item.kind === 'loss') assert.ok(item.what.trim().length > 3, `${where} ${item.path}: does not say what`);
    else {
      const { object, stamp } = item;
      assert.ok(StixId.safeParse(object.id).success, `${where} ${item.path}: ${object.id}`);
      assert.ok(object.id.startsWith(`${object.type}--`), `${where} ${item.path}: ${object.id} is not of type ${object.type}`);
      if (stamp) assert.ok(object.created === undefined && object.modified === undefined, `${where} ${item.path}: stamped, but with times`);
      const { errors } = checkObject(stamp ? { ...object, created: time, modified: time } : object);
      assert.deepEqual(errors, [], `${where} ${item.path}: ${JSON.stringify(object).slice(0, 400)}`);
    }
  }
}

async function filesIn(folder: string): Promise<{ name: string; bytes: Uint8Array }[]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (name) => ({ name, bytes: new Uint8Array(await readFile(join(folder, name))) })));
}

/** A fixed sequence (mulberry32), so that a failure can be played again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const inserts = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\',
  'null',
  '-1e999',
  '""',
  '\n',
  '\u0000',
  'ü',
  '__proto__',
  '=',
  ';',
  '[]',
  '{}',
  'true',
  '99999999999999999999',
].map((text) => encoder.encode(text));

/** One to four changes: a byte flipped, a piece cut out, doubled or put elsewhere, a token put in, a value replaced. */
function mutated(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  let current = bytes;
  for (let change = random(4); change >= 0; change--) {
    const length = current.length;
    if (length === 0) return current;
    const from = random(length);
    const to = Math.min(length, from + 1 + random(random(2) === 0 ? 8 : 400));
    const before = current.subarray(0, from);
    const piece = current.subarray(from, to);
    const after = current.subarray(to);
    const token = inserts[random(inserts.length)] as Uint8Array;
    switch (random(6)) {
      case 0:
        current = Uint8Array.from(current);
        current[from] = random(256);
        break;
      case 1:
        current = joined(before, after);
        break;
      case 2:
        current = joined(before, piece, piece, after);
        break;
      case 3:
        current = joined(before, token, current.subarray(from));
        break;
      case 4:
        current = joined(before, after, piece);
        break;
      default:
        current = withValueReplaced(current, from, token);
    }
  }
  return current;
}

/** The value behind the next colon becomes the token: the file stays well formed more often. */
function withValueReplaced(bytes: Uint8Array, from: number, token: Uint8Array): Uint8Array {
  const colon = bytes.indexOf(0x3a, from);
  if (colon === -1) return bytes;
  let end = colon + 1;
  while (end < bytes.length && bytes[end] === 0x20) end++;
  const start = end;
  if (bytes[end] === 0x22) {
    end++;
    while (end < bytes.length && bytes[end] !== 0x22) end += bytes[end] === 0x5c ? 2 : 1;
    end++;
  } else {
    while (end < bytes.length && !',}]\n'.includes(String.fromCharCode(bytes[end] as number))) end++;
  }
  return joined(bytes.subarray(0, start), token, bytes.subarray(end));
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
