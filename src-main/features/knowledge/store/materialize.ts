import type { Database } from '#main/platform/database/database.ts';
import { canonical } from '#shared/domain/knowledge/canonical.ts';
import {
  type DeletionWrite,
  type PropertyWrite,
  type Resolved,
  resolve,
  type TagWrite,
  type WholeWrite,
} from '#shared/domain/knowledge/merge.ts';
import type { Json, StixObject } from '#shared/domain/knowledge/stix.ts';
import { decodeObject, decodeRelationship, encodeObject, encodeRelationship } from './codec.ts';
import type { Rows, StoredObject, StoredRelationship } from './rows.ts';
import { DELETED, EDITED, flagsOf, isHeld, KEPT, LAYER, MISSING, mergeOf, PARTIAL, partialOf, RETIRED, TOUCHED } from './state.ts';
import type { Terms } from './terms.ts';

export type Materializer = ReturnType<typeof createMaterializer>;

/** Takes an edge that may have to come or go: key of the relationship, source, type and target. */
export type LaterEdge = (key: number, src: number, type: number, dst: number) => void;

interface OpRow {
  readonly id: number;
  readonly clock: number;
  readonly device: string;
  readonly kind: string;
  readonly property: string | null;
  readonly value: string | null;
  readonly base: string | null;
}

/**
 * Writes the standing rows of an object anew from all operations about it. Whatever order they
 * came in, the rows come out the same: this is the only place where state is decided.
 */
