import { createHash } from 'node:crypto';
import { compareTimestamps } from '#shared/domain/knowledge/merge.ts';
import { canonical } from '#shared/domain/knowledge/canonical.ts';
import type { Json, StixObject } from '#shared/domain/knowledge/stix.ts';
import type { Database } from '#main/platform/database/database.ts';
import {
  decodeObject,
  decodeRelationship,
  type EncodedObject,
  type EncodedRelationship,
  encodeObject,
  encodeRelationship,
} from './codec.ts';
import { foldLayers, judgeLayer, withoutTimes } from './layers.ts';
import type { Log } from './log.ts';
import type { Materializer } from './materialize.ts';
import type { Rows } from './rows.ts';
import { EDITED, flagsOf, KEPT, LAYER, MISSING, mergeOf, PARTIAL, partialOf, TOUCHED } from './state.ts';

/** One whole object on its way in. */
export interface Incoming {
  readonly object: StixObject;
  readonly path: string;
  readonly stamp?: boolean;
  readonly partial?: boolean;
  /** A layer over what stands (shared/domain/knowledge/layers.ts). */
  readonly merge?: boolean;
}

export type Fate = 'created' | 'updated' | 'unchanged';

export interface ChunkOutcome {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly loss: { readonly id: string; readonly path: string; readonly what: string }[];
  /** Keys of objects that were named but are not here yet. */
  readonly placeholders: number[];
  /** Other contents under an id and `modified` that this chunk itself wrote: to be written in a later one, so that the first stays. */
  readonly deferred: readonly Incoming[];
  readonly action: string | undefined;
}

export interface Known {
  readonly object: StixObject;
  readonly partial: boolean;
  readonly merge: boolean;
  /** Made from several writes by the store; no write of its own. */
  readonly derived?: boolean;
  /** The operation that wrote it. */
  readonly op: number;
}

export interface Judgement {
  readonly fate: Fate;
  readonly object: StixObject;
  readonly what?: string;
  /** Says nothing new, but is kept: what it says must stay when another source is taken back. */
  readonly keep?: boolean;
  /** Operations that wrote other contents with this `modified`. */
  readonly tiedWith?: ReadonlySet<number>;
}

/** What is known of one object, so that a thousand contents under one id cost a thousand look-ups, not a million comparisons. */
export interface Memory {
  readonly standing: Known | undefined;
  readonly all: readonly Known[];
  /** Whether any of it is a layer. */
  layered(): boolean;
  /** Canonical texts. */
  readonly texts: ReadonlySet<string>;
  /** The newest `modified`: rows are written anew at the end of a chunk, until then it may be among the versions. */
  newest(): Json | undefined;
  /** Canonical texts without times. */
  contents(): ReadonlySet<string>;
  /** What has this `modified`. */
  at(modified: Json | undefined): { readonly full: boolean; readonly ops: ReadonlySet<number> } | undefined;
  add(known: Known): void;
}

export function remember(first: readonly Known[]): Memory {
  const texts = new Set<string>();
  const times: { readonly modified: Json | undefined; full: boolean; readonly ops: Set<number> }[] = [];
  const all: Known[] = [];
  let contents: Set<string> | undefined;
  const at = (modified: Json | undefined) =>
    times.find((time) => time.modified === modified) ?? times.find((time) => compareTimestamps(time.modified, modified) === 0);
  const add = (known: Known) => {
    const { object, partial, op } = known;
    texts.add(canonical(object));
    contents?.add(canonical(withoutTimes(object)));
    let time = at(object['modified']);
    if (!time) times.push((time = { modified: object['modified'], full: false, ops: new Set() }));
    time.full ||= !partial;
    time.ops.add(op);
    all.push(known);
  };
  for (const known of first) add(known);
  return {
    get standing() {
      return all[0];
    },
    all,
    layered: () => all.some(({ merge }) => merge),
    texts,
    newest: () => times.map(({ modified }) => modified).reduce((a, b) => (compareTimestamps(a, b) < 0 ? b : a), undefined),
    contents: () => (contents ??= new Set(all.map(({ object }) => canonical(withoutTimes(object))))),
    at,
    add,
  };
}

export interface ChunkOrigin {
  readonly import?: { readonly key: number; readonly uuid: string };
  readonly action?: string;
  /** Milliseconds: `created` and `modified` of objects whose source has no times. */
  readonly now: number;
}

export type Writer = ReturnType<typeof createWriter>;

