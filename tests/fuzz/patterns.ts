import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseFileSync } from '@swc/core';

/** A regular expression as it stands in a source file. */
export interface Pattern {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

const root = join(import.meta.dirname, '..', '..');
const rooms = ['src-main', 'src-shared', 'src-renderer', 'src-preload'];

/** Every regular expression that is written out in the rooms, tests aside. */
export function patternsOfTheHouse(): Pattern[] {
  const found: Pattern[] = [];
  for (const room of rooms)
    for (const name of readdirSync(join(root, room), { recursive: true }) as string[]) {
      if (!/\.tsx?$/.test(name) || /\.test\.tsx?$/.test(name)) continue;
      const file = `${room}/${name}`;
      collect(parseFileSync(join(root, file), { syntax: 'typescript', tsx: name.endsWith('x'), target: 'esnext' }), file, found);
    }
  return found;
}

function collect(node: unknown, file: string, found: Pattern[]): void {
  if (node === null || typeof node !== 'object') return;
  const { type, pattern, flags } = node as { type?: unknown; pattern?: unknown; flags?: unknown };
  if (type === 'RegExpLiteral' && typeof pattern === 'string' && typeof flags === 'string') found.push({ file, source: pattern, flags });
  for (const value of Object.values(node)) collect(value, file, found);
}

/** What one sign or class of a pattern can match, at least one text each. */
const classes: Readonly<Record<string, string>> = {
  d: '0',
  w: 'a',
  s: '\n',
  S: 'x',
  D: 'x',
  W: '-',
  b: '',
  B: '',
  n: '\n',
  r: '\r',
  t: '\t',
  0: '\0',
};

function samplesOf(source: string): string[] {
  const samples: string[] = [];
  const atom =
    /\\u\{([0-9a-f]+)\}|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|\\[pP]\{[^}]*\}|\\(.)|\[(\^?)((?:[^\]\\]|\\.)*)\]|\(\?(?:<?[=!]|:|<\w+>)|\{[\d,]*\}|([^()|*+?^$])/giu;
  for (const [whole, point, four, two, escaped, not, inside, plain] of source.matchAll(atom)) {
    const code = point ?? four ?? two;
    if (code !== undefined) samples.push(String.fromCodePoint(Number.parseInt(code, 16)));
    else if (escaped !== undefined) samples.push(classes[escaped] ?? escaped);
    else if (inside !== undefined) samples.push(...(not ? ['\0', 'x', ' '] : samplesOf(inside).slice(0, 6)));
    else if (plain === '.') samples.push('x', '.');
    else if (plain !== undefined) samples.push(plain);
    else if (/^\\[pP]/.test(whole)) samples.push('a');
  }
  return samples.filter((sample) => sample !== '');
}

/**
 * Texts of about `length` signs that repeat what the pattern asks for and then fail: each sign, each pair and triple of
 * neighbours, the words it holds, behind what would begin a match.
 */
export function* attacksOn({ source }: Pattern, length: number): Generator<string> {
  const samples = samplesOf(source);
  const pumps = new Set<string>(['\n', ' ', '\t', '0', 'a', '-', '.', '(', '"']);
  for (let at = 0; at < samples.length; at++) for (const many of [1, 2, 3]) pumps.add(samples.slice(at, at + many).join(''));
  for (const [word] of source.matchAll(/[\w<>"=:/-]{2,}/g)) pumps.add(word);
  const openings = new Set(['', samples.slice(0, 1).join(''), samples.slice(0, 8).join('')]);
  for (const pump of [...pumps].slice(0, 60)) {
    const body = pump.repeat(Math.ceil(length / pump.length));
    for (const opening of openings) for (const end of ['\0', '\n\0']) yield opening + body + end;
  }
}

/** Milliseconds of this process's processor that a look for all matches takes; the least of some tries. */
export function costOf({ source, flags }: Pattern, text: string, tries = 1): number {
  const pattern = new RegExp(source, flags.includes('g') ? flags : `${flags}g`);
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < tries; n++) {
    const before = process.cpuUsage();
    text.replace(pattern, '');
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}
