import type { Database } from '#main/platform/database/database.ts';
import { DELETED, MISSING, RETIRED } from './state.ts';
import type { Terms } from './terms.ts';

/** What is counted; each is a row of `tally` (kind, a, b). */
export type TallyKind =
  /** Live objects: a is their type, b their TLP (-1: none). */
  | 'object'
  /** The same of revoked and deprecated ones. */
  | 'retired'
  /** Standing relationships by type. */
  | 'relation'
  /** Those of them with an end that is not live. */
  | 'ended'
  /** Live objects with a phase or platform, by its term; `tactic` counts an object once over its kill chains. */
  | 'facet'
  | 'tactic';

const PAGE = 1 << 12;

export type Nodes = ReturnType<typeof createNodes>;

/**
 * The narrow mirror of objects and the counts over them, kept in the transaction that changes them.
 * Sums wait in memory until `flush`, which belongs at the end of every transaction.
 */
export function createNodes(database: Database, terms: Terms) {
  const insert = database.prepare('INSERT INTO node (id, state, type, tlp, degree) VALUES (?, ?, ?, ?, 0)');
  const select = database.prepare('SELECT state, type, tlp FROM node WHERE id = ?');
  const update = database.prepare('UPDATE node SET state = ?, tlp = ? WHERE id = ?');
  const selectRetired = database.prepare('SELECT id FROM node WHERE state <> 0').pluck();
  const addTally = database.prepare(
    'INSERT INTO tally (kind, a, b, n) VALUES (?, ?, ?, ?) ON CONFLICT (kind, a, b) DO UPDATE SET n = n + excluded.n',
  );
  const addDegree = database.prepare('UPDATE node SET degree = degree + ? WHERE id = ?');
  const liveOut = database
    .prepare(
      'SELECT e.type, count(*) FROM edge e JOIN node n ON n.id = e.dst AND n.state = 0 WHERE e.src = ? AND e.rel <> e.src GROUP BY e.type',
    )
    .raw();
  const liveIn = database
    .prepare(
      'SELECT e.type, count(*) FROM edge e JOIN node n ON n.id = e.src AND n.state = 0 WHERE e.dst = ? AND e.src <> e.dst AND e.rel <> e.src GROUP BY e.type',
    )
    .raw();
  const recount = database.prepare(
    `UPDATE node SET degree = (SELECT count(*) FROM edge e WHERE e.src = node.id) + (SELECT count(*) FROM edge e WHERE e.dst = node.id)
     WHERE id > ? AND id <= ?`,
  );
  const lastNode = database.prepare('SELECT ifnull(max(id), 0) FROM node').pluck();
  const setHeld = database.prepare("INSERT OR REPLACE INTO setting (key, value) VALUES ('node.degrees', 'behind')");
  const clearHeld = database.prepare("DELETE FROM setting WHERE key = 'node.degrees'");
  const selectHeld = database.prepare("SELECT 1 FROM setting WHERE key = 'node.degrees'").pluck();

  const tallies = new Map<string, { kind: TallyKind; a: number; b: number; n: number }>();
  /** Changes of degrees, a page for each 4,096 keys. */
  let degrees = new Map<number, Int32Array>();
  /** Degrees are written at the end of a bulk; a cut-off one shows by the setting. */
  let held = false;
  let isBehind = false;
  let retired: ReturnType<typeof createKeySet> | undefined;

  const reset = () => {
    tallies.clear();
    degrees = new Map();
    retired = undefined;
    held = false;
    isBehind = selectHeld.get() !== undefined;
  };
  reset();

  const retiredNodes = () => {
    if (retired) return retired;
    retired = createKeySet();
    for (const key of selectRetired.iterate() as Iterable<number>) retired.add(key);
    return retired;
  };

  const count = (kind: TallyKind, a: number, b: number, n: number) => {
    const key = `${kind} ${a} ${b}`;
    const tally = tallies.get(key);
    if (tally) tally.n += n;
    else tallies.set(key, { kind, a, b, n });
  };
  const countNode = (state: number, type: number, tlp: number | null, n: 1 | -1) => {
    if (state === 0) count('object', type, tlp ?? -1, n);
    else if (!(state & (MISSING | DELETED))) count('retired', type, tlp ?? -1, n);
  };

  const shift = (key: number, by: number) => {
    let page = degrees.get(Math.floor(key / PAGE));
    if (!page) degrees.set(Math.floor(key / PAGE), (page = new Int32Array(PAGE)));
    page[key % PAGE] = (page[key % PAGE] as number) + by;
  };

  const countEnded = (key: number, n: 1 | -1) => {
    for (const statement of [liveOut, liveIn])
      for (const [type, edges] of statement.all(key) as [number, number][]) count('ended', type, 0, n * edges);
  };

  /** Writes the changes of degrees, some thousand nodes between two yields. */
  function* writeDegrees(): Generator<void> {
    let written = 0;
    for (const [page, changes] of [...degrees].sort(([a], [b]) => a - b)) {
      degrees.delete(page);
      for (let at = 0; at < PAGE; at++) {
        const by = changes[at] as number;
        if (by === 0) continue;
        addDegree.run(by, page * PAGE + at);
        if (++written % 8192 === 0) yield;
      }
    }
  }

  return {
    reset,
    /** A node of which nothing is known yet. */
    add(key: number, state: number, type: number, common: number) {
      const tlp = terms.tlp(common);
      insert.run(key, state & RETIRED, type, tlp);
      countNode(state & RETIRED, type, tlp, 1);
      if (state & RETIRED) retired?.add(key);
    },
    change(key: number, state: number, common: number) {
      const before = select.get(key) as { state: number; type: number; tlp: number | null };
      const after = state & RETIRED;
      const tlp = terms.tlp(common);
      if (before.state === after && before.tlp === tlp) return;
      if (before.state === 0 && after !== 0) countEnded(key, 1);
      update.run(after, tlp, key);
      if (before.state !== 0 && after === 0) countEnded(key, -1);
      countNode(before.state, before.type, before.tlp, -1);
      countNode(after, before.type, tlp, 1);
      if (after) retired?.add(key);
      else retired?.delete(key);
    },
    isLive: (key: number) => (select.get(key) as { state: number } | undefined)?.state === 0,
    /** An edge that has come (1) or gone (-1); `rel` is its source where it is an embedded reference. */
    countEdge(src: number, type: number, dst: number, rel: number, n: 1 | -1) {
      shift(src, n);
      shift(dst, n);
      if (rel === src) return;
      count('relation', type, 0, n);
      const dead = retiredNodes();
      if (dead.size() > 0 && (dead.has(src) || dead.has(dst))) count('ended', type, 0, n);
    },
    countFacet: (kind: 'facet' | 'tactic', term: number, n: 1 | -1) => count(kind, term, 0, n),

    /** Degrees wait until `settle`: a bulk changes most of them many times. */
    hold() {
      if (held) return;
      held = true;
      setHeld.run();
    },
    /** At the end of every transaction. */
    flush() {
      for (const { kind, a, b, n } of tallies.values()) if (n !== 0) addTally.run(kind, a, b, n);
      tallies.clear();
      if (!held && !isBehind) for (const _ of writeDegrees());
      else if (isBehind) degrees.clear();
    },
    isBehind: () => isBehind || held,
    /** Brings degrees into step after a bulk, or counts them anew where one was cut off. Yields between some thousand nodes. */
    *settle(): Generator<void> {
      if (isBehind) {
        degrees.clear();
        const last = lastNode.get() as number;
        for (let from = 0; from < last; from += 4096) {
          recount.run(from, from + 4096);
          yield;
        }
      } else if (held) yield* writeDegrees();
      else return;
      clearHeld.run();
      held = false;
      isBehind = false;
    },
  };
}

/** Keys as bits: an import taken back retires a million. */
function createKeySet() {
  let bits = new Uint8Array(1024);
  let size = 0;
  const has = (key: number) => ((bits[key >>> 3] ?? 0) & (1 << (key & 7))) !== 0;
  return {
    has,
    size: () => size,
    add(key: number) {
      if (has(key)) return;
      if (key >>> 3 >= bits.length) {
        const before = bits;
        bits = new Uint8Array(Math.max(bits.length * 2, (key >>> 3) + 1));
        bits.set(before);
      }
      bits[key >>> 3] = (bits[key >>> 3] as number) | (1 << (key & 7));
      size++;
    },
    delete(key: number) {
      if (!has(key)) return;
      bits[key >>> 3] = (bits[key >>> 3] as number) & ~(1 << (key & 7));
      size--;
    },
  };
}
