import { sql } from 'kysely';
import type { SearchAnswer } from '#shared/contract/knowledge.ts';
import type { Database } from '#main/platform/database/database.ts';
import { all, prepared } from '#main/platform/database/sql.ts';
import { type Filters, matching } from './filters.ts';
import { type SummaryRow, summaryOf } from './summary.ts';

interface SearchParams extends Filters {
  readonly text: string;
  readonly limit: number;
  readonly offset: number;
}

/** Candidates ranked per search; more matches are counted but not ranked by words. */
const MOST_RANKED = 2_000;
/** Name and ids weigh more than the body of a text. */
const RANK = 'bm25(search, 10.0, 8.0, 12.0, 1.0)';

interface Hit extends SummaryRow {
  readonly rank: number;
}

/** Words, names, aliases and ids, best first. Where nothing matches, one or two slips of the keyboard are forgiven. */
export function search(database: Database, params: SearchParams): SearchAnswer {
  const words = wordsOf(params.text);
  if (words.length === 0) return { results: [], shown: 0, total: 0, types: [] };
  const first = answer(database, params, matchText(words));
  if (first.total > 0) return first;
  const corrected = words.map((word) => nearestWord(database, word) ?? word);
  if (corrected.join(' ') === words.join(' ')) return first;
  const second = answer(database, { ...params, text: corrected.join(' ') }, matchText(corrected));
  return second.total > 0 ? { ...second, corrected: corrected.join(' ') } : first;
}

function answer(database: Database, params: SearchParams, match: string): SearchAnswer {
  // LIMIT -1 keeps the planner from taking the text index apart: it is asked once, for all matches.
  const ranked = sql<{
    rowid: number;
    rank: number;
  }>`(SELECT rowid, ${sql.raw(RANK)} AS rank FROM search WHERE search MATCH ${match} LIMIT -1)`;
  const hits = all(
    database,
    matching(params)
      .innerJoin(ranked.as('hit'), 'hit.rowid', 'o.id')
      .select(['o.id as key', 't.value as type', 'o.uuid', 'o.state', 'o.name', 'o.external_id', 'o.modified', 'c.tlp', 'hit.rank'])
      .select(sql<number>`count(*) OVER ()`.as('matches'))
      .orderBy('hit.rank')
      .limit(MOST_RANKED),
  );
  const degrees = degreesOf(
    database,
    hits.map(({ key }) => key),
  );
  const aliases = new Set(prepared(database, 'SELECT object FROM alias WHERE name = ?').pluck().all(params.text.trim()) as number[]);
  const exact = params.text.trim().toLowerCase();
  const scored = hits
    .map((row) => ({ row, score: scoreOf(row, degrees.get(row.key) ?? 0, exact, aliases) }))
    .sort((a, b) => b.score - a.score || (a.row.name ?? '').localeCompare(b.row.name ?? '', 'en') || a.row.key - b.row.key);
  const counts = new Map<string, number>();
  for (const { row } of scored) counts.set(row.type, (counts.get(row.type) ?? 0) + 1);
  const total = hits[0]?.matches ?? 0;
  const page = scored.slice(params.offset, params.offset + params.limit);
  return {
    results: page.map(({ row }) => ({ ...summaryOf(row), ...(aliases.has(row.key) && { matched: `alias “${params.text.trim()}”` }) })),
    shown: page.length,
    total,
    types: [...counts].map(([value, count]) => ({ value, label: value, count })).sort((a, b) => b.count - a.count),
  };
}

/** How many edges come in, counted up to 1,000. */
function degreesOf(database: Database, keys: readonly number[]): Map<number, number> {
  const rows = prepared(
    database,
    'SELECT j.value, (SELECT count(*) FROM (SELECT 1 FROM edge e WHERE e.dst = j.value LIMIT 1000)) FROM json_each(?) j',
  )
    .raw()
    .all(JSON.stringify(keys)) as [number, number][];
  return new Map(rows);
}

/** What an analyst means first: the thing with this id or name, then threats and techniques, then by words and connections. */
const typeWeight: Readonly<Record<string, number>> = {
  'attack-pattern': 3,
  'intrusion-set': 3,
  'threat-actor': 3,
  malware: 2.5,
  tool: 2,
  campaign: 2,
  vulnerability: 2,
  'x-redoubt-asset': 2.5,
  'course-of-action': 1,
  'x-mitre-tactic': 2,
};

function scoreOf(row: Hit, degree: number, exact: string, aliases: ReadonlySet<number>): number {
  const name = (row.name ?? '').toLowerCase();
  const externalId = row.external_id?.toLowerCase();
  let score = -row.rank + (typeWeight[row.type] ?? 0) + Math.log2(1 + degree) / 2;
  if (externalId === exact) score += 1000;
  else if (name === exact) score += 800;
  else if (aliases.has(row.key)) score += 700;
  else if (externalId?.startsWith(exact)) score += 60;
  else if (name.startsWith(exact)) score += 40;
  if (row.state & 15) score -= 900;
  return score;
}

/** At most 12 words of letters and digits; everything else separates, as in the index. */
function wordsOf(text: string): string[] {
  return (text.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).slice(0, 12);
}

/** All words, the last as a prefix. Words are quoted: nothing a user types is query syntax. */
function matchText(words: readonly string[]): string {
  return words.map((word, index) => (index === words.length - 1 ? `"${word}"*` : `"${word}"`)).join(' ');
}

/** The most frequent word of the index within one slip (two from eight letters on). */
export function nearestWord(database: Database, word: string): string | undefined {
  const lower = word.toLowerCase();
  if (lower.length < 4 || /^\d+$/.test(lower)) return undefined;
  const most = lower.length >= 8 ? 2 : 1;
  const candidates = prepared(
    database,
    "SELECT term, sum(doc) AS doc FROM search_terms WHERE col IN ('name', 'aliases', 'ids') AND length(term) BETWEEN ? AND ? GROUP BY term",
  ).iterate(lower.length - most, lower.length + most) as IterableIterator<{ term: string; doc: number }>;
  let best: { term: string; distance: number; doc: number } | undefined;
  for (const { term, doc } of candidates) {
    const distance = slips(lower, term, best ? Math.min(most, best.distance) : most);
    if (distance > most) continue;
    if (!best || distance < best.distance || (distance === best.distance && doc > best.doc)) best = { term, distance, doc };
  }
  return best?.term;
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
