import { createHash, createHmac } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

/*
 * SQLite takes a write-ahead log whose end does not match its checksums for one that was cut off,
 * and forgets that end without a word; acknowledged changes may be in it. So the number of
 * operations that were acknowledged stands in a small file too, with a seal over it and the
 * chain's end. It is written after each commit and not synced: the system keeps it when the
 * process dies, and after a power cut it may be older than the database, never newer.
 */

const MAGIC = 'RDBTHEAD';
const RECORD = 80;
const SLOTS = 2;

export interface Acknowledged {
  readonly operations: number;
  /** HMAC under the workspace's key over the number and the chain's link. */
  readonly seal: Buffer;
}

export interface HeadFile {
  /** Says that everything up to this operation has been acknowledged. */
  write(operations: number, head: string): void;
  /** Makes it stand on the disk. */
  sync(): void;
  close(): void;
}

/** The newest whole record. `damaged` where there is a file but none of it can be read. */
export function readAcknowledged(path: string): Acknowledged | 'damaged' | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  let newest: (Acknowledged & { turn: bigint }) | undefined;
  for (let slot = 0; slot < SLOTS; slot++) {
    const record = bytes.subarray(slot * RECORD, (slot + 1) * RECORD);
    if (record.length !== RECORD || record.toString('latin1', 0, 8) !== MAGIC) continue;
    if (!sumOf(record.subarray(0, 56)).equals(record.subarray(56))) continue;
    const turn = record.readBigUInt64LE(8);
    if (!newest || turn > newest.turn)
      newest = { turn, operations: Number(record.readBigUInt64LE(16)), seal: Buffer.from(record.subarray(24, 56)) };
  }
  return newest ? { operations: newest.operations, seal: newest.seal } : 'damaged';
}

/** Whether the database still holds what was acknowledged: the chain's link at that operation bears the seal. */
export function isSealed(key: Uint8Array, said: Acknowledged, headThere: string | undefined): boolean {
  return headThere !== undefined && sealOf(key, said.operations, headThere).equals(said.seal);
}

/** Opens the file for writing; it begins anew. */
export function openHeadFile(path: string, key: Uint8Array): HeadFile {
  const secret = Buffer.from(key);
  rmSync(path, { force: true });
  const file = openSync(path, 'w', 0o600);
  chmodSync(path, 0o600);
  let turn = 0n;
  let open = true;
  return {
    write(operations, head) {
      const record = Buffer.alloc(RECORD);
      record.write(MAGIC, 'latin1');
      record.writeBigUInt64LE(++turn, 8);
      record.writeBigUInt64LE(BigInt(operations), 16);
      sealOf(secret, operations, head).copy(record, 24);
      sumOf(record.subarray(0, 56)).copy(record, 56);
      // The other record stands while this one is written.
      writeSync(file, record, 0, RECORD, Number(turn % BigInt(SLOTS)) * RECORD);
    },
    sync: () => fdatasyncSync(file),
    close() {
      if (!open) return;
      open = false;
      secret.fill(0);
      closeSync(file);
    },
  };
}

function sealOf(key: Uint8Array, operations: number, head: string): Buffer {
  return createHmac('sha256', key).update(`redoubt head/${operations}/${head}`).digest();
}

const sumOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest().subarray(0, 24);
