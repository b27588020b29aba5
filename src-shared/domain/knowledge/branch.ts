import { canonical, sameJson } from './canonical.ts';
import { compareDots, type Dot, dotText, type PropertyWrite, type Resolved, resolve, type Writes } from './merge.ts';
import type { Json, JsonObject } from './stix.ts';
import { mostRestrictive } from './tlp.ts';

/*
 * A branch is a set of operations that main does not count (docs/adr/0014). Rules:
 *   whole objects   of main's and the branch's the one that would stand on main
 *   properties      the branch's last writer, whatever main says since
 *   deletion        the branch's last word, else main's
 *   tags            main's and the branch's together, add wins
 *   markings        where main's are not what the branch saw, the most restrictive of both
 * A change conflicts where main no longer says what the branch saw and does not say what the branch says.
 */

/** SHA-256 (hex) of a text; an argument, because this room is pure. */
export type HashOf = (text: string) => string;

const MARKINGS = 'object_marking_refs';

/** What a branch writes down of the value on main that it replaces. */
export function seenOnMain(value: Json | undefined, hashOf: HashOf): string {
  return `#${hashOf(value === undefined ? 'nothing' : canonical(value)).slice(0, 32)}`;
}

/** The state of one object on a branch. `conflicts` is empty: the inbox is main's. */
export function resolveOnBranch(main: Writes, branch: Writes, hashOf: HashOf): Resolved {
  const below = resolve({
    ...main,
    wholes: [...main.wholes, ...branch.wholes],
    deletions: branch.deletions.length > 0 ? branch.deletions : main.deletions,
    tags: [...main.tags, ...branch.tags],
  });
  if (!below.object || branch.properties.length === 0) return { ...below, conflicts: [] };
  const object: JsonObject = { ...below.object };
  let lastEdit = 0;
  for (const [property, { winner, seen }] of lastWriters(branch.properties)) {
    let { value } = winner;
    const standing = below.object[property];
    if (property === MARKINGS && seen !== seenOnMain(standing, hashOf)) value = mostRestrictive([value, standing]);
    if (sameJson(value, standing)) continue;
    lastEdit = Math.max(lastEdit, winner.clock);
    if (value === undefined) delete object[property];
    else Object.defineProperty(object, property, { value, enumerable: true, configurable: true, writable: true });
  }
  if (lastEdit > 0 && typeof object['modified'] === 'string') {
    const at = Math.floor(lastEdit / 1024);
    if (at > Date.parse(object['modified'])) object['modified'] = new Date(at).toISOString();
  }
  return { ...below, object, edited: below.edited || lastEdit > 0, conflicts: [] };
}

export interface ChangeOfBranch {
  readonly kind: 'object' | 'property' | 'tag' | 'deletion';
  /** Of a property or tag. */
  readonly name?: string;
  readonly state: 'added' | 'changed' | 'removed' | 'conflicting';
  readonly main: Json | undefined;
  readonly branch: Json | undefined;
  /** What the branch saw, as `seenOnMain`; undefined where it saw nothing. */
  readonly seen: string | undefined;
  /** The branch's last word on it. */
  readonly dot: Dot;
}

/** What a branch changes of one object, beside what main says; nothing where both say the same. */
export function changesOfBranch(main: Writes, branch: Writes, hashOf: HashOf): ChangeOfBranch[] {
  const there = resolve(main);
  const here = resolveOnBranch(main, branch, hashOf);
  const deletion = newest(branch.deletions);
  const tags = tagChanges(there.tags, here.tags, branch);
  if (!there.object) {
    if (!here.object || here.deleted) return [];
    const dot = bare(newest<Dot>([...branch.wholes, ...branch.properties]) as Dot);
    return [{ kind: 'object', state: 'added', main: undefined, branch: here.object, seen: undefined, dot }, ...tags];
  }
  const changes: ChangeOfBranch[] = [];
  if (deletion && here.deleted !== there.deleted) {
    const moved = here.deleted && deletion.base !== undefined && deletion.base !== seenOnMain(there.object, hashOf);
    changes.push({
      kind: 'deletion',
      state: moved ? 'conflicting' : here.deleted ? 'removed' : 'added',
      main: there.deleted,
      branch: here.deleted,
      seen: deletion.base,
      dot: bare(deletion),
    });
    if (here.deleted) return changes;
  }
  const properties = propertyChanges(there.object, here, branch, hashOf);
  const edit = newest(properties.map(({ dot }) => dot).concat(tags.map(({ dot }) => dot)));
  // Main has deleted what the branch goes on with.
  if (there.deleted && here.deleted && edit)
    changes.push({ kind: 'deletion', state: 'conflicting', main: true, branch: false, seen: undefined, dot: edit });
  return [...changes, ...properties, ...tags];
}