export function createWriter(database: Database, rows: Rows, log: Log, materializer: Materializer) {
  const insertVersion = database.prepare('INSERT INTO version (object, op, flags, body) VALUES (?, ?, ?, ?)');
  const selectVersions = database.prepare(
    'SELECT v.op, v.flags, v.body FROM version v LEFT JOIN op ON op.id = v.op WHERE v.object = ? AND ifnull(op.undone, 0) = 0 AND ifnull(op.branch, 0) = 0',
  );
  const confirm = database.prepare('INSERT OR IGNORE INTO confirmation (object, import) VALUES (?, ?)');

  /** What stands and what is kept of an object, newest rule first. */
  const knownVersions = (key: number, relationship: boolean): Known[] => {
    const known: Known[] = [];
    if (relationship) {
      const row = rows.relationship(key);
      if (row && !(row.state & MISSING)) known.push({ object: decodeRelationship(row), op: row.op, ...kindOf(row.state) });
    } else {
      const row = rows.object(key);
      if (row && !(row.state & MISSING)) known.push({ object: decodeObject(row), op: row.op, ...kindOf(row.state) });
    }
    for (const { op, flags, body } of selectVersions.all(key) as { op: number; flags: number; body: string }[])
      known.push({ object: JSON.parse(body) as StixObject, partial: partialOf(flags), merge: mergeOf(flags), op });
    return known;
  };

  /** What would become of an object of which something is known already. Changes nothing. */
  const judge = (
    incoming: Incoming,
    key: number,
    memory = remember(knownVersions(key, incoming.object.type === 'relationship')),
  ): Judgement => {
    const { standing } = memory;
    const { object } = incoming;
    if (!standing) return { fate: 'created', object };
    if (incoming.merge || memory.layered()) return judgeLayer(incoming, memory);
    if (incoming.stamp) return { fate: memory.contents().has(canonical(withoutTimes(object))) ? 'unchanged' : 'updated', object };
    // Facts that come back from an export stay facts, so that the publisher's object may still enrich them.
    if (memory.texts.has(canonical(object))) return { fate: 'unchanged', object };
    const order = compareTimestamps(object['modified'], memory.newest());
    if (order > 0) return { fate: 'updated', object };
    const same = memory.at(object['modified']);
    if (incoming.partial && same?.full) return { fate: 'unchanged', object };
    if (same?.full)
      return {
        fate: 'unchanged',
        object,
        what: `another content with the same id and modified (${String(object['modified'] ?? 'no time')}) is here already: the first stays, this one is kept in the history`,
        tiedWith: same.ops,
      };
    if (same && order === 0) return { fate: 'updated', object };
    return {
      fate: 'unchanged',
      object,
      what: `older (modified ${String(object['modified'])}) than the version here: kept in the history`,
    };
  };

  /**
   * Writes whole objects as one operation, within the caller's transaction. New objects take the
   * short way; those of which something is known go through the merge.
   */
  const writeChunk = (items: readonly Incoming[], origin: ChunkOrigin): ChunkOutcome => {
    const op = log.nextKey();
    const { items: sorted, folded } = foldLayers(
      [...items].sort((a, b) => (a.object.id < b.object.id ? -1 : a.object.id > b.object.id ? 1 : 0)),
    );
    const lines: string[] = [];
    const loss: ChunkOutcome['loss'] = [];
    let created = 0;
    let updated = 0;
    let unchanged = 0;
    const touched: number[] = [];
    const deferred: Incoming[] = [];

    for (const [, { changed, same }] of folded) {
      updated += changed;
      unchanged += same;
    }

    /** Of the object written last: the same id comes in a row. */
    let recent: { readonly key: number; readonly memory: Memory } | undefined;

    const later = (incoming: Incoming, key: number) => {
      if (recent?.key !== key) recent = { key, memory: remember(knownVersions(key, incoming.object.type === 'relationship')) };
      const { memory } = recent;
      const { fate, what: said, keep, tiedWith } = judge(incoming, key, memory);
      // What stands was edited into what the file holds: a reference that a placeholder gave up, say.
      const what = origin.import && fate === 'unchanged' && isEditedInto(memory.standing, incoming.object) ? undefined : said;
      // Within one operation there is no first: other devices see its objects in no order.
      if (tiedWith && tiedWith.size === 1 && tiedWith.has(op)) {
        deferred.push(incoming);
        return;
      }
      if (what) loss.push({ id: incoming.object.id, path: incoming.path, what });
      if (fate === 'unchanged') {
        const { changed = 0 } = folded.get(incoming) ?? {};
        updated -= changed;
        unchanged += changed;
      }
      if (fate === 'unchanged' && !what && !keep) {
        unchanged++;
        if (origin.import) confirm.run(key, origin.import.key);
        return;
      }
      if (fate === 'created') created++;
      else if (fate === 'updated') updated++;
      else unchanged++;
      const object = stamped(incoming, origin.now, incoming.stamp && !incoming.merge ? memory.standing?.object['created'] : undefined);
      insertVersion.run(key, op, flagsOf(incoming), JSON.stringify(object));
      memory.add({ object, partial: incoming.partial === true, merge: incoming.merge === true, op });
      lines.push(lineOf(object));
      touched.push(key);
    };

    for (const incoming of sorted) {
      if (incoming.object.type === 'relationship') continue;
      const { id } = incoming.object;
      const known = rows.keyOf(id);
      const row = known === undefined ? undefined : rows.object(known);
      if (known !== undefined && row && !(row.state & MISSING && !(row.state & (TOUCHED | KEPT)))) {
        later(incoming, known);
        continue;
      }
      const object = stamped(incoming, origin.now, undefined);
      const encoded = encodeObject(object);
      const state = stateOf(incoming);
      const key = known ?? rows.newKey();
      if (known === undefined) rows.insertObject(key, encoded, state, op);
      else rows.updateObject(key, encoded, state, op);
      rows.index(key, object, encoded.state, op);
      lines.push(objectLine(id, encoded));
      created++;
    }
    for (const incoming of sorted) {
      if (incoming.object.type !== 'relationship') continue;
      const object = stamped(incoming, origin.now, undefined);
      const encoded = encodeRelationship(object);
      const source = object['source_ref'] as string;
      const target = object['target_ref'] as string;
      const src = rows.ensure(source, op);
      const dst = rows.ensure(target, op);
      const key = rows.newKey();
      if (!rows.insertRelationship(key, object.id, encoded, src, dst, stateOf(incoming), op)) {
        later(incoming, rows.keyOf(object.id) as number);
        continue;
      }
      lines.push(relationshipLine(object.id, source, target, encoded));
      created++;
    }
    let action = origin.action;
    if (lines.length > 0) {
      const written = log.append({
        kind: origin.import ? 'import' : 'put',
        ...(origin.action && { action: origin.action }),
        ...(origin.import && { import: origin.import }),
        hash: chunkHash(lines),
        count: lines.length,
      });
      action = written.action;
      for (const key of new Set(touched)) materializer.materialize(key);
    }
    return { created, updated, unchanged, loss, placeholders: rows.takePlaceholders(), deferred, action };
  };

  return { writeChunk, judge };
}

