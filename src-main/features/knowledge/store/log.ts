import { createHash } from 'node:crypto';
import type { Database } from '#main/platform/database/database.ts';
import type { Json } from '#shared/domain/knowledge/stix.ts';
import { canonical } from '#shared/domain/knowledge/canonical.ts';

export type OperationKind = 'import' | 'put' | 'set' | 'delete' | 'tag' | 'untag' | 'undo' | 'audit' | 'branch' | 'review';

/** One operation as other devices see it: no local keys. */
export interface Operation {
  readonly device: string;
  readonly seq: number;
  readonly clock: number;
  readonly kind: OperationKind | (string & {});
  /** STIX id of the object it is about; absent for an import chunk, an undo or an audit entry. */
  readonly object?: string;
  readonly property?: string;
  readonly value?: Json;
  /** "clock.device" of the value it replaced. */
  readonly base?: string;
  /** "device:seq" of the first operation of the same user action. */
  readonly action: string;
  /** UUID of the import. */
  readonly import?: string;
  /** SHA-256 (hex) of the objects of a chunk. */
  readonly hash?: string;
  readonly count?: number;
  /** 0: main. Else the first twelve hex digits of the branch's UUID as a number, the same on every device. */
  readonly branch: number;
  readonly actor: string;
}

export interface NewOperation {
  readonly kind: OperationKind;
  readonly object?: { readonly key: number; readonly id: string };
  readonly property?: string;
  readonly value?: Json;
  readonly base?: string;
  readonly action?: string;
  readonly import?: { readonly key: number; readonly uuid: string };
  readonly hash?: Buffer;
  readonly count?: number;
  /** 0, main, unless told. */
  readonly branch?: number;
}

export interface Written {
  readonly key: number;
  readonly dot: { readonly clock: number; readonly device: string };
  readonly action: string;
}

export interface Log {
  readonly device: string;
  /** Writes an own operation at the end of the chain; within the caller's transaction. */
  append(operation: NewOperation): Written;
  /** Takes over another device's operation; the caller has checked that it is the next of that device. */
  receive(operation: Operation, objectKey: number | undefined, importKey: number | undefined): number;
  /** The key an operation will get that is appended next, for rows that are written before it. */
  nextKey(): number;
  /** Where the log ends: number and link of the newest operation. */
  end(): { readonly key: number; readonly chain: Buffer };
  /** Reads the ends of the log anew, after a rollback. */
  reset(): void;
}

/** The counter's room within one millisecond of the hybrid logical clock. */
export const CLOCK_STEP = 1024;

const EMPTY = Buffer.alloc(32);

