import { canonical, sameJson } from './canonical.ts';
import { layOver } from './layers.ts';
import type { Json, JsonObject } from './stix.ts';
import { compareTexts, compareTimestamps } from './timestamps.ts';
import { mostRestrictive } from './tlp.ts';

export { compareTimestamps } from './timestamps.ts';
export { mostRestrictive } from './tlp.ts';

/*
 * The state of one object is a function of the set of operations about it, never of the order
 * in which they arrived. Rules (docs/adr/0008):
 *   whole objects   the newest `modified` stands; full before facts-only; then the earliest operation
 *   layers          laid over the whole object that stands (layers.ts): several sources, one object
 *   properties      last writer by clock, over the standing whole object if written after it
 *   deletion        a register of its own, last writer by clock
 *   tags            add wins: a removal takes back only the additions it has seen
 *   markings        of concurrent values the most restrictive
 */

/** When and where an operation was made; `clock` is a hybrid logical clock. */
export interface Dot {
  readonly clock: number;
  readonly device: string;
}

export interface WholeWrite extends Dot {
  readonly object: JsonObject;
  readonly partial: boolean;
  /** A layer over what stands, not a whole object of its own. */
  readonly merge?: boolean;
  /** Local key of the row that holds it; not part of the merge. */
  readonly key: number;
}

export interface PropertyWrite extends Dot {
  readonly property: string;
  /** Undefined: removed. */
  readonly value: Json | undefined;
  /** The dot of the value it replaced, as `dotText`, of several where it decides a conflict; undefined where there was none. */
  readonly base: string | undefined;
  readonly key: number;
}

export interface DeletionWrite extends Dot {
  readonly deleted: boolean;
  /** On a branch: what it saw on main. */
  readonly base?: string | undefined;
}

export interface TagWrite extends Dot {
  readonly tag: string;
  /** Absent: an addition. Present: a removal of these additions. */
  readonly removes?: readonly string[];
}

export interface Writes {
  readonly wholes: readonly WholeWrite[];
  readonly properties: readonly PropertyWrite[];
  readonly deletions: readonly DeletionWrite[];
  readonly tags: readonly TagWrite[];
}

export interface Resolved {
  /** Undefined: nothing that stands describes the object. */
  readonly object: JsonObject | undefined;
  /** Of several layers the newest. */
  readonly standing: WholeWrite | undefined;
  /** Whether the object is not `standing` as it was written: edits or several layers made it. */
  readonly edited: boolean;
  readonly deleted: boolean;
  readonly tags: readonly string[];
  /** Values that lost to a concurrent one. */
  readonly conflicts: readonly PropertyWrite[];
}

export function dotText(dot: Dot): string {
  return `${dot.clock}.${dot.device}`;
}

export function compareDots(a: Dot, b: Dot): number {
  return a.clock - b.clock || (a.device < b.device ? -1 : a.device > b.device ? 1 : 0);
}

const MARKINGS = 'object_marking_refs';

export function resolve(writes: Writes): Resolved {
  const whole = standingWhole(writes.wholes.filter(({ merge }) => !merge));
  const layers = writes.wholes.filter(({ merge }) => merge);
  const deletion = latest(writes.deletions);
  const base = { deleted: deletion?.deleted ?? false, tags: standingTags(writes.tags) };
  if (!whole && layers.length === 0) return { ...base, object: undefined, standing: undefined, edited: false, conflicts: [] };

  const laid = whole && layers.length === 0 ? undefined : layOver(whole ? [whole, ...layers] : layers);
  const standing = laid?.top ?? (whole as WholeWrite);
  const stands: JsonObject = laid?.object ?? standing.object;
  const object: JsonObject = { ...stands };
  const conflicts: PropertyWrite[] = [];
  let edited = false;
  let lastEdit = 0;
  for (const [property, all] of groupBy(writes.properties, (write) => write.property)) {
    const superseded = new Set(all.flatMap((write) => write.base?.split(' ') ?? []));
    const heads = all.filter((write) => !superseded.has(dotText(write)));
    const winner = latest(heads);
    if (!winner) continue;
    const giver = laid?.givers.get(property) ?? standing;
    const standingIsReplaced = superseded.has(dotText(giver));
    let value = compareDots(winner, giver) > 0 ? winner.value : stands[property];
    if (property === MARKINGS) {
      const candidates = heads.map((head) => head.value);
      if (!standingIsReplaced) candidates.push(stands[property]);
      if (candidates.length > 1) value = mostRestrictive(candidates);
    }
    for (const head of heads) if (!sameJson(head.value, value)) conflicts.push(head);
    if (sameJson(value, stands[property])) continue;
    edited = true;
    lastEdit = Math.max(lastEdit, winner.clock);
    if (value === undefined) delete object[property];
    else object[property] = value;
  }
  if (edited && typeof object['modified'] === 'string') {
    const at = new Date(Math.floor(lastEdit / 1024)).toISOString();
    if (Date.parse(at) > Date.parse(object['modified'])) object['modified'] = at;
  }
  conflicts.sort(compareDots);
  return { ...base, object, standing, edited: edited || (laid !== undefined && layers.length + (whole ? 1 : 0) > 1), conflicts };
}

/** Newest `modified`; at a tie the full object before facts; then the earliest write, so that the first stays. */
function standingWhole(wholes: readonly WholeWrite[]): WholeWrite | undefined {
  let best: WholeWrite | undefined;
  for (const write of wholes) if (!best || compareWholes(write, best) > 0) best = write;
  return best;
}

/** Positive where `a` stands over `b`. */
export function compareWholes(a: WholeWrite, b: WholeWrite): number {
  return (
    compareTimestamps(a.object['modified'], b.object['modified']) ||
    Number(b.partial) - Number(a.partial) ||
    compareDots(b, a) ||
    compareTexts(canonical(a.object), canonical(b.object))
  );
}

function standingTags(writes: readonly TagWrite[]): string[] {
  const removed = new Set(writes.flatMap((write) => write.removes ?? []));
  const tags = writes.filter((write) => !write.removes && !removed.has(dotText(write))).map((write) => write.tag);
  return [...new Set(tags)].sort();
}

function latest<T extends Dot>(writes: readonly T[]): T | undefined {
  let best: T | undefined;
  for (const write of writes) if (!best || compareDots(write, best) > 0) best = write;
  return best;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
