import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { decodeObject, decodeRelationship, type ObjectRow, type RelationshipRow, dashedId } from '../codec.ts';
import { chained, operationFrom, type OperationRow } from '../log.ts';
import { heldSql } from '../state.ts';
import { chunkHash, lineOf } from '../writer.ts';

type OpRow = OperationRow & { readonly id: number; readonly objectId: string | null; readonly chain: Buffer };

export interface LogVerification {
  readonly operations: number;
  readonly head: string;
  readonly problems: string[];
}

const MOST_PROBLEMS = 100;

/**
 * Recomputes the audit chain link by link, the gapless numbers of every device, and the hash of
 * every import chunk from the rows that hold its objects now; and reads every page of the file,
 * so that damage shows in tables too that the chain does not cover.
 */
export function verifyLog(database: Database): LogVerification {
  const log = verifyLogPart(database, {});
  const problems = [...log.problems];
  for (const table of tablesOf(database)) problems.push(...verifyTable(database, { table }));
  return { operations: log.operations, head: log.head, problems: problems.slice(0, MOST_PROBLEMS) };
}

/** Where a check of the log goes on: what the parts before it came to. */
export interface LogPart {
  readonly operations: number;
  /** Hex. */
  readonly head: string;
  /** Device and its newest number. */
  readonly seqs: readonly (readonly [string, number])[];
}

/** One part of it, of about so many milliseconds; `through` says whether it reached the end. `total` operations are there. */
export function verifyLogPart(
  database: Database,
  { after, milliseconds }: { readonly after?: LogPart | undefined; readonly milliseconds?: number },
): LogPart & { readonly through: boolean; readonly total: number; readonly problems: string[] } {
  const problems: string[] = [];
  const say = (problem: string) => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
  };
  const until = milliseconds === undefined ? undefined : performance.now() + milliseconds;
  const ops = database
    .prepare(
      `SELECT op.id, d.uuid AS device, op.seq, op.clock, op.kind, op.property, op.value, op.base, op.action, i.uuid AS import, op.hash, op.count,
        op.branch, op.actor, op.chain,
        CASE WHEN o.id IS NOT NULL THEN t.value || '--' || lower(hex(o.uuid)) WHEN r.id IS NOT NULL THEN 'relationship--' || lower(hex(r.uuid)) END AS objectId
       FROM op JOIN device d ON d.id = op.device LEFT JOIN import i ON i.id = op.import
       LEFT JOIN object o ON o.id = op.object LEFT JOIN term t ON t.id = o.type LEFT JOIN relationship r ON r.id = op.object WHERE op.id > ? ORDER BY op.id`,
    )
    .iterate(after?.operations ?? 0) as IterableIterator<OpRow>;
  let chain: Uint8Array = after ? Buffer.from(after.head, 'hex') : Buffer.alloc(32);
  let operations = after?.operations ?? 0;
  const seqs = new Map<string, number>(after?.seqs);
  let through = true;
  for (const row of ops) {
    operations++;
    if (row.id !== operations) say(`Operation ${operations} is missing: the log goes on at ${row.id}.`);
    const expected = (seqs.get(row.device) ?? 0) + 1;
    if (row.seq !== expected) say(`Device ${row.device} has a gap before its operation ${row.seq}.`);
    seqs.set(row.device, row.seq);
    if (!chained(chain, operationFrom(row, row.objectId === null ? undefined : dashedId(row.objectId))).equals(row.chain))
      say(`Operation ${row.id} (${row.kind}) was changed after it was written.`);
    chain = row.chain;
    if (row.hash) {
      const found = linesOf(database, row.id);
      if (found.length !== row.count) say(`Operation ${row.id} wrote ${row.count} objects; ${found.length} are here.`);
      else if (!chunkHash(found).equals(row.hash)) say(`An object that operation ${row.id} wrote was changed outside the log.`);
    }
    if (until === undefined || performance.now() < until) continue;
    through = false;
    break;
  }
  const total = database.prepare('SELECT count(*) FROM op').pluck().get() as number;
  return { operations, head: Buffer.from(chain).toString('hex'), seqs: [...seqs], problems, through, total };
}

/** Reads every page of one table and its indexes; what is wrong, in words. */
export function verifyTable(database: Database, { table }: { readonly table: string }): string[] {
  if (!tablesOf(database).includes(table)) return [];
  if (database.pragma(`quick_check('${table}')`, { simple: true }) === 'ok') return [];
  return [`A page of the table “${table}” is damaged in the database file; restore the folder from a backup.`];
}

/** Without the virtual ones: full text on a connection that lasts checks itself against what it remembers, and cries wolf. Its pages lie in tables of its own. */
export function tablesOf(database: Database): string[] {
  return database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name").pluck().all() as string[];
}

function linesOf(database: Database, op: number): string[] {
  const objects = prepared(
    database,
    `SELECT t.value AS type, o.uuid, o.state, o.name, o.created, o.modified, c.value AS common, o.rest
     FROM object o JOIN term t ON t.id = o.type JOIN term c ON c.id = o.common WHERE o.op = ? AND ${heldSql('o.state')}`,
  ).all(op) as ObjectRow[];
  const relationships = prepared(
    database,
    `SELECT r.uuid, t.value AS type, r.created, r.modified, c.value AS common, r.rest,
       st.value || '--' || lower(hex(s.uuid)) AS source, dt.value || '--' || lower(hex(d.uuid)) AS target
     FROM relationship r JOIN term t ON t.id = r.type JOIN term c ON c.id = r.common
     JOIN object s ON s.id = r.src JOIN term st ON st.id = s.type JOIN object d ON d.id = r.dst JOIN term dt ON dt.id = d.type
     WHERE r.op = ? AND ${heldSql('r.state')}`,
  ).all(op) as RelationshipRow[];
  const kept = prepared(database, 'SELECT body FROM version WHERE op = ?').pluck().all(op) as string[];
  return [
    ...objects.map((row) => lineOf(decodeObject(row))),
    ...relationships.map((row) => lineOf(decodeRelationship({ ...row, source: dashedId(row.source), target: dashedId(row.target) }))),
    ...kept.map((body) => lineOf(JSON.parse(body) as StixObject)),
  ];
}
