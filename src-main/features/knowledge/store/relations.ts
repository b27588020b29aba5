import type { Database } from '#main/platform/database/database.ts';
import type { EncodedRelationship } from './codec.ts';
import { createIdTable } from './id-table.ts';
import { createIdentityHash } from './identity-hash.ts';
import type { Nodes } from './nodes.ts';
import { RETIRED } from './state.ts';
import type { Terms } from './terms.ts';

/** Rows a statement: a call costs as much as an insert. */
const MANY = 32;
/** Entries between two yields of a merge: some 20 ms. */
const A_SLICE = 8_192;
/** Hashes that the small filter is good for; the large one takes those past it. */
const FIRST_FILTER = 1_000_000;

/** The numbers of a relationship's row. */
export interface RelationshipEnds {
  readonly src: number;
  readonly type: number;
  readonly dst: number;
  readonly state: number;
  readonly op: number;
}

/**
 * The rows of relationships, and the two indexes of them that grow in no order: `edge` by its nodes and
 * `identity` by a hash. A row is written at once; its entries wait in memory and go in sorted, many at a
 * time, since one by one each would rewrite a page of its own (docs/adr/0016). What waits can be made
 * again from the rows past the setting `relationship.indexed`.
 */
export function createRelations(
  database: Database,
  terms: Terms,
  nodes: Nodes,
  addEdge: (src: number, type: number, dst: number, rel: number) => void,
  told: () => number[],
) {
  const hash = createIdentityHash(String(database.prepare("SELECT value FROM setting WHERE key = 'identity.seed'").pluck().get()));
  const COLUMNS = '(id, uuid, state, type, src, dst, created, modified, op, common, rest)';
  const insertRow = database.prepare(`INSERT INTO relationship ${COLUMNS} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const selectRow = database.prepare('SELECT src, type, dst, state, op FROM relationship WHERE id = ?');
  const selectUuid = database.prepare('SELECT uuid FROM relationship WHERE id = ?').pluck();
  const insertEdges = database.prepare(
    `INSERT OR IGNORE INTO edge (src, type, dst, rel) VALUES ${Array(MANY).fill('(?, ?, ?, ?)').join(', ')}`,
  );
  const insertIdentity = database.prepare('INSERT OR IGNORE INTO identity (hash, id) VALUES (?, ?)');
  const insertIdentities = database.prepare(`INSERT OR IGNORE INTO identity (hash, id) VALUES ${Array(MANY).fill('(?, ?)').join(', ')}`);
  const selectIdentity = database.prepare('SELECT id FROM identity WHERE hash = ?').pluck();
  const anyIdentity = database.prepare('SELECT 1 FROM identity LIMIT 1').pluck();
  const selectIndexed = database.prepare("SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'relationship.indexed'").pluck();
  const setIndexed = database.prepare("INSERT OR REPLACE INTO setting (key, value) VALUES ('relationship.indexed', ?)");
  const countTallies = database.prepare("SELECT sum(n) FROM tally WHERE kind = 'relation'").pluck();
  const selectLater = database.prepare('SELECT id, uuid, src, type, dst, state FROM relationship WHERE id > ? ORDER BY id');

  /** What waits: five numbers each (key, src, type, dst, 1 where it stands), and the hashes. */
  let waiting = new Int32Array(5 * 1024);
  let hashes = new Float64Array(1024);
  let count = 0;
  let indexed = 0;
  const ids = createIdTable();
  /** Of what waits, what was written anew since: its row has the last word. */
  const rewritten = new Set<number>();
  let filter: ReturnType<typeof createFilter> | undefined;

  const push = (key: number, src: number, type: number, dst: number, stands: boolean, code: number) => {
    if (count === hashes.length) {
      const [before, codes] = [waiting, hashes];
      waiting = new Int32Array(before.length * 2);
      waiting.set(before);
      hashes = new Float64Array(codes.length * 2);
      hashes.set(codes);
    }
    const at = count * 5;
    waiting[at] = key;
    waiting[at + 1] = src;
    waiting[at + 2] = type;
    waiting[at + 3] = dst;
    waiting[at + 4] = stands ? 1 : 0;
    hashes[count++] = code;
  };

  const empty = () => {
    count = 0;
    rewritten.clear();
    ids.clear();
    if (hashes.length > 65_536) {
      waiting = new Int32Array(5 * 1024);
      hashes = new Float64Array(1024);
    }
  };

  /** Makes what waits again from the rows: after a rollback, and at the opening after a process that was cut off. */
  const reset = () => {
    empty();
    for (const row of selectLater.iterate((selectIndexed.get() as number | undefined) ?? 0) as Iterable<{
      id: number;
      uuid: Uint8Array;
      src: number;
      type: number;
      dst: number;
      state: number;
    }>) {
      push(row.id, row.src, row.type, row.dst, !(row.state & RETIRED), hash.ofBytes(row.uuid));
      ids.set(hash.words, 0, row.id);
      // Some of it may have been merged already.
      rewritten.add(row.id);
    }
    indexed = (countTallies.get() as number | null) ?? 0;
    filter = anyIdentity.get() === undefined && count === 0 ? createFilter() : undefined;
  };
  reset();

  const find = (id: string): { key: number | undefined; code: number } => {
    const code = hash.ofId(id);
    const waits = ids.get(hash.words, 0);
    if (waits !== 0) return { key: waits, code };
    if (filter && !filter.has(code)) return { key: undefined, code };
    for (const key of selectIdentity.all(code) as number[]) if ((selectUuid.get(key) as Buffer).equals(hash.bytes)) return { key, code };
    return { key: undefined, code };
  };

  const write = (
    key: number,
    uuid: Uint8Array,
    state: number,
    type: number,
    src: number,
    dst: number,
    e: Omit<EncodedRelationship, 'uuid' | 'state' | 'type'>,
    op: number,
  ) => insertRow.run(key, uuid, state, type, src, dst, e.created, e.modified, op, terms.intern('common', e.common), e.rest);

  /** Entries from `from` on, in the order of one index. */
  const sorted = (from: number, by: (at: number) => number): Float64Array => {
    // 2^20 places a key: exact below 2^53 for keys of 31 bits and slices of a million.
    const order = new Float64Array(count - from);
    for (let at = from; at < count; at++) order[at - from] = by(at) * 2 ** 20 + (at - from);
    return order.sort();
  };

  function* mergeEdges(from: number): Generator<void> {
    const batch: number[] = [];
    const delta = told();
    const add = () => {
      if (batch.length < 4 * MANY)
        for (let at = 0; at < batch.length; at += 4)
          addEdge(batch[at] as number, batch[at + 1] as number, batch[at + 2] as number, batch[at + 3] as number);
      else {
        insertEdges.run(...batch);
        for (let at = 0; at < batch.length; at += 4) {
          nodes.countEdge(batch[at] as number, batch[at + 1] as number, batch[at + 2] as number, batch[at + 3] as number, 1);
          delta.push(batch[at] as number, batch[at + 1] as number, batch[at + 2] as number, batch[at + 3] as number);
        }
      }
      batch.length = 0;
    };
    let done = 0;
    for (const place of sorted(from, (at) => waiting[at * 5 + 1] as number)) {
      const at = (from + (place % 2 ** 20)) * 5;
      const key = waiting[at] as number;
      if (rewritten.has(key)) {
        const row = selectRow.get(key) as RelationshipEnds;
        if (!(row.state & RETIRED)) addEdge(row.src, row.type, row.dst, key);
      } else if (waiting[at + 4] === 1) {
        batch.push(waiting[at + 1] as number, waiting[at + 2] as number, waiting[at + 3] as number, key);
        if (batch.length === 4 * MANY) add();
      }
      if (++done % A_SLICE === 0) yield;
    }
    add();
  }

  function* mergeIdentities(from: number): Generator<void> {
    let batch: number[] = [];
    let done = 0;
    // The upper 32 bits are order enough.
    for (const place of sorted(from, (at) => Math.floor((hashes[at] as number) / 65_536))) {
      const at = from + (place % 2 ** 20);
      batch.push(hashes[at] as number, waiting[at * 5] as number);
      if (batch.length === 2 * MANY) {
        insertIdentities.run(...batch);
        batch = [];
      }
      if (++done % A_SLICE === 0) yield;
    }
    for (let at = 0; at < batch.length; at += 2) insertIdentity.run(batch[at], batch[at + 1]);
  }

  return {
    reset,
    ends: (key: number) => selectRow.get(key) as RelationshipEnds | undefined,
    keyOf: (id: string) => find(id).key,
    /** Writes the row; false where the id is taken. Its entries wait for `merge`. */
    insert(key: number, id: string, encoded: EncodedRelationship, src: number, dst: number, state: number, op: number): boolean {
      const { key: known, code } = find(id);
      if (known !== undefined) return false;
      const type = terms.intern('relation', encoded.type);
      write(key, encoded.uuid, encoded.state | state, type, src, dst, encoded, op);
      push(key, src, type, dst, !((encoded.state | state) & RETIRED), code);
      ids.set(hash.words, 0, key);
      filter?.add(code);
      return true;
    },
    /** Of a relationship whose own operation has not come: its identity, at once. */
    place(key: number, id: string, uuid: Uint8Array, state: number, type: number, src: number, dst: number, op: number) {
      const { code } = find(id);
      write(key, uuid, state, type, src, dst, { created: null, modified: null, common: '{}', rest: null }, op);
      insertIdentity.run(code, key);
      filter?.add(code);
    },
    rewrite(key: number) {
      if (count > 0 && key >= (waiting[0] as number)) rewritten.add(key);
    },
    waiting: () => count,
    /** About how many relationships are in the indexes. */
    indexed: () => indexed,
    /**
     * Writes the entries that wait from `from` on into their indexes. Nothing else may be written until it is through;
     * it yields every some thousand entries.
     */
    *merge(from = 0): Generator<void> {
      if (count === from) return;
      yield* mergeEdges(from);
      yield* mergeIdentities(from);
      if (from > 0) {
        count = from;
        return;
      }
      setIndexed.run(String(waiting[(count - 1) * 5]));
      indexed += count;
      empty();
    },
  };
}

/** Says of a hash that it surely is not there (Bloom, three bits each: two of a hundred answers at most are wrong, to the safe side). */
function createFilter() {
  const filters = [new Int32Array(2 ** 19)];
  let count = 0;
  const bit = (code: number, turn: number, mask: number) =>
    ((Math.floor(code / 65_536) + Math.imul(turn, (code & 0xffff) * 0x9e37 + 0x79b9)) >>> 0) & mask;
  const has = (bits: Int32Array, code: number): boolean => {
    const mask = bits.length * 32 - 1;
    for (let turn = 0; turn < 3; turn++) {
      const at = bit(code, turn, mask);
      if (((bits[at >>> 5] as number) & (1 << (at & 31))) === 0) return false;
    }
    return true;
  };
  return {
    has: (code: number) => filters.some((bits) => has(bits, code)),
    add(code: number) {
      if (++count === FIRST_FILTER) filters.push(new Int32Array(2 ** 22));
      const bits = filters.at(-1) as Int32Array;
      const mask = bits.length * 32 - 1;
      for (let turn = 0; turn < 3; turn++) {
        const at = bit(code, turn, mask);
        bits[at >>> 5] = (bits[at >>> 5] as number) | (1 << (at & 31));
      }
    },
  };
}
