import fc from 'fast-check';
import { expect, it } from 'vitest';
import { streamLines } from './lines.ts';

const signal = new AbortController().signal;
async function* pieces(bytes: Uint8Array, size: number) {
  const shared = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    // A source may use its buffer again.
    shared.set(piece);
    yield shared.subarray(0, piece.length);
  }
}
const read = async (text: string, size = 7, limits = {}) =>
  (await Array.fromAsync(streamLines(pieces(new TextEncoder().encode(text), size), { signal, limits }))).flat();

it('reads each line, in pieces of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue()),
      fc.integer({ min: 1, max: 50 }),
      fc.constantFrom('\n', '\r\n', '\n\n'),
      async (values, size, end) => {
        const text = values.map((value) => JSON.stringify(value)).join(end);
        const found = await read(text, size);
        expect(found.map(({ value }) => JSON.stringify(value))).toEqual(values.map((value) => JSON.stringify(value)));
      },
    ),
  );
});

it('goes on after a line that is no JSON, too large or too deep', async () => {
  const found = await read(`{"a":1}\n{"a":\n"${'x'.repeat(2000)}"\n${'['.repeat(200)}${']'.repeat(200)}\n\u0000\n2\n`, 64, {
    maxValueBytes: 1000,
  });
  expect(found.map(({ path, fault }) => [path, fault?.replace(/ .*/, '')])).toEqual([
    ['line 1', undefined],
    ['line 2', 'no'],
    ['line 3', 'larger'],
    ['line 4', expect.any(String)],
    ['line 5', 'no'],
    ['line 6', undefined],
  ]);
});

it('stops when told to, and at its bounds', async () => {
  await expect(read('1\n2\n3\n4\n', 2, { maxItems: 2 })).rejects.toThrow(/more than 2 lines/);
  await expect(read('1\n2\n3\n4\n', 2, { maxBytes: 3 })).rejects.toThrow(/larger than/);
  const stop = new AbortController();
  stop.abort();
  await expect(Array.fromAsync(streamLines(pieces(new TextEncoder().encode('1\n2'), 1), { signal: stop.signal }))).rejects.toThrow(
    'Cancelled.',
  );
});
