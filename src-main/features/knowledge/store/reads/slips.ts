import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';

/** Live objects up to which every name and every word is looked at; in a larger graph a slip in the first letters is not forgiven. */
const MOST_LOOKED_THROUGH = 50_000;
/** Names looked at in a larger graph: those that begin with the same two letters. */
const MOST_NAMES = 20_000;
/** Entities proposed for one mistyped name. */
const MOST_NEAR = 20;

/** How many slips are forgiven in a text of this length. */
const forgiven = (length: number) => (length >= 8 ? 2 : length >= 4 ? 1 : 0);

/** Has no marks to take off. */
const plainText = /^[\x20-\x7e]*$/;

/** As the full-text index sees it: without case and without marks on letters. */
const folded = (text: string) => (plainText.test(text) ? text : text.normalize('NFD').replace(/\p{M}+/gu, '')).toLowerCase();

const digitsOf = (text: string) => text.replace(/\D+/g, '');

/**
 * Objects whose whole name, or an alias, is the text but for a slip or two: key -> slips, the nearest
 * first. Digits must agree: APT29 is no slip for APT28, nor one CVE for another.
 */
export function nearNames(database: Database, text: string): Map<number, { name: string; distance: number }> {
  const wanted = folded(text.trim());
  const most = forgiven(wanted.length);
  const near = new Map<number, { name: string; distance: number }>();
  if (most === 0 || wanted.length > 200) return near;
  const digits = digitsOf(wanted);
  const wantedLetters = letters(wanted);
  const large = isLarge(database);
  const begins = { from: wanted.slice(0, 2), to: `${wanted.slice(0, 2)}\u{10FFFF}` };
  const some = (table: string, column: string) =>
    large
      ? `SELECT ${column}, name FROM (SELECT ${column}, name FROM main.${table} WHERE name >= @from COLLATE NOCASE AND name < @to COLLATE NOCASE LIMIT ${MOST_NAMES})`
      : `SELECT ${column}, name FROM main.${table}`;
  // Both are read from an index alone.
  for (const statement of [some('object', 'id'), some('alias', 'object')]) {
    const rows = prepared(database, `${statement} WHERE length(name) BETWEEN @least AND @most`)
      .raw()
      .iterate({ least: wanted.length - most, most: wanted.length + most, ...(large && begins) }) as Iterable<[number, string]>;
    for (const [key, name] of rows) {
      const candidate = folded(name);
      if (!mayBeNear(letters(candidate), wantedLetters, most)) continue;
      const distance = slips(wanted, candidate, most);
      if (distance > most || distance >= (near.get(key)?.distance ?? most + 1) || digitsOf(candidate) !== digits) continue;
      near.set(key, { name, distance });
    }
  }
  return new Map([...near].sort(([, a], [, b]) => a.distance - b.distance).slice(0, MOST_NEAR));
}

/**
 * The words with those that no name, alias or id has replaced by the nearest that one has, the more
 * frequent at a tie. The last may be the beginning of a word.
 */
export function correctedWords(database: Database, words: readonly string[]): string[] {
  const known = prepared(
    database,
    "SELECT 1 FROM search_terms WHERE term >= ? AND term < ? AND col IN ('name', 'aliases', 'ids') LIMIT 1",
  ).pluck();
  const unknown = words.map((word, index) => {
    const lower = folded(word);
    const end = index === words.length - 1 ? `${lower}\u{10FFFF}` : `${lower}\u0000`;
    const most = /^\d+$/.test(lower) || known.get(lower, end) !== undefined ? 0 : forgiven(lower.length);
    return {
      lower,
      most,
      digits: digitsOf(lower),
      letters: letters(lower),
      best: undefined as { term: string; distance: number; doc: number } | undefined,
    };
  });
  const open = unknown.filter(({ most }) => most > 0);
  if (open.length === 0) return [...words];
  const large = isLarge(database);
  const terms = prepared(
    database,
    `SELECT term, doc FROM search_terms WHERE col IN ('name', 'aliases', 'ids') AND length(term) BETWEEN @least AND @most ${large ? 'AND term >= @from AND term < @to' : ''}`,
  ).raw();
  for (const some of large ? open.map((word) => [word]) : [open]) {
    const first = some[0]?.lower.slice(0, 1) ?? '';
    const found = terms.iterate({
      least: Math.min(...some.map(({ lower, most }) => lower.length - most)),
      most: Math.max(...some.map(({ lower, most }) => lower.length + most)),
      ...(large && { from: first, to: `${first}\u{10FFFF}` }),
    }) as Iterable<[string, number]>;
    for (const [term, doc] of found) {
      const termLetters = letters(term);
      for (const word of some) {
        if (!mayBeNear(termLetters, word.letters, word.most)) continue;
        const { best } = word;
        const distance = slips(word.lower, term, best ? best.distance : word.most);
        if (distance > word.most || (best && (distance > best.distance || (distance === best.distance && doc <= best.doc)))) continue;
        if (digitsOf(term) === word.digits) word.best = { term, distance, doc };
      }
    }
  }
  return words.map((word, index) => unknown[index]?.best?.term ?? word);
}

function isLarge(database: Database): boolean {
  return (
    (prepared(database, "SELECT ifnull(sum(n), 0) FROM main.tally WHERE kind = 'object'").pluck().get() as number) > MOST_LOOKED_THROUGH
  );
}

/** Which characters a text has, folded into 32 bits. */
function letters(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at++) bits |= 1 << (text.charCodeAt(at) & 31);
  return bits;
}

/** False where two texts surely lie further apart: a slip takes at most one character away and brings one. */
function mayBeNear(a: number, b: number, most: number): boolean {
  let bits = a ^ b;
  let count = 0;
  for (; bits !== 0; bits &= bits - 1) count++;
  return count <= 2 * most;
}

/** Damerau-Levenshtein distance (optimal string alignment); more than `most` is only known to be more. */
export function slips(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, (last[j - 1] as number) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] as number) + 1);
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > most) return most + 1;
    before = last;
    last = row;
  }
  return last[b.length] as number;
}
