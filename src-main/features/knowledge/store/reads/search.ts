import type { SearchAnswer } from '#shared/contract/knowledge.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import type { Filters } from './filters.ts';
import { type NodeFilter, nodeFilter } from './list-filter.ts';
import { correctedWords, nearNames } from './slips.ts';
import { SUMMARY_COLUMNS, type SummaryRow, summaryOf } from './summary.ts';

interface SearchParams extends Filters {
  readonly text: string;
  readonly limit: number;
  readonly offset: number;
}

/** Matches ranked by their words; where there are more, those by name come first, and words weigh nothing among them. */
const MOST_RANKED = 2_000;
/** Matches counted one by one; past it a total is a least one. */
const MOST_MATCHED = 10_000;
/** Of each way to be found first, where not all are ranked. */
const MOST_BEGINNING = 200;
const MOST_NAMED = 800;
/** Names met to see whether enough begin with a letter: a filter that few pass must not walk them all. */
const MOST_MET = 20_000;
/** Name and ids weigh more than the body of a text. */
const RANK = 'bm25(search, 10.0, 8.0, 12.0, 1.0)';

interface Hit extends SummaryRow {
  readonly degree: number;
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
  if (isLetter(params.text, words)) {
    const byName = answerByName(database, params);
    if (byName) return byName;
  }
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

/** One sign alone: the full text has no index of it and would join the matches of every word that begins so. */
function isLetter(text: string, words: readonly string[]): boolean {
  const [word = ''] = words;
  return words.length === 1 && [...word].length === 1 && text.trim() === word;
}

/**
 * What begins with this letter by name, id or alias, without the full text; undefined where too few names do, so
 * that the words are worth asking. Each of them matches by words as well: their number is a least one.
 */
function answerByName(database: Database, params: SearchParams): SearchAnswer | undefined {
  const filter = nodeFilter(params);
  const text = params.text.trim();
  const total = prepared(
    database,
    `SELECT count(*) FROM (SELECT 1 FROM (SELECT o.id FROM object o WHERE ${NAME_BEGINS} LIMIT ${MOST_MET}) o
     CROSS JOIN node n ON n.id = o.id WHERE ${filter.check} LIMIT ${MOST_MATCHED})`,
  )
    .pluck()
    .get({ ...filter.params, text, end: endOf(text) }) as number;
  if (total <= MOST_RANKED) return undefined;
  return answerOf(database, params, beginningWith(database, filter, text, MOST_NAMED), { total, atLeast: true });
}

function answer(database: Database, params: SearchParams, match: string, near?: Near): SearchAnswer {
  const filter = nodeFilter(params);
  const matched = matchesOf(database, filter, match);
  const ranks = matched.total > MOST_RANKED ? firstOf(database, filter, match, params.text.trim()) : rankedOf(database, filter, match);
  return answerOf(database, params, ranks, matched, near);
}

type Matched = ReturnType<typeof matchesOf>;

function answerOf(
  database: Database,
  params: SearchParams,
  ranks: Map<number, number>,
  matched: Matched,
  near: Near = new Map(),
): SearchAnswer {
  const filter = nodeFilter(params);
  const text = params.text.trim();
  const found = ranks.size;
  const others = [...near.keys()].filter((key) => !ranks.has(key));
  for (const key of passing(database, filter, others)) ranks.set(key, 0);
  const hits = hitsOf(database, ranks);
  const aliases = new Set(prepared(database, 'SELECT object FROM alias WHERE name = ?').pluck().all(text) as number[]);
  const exact = text.toLowerCase();
  const scored = hits
    .map((row) => ({ row, score: scoreOf(row, exact, aliases) + nearness(near.get(row.key)) }))
    .sort((a, b) => b.score - a.score || (a.row.name ?? '').localeCompare(b.row.name ?? '', 'en') || a.row.key - b.row.key);
  const counts = new Map<string, number>();
  for (const { row } of scored) counts.set(row.type, (counts.get(row.type) ?? 0) + 1);
  const page = scored.slice(params.offset, params.offset + params.limit);
  return {
    results: page.map(({ row }) => ({ ...summaryOf(row), ...(aliases.has(row.key) && { matched: `alias “${text}”` }) })),
    shown: page.length,
    ...matched,
    total: matched.total + ranks.size - found,
    types: [...counts].map(([value, count]) => ({ value, label: value, count })).sort((a, b) => b.count - a.count),
  };
}

const MATCHES = 'FROM search CROSS JOIN node n ON n.id = search.rowid WHERE search MATCH @match';

function matchesOf(database: Database, filter: NodeFilter, match: string): { total: number; atLeast?: true } {
  const sql = `SELECT count(*) FROM (SELECT 1 ${MATCHES} AND ${filter.check} LIMIT ${MOST_MATCHED + 1})`;
  const total = prepared(database, sql)
    .pluck()
    .get({ ...filter.params, match }) as number;
  return total > MOST_MATCHED ? { total: MOST_MATCHED, atLeast: true } : { total };
}

/** All matches by how well their words fit. */
function rankedOf(database: Database, filter: NodeFilter, match: string): Map<number, number> {
  const sql = `SELECT n.id, ${RANK} ${MATCHES} AND ${filter.check}`;
  return new Map(
    prepared(database, sql)
      .raw()
      .all({ ...filter.params, match }) as [number, number][],
  );
}

const NAME_BEGINS = 'o.name >= @text COLLATE NOCASE AND o.name < @end COLLATE NOCASE';
const endOf = (text: string) => `${text}\u{10FFFF}`;

/** Whose name, id or alias begins so: at most `most` by name and 200 by each of the others, in their order. */
function beginningWith(database: Database, filter: NodeFilter, text: string, most: number): Map<number, number> {
  const ranks = new Map<number, number>();
  for (const [from, limit] of [
    [`object o CROSS JOIN node n ON n.id = o.id WHERE ${NAME_BEGINS}`, most],
    ['object o CROSS JOIN node n ON n.id = o.id WHERE o.external_id >= @text AND o.external_id < @end', MOST_BEGINNING],
    ['alias a CROSS JOIN node n ON n.id = a.object WHERE a.name >= @text AND a.name < @end', MOST_BEGINNING],
  ] as const) {
    const sql = `SELECT n.id FROM ${from} AND ${filter.check} LIMIT ${limit}`;
    for (const key of keysOf(database, sql, { ...filter.params, text, end: endOf(text) })) ranks.set(key, -8);
  }
  return ranks;
}

/** Of too many matches those that are meant first: whose name, alias or id begins so, then whose name has the words. */
function firstOf(database: Database, filter: NodeFilter, match: string, text: string): Map<number, number> {
  const ranks = beginningWith(database, filter, text, MOST_BEGINNING);
  const some = `SELECT n.id ${MATCHES} AND ${filter.check} LIMIT ${MOST_NAMED}`;
  const add = (words: string, rank: number) => {
    for (const key of keysOf(database, some, { ...filter.params, match: words })) if (!ranks.has(key)) ranks.set(key, rank);
  };
  add(`{name aliases ids} : (${match})`, -6);
  if (ranks.size < MOST_NAMED) add(match, -1);
  return ranks;
}

function keysOf(database: Database, sql: string, params: NodeFilter['params']): number[] {
  return prepared(database, sql).pluck().all(params) as number[];
}

function passing(database: Database, filter: NodeFilter, keys: readonly number[]): number[] {
  if (keys.length === 0) return [];
  return prepared(database, `SELECT n.id FROM json_each(@keys) j CROSS JOIN node n ON n.id = j.value WHERE ${filter.check}`)
    .pluck()
    .all({ ...filter.params, keys: JSON.stringify(keys) }) as number[];
}

function hitsOf(database: Database, ranks: ReadonlyMap<number, number>): Hit[] {
  const rows = prepared(
    database,
    `SELECT ${SUMMARY_COLUMNS}, n.degree FROM json_each(?) j CROSS JOIN object o ON o.id = j.value JOIN node n ON n.id = o.id
     JOIN term t ON t.id = o.type JOIN term c ON c.id = o.common`,
  ).all(JSON.stringify([...ranks.keys()])) as Omit<Hit, 'rank'>[];
  return rows.map((row) => ({ ...row, rank: ranks.get(row.key) as number }));
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

function scoreOf(row: Hit, exact: string, aliases: ReadonlySet<number>): number {
  const name = (row.name ?? '').toLowerCase();
  const externalId = row.external_id?.toLowerCase();
  let score = -row.rank + (typeWeight[row.type] ?? 0) + Math.log2(1 + row.degree) / 2;
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
