import { sql } from 'kysely';
import type { SearchAnswer } from '#shared/contract/knowledge.ts';
import type { Database } from '#main/platform/database/database.ts';
import { all, prepared } from '#main/platform/database/sql.ts';
import { type Filters, matching } from './filters.ts';
import { correctedWords, nearNames } from './slips.ts';
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

/**
 * Words, names, aliases and ids, best first. Where no name, alias or id matches, one or two slips of
 * the keyboard are forgiven: entities of nearly this name come first, then what the words found.
 */
export function search(database: Database, params: SearchParams): SearchAnswer {
  const words = wordsOf(params.text);
  if (words.length === 0) return { results: [], shown: 0, total: 0, types: [] };
  const match = matchText(words);
  if (isNamed(database, match)) return answer(database, params, match);

  const near = nearNames(database, params.text);
  const exact = answer(database, params, match, near);
  if (exact.total > near.size) return withCorrection(exact, near, undefined);
  const corrected = correctedWords(database, words);
  const changed = corrected.join(' ') === words.join(' ') ? undefined : corrected.join(' ');
  if (changed === undefined) return withCorrection(exact, near, undefined);
  const second = answer(database, { ...params, text: changed }, matchText(corrected), near);
  return second.total > 0 ? withCorrection(second, near, changed) : exact;
}

/** Whether the words match in a name, an alias or an id, and not only in a text. */
function isNamed(database: Database, match: string): boolean {
  return prepared(database, 'SELECT 1 FROM search WHERE search MATCH ? LIMIT 1').get(`{name aliases ids} : (${match})`) !== undefined;
}

type Near = ReturnType<typeof nearNames>;

function withCorrection(answer: SearchAnswer, near: Near, words: string | undefined): SearchAnswer {
  const [nearest] = near.values();
  const corrected = nearest?.name ?? words;
  return corrected === undefined || answer.total === 0 ? answer : { ...answer, corrected };
}

function answer(database: Database, params: SearchParams, match: string, near: Near = new Map()): SearchAnswer {
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
  const matched = hits[0]?.matches ?? 0;
  const found = new Set(hits.map(({ key }) => key));
  const others = [...near.keys()].filter((key) => !found.has(key));
  if (others.length > 0)
    hits.push(
      ...all(
        database,
        matching(params)
          .where('o.id', 'in', sql<number>`(SELECT value FROM json_each(${JSON.stringify(others)}))`)
          .select(['o.id as key', 't.value as type', 'o.uuid', 'o.state', 'o.name', 'o.external_id', 'o.modified', 'c.tlp'])
          .select([sql<number>`0`.as('rank'), sql<number>`0`.as('matches')]),
      ),
    );
  const degrees = degreesOf(
    database,
    hits.map(({ key }) => key),
  );
  const aliases = new Set(prepared(database, 'SELECT object FROM alias WHERE name = ?').pluck().all(params.text.trim()) as number[]);
  const exact = params.text.trim().toLowerCase();
  const scored = hits
    .map((row) => ({ row, score: scoreOf(row, degrees.get(row.key) ?? 0, exact, aliases) + nearness(near.get(row.key)) }))
    .sort((a, b) => b.score - a.score || (a.row.name ?? '').localeCompare(b.row.name ?? '', 'en') || a.row.key - b.row.key);
  const counts = new Map<string, number>();
  for (const { row } of scored) counts.set(row.type, (counts.get(row.type) ?? 0) + 1);
  const total = matched + hits.length - found.size;
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

const nearness = (near: { distance: number } | undefined) => (near ? 300 - 100 * near.distance : 0);

/** At most 12 words of letters and digits; everything else separates, as in the index. */
function wordsOf(text: string): string[] {
  return (text.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).slice(0, 12);
}

/** All words, the last as a prefix. Words are quoted: nothing a user types is query syntax. */
function matchText(words: readonly string[]): string {
  return words.map((word, index) => (index === words.length - 1 ? `"${word}"*` : `"${word}"`)).join(' ');
}
