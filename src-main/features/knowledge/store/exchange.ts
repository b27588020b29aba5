import type { Database } from '#main/platform/database/database.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { uuidText } from './codec.ts';
import { chunkHash, lineOf } from './writer.ts';
import { decodeObject, decodeRelationship } from './codec.ts';
import { type Log, type Operation, operationFrom, type OperationRow } from './log.ts';
import type { Materializer } from './materialize.ts';
import type { Operations } from './operations.ts';
import type { Rows, StoredObject } from './rows.ts';
import { flagsOf, heldSql, LAYER, mergeOf, PARTIAL, partialOf } from './state.ts';

/** An operation on its way to another device, with the objects of a chunk, which the log itself does not repeat. */
export interface Carried {
  readonly operation: Operation;
  readonly objects?: readonly CarriedObject[];
}

export interface CarriedObject {
  readonly object: StixObject;
  readonly partial: boolean;
  readonly merge?: boolean;
}

export type Exchange = ReturnType<typeof createExchange>;

type OpRow = OperationRow & { readonly id: number; readonly object: number | null };

const SELECT = `SELECT op.id, d.uuid AS device, op.seq, op.clock, op.kind, op.object, op.property, op.value, op.base, op.action,
  i.uuid AS import, op.hash, op.count, op.branch, op.actor
  FROM op JOIN device d ON d.id = op.device LEFT JOIN import i ON i.id = op.import`;

