import { relationshipId } from '#shared/domain/knowledge/identifiers.ts';
import type { Json, StixObject } from '#shared/domain/knowledge/stix.ts';
import { decodeObject, decodeRelationship } from './codec.ts';
import { DELETED, LAYER, MISSING, PARTIAL, RETIRED } from './state.ts';
import type { Store } from './store.ts';
import type { ChunkOrigin, Incoming } from './writer.ts';

/** Objects that name a placeholder, moved in one step. */
const A_STEP = 500;

/**
 * Placeholders give way. A file that names T1059 before ATT&CK is here makes an object of that id which says no more
 * than its name, without a date (formats/placeholders.ts). Once an object with a date carries the same id, what names
 * the placeholder names that one instead, and the placeholder is deleted: all of it operations of the import that
 * brought one of the two, so that its undo brings the placeholder back.
 */
export function createGiveWay(store: Store) {
  const { database, rows, operations, writer } = store;
  const selectSame = database.prepare(
    `SELECT o.id, o.state, ifnull(o.created = 0 AND o.modified = 0, 0) AS undated FROM object o
     WHERE o.external_id = (SELECT external_id FROM object WHERE id = @key) AND o.type = (SELECT type FROM object WHERE id = @key)
       AND (o.state & ${MISSING}) = 0 ORDER BY o.modified DESC, o.id`,
  );
  // In the order of their keys, so that each is taken once.
  const selectNaming = database
    .prepare(
      'SELECT rel FROM (SELECT rel FROM edge WHERE dst = @key AND rel > @after UNION SELECT rel FROM edge WHERE src = @key AND rel <> @key AND rel > @after) ORDER BY rel LIMIT @limit',
    )
    .pluck();
  const selectTags = database.prepare('SELECT t.value FROM tag g JOIN term t ON t.id = g.term WHERE g.object = ? ORDER BY t.value').pluck();

  /** Placeholders and what they give way to, as keys, of the id that this object carries. */
  const pairsOf = (key: number): [number, number][] => {
    const same = selectSame.all({ key }) as { id: number; state: number; undated: number }[];
    if (same.length < 2) return [];
    const real = same.find(({ state, undated }) => !undated && !(state & RETIRED));
    return real ? same.flatMap(({ id, undated }) => (undated ? [[id, real.id] as [number, number]] : [])) : [];
  };

  const tagAlike = (from: number, id: string, action: string | undefined): string | undefined => {
    let did = action;
    for (const tag of selectTags.all(from) as string[]) did = operations.addTag(id, tag, { ...(did && { action: did }) }).action;
    return did;
  };

  /** One relationship or object that names the placeholder. Answers the action that it became part of. */
  const move = (key: number, from: string, to: string, origin: ChunkOrigin): string | undefined => {
    let { action } = origin;
    const set = (id: string, property: string, value: Json) => {
      action = operations.setProperty(id, property, value, { ...(action && { action }) }).action;
    };
    const row = rows.relationship(key);
    const object = row ? decodeRelationship(row) : decodeObject(rows.object(key) as Parameters<typeof decodeObject>[0]);
    const id = object.id;
    const moved = Object.entries(object).flatMap(([property, value]) => {
      const changed = property === 'id' ? value : replaced(value as Json, from, to);
      return changed === value ? [] : [[property, changed as Json] as const];
    });
    if (!row) {
      for (const [property, value] of moved) set(id, property, value);
      return action;
    }
    const anew: StixObject = { ...object, ...Object.fromEntries(moved) };
    const idOf = (one: StixObject) => relationshipId(row.type, one['source_ref'] as string, one['target_ref'] as string);
    if (id !== idOf(object)) {
      for (const [property, value] of moved) set(id, property, value);
      return action;
    }
    // An id that says its ends: with the other end it is another relationship, the one that would have been read after ATT&CK.
    const item: Incoming = {
      object: { ...anew, id: idOf(anew) },
      path: 'placeholder',
      ...(row.state & PARTIAL && { partial: true }),
      ...(row.state & LAYER && { merge: true }),
    };
    action = writer.writeChunk([item], { ...origin, ...(action && { action }) }).action;
    action = tagAlike(key, item.object.id, action);
    return operations.setDeleted(id, true, { ...(action && { action }) }).action;
  };

  return {
    /** The keys of those just written whose external id a placeholder or what it stands for carries as well. */
    among(items: readonly Incoming[]): number[] {
      return items.flatMap(({ object }) => {
        const key = object.external_references === undefined || object.type === 'relationship' ? undefined : rows.keyOf(object.id);
        return key !== undefined && pairsOf(key).length > 0 ? [key] : [];
      });
    },
    /** Lets placeholders give way to what carries their id, `A_STEP` at a time, each `yield` within one transaction of the caller. */
    *run(keys: Iterable<number>, origin: ChunkOrigin): Generator<string | undefined, void> {
      let { action } = origin;
      const done = new Set<number>();
      for (const key of keys)
        for (const [placeholder, real] of pairsOf(key)) {
          if (done.has(placeholder)) continue;
          done.add(placeholder);
          const [from, to] = [rows.idOf(placeholder), rows.idOf(real)];
          let after = 0;
          for (;;) {
            const naming = selectNaming.all({ key: placeholder, after, limit: A_STEP }) as number[];
            for (const rel of naming) action = move(rel, from, to, { ...origin, ...(action && { action }) });
            rows.takePlaceholders();
            after = naming.at(-1) ?? after;
            if (naming.length < A_STEP) break;
            yield action;
          }
          if (!((rows.object(placeholder)?.state ?? 0) & DELETED)) {
            action = tagAlike(placeholder, to, action);
            action = operations.setDeleted(from, true, { ...(action && { action }) }).action;
          }
          yield action;
        }
    },
  };
}

/** The value with one id in place of another, however deep; the very same value where it does not hold it. */
function replaced(value: Json, from: string, to: string): Json {
  if (typeof value === 'string') return value.toLowerCase() === from ? to : value;
  if (Array.isArray(value)) {
    let changed = false;
    const items = value.map((item) => {
      const next = replaced(item, from, to);
      changed ||= next !== item;
      return next;
    });
    // A list of references names each once.
    return changed ? items.filter((item, at) => item !== to || items.indexOf(to) === at) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  let changed = false;
  const entries = Object.entries(value).map(([name, one]) => {
    const next = replaced(one as Json, from, to);
    changed ||= next !== one;
    return [name, next] as const;
  });
  return changed ? (Object.fromEntries(entries) as Json) : value;
}
