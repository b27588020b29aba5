import type { Json } from '#shared/domain/knowledge/stix.ts';
import type { Database } from '#main/platform/database/database.ts';
import { dashedId } from '../codec.ts';
import { operationFrom, type OperationRow } from '../log.ts';

type Row = OperationRow & { readonly id: number; readonly objectId: string | null; readonly chain: Buffer };

export interface AuditWanted {
  readonly from?: number;
  readonly newestFirst: boolean;
  readonly kind?: string;
  readonly actor?: string;
  readonly failed: boolean;
  readonly door?: string;
  readonly limit: number;
}

/** Bytes of values in one page: what crosses to the page stays small, whatever was written. */
const MOST_BYTES = 2_000_000;

const FAILED = "op.kind = 'audit' AND op.property = 'commandFailed'";
const DOOR = "json_extract(op.value, '$.door')";

/** A page of the log as the chain was made over it, with what it may be filtered by. */
export function auditLinks(database: Database, wanted: AuditWanted) {
  const { newestFirst, limit, from = newestFirst ? Number.MAX_SAFE_INTEGER : 0 } = wanted;
  const only: string[] = [];
  const values: string[] = [];
  const narrow = (clause: string, value: string | undefined) => {
    if (value === undefined) return;
    only.push(clause);
    values.push(value);
  };
  narrow('op.kind = ?', wanted.kind);
  narrow('op.actor = ?', wanted.actor);
  if (wanted.failed || wanted.door !== undefined) only.push(FAILED);
  narrow(`${DOOR} = ?`, wanted.door);
  const where = only.map((clause) => ` AND ${clause}`).join('');
  const found = database
    .prepare(
      `SELECT op.id, d.uuid AS device, op.seq, op.clock, op.kind, op.property, op.value, op.base, op.action, i.uuid AS import, op.hash, op.count,
        op.branch, op.actor, op.chain,
        CASE WHEN o.id IS NOT NULL THEN t.value || '--' || lower(hex(o.uuid)) WHEN r.id IS NOT NULL THEN 'relationship--' || lower(hex(r.uuid)) END AS objectId
       FROM op JOIN device d ON d.id = op.device LEFT JOIN import i ON i.id = op.import
       LEFT JOIN object o ON o.id = op.object LEFT JOIN term t ON t.id = o.type LEFT JOIN relationship r ON r.id = op.object
       WHERE op.id ${newestFirst ? '<' : '>'} ?${where} ORDER BY op.id ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?`,
    )
    .iterate(from, ...values, limit) as IterableIterator<Row>;
  const rows: { number: number; entry: Record<string, Json>; chain: string }[] = [];
  let bytes = 0;
  for (const row of found) {
    bytes += row.value?.length ?? 0;
    if (rows.length > 0 && bytes > MOST_BYTES) break;
    const entry = operationFrom(row, row.objectId === null ? undefined : dashedId(row.objectId));
    rows.push({ number: row.id, entry: entry as unknown as Record<string, Json>, chain: row.chain.toString('hex') });
  }
  const count = (sql: string, ...given: string[]) =>
    database
      .prepare(sql)
      .pluck()
      .get(...given) as number;
  const groups = (value: string, rest: string) =>
    database
      .prepare(`SELECT ${value} AS value, count(*) AS count FROM op ${rest} GROUP BY 1 HAVING value IS NOT NULL ORDER BY 2 DESC LIMIT 50`)
      .all() as {
      value: string;
      count: number;
    }[];
  const total = count('SELECT count(*) FROM op');
  return {
    rows,
    total,
    matching: only.length === 0 ? total : count(`SELECT count(*) FROM op WHERE 1${where}`, ...values),
    kinds: groups('op.kind', ''),
    actors: groups('op.actor', ''),
    doors: groups(DOOR, `WHERE ${FAILED}`),
  };
}