/** The log between devices: what another one lacks, and taking over what it sends, in any order. */
export function createExchange(database: Database, rows: Rows, log: Log, materializer: Materializer, operations: Operations) {
  const selectHeads = database.prepare(
    'SELECT d.uuid AS device, max(op.seq) AS seq FROM op JOIN device d ON d.id = op.device GROUP BY d.id',
  );
  const selectAfter = database.prepare(`${SELECT} WHERE d.uuid = ? AND op.seq > ? ORDER BY op.seq LIMIT ?`);
  const selectOne = database.prepare(`${SELECT} WHERE op.id = ?`);
  const selectDevices = database.prepare('SELECT uuid FROM device').pluck();
  const objectsOfOp = database.prepare(`SELECT id FROM object WHERE op = ? AND ${heldSql('state')}`).pluck();
  const relationshipsOfOp = database.prepare(`SELECT id FROM relationship WHERE op = ? AND ${heldSql('state')}`).pluck();
  const versionsOfOp = database.prepare('SELECT flags, body FROM version WHERE op = ?');
  const insertVersion = database.prepare('INSERT INTO version (object, op, flags, body) VALUES (?, ?, ?, ?)');
  const insertPending = database.prepare('INSERT OR IGNORE INTO pending_op (device, seq, body) VALUES (?, ?, ?)');
  const takePending = database.prepare('DELETE FROM pending_op WHERE device = ? AND seq = ? RETURNING body').pluck();
  const selectImport = database.prepare('SELECT id FROM import WHERE uuid = ?').pluck();
  const insertImport = database.prepare(
    "INSERT INTO import (uuid, kind, source, format, sha256, started, finished, state) VALUES (?, 'sync', ?, 'operations', '', ?, ?, 'done')",
  );

  /** Device -> newest sequence number known here. */
  const heads = (): Map<string, number> =>
    new Map((selectHeads.all() as { device: string; seq: number }[]).map(({ device, seq }) => [device, seq]));

  /** The whole-object writes of one operation, wherever they are held now. */
  const objectsOf = (op: number): CarriedObject[] => {
    const objects: CarriedObject[] = [];
    for (const key of objectsOfOp.all(op) as number[]) {
      const row = rows.object(key) as StoredObject;
      objects.push({ object: decodeObject(row), ...kindOf(row.state) });
    }
    for (const key of relationshipsOfOp.all(op) as number[]) {
      const row = rows.relationship(key);
      if (row) objects.push({ object: decodeRelationship(row), ...kindOf(row.state) });
    }
    for (const { flags, body } of versionsOfOp.all(op) as { flags: number; body: string }[])
      objects.push({ object: JSON.parse(body) as StixObject, partial: partialOf(flags), ...(mergeOf(flags) && { merge: true }) });
    return objects;
  };

  const operationOf = (row: OpRow): Operation => operationFrom(row, row.object === null ? undefined : idOf(row.object));

  const idOf = (key: number): string => {
    const relationship = rows.relationship(key);
    return relationship ? `relationship--${uuidText(relationship.uuid)}` : rows.idOf(key);
  };

  /** At most `limit` operations that a device with these heads does not know, each device's in order. */
  const after = (known: ReadonlyMap<string, number>, limit: number): Carried[] => {
    const carried: Carried[] = [];
    for (const device of selectDevices.all() as string[]) {
      if (carried.length >= limit) break;
      for (const row of selectAfter.all(device, known.get(device) ?? 0, limit - carried.length) as OpRow[]) {
        const operation = operationOf(row);
        carried.push(row.hash ? { operation, objects: objectsOf(row.id) } : { operation });
      }
    }
    return carried;
  };

  /**
   * Takes over operations within the caller's transaction. Known ones are passed over, early ones
   * wait for those before them, chunks whose objects do not match their hash are refused by a sentence.
   */
  const receive = (carried: readonly Carried[]): { taken: number; waiting: number; refused: string[] } => {
    const seen = heads();
    const refused: string[] = [];
    const touched = new Set<number>();
    const undone = new Set<string>();
    let taken = 0;
    let waiting = 0;
    const take = (one: Carried) => {
      const { operation, objects } = one;
      const next = (seen.get(operation.device) ?? 0) + 1;
      if (operation.seq < next) return;
      if (operation.seq > next) {
        waiting += insertPending.run(operation.device, operation.seq, JSON.stringify(one)).changes;
        return;
      }
      if (
        operation.hash !== undefined &&
        chunkHash((objects ?? []).map(({ object }) => lineOf(object))).toString('hex') !== operation.hash
      ) {
        refused.push(`Operation ${operation.seq} of device ${operation.device}: its objects do not match their hash; ask for it again.`);
        return;
      }
      apply(operation, objects ?? [], touched, undone);
      seen.set(operation.device, operation.seq);
      taken++;
      const body = takePending.get(operation.device, operation.seq + 1) as string | undefined;
      if (body !== undefined) take(JSON.parse(body) as Carried);
    };
    for (const one of carried) take(one);
    const takenBack = [...undone].map((action) => operations.settleUndo(action));
    for (const key of touched) materializer.materialize(key);
    for (const keys of takenBack) for (const key of keys) materializer.materialize(key);
    return { taken, waiting, refused };
  };

  const apply = (operation: Operation, objects: readonly CarriedObject[], touched: Set<number>, undone: Set<string>) => {
    const op = log.nextKey();
    const objectKey = operation.object === undefined ? undefined : ensure(operation.object, op);
    const importKey = operation.import === undefined ? undefined : ensureImport(operation.import, operation);
    log.receive(operation, objectKey, importKey);
    if (objectKey !== undefined) touched.add(objectKey);
    for (const carried of objects) {
      const { object } = carried;
      const key = ensure(object.id, op, object);
      insertVersion.run(key, op, flagsOf(carried), JSON.stringify(object));
      touched.add(key);
      if (operation.branch !== 0) operations.ensureNamed(object, op);
    }
    // An undo may come before or after what it undoes.
    const action = operation.kind === 'undo' ? operation.property : operation.action;
    if (action !== undefined && (operation.kind === 'undo' || operations.isUndone(action))) undone.add(action);
  };

  const ensure = (id: string, op: number, object?: StixObject): number => {
    if (!id.startsWith('relationship--')) return rows.ensure(id, op);
    return rows.keyOf(id) ?? rows.placeRelationship(id, op, object);
  };

  const ensureImport = (uuid: string, operation: Operation): number => {
    const at = Math.floor(operation.clock / 1024);
    return (selectImport.get(uuid) as number | undefined) ?? Number(insertImport.run(uuid, operation.actor, at, at).lastInsertRowid);
  };

  return { heads, after, receive, objectsOf, idOf, operation: (key: number) => operationOf(selectOne.get(key) as OpRow) };
}

const kindOf = (state: number) => ({ partial: (state & PARTIAL) !== 0, ...((state & LAYER) !== 0 && { merge: true }) });
