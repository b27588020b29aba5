import { useCallback, useEffect, useRef, useState } from 'react';
import { asContractError, type RedoubtClient, useClient, useQuery } from '#renderer/client/index.ts';

interface Page<R> {
  rows: R[];
  total: number;
  atLeast?: true | undefined;
  /** Where the next page begins; far cheaper than an offset in a long list. */
  next?: string | undefined;
}

export const pageSize = 100;

/**
 * A long list of which only the pages in sight are loaded. `key` names the question: when it or the
 * graph changes, all pages are forgotten. The first page is asked at once and tells the total. A page
 * whose predecessor is here is asked from its end; one far away, by its offset.
 */
export function usePages<R>(
  ask: (client: RedoubtClient, offset: number, limit: number, signal?: AbortSignal, after?: string) => Promise<Page<R>>,
  key: string,
  refreshOn: 'graph' | 'matches' = 'graph',
) {
  const client = useClient();
  const first = useQuery((on, signal) => ask(on, 0, pageSize, signal), [key], { refreshOn });
  const [pages, setPages] = useState<ReadonlyMap<number, R[]>>(new Map());
  const asked = useRef(new Set<number>());
  const nexts = useRef(new Map<number, string>());
  const generation = useRef(0);
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    generation.current++;
    asked.current = new Set([0]);
    nexts.current = new Map(first.data?.next === undefined ? [] : [[1, first.data.next]]);
    setPages(new Map(first.data ? [[0, first.data.rows]] : []));
  }, [first.data]);
  const onRange = useCallback(
    (from: number, to: number) => {
      const now = generation.current;
      for (let page = Math.floor(from / pageSize); page <= Math.floor(to / pageSize); page++) {
        if (asked.current.has(page)) continue;
        asked.current.add(page);
        const after = nexts.current.get(page);
        latest.current(client, after === undefined ? page * pageSize : 0, pageSize, undefined, after).then(
          ({ rows, next }) => {
            if (now !== generation.current) return;
            if (next !== undefined) nexts.current.set(page + 1, next);
            setPages((old) => new Map(old).set(page, rows));
          },
          () => asked.current.delete(page),
        );
      }
    },
    [client],
  );
  return {
    total: first.data?.total ?? 0,
    /** There are more than `total`; filters reach them. */
    atLeast: first.data?.atLeast,
    loading: first.loading,
    loaded: first.data !== undefined,
    error: first.error ? asContractError(first.error) : undefined,
    reload: first.reload,
    row: (index: number): R | undefined => pages.get(Math.floor(index / pageSize))?.[index % pageSize],
    onRange,
  };
}
