import { describe, expect, it } from 'vitest';
import { changesOfBranch, mergedValue, resolveOnBranch, seenOnMain } from './branch.ts';
import { type PropertyWrite, resolve, type WholeWrite, type Writes } from './merge.ts';
import type { Json } from './stix.ts';
import { tlpMarkingId } from './tlp.ts';

/** Not SHA-256, but different texts give different ones. */
const hashOf = (text: string) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 2 ** 40, 7).toString(16);
const none: Writes = { wholes: [], properties: [], deletions: [], tags: [] };
const whole = (clock: number, more: Record<string, Json> = {}): WholeWrite => ({
  clock: clock * 1024,
  device: 'a',
  key: clock,
  partial: false,
  object: { type: 'malware', id: 'malware--x', modified: '2026-01-01T00:00:00.000Z', name: 'first', ...more },
});
const set = (clock: number, property: string, value: Json | undefined, base?: string): PropertyWrite => ({
  clock: clock * 1024,
  device: 'a',
  property,
  value,
  base,
  key: clock,
});
const main: Writes = { ...none, wholes: [whole(1)] };
const seen = seenOnMain('first', hashOf);

describe('an object on a branch', () => {
  it('is what the branch said last, even where main has said something since', () => {
    const branch: Writes = { ...none, properties: [set(2, 'name', 'second', seen), set(3, 'name', 'third', '2048.a')] };
    const later: Writes = { ...main, properties: [set(9, 'name', 'main’s', '1024.a')] };
    expect(resolveOnBranch(main, branch, hashOf).object?.['name']).toBe('third');
    expect(resolveOnBranch(later, branch, hashOf).object?.['name']).toBe('third');
    expect(changesOfBranch(main, branch, hashOf)).toMatchObject([{ kind: 'property', name: 'name', state: 'changed', branch: 'third' }]);
    expect(changesOfBranch(later, branch, hashOf)).toMatchObject([{ state: 'conflicting', main: 'main’s', branch: 'third', seen }]);
  });

  it('is no conflict where main was written again with the same value, or says the same', () => {
    const branch: Writes = { ...none, properties: [set(2, 'name', 'second', seen)] };
    const again: Writes = { ...none, wholes: [whole(1), whole(5, { modified: '2026-02-01T00:00:00.000Z' })] };
    expect(changesOfBranch(again, branch, hashOf)).toMatchObject([{ state: 'changed' }]);
    const same: Writes = { ...main, properties: [set(5, 'name', 'second', '1024.a')] };
    expect(changesOfBranch(same, branch, hashOf)).toEqual([]);
  });

  it('made there is one change whole, and none where it was deleted there again', () => {
    const made: Writes = { ...none, wholes: [whole(2)], properties: [set(3, 'name', 'other', seenOnMain(undefined, hashOf))] };
    expect(changesOfBranch(none, made, hashOf)).toMatchObject([{ kind: 'object', state: 'added', branch: { name: 'other' } }]);
    expect(changesOfBranch(none, { ...made, deletions: [{ clock: 9, device: 'a', deleted: true }] }, hashOf)).toEqual([]);
  });

  it('deleted on main while the branch goes on with it is a conflict to decide', () => {
    const deleted: Writes = { ...main, deletions: [{ clock: 9 * 1024, device: 'a', deleted: true }] };
    const branch: Writes = { ...none, properties: [set(2, 'name', 'second', seen)] };
    expect(changesOfBranch(deleted, branch, hashOf).map(({ kind, state }) => [kind, state])).toEqual([
      ['deletion', 'conflicting'],
      ['property', 'changed'],
    ]);
    const base = seenOnMain(resolve(main).object, hashOf);
    const gone: Writes = { ...none, deletions: [{ clock: 2048, device: 'a', deleted: true, base }] };
    expect(changesOfBranch(main, gone, hashOf)).toMatchObject([{ kind: 'deletion', state: 'removed' }]);
    const edited: Writes = { ...main, properties: [set(9, 'name', 'main’s', '1024.a')] };
    expect(changesOfBranch(edited, gone, hashOf)).toMatchObject([{ kind: 'deletion', state: 'conflicting' }]);
  });

  it('never shows or merges less than the most restrictive marking where main’s have moved', () => {
    const [green, red] = [tlpMarkingId('green'), tlpMarkingId('red')];
    const branch: Writes = { ...none, properties: [set(2, 'object_marking_refs', [green], seenOnMain(undefined, hashOf))] };
    expect(resolveOnBranch(main, branch, hashOf).object?.['object_marking_refs']).toEqual([green]);
    const marked: Writes = { ...main, properties: [set(5, 'object_marking_refs', [red], '1024.a')] };
    expect(resolveOnBranch(marked, branch, hashOf).object?.['object_marking_refs']).toEqual([red]);
    const change = {
      kind: 'property',
      name: 'object_marking_refs',
      state: 'conflicting',
      main: [red],
      branch: [green],
      seen: '',
      dot: { clock: 1, device: 'a' },
    } as const;
    const copied = { ...change, main: [...change.main], branch: [...change.branch] };
    expect(mergedValue(copied, 'branch', undefined)).toEqual([red]);
    expect(mergedValue(copied, 'value', [])).toEqual([red]);
  });
});
