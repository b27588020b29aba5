import type { Json } from '#shared/domain/knowledge/stix.ts';

/** Whole numbers from 0 to below the bound, a fixed sequence for each seed (mulberry32), so that a fault can be played again. */
export type Random = (below: number) => number;

export function randomFrom(seed: number): Random {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const encoder = new TextEncoder();
const one = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;

/** Words that mean something to one parser or another. */
const tokens = [
  '" \' { } [ ] , : ; \\ \\u0000 \\ud800 null true -1e999 1e400 -0 "" {} [] 99999999999999999999 __proto__ constructor prototype',
  '< > </ /> <!-- --> <![CDATA[ ]]> &e; &#0; &lt; <?xml?> & --- *a !!js/function # % """ ^^ _:b0 \\x00',
  '=cmd|x!A1 +1 -1 @SUM(1) ../../etc/passwd CVE-2099-0001 T1059 2026-11-01T00:00:00Z -999999-01-01',
]
  .flatMap((line) => line.split(' '))
  .concat([
    '\n',
    '\r\n',
    '\r',
    '\t',
    '\0',
    '\u2028',
    '\ufeff',
    '\u202e',
    '\u200b',
    '- ',
    ': ',
    '&a ',
    '|\n',
    '>\n',
    ' a ',
    ' .\n',
    '@prefix ',
  ])
  .concat(['<!DOCTYPE x [<!ENTITY e "e">]>', 'a'.repeat(300)])
  .map((text) => encoder.encode(text));

const bytesToPut = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf], [0xff, 0xfe], [0, 0, 0, 0], [0x80], [0x1f, 0x8b, 8]].map(
  (list) => Uint8Array.from(list),
);

/**
 * One input made of a seed: cut, flipped, spliced with another seed, nested, swollen, or (where it is JSON)
 * with a value of another kind, a key of another name, a member left out or doubled.
 */
export function mutated(seed: Uint8Array, seeds: readonly Uint8Array[], random: Random): Uint8Array {
  let current = seed;
  for (let change = random(4); change >= 0; change--) {
    const byTree = random(2) === 0 ? changedTree(current, random) : undefined;
    current = byTree ?? changedBytes(current, seeds, random);
  }
  return current;
}

function changedBytes(bytes: Uint8Array, seeds: readonly Uint8Array[], random: Random): Uint8Array {
  if (bytes.length === 0) return one(random, tokens);
  const from = random(bytes.length);
  const to = Math.min(bytes.length, from + 1 + random(random(3) === 0 ? 4000 : 12));
  const [before, piece, after] = [bytes.subarray(0, from), bytes.subarray(from, to), bytes.subarray(to)];
  switch (random(12)) {
    case 0: {
      const flipped = Uint8Array.from(bytes);
      for (let times = random(4); times >= 0; times--) flipped[random(bytes.length)] = random(256);
      return flipped;
    }
    case 1:
      return before;
    case 2:
      return joined(before, after);
    case 3:
      return joined(before, piece, piece, after);
    case 4:
      return joined(before, after, piece);
    case 5:
      return joined(before, one(random, bytesToPut), bytes.subarray(from));
    case 6: {
      const other = one(random, seeds);
      return joined(before, other.subarray(random(Math.max(1, other.length))));
    }
    case 7:
      return random(20) === 0 ? nested(before, bytes.subarray(from), random) : joined(before, one(random, tokens), after);
    case 8:
      return random(20) === 0
        ? joined(before, new Uint8Array(1 << (12 + random(9))).fill(one(random, [0x61, 0x20, 0x22, 0x5c, 0x3c, 0])), after)
        : before;
    case 9:
      return withWordReplaced(bytes, from, one(random, tokens));
    default:
      return joined(before, one(random, tokens), bytes.subarray(from));
  }
}

/** Thousands of brackets, tags, indents: what recursion would die of. */
function nested(before: Uint8Array, after: Uint8Array, random: Random): Uint8Array {
  const [open, close] = one(random, [
    ['[', ']'],
    ['{"a":', '}'],
    ['<a>', '</a>'],
    ['(', ')'],
    ['- ', ''],
    ['_:b [ <p> ', ' ]'],
  ]);
  const times = 1 << (6 + random(11));
  return joined(before, encoder.encode(open?.repeat(times)), encoder.encode(random(2) ? close?.repeat(times) : ''), after);
}

/** The next run of letters and digits becomes something else: a value or a name, whatever the language. */
function withWordReplaced(bytes: Uint8Array, from: number, token: Uint8Array): Uint8Array {
  const isWord = (byte: number | undefined) =>
    byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || (byte | 0x20) >= 0x61) && byte < 0x7b;
  let start = from;
  while (start < bytes.length && !isWord(bytes[start])) start++;
  let end = start;
  while (end < bytes.length && isWord(bytes[end])) end++;
  return joined(bytes.subarray(0, start), token, bytes.subarray(end));
}

const values: readonly (() => Json)[] = [
  () => null,
  () => true,
  () => -1,
  () => 1e308,
  () => 2 ** 53,
  () => '',
  () => ' ',
  () => '\0',
  () => '\ud800',
  () => '<img src=x onerror=alert(1)>',
  () => '\u202egnp.exe',
  () => 'x'.repeat(100_000),
  () => [],
  () => ({}),
  () => [null],
  () => [[[[]]]],
  () => JSON.parse('{"__proto__":{"polluted":1}}') as Json,
  () => ({ constructor: { prototype: { polluted: 1 } } }),
  () => Array.from({ length: 3000 }, (_, at) => at),
];
const names = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'id',
  'type',
  'name',
  '',
  'x'.repeat(5000),
  '\0',
  'ſ',
];

/** The same bytes with one place of their JSON changed; undefined where they are no JSON (a line of NDJSON counts). */
function changedTree(bytes: Uint8Array, random: Random): Uint8Array | undefined {
  if (bytes.length > 2_000_000) return undefined;
  const text = new TextDecoder().decode(bytes);
  const whole = parsed(text);
  if (whole !== undefined) return encoder.encode(JSON.stringify(changed(whole, random)));
  const lines = text.split('\n');
  const at = random(lines.length);
  const line = parsed(lines[at] as string);
  if (line === undefined || line === null || typeof line !== 'object') return undefined;
  lines[at] = JSON.stringify(changed(line, random));
  return encoder.encode(lines.join('\n'));
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Goes down at random and changes what is there; own keys only, so that `__proto__` stays a name. */
function changed(value: Json, random: Random): Json {
  if (value === null || typeof value !== 'object' || random(12) === 0) return one(random, values)();
  const entries: [string, Json][] = Object.entries(value);
  if (entries.length === 0) return one(random, values)();
  const at = random(entries.length);
  const [name, below] = entries[at] as [string, Json];
  switch (random(14)) {
    case 0:
      entries.splice(at, 1);
      break;
    case 1:
      entries.push([name, one(random, values)()]);
      break;
    case 2:
      entries[at] = [one(random, names), below];
      break;
    case 3:
      entries[at] = [name, [below]];
      break;
    case 4:
      entries.push(entries[random(entries.length)] as [string, Json]);
      break;
    default:
      entries[at] = [name, changed(below, random)];
  }
  if (Array.isArray(value)) return entries.map(([, item]) => item);
  const made = Object.create(null) as Record<string, Json>;
  for (const [key, item] of entries) made[key] = item;
  return made;
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