export function createLog(database: Database, options: { device: string; actor: string; now: () => number }): Log {
  const insertDevice = database.prepare('INSERT INTO device (uuid, own) VALUES (?, ?)');
  const selectDevice = database.prepare('SELECT id FROM device WHERE uuid = ?').pluck();
  const insert = database.prepare(
    `INSERT INTO op (id, device, seq, clock, kind, object, property, value, base, action, import, hash, count, branch, actor, chain)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const selectEnd = database.prepare('SELECT id, chain FROM op ORDER BY id DESC LIMIT 1');
  const selectSeq = database.prepare('SELECT max(seq) FROM op WHERE device = ?').pluck();
  const selectClock = database.prepare('SELECT max(clock) FROM op').pluck();

  const deviceKeys = new Map<string, number>();
  const deviceKey = (uuid: string): number => {
    let key = deviceKeys.get(uuid) ?? (selectDevice.get(uuid) as number | undefined);
    key ??= Number(insertDevice.run(uuid, uuid === options.device ? 1 : 0).lastInsertRowid);
    deviceKeys.set(uuid, key);
    return key;
  };

  let end = { key: 0, chain: EMPTY as Buffer };
  let seq = 0;
  let clock = 0;
  const reset = () => {
    deviceKeys.clear();
    const last = selectEnd.get() as { id: number; chain: Buffer } | undefined;
    end = last ? { key: last.id, chain: last.chain } : { key: 0, chain: EMPTY };
    seq = (selectSeq.get(deviceKey(options.device)) as number | null) ?? 0;
    clock = (selectClock.get() as number | null) ?? 0;
  };
  reset();

  const write = (operation: Operation, objectKey: number | undefined, importKey: number | undefined): number => {
    const key = end.key + 1;
    const chain = chained(end.chain, operation);
    insert.run(
      key,
      deviceKey(operation.device),
      operation.seq,
      operation.clock,
      operation.kind,
      objectKey ?? null,
      operation.property ?? null,
      operation.value === undefined ? null : canonical(operation.value),
      operation.base ?? null,
      operation.action,
      importKey ?? null,
      operation.hash === undefined ? null : Buffer.from(operation.hash, 'hex'),
      operation.count ?? null,
      operation.branch,
      operation.actor,
      chain,
    );
    end = { key, chain };
    return key;
  };

  return {
    device: options.device,
    nextKey: () => end.key + 1,
    end: () => end,
    reset,
    append(wanted) {
      // Never behind what was seen, never refusing a clock that jumped (house rule: show drift, do not refuse).
      clock = Math.max(options.now() * CLOCK_STEP, clock + 1);
      seq += 1;
      const operation: Operation = {
        device: options.device,
        seq,
        clock,
        kind: wanted.kind,
        ...(wanted.object && { object: wanted.object.id }),
        ...(wanted.property !== undefined && { property: wanted.property }),
        ...(wanted.value !== undefined && { value: wanted.value }),
        ...(wanted.base !== undefined && { base: wanted.base }),
        action: wanted.action ?? `${options.device}:${seq}`,
        ...(wanted.import && { import: wanted.import.uuid }),
        ...(wanted.hash && { hash: wanted.hash.toString('hex') }),
        ...(wanted.count !== undefined && { count: wanted.count }),
        branch: wanted.branch ?? 0,
        actor: options.actor,
      };
      const key = write(operation, wanted.object?.key, wanted.import?.key);
      return { key, dot: { clock, device: options.device }, action: operation.action };
    },
    receive(operation, objectKey, importKey) {
      clock = Math.max(clock, operation.clock);
      return write(operation, objectKey, importKey);
    },
  };
}

/** The columns of `op`, with the UUIDs of its device and import. */
export interface OperationRow {
  readonly device: string;
  readonly seq: number;
  readonly clock: number;
  readonly kind: string;
  readonly property: string | null;
  readonly value: string | null;
  readonly base: string | null;
  readonly action: string;
  readonly import: string | null;
  readonly hash: Buffer | null;
  readonly count: number | null;
  readonly branch: number;
  readonly actor: string;
}

/** A row as the operation that the chain was made over; `object` is the STIX id it is about. */
export function operationFrom(row: OperationRow, object: string | undefined): Operation {
  return {
    device: row.device,
    seq: row.seq,
    clock: row.clock,
    kind: row.kind,
    ...(object !== undefined && { object }),
    ...(row.property !== null && { property: row.property }),
    ...(row.value !== null && { value: JSON.parse(row.value) as Json }),
    ...(row.base !== null && { base: row.base }),
    action: row.action,
    ...(row.import !== null && { import: row.import }),
    ...(row.hash !== null && { hash: row.hash.toString('hex') }),
    ...(row.count !== null && { count: row.count }),
    branch: row.branch,
    actor: row.actor,
  };
}

/** The UUID of this workspace's own device in its log, made at the first opening. */
export function ownDevice(database: Database, newId: () => string): string {
  return (database.prepare('SELECT uuid FROM device WHERE own = 1 ORDER BY id DESC').pluck().get() as string | undefined) ?? newId();
}

/**
 * What comes from a copy goes on as a new device: numbers that the old one gave after the copy was
 * made, and perhaps told others, are never given twice. The old one stays ours in the log.
 */
export function startNewDevice(database: Database, uuid: string): void {
  database.prepare('INSERT INTO device (uuid, own) VALUES (?, 1)').run(uuid);
}

/** The audit chain: SHA-256 over the previous link and the operation's canonical JSON. */
export function chained(previous: Uint8Array, operation: Operation): Buffer {
  return createHash('sha256')
    .update(previous)
    .update(canonical(operation as unknown as Json))
    .digest();
}
