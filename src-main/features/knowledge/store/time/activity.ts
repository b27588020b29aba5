import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { CLOCK_STEP } from '../log.ts';

interface ActivityParams {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly buckets: number;
}

/** Actions on main and objects written by them, in stretches of time of equal length (milliseconds, the last one not shorter than one). */
export function activity(database: Database, { from, to, buckets }: ActivityParams) {
  const range = prepared(
    database,
    "SELECT min(clock) AS first, max(clock) AS last FROM main.op WHERE branch = 0 AND kind NOT IN ('undo', 'audit')",
  ).get() as { first: number | null; last: number | null };
  const ms = (clock: number | null) => (clock === null ? 0 : Math.floor(clock / CLOCK_STEP));
  const start = from === undefined ? ms(range.first) : Date.parse(from);
  const end = Math.max(start + 1, to === undefined ? ms(range.last) + 1 : Date.parse(to));
  const width = Math.max(1, (end - start) / buckets);
  const rows = prepared(
    database,
    `SELECT min(@buckets - 1, CAST((clock / ${CLOCK_STEP} - @start) / @width AS INTEGER)) AS bucket, count(DISTINCT action) AS actions, sum(ifnull(count, 1)) AS objects
     FROM main.op WHERE branch = 0 AND kind NOT IN ('undo', 'audit') AND clock >= @start * ${CLOCK_STEP} AND clock < (@end + 1) * ${CLOCK_STEP} GROUP BY 1`,
  ).all({ buckets, start, end, width }) as { bucket: number; actions: number; objects: number }[];
  const byBucket = new Map(rows.map((row) => [row.bucket, row]));
  return {
    from: new Date(start).toISOString(),
    to: new Date(end).toISOString(),
    buckets: Array.from({ length: buckets }, (_, index) => ({
      at: new Date(Math.floor(start + index * width)).toISOString(),
      actions: byBucket.get(index)?.actions ?? 0,
      objects: byBucket.get(index)?.objects ?? 0,
    })),
  };
}
