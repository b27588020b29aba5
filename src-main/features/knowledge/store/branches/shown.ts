import type { SearchAnswer } from '#shared/contract/knowledge.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { CLOCK_STEP } from '../log.ts';
import { search } from '../reads/search.ts';
import { RETIRED } from '../state.ts';
import { branchRecord } from './branches.ts';
import { shownAs } from './overlay.ts';
import type { Counted } from './writes.ts';

/** The graph as a branch shows it, or as it was at a moment (a time, or `device:number` of an operation). */
export interface Shown {
  readonly branch?: string | undefined;
  readonly at?: string | undefined;
}

/** Reads that are right over a branch or a moment: a test holds each against a copy in which the operations were applied. */
const SHOWABLE = new Set([
  'knowledge.stats',
  'knowledge.search',
  'knowledge.listEntities',
  'knowledge.facets',
  'knowledge.selection',
  'knowledge.listNamed',
  'knowledge.entity',
  'knowledge.summary',
  'knowledge.versions',
  'knowledge.neighbours',
  'knowledge.resolveKeys',
  'knowledge.hydrate',
  'knowledge.page',
  'coverage.matrix',
  'investigation.briefFacts',
]);

type Read = (database: Database, params: never) => unknown;

/** Any of the reads over a branch or a moment. One that does not know how refuses by a sentence: main's data are never passed off as a branch's. */
export function readShown(reads: Readonly<Record<string, Read>>) {
  return (database: Database, { on, name, params }: { on: Shown; name: string; params: unknown }): unknown => {
    const read = Object.hasOwn(reads, name) ? reads[name] : undefined;
    if (!read) throw new Error(`no read is called ${name}`);
    if (!SHOWABLE.has(name))
      throw new ContractError(
        'unavailable',
        'This cannot be shown on a branch or for a time in the past yet; leave the branch to see it for main.',
      );
    return shownAs(database, countedOf(database, on), (look) => {
      if (name === 'knowledge.search') return searchShown(database, params as SearchParams, look);
      return look('all', () => read(database, params as never));
    });
  };
}

/** Throws `not_found` for a branch or an operation that is not here. */
export function countedOf(database: Database, { branch, at }: Shown): Counted {
  return {
    ...(branch !== undefined && { branch: branchRecord(database, branch).number }),
    ...(at !== undefined && { until: clockOf(database, at) }),
  };
}

/** The clock up to which operations count. Throws `not_found` for an operation that is not here. */
export function clockOf(database: Database, at: string): number {
  const operation = /^([0-9a-f-]{36}):(\d+)$/.exec(at);
  if (!operation) return Date.parse(at) * CLOCK_STEP + CLOCK_STEP - 1;
  const clock = prepared(database, 'SELECT op.clock FROM main.op op JOIN main.device d ON d.id = op.device WHERE d.uuid = ? AND op.seq = ?')
    .pluck()
    .get(operation[1], Number(operation[2])) as number | undefined;
  if (clock === undefined) throw new ContractError('not_found', 'This operation is not in the history; take one that the history lists.');
  return clock;
}

/** Edges and nodes of one question more than the graph's thread would rather build anew. */
const MOST_OVERLAID = 20_000;

/** The edges and nodes in which a branch differs from main: four numbers an edge, three a node, as the graph's thread takes them. */
export function branchOverlay(database: Database, { branch }: { branch: string }): { added: number[]; removed: number[]; nodes: number[] } {
  return shownAs(database, countedOf(database, { branch }), () => {
    const numbers = (sql: string) => (database.prepare(sql).raw().all() as number[][]).flat();
    const columns = 'e.src, e.type, e.dst, e.rel';
    const among = (table: string) =>
      `EXISTS (SELECT 1 FROM ${table} x WHERE x.src = e.src AND x.type = e.type AND x.dst = e.dst AND x.rel = e.rel)`;
    const added = numbers(`SELECT ${columns} FROM temp.shown_edge e WHERE NOT ${among('main.edge')}`);
    const removed = numbers(`SELECT ${columns} FROM temp.shown_gone e WHERE NOT ${among('temp.shown_edge')}`);
    const nodes = numbers(`SELECT id, (state & ${RETIRED}) = 0, type FROM temp.shown_object`);
    if ((added.length + removed.length) / 4 + nodes.length / 3 > MOST_OVERLAID)
      throw new ContractError('too_large', 'This branch differs from main in too many places to walk on it; look at its lists instead.');
    return { added, removed, nodes };
  });
}

type SearchParams = Parameters<typeof search>[1];
type Look = Parameters<Parameters<typeof shownAs>[2]>[0];

/**
 * Full text has no views: what stands as on main is searched there, what differs by an index of its own.
 * Of the two answers whole names and ids come first, then what differs, then the rest, each in its own order.
 */
function searchShown(database: Database, params: SearchParams, look: Look): SearchAnswer {
  const wanted = { ...params, offset: 0, limit: params.offset + params.limit };
  const other = look('other', () => search(database, wanted));
  const same = look('same', () => search(database, wanted));
  // A slip is assumed only where no words match as they stand.
  if (other.total > 0 && same.total > 0 && (other.corrected === undefined) !== (same.corrected === undefined))
    return paged(other.corrected === undefined ? other : same, params);
  const text = params.text.trim().toLowerCase();
  const whole = ({ name, externalId, matched }: SearchAnswer['results'][number]) =>
    matched !== undefined || name.toLowerCase() === text || externalId?.toLowerCase() === text;
  const results = [
    ...other.results.filter(whole),
    ...same.results.filter(whole),
    ...other.results.filter((one) => !whole(one)),
    ...same.results.filter((one) => !whole(one)),
  ];
  const types = new Map<string, SearchAnswer['types'][number]>();
  for (const type of [...other.types, ...same.types])
    types.set(type.value, { ...type, count: type.count + (types.get(type.value)?.count ?? 0) });
  const corrected = other.corrected ?? same.corrected;
  return paged(
    {
      results,
      shown: 0,
      total: other.total + same.total,
      types: [...types.values()].sort((a, b) => b.count - a.count),
      ...(corrected !== undefined && { corrected }),
    },
    params,
  );
}

function paged(answer: SearchAnswer, { offset, limit }: SearchParams): SearchAnswer {
  const results = answer.results.slice(offset, offset + limit);
  return { ...answer, results, shown: results.length };
}
