import { canonical, sameJson } from '#shared/domain/knowledge/canonical.ts';
import { layOver, sourceOf } from '#shared/domain/knowledge/layers.ts';
import { compareTimestamps, resolve, type WholeWrite } from '#shared/domain/knowledge/merge.ts';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import type { Incoming, Judgement, Memory } from './writer.ts';

/** How many layers went into one, and how many of them changed it. */
export interface Folded {
  readonly changed: number;
  readonly same: number;
}

/**
 * Layers of one chunk on one object, of one time, become one: within an operation there is no first. Items come
 * sorted by id.
 */
export function foldLayers(items: readonly Incoming[]): {
  readonly items: readonly Incoming[];
  readonly folded: ReadonlyMap<Incoming, Folded>;
} {
  const folded = new Map<Incoming, Folded>();
  if (!items.some((item, at) => foldable(items[at - 1], item))) return { items, folded };
  const kept: Incoming[] = [];
  for (const item of items) {
    const before = kept.at(-1);
    if (!before || !foldable(before, item)) {
      kept.push(item);
      continue;
    }
    const object = laidOver(before.object, item.object);
    const joined = { ...before, object };
    const { changed, same } = folded.get(before) ?? { changed: 0, same: 0 };
    const isSame = sameJson(object, before.object);
    folded.delete(before);
    folded.set(joined, { changed: changed + (isSame ? 0 : 1), same: same + (isSame ? 1 : 0) });
    kept[kept.length - 1] = joined;
  }
  return { items: kept, folded };
}

function foldable(before: Incoming | undefined, item: Incoming): boolean {
  return (
    item.merge === true &&
    before?.merge === true &&
    before.object.id === item.object.id &&
    before.stamp === item.stamp &&
    before.object['modified'] === item.object['modified']
  );
}

/** The later one's words over the earlier one's. */
export function laidOver(below: JsonObject, above: JsonObject): StixObject {
  const layers = [below, above].map((object, clock) => ({ object, partial: false, merge: true, clock, device: '' }));
  return layOver(layers).object as StixObject;
}

/** Later than any source's time: what is stamped now is the newest. */
const now = '9999-12-31T23:59:59.999Z';

/** Where several sources describe one object: what laying this one over the others would change. */
export function judgeLayer(incoming: Incoming, { all, texts }: Memory): Judgement {
  const { object } = incoming;
  const writes = all.filter(({ derived }) => !derived);
  const same = incoming.stamp ? canonical(withoutTimes(object)) : canonical(object);
  const stands = incoming.stamp
    ? writes.some((write) => write.merge === (incoming.merge === true) && canonical(withoutTimes(write.object)) === same)
    : texts.has(same);
  if (stands) return { fate: 'unchanged', object };
  const before = writes.map((write, index): WholeWrite => ({ ...write, clock: index, device: '', key: index }));
  const added: WholeWrite = {
    object: incoming.stamp ? { ...object, modified: now } : object,
    partial: incoming.partial === true,
    merge: incoming.merge === true,
    clock: before.length,
    device: '',
    key: before.length,
  };
  if (before.length === 0 || contentOf([...before, added]) !== contentOf(before)) return { fate: 'updated', object };
  if (incoming.partial) return { fate: 'unchanged', object };
  const newer = writes.some(
    (write) => sourceOf(write.object) === sourceOf(object) && compareTimestamps(write.object['modified'], added.object['modified']) > 0,
  );
  if (!newer) return { fate: 'unchanged', object, keep: true };
  const what = `older (modified ${String(object['modified'])}) than what this source says here already: kept in the history`;
  return { fate: 'unchanged', object, what };
}

/** What stands by these writes, as canonical text without times. */
function contentOf(wholes: readonly WholeWrite[]): string {
  const { object } = resolve({ wholes, properties: [], deletions: [], tags: [] });
  return object ? canonical(withoutTimes(object as StixObject)) : '';
}

/** The content: what two writes are compared by where a source has no times. */
export function withoutTimes(object: StixObject): JsonObject {
  const { created: _created, modified: _modified, ...rest } = object;
  return rest;
}
