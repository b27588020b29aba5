/** A name or an alias of something in the graph. */
export interface KnownName {
  readonly name: string;
  /** What carries it. */
  readonly key: number;
  readonly type: string;
}

interface Step {
  readonly next: Map<string, Step>;
  names: KnownName[] | undefined;
}

export interface NameIndex {
  readonly root: Step;
  readonly size: number;
}

const wordPattern = /[\p{L}\p{N}\p{M}]+/gu;
const mostWords = 8;
const folded = (text: string) => text.normalize('NFKC').toLowerCase();

/**
 * Names as sequences of words: `Cozy Bear`, also as `CozyBear`; `APT29`, also as `APT 29`. Walking it over a text
 * costs a look-up a word, whatever the number of names. Names of a single letter are left out.
 */
export function indexNames(names: Iterable<KnownName>, most = 500_000): NameIndex {
  const root: Step = { next: new Map(), names: undefined };
  let size = 0;
  const add = (words: readonly string[], name: KnownName) => {
    let step = root;
    for (const word of words) {
      let next = step.next.get(word);
      if (!next) step.next.set(word, (next = { next: new Map(), names: undefined }));
      step = next;
    }
    if (step !== root && !step.names?.some(({ key }) => key === name.key)) (step.names ??= []).push(name);
  };
  for (const name of names) {
    if (size >= most) break;
    const words = folded(name.name).match(wordPattern) ?? [];
    if (words.length === 0 || words.length > mostWords || words.join('').length < 2) continue;
    size++;
    add(words, name);
    if (words.length === 2 || words.length === 3) add([words.join('')], name);
    const split = words.length === 1 ? /^(\p{L}+)(\p{N}+)$/u.exec(words[0] as string) : null;
    if (split) add([split[1] as string, split[2] as string], name);
  }
  return { root, size };
}

export interface NamePlace {
  readonly start: number;
  readonly end: number;
  readonly names: readonly KnownName[];
  readonly doubt?: 'short' | 'common' | 'spelling';
}

/** The longest names at each place, none within another. `isTaken` says where something else was found. */
export function findNames(plain: string, index: NameIndex, isTaken: (start: number) => boolean): NamePlace[] {
  const words = [...plain.matchAll(wordPattern)].map(({ 0: text, index: start }) => ({
    text,
    low: folded(text),
    start,
    end: start + text.length,
  }));
  const inProse = new Set(words.filter(({ text, low }) => text === low).map(({ low }) => low));
  const places: NamePlace[] = [];
  for (let at = 0; at < words.length; at++) {
    let step: Step | undefined = index.root;
    let best: { names: readonly KnownName[]; to: number } | undefined;
    for (let to = at; to < words.length && to < at + mostWords; to++) {
      const word = words[to] as (typeof words)[number];
      if (to > at && !isJoint(plain, (words[to - 1] as (typeof words)[number]).end, word.start)) break;
      step = step.next.get(word.low);
      if (!step) break;
      if (step.names) best = { names: step.names, to };
    }
    if (!best) continue;
    const first = words[at] as (typeof words)[number];
    const last = words[best.to] as (typeof words)[number];
    if (isTaken(first.start)) continue;
    const written = plain.slice(first.start, last.end);
    const around = [words[at - 2], words[at - 1], words[best.to + 1], words[best.to + 2]].map((word) => word?.low ?? '');
    const doubt = doubtOf(written, best.names, inProse, around);
    places.push({ start: first.start, end: last.end, names: best.names, ...(doubt && { doubt }) });
    at = best.to;
  }
  return places;
}

/** What may stand between two words of one name: a space, a line's end, a hyphen; not the end of a sentence. */
function isJoint(plain: string, from: number, to: number): boolean {
  return (
    to - from <= 3 && /^(?:[ \t]{0,2}\r?\n?|[ ]?[-‐–_.'’/&+:][ ]?)$/u.test(plain.slice(from, to)) && !/[.:] /.test(plain.slice(from, to))
  );
}

const context = new Set(
  'actor actors adversary alias aliases apt backdoor beacon botnet campaign cluster crew dropper framework gang group groups implant infostealer intrusion known loader locker malware miner operator operators ransomware rat rootkit stealer threat tool toolkit trojan variant wiper worm'.split(
    ' ',
  ),
);

/** Everyday words that are also names of groups and programs in ATT&CK and the galaxies. */
const everyday = new Set(
  'access akira at carbon cmd cobra dark dragon elephant empire epic explosive flame gold havoc hive inception lock mango medusa net orbit panda patchwork pay ping play power proton rancor reg route rover royal shadow shark silence spark spider system task tiger tool tor web wiper wolf'.split(
    ' ',
  ),
);

/**
 * A name is sure where it is written as the graph has it and cannot well be an everyday word: it has two words, or
 * letters and digits, or at least four letters and does not also stand in small letters in this text. A word such as
 * "group" or "ransomware" beside an everyday word lifts the doubt.
 */
function doubtOf(
  written: string,
  names: readonly KnownName[],
  inProse: ReadonlySet<string>,
  around: readonly string[],
): NamePlace['doubt'] {
  const exact = names.some(({ name }) => name === written || name.normalize('NFKC') === written.normalize('NFKC'));
  const words = written.match(wordPattern) ?? [];
  const low = folded(written);
  const mixed = /\p{L}/u.test(written) && /\p{N}/u.test(written);
  const named = around.some((word) => context.has(word));
  if (words.length === 1 && !mixed) {
    if ([...written].length < 4) return exact && named && /\p{Lu}/u.test(written) ? undefined : 'short';
    if (everyday.has(low) || inProse.has(low)) return exact && named && /\p{Lu}/u.test(written) ? undefined : 'common';
    if (!exact && !named) return 'spelling';
  }
  if (mixed && [...written].length < 4 && !exact) return 'short';
  if (words.length > 1 && written === low && words.every((word) => inProse.has(word)) && !mixed) return exact ? undefined : 'common';
  return undefined;
}