export function createMaterializer(database: Database, rows: Rows, terms: Terms) {
  const selectVersions = database.prepare(
    `SELECT v.id, v.op, v.flags, v.body, op.clock, d.uuid AS device, op.undone FROM version v
     JOIN op ON op.id = v.op JOIN device d ON d.id = op.device WHERE v.object = ? AND op.branch = 0 ORDER BY v.id`,
  );
  const selectWhole = database.prepare(
    'SELECT op.clock, d.uuid AS device, op.undone FROM op JOIN device d ON d.id = op.device WHERE op.id = ?',
  );
  const selectOps = database.prepare(
    `SELECT op.id, op.clock, d.uuid AS device, op.kind, op.property, op.value, op.base FROM op JOIN device d ON d.id = op.device
     WHERE op.object = ? AND op.undone = 0 AND op.branch = 0 ORDER BY op.id`,
  );
  const insertVersion = database.prepare('INSERT INTO version (object, op, flags, body) VALUES (?, ?, ?, ?)');
  const deleteVersion = database.prepare('DELETE FROM version WHERE id = ?');
  const deleteTags = database.prepare('DELETE FROM tag WHERE object = ?');
  const insertTag = database.prepare('INSERT OR IGNORE INTO tag (object, term) VALUES (?, ?)');
  const deleteConflicts = database.prepare('DELETE FROM conflict WHERE object = ?');
  const insertConflict = database.prepare('INSERT OR IGNORE INTO conflict (object, property, op, value) VALUES (?, ?, ?, ?)');

  interface Held extends WholeWrite {
    /** Row of `version`, or undefined where the object's own row holds it. */
    readonly version: number | undefined;
    readonly op: number;
    readonly undone: boolean;
  }

  const load = (key: number, row: StoredObject | StoredRelationship) => {
    const held: Held[] = (
      selectVersions.all(key) as { id: number; op: number; flags: number; body: string; clock: number; device: string; undone: number }[]
    ).map(({ id, op, flags, body, clock, device, undone }, index) => ({
      object: JSON.parse(body) as StixObject,
      partial: partialOf(flags),
      merge: mergeOf(flags),
      clock,
      device,
      key: index,
      version: id,
      op,
      undone: undone === 1,
    }));
    if (isHeld(row.state)) {
      const op = selectWhole.get(row.op) as { clock: number; device: string; undone: number };
      const object = 'src' in row ? decodeRelationship(row) : decodeObject(row);
      const partial = (row.state & PARTIAL) !== 0;
      held.push({
        object,
        partial,
        merge: (row.state & LAYER) !== 0,
        clock: op.clock,
        device: op.device,
        key: held.length,
        version: undefined,
        op: row.op,
        undone: op.undone === 1,
      });
    }
    return held;
  };

  const resolveHeld = (key: number, held: readonly Held[]): { resolved: Resolved; touched: boolean } => {
    const properties: PropertyWrite[] = [];
    const deletions: DeletionWrite[] = [];
    const tags: TagWrite[] = [];
    const ops = selectOps.all(key) as OpRow[];
    for (const { id, clock, device, kind, property, value, base } of ops) {
      const parsed = value === null ? undefined : (JSON.parse(value) as Json);
      const dot = { clock, device };
      if (kind === 'set' && property)
        properties.push({ ...dot, property, value: parsed === null ? undefined : parsed, base: base ?? undefined, key: id });
      else if (kind === 'delete') deletions.push({ ...dot, deleted: parsed === true });
      else if (kind === 'tag' && property) tags.push({ ...dot, tag: property });
      else if (kind === 'untag' && property) tags.push({ ...dot, tag: property, removes: Array.isArray(parsed) ? parsed.map(String) : [] });
    }
    const wholes = held.filter(({ undone }) => !undone);
    return { resolved: resolve({ wholes, properties, deletions, tags }), touched: ops.length > 0 };
  };

  /** With `later`, edges of relationships are left to it: told are those that may no longer be as their row says. */
  const materialize = (key: number, later?: LaterEdge): Resolved => {
    const relationship = rows.relationship(key);
    const row = relationship ?? rows.object(key);
    if (!row) throw new Error(`there is no object ${key}`);
    const held = load(key, row);
    const { resolved, touched } = resolveHeld(key, held);
    const standing = held[resolved.standing?.key ?? -1];

    if (relationship) {
      // Of one that was taken back its edge may still wait to go.
      if (isHeld(row.state) || !(row.state & MISSING)) (later ?? unlink)(key, ...endsOf(relationship));
    } else if (!(row.state & MISSING)) rows.unindex(key, decodeObject(row as StoredObject));
    // Where nothing stands, the row keeps what was taken back: nothing is written twice, and a redo finds it.
    const kept = resolved.object ? undefined : held.find(({ version }) => version === undefined);
    for (const whole of held) {
      const inRow = whole === kept || (whole === standing && !resolved.edited);
      if (inRow && whole.version !== undefined) deleteVersion.run(whole.version);
      else if (!inRow && whole.version === undefined) insertVersion.run(key, whole.op, flagsOf(whole), JSON.stringify(whole.object));
    }
    const state =
      (resolved.deleted ? DELETED : 0) |
      (resolved.edited ? EDITED : 0) |
      ((kept ?? standing)?.partial ? PARTIAL : 0) |
      ((kept ?? standing)?.merge ? LAYER : 0) |
      (touched || held.length > 0 ? TOUCHED : 0);
    if (relationship) writeRelationship(relationship, resolved, kept ? state | KEPT : state, standing?.op, later);
    else if (kept) rows.keepObject(key, state, row.op, kept.object as StixObject);
    else writeObject(key, row as StoredObject, resolved, state, standing?.op);

    deleteTags.run(key);
    for (const tag of resolved.tags) insertTag.run(key, terms.intern('tag', tag));
    deleteConflicts.run(key);
    for (const lost of resolved.conflicts)
      insertConflict.run(key, lost.property, lost.key, lost.value === undefined ? null : canonical(lost.value));
    return resolved;
  };

  const writeObject = (key: number, row: StoredObject, resolved: Resolved, state: number, op: number | undefined) => {
    if (!resolved.object) return rows.clearObject(key, state, row.op);
    const object = resolved.object as StixObject;
    const encoded = encodeObject(object);
    rows.updateObject(key, encoded, state, op ?? row.op);
    rows.index(key, object, encoded.state | state, op ?? row.op);
  };

  const writeRelationship = (
    row: StoredRelationship,
    resolved: Resolved,
    state: number,
    op: number | undefined,
    later: LaterEdge | undefined,
  ) => {
    if (!resolved.object) return rows.clearRelationship(row.key, state);
    const object = resolved.object as StixObject;
    const encoded = encodeRelationship(object);
    const by = op ?? row.op;
    const src = rows.ensure(object['source_ref'] as string, by);
    const dst = rows.ensure(object['target_ref'] as string, by);
    rows.updateRelationship(row.key, encoded, src, dst, state, by);
    const relation = rows.relation(encoded.type);
    if (later) {
      // Its old edge is nowhere to be read once the row has other ends.
      const [oldSrc, oldRelation, oldDst] = endsOf(row);
      if (oldSrc !== src || oldRelation !== relation || oldDst !== dst) unlink(row.key, ...endsOf(row));
      later(row.key, src, relation, dst);
    } else if (!((encoded.state | state) & RETIRED)) rows.addEdge(src, relation, dst, row.key);
  };

  const endsOf = (row: StoredRelationship): [number, number, number] => [row.src, rows.relation(row.type), row.dst];
  const unlink: LaterEdge = (key, src, type, dst) => rows.removeEdge(src, type, dst, key);

  /** All whole-object writes about one object, those taken back included, oldest first. */
  const versionsOf = (key: number): readonly Held[] => {
    const row = rows.relationship(key) ?? rows.object(key);
    return row ? load(key, row) : [];
  };

  return { materialize, versionsOf, preview: (key: number) => resolveHeld(key, versionsOf(key)).resolved };
}