const isEditedInto = (standing: Known | undefined, object: StixObject) =>
  standing?.derived === true && canonical(withoutTimes(standing.object)) === canonical(withoutTimes(object));

const kindOf = (state: number) => ({
  partial: (state & PARTIAL) !== 0,
  merge: (state & LAYER) !== 0,
  derived: (state & EDITED) !== 0,
});

const stateOf = ({ partial, merge }: Incoming) => (partial ? PARTIAL : 0) | (merge ? LAYER : 0);

/** SHA-256 over the sorted lines of the objects of a chunk. */
export function chunkHash(lines: string[]): Buffer {
  if (lines.some((line, index) => index > 0 && (lines[index - 1] as string) > line)) lines.sort();
  return createHash('sha256').update(lines.join('\n')).digest();
}

/** One object as one line that says all of it: what the hash of a chunk is made of. */
export function lineOf(object: StixObject): string {
  return object.type === 'relationship'
    ? relationshipLine(object.id, object['source_ref'] as string, object['target_ref'] as string, encodeRelationship(object))
    : objectLine(object.id, encodeObject(object));
}

function objectLine(id: string, o: EncodedObject): string {
  return `${id}|${o.created ?? ''}|${o.modified ?? ''}|${o.state}|${o.name ?? ''}|${o.common}|${o.rest ?? ''}`;
}

function relationshipLine(id: string, source: string, target: string, r: EncodedRelationship): string {
  return `${id}|${r.created ?? ''}|${r.modified ?? ''}|${r.type}|${source}|${target}|${r.common}|${r.rest ?? ''}`;
}

export function stamped({ object, stamp }: Incoming, now: number, created: unknown): StixObject {
  if (!stamp || !hasTimes(object.type)) return object;
  const at = new Date(now).toISOString();
  return { ...object, created: typeof created === 'string' ? created : at, modified: at };
}

/** Cyber-observable objects have neither `created` nor `modified` (STIX 2.1, section 3.2). */
const observables = new Set(
  (
    'artifact autonomous-system directory domain-name email-addr email-message file ipv4-addr ipv6-addr mac-addr mutex ' +
    'network-traffic process software url user-account windows-registry-key x509-certificate'
  ).split(' '),
);

function hasTimes(type: string): boolean {
  return !observables.has(type);
}