function propertyChanges(there: JsonObject, here: Resolved, branch: Writes, hashOf: HashOf): ChangeOfBranch[] {
  const writers = lastWriters(branch.properties);
  const names = new Set(writers.keys());
  // A whole object, or a layer over several sources' words, that came on the branch.
  for (const { object } of branch.wholes)
    for (const name of [...Object.keys(there), ...Object.keys(object)]) if (name !== 'modified') names.add(name);
  const giverOf = (name: string) => newest(branch.wholes.filter(({ object }) => Object.hasOwn(object, name))) ?? newest(branch.wholes);
  const changes: ChangeOfBranch[] = [];
  for (const name of [...names].sort()) {
    const main = there[name];
    const value = here.object?.[name];
    if (sameJson(main, value)) continue;
    const writer = writers.get(name);
    const moved = writer !== undefined && writer.seen !== seenOnMain(main, hashOf);
    changes.push({
      kind: 'property',
      name,
      state: moved ? 'conflicting' : main === undefined ? 'added' : value === undefined ? 'removed' : 'changed',
      main,
      branch: value,
      seen: writer?.seen,
      dot: bare(writer?.winner ?? (giverOf(name) as Dot)),
    });
  }
  return changes;
}

function tagChanges(there: readonly string[], here: readonly string[], branch: Writes): ChangeOfBranch[] {
  const dotOf = (tag: string) => newest(branch.tags.filter((write) => write.tag === tag));
  const one = (name: string, added: boolean): ChangeOfBranch[] => {
    const dot = dotOf(name);
    return dot
      ? [{ kind: 'tag', name, state: added ? 'added' : 'removed', main: !added, branch: added, seen: undefined, dot: bare(dot) }]
      : [];
  };
  return [
    ...here.filter((tag) => !there.includes(tag)).flatMap((tag) => one(tag, true)),
    ...there.filter((tag) => !here.includes(tag)).flatMap((tag) => one(tag, false)),
  ];
}

interface LastWriter {
  readonly winner: PropertyWrite;
  /** What the first write in the winner's line saw on main. */
  readonly seen: string | undefined;
}

function lastWriters(writes: readonly PropertyWrite[]): Map<string, LastWriter> {
  const writers = new Map<string, LastWriter>();
  const byDot = new Map(writes.map((write) => [`${write.property} ${dotText(write)}`, write]));
  for (const write of writes) {
    const before = writers.get(write.property);
    if (before && compareDots(before.winner, write) > 0) continue;
    let first = write;
    // A line is at most as long as there are writes.
    for (let step = 0; step < writes.length; step++) {
      const earlier = byDot.get(`${write.property} ${first.base ?? ''}`);
      if (!earlier) break;
      first = earlier;
    }
    writers.set(write.property, { winner: write, seen: first.base });
  }
  return writers;
}

const bare = ({ clock, device }: Dot): Dot => ({ clock, device });

function newest<T extends Dot>(dots: readonly T[]): T | undefined {
  let best: T | undefined;
  for (const dot of dots) if (!best || compareDots(dot, best) > 0) best = dot;
  return best;
}

/** What a change that was accepted writes to main: of conflicting markings never less than the most restrictive. */
export function mergedValue(
  change: ChangeOfBranch,
  take: 'branch' | 'main' | 'value' | undefined,
  value: Json | undefined,
): Json | undefined {
  const chosen = take === 'main' ? change.main : take === 'value' ? value : change.branch;
  return change.name === MARKINGS && change.state === 'conflicting' ? mostRestrictive([chosen, change.main, change.branch]) : chosen;
}
