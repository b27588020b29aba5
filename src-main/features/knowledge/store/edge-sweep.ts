import type { Rows } from './rows.ts';
import { RETIRED } from './state.ts';

/** Entries between two yields: some 20 ms. */
const A_SLICE = 4_096;

export type EdgeSweep = ReturnType<typeof createEdgeSweep>;

/**
 * Edges of relationships whose rows were taken back or done again. They wait (16 bytes each) and are brought into step
 * in the order of the tree, many at a time: one by one each would rewrite pages of its own (docs/adr/0016).
 */
export function createEdgeSweep(rows: Rows) {
  /** Four numbers each: key of the relationship, source, type, target. */
  let waiting = new Int32Array(4 * 1024);
  let count = 0;

  const clear = () => {
    count = 0;
    if (waiting.length > 4 * 65_536) waiting = new Int32Array(4 * 1024);
  };

  return {
    clear,
    waiting: () => count,
    push(key: number, src: number, type: number, dst: number) {
      if (count * 4 === waiting.length) {
        const before = waiting;
        waiting = new Int32Array(before.length * 2);
        waiting.set(before);
      }
      waiting.set([key, src, type, dst], count++ * 4);
    },
    /** Makes each waiting edge as the row of its relationship says; the row has the last word. Pauses every some thousand. */
    *sweep(): Generator<void> {
      const order = new Float64Array(count);
      // 2^20 places a key: exact below 2^53 for keys of 31 bits and sweeps of a million.
      for (let at = 0; at < count; at++) order[at] = (waiting[at * 4 + 1] as number) * 2 ** 20 + at;
      let done = 0;
      for (const place of order.sort()) {
        const at = (place % 2 ** 20) * 4;
        const [key, src, type, dst] = [waiting[at], waiting[at + 1], waiting[at + 2], waiting[at + 3]] as [number, number, number, number];
        const row = rows.relationshipEnds(key);
        const stands = row !== undefined && !(row.state & RETIRED) && row.src === src && row.type === type && row.dst === dst;
        if (stands) rows.addEdge(src, type, dst, key);
        else rows.removeEdge(src, type, dst, key);
        if (++done % A_SLICE === 0) yield;
      }
      clear();
    },
  };
}
