import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { branchNumber } from '#main/features/knowledge/store/branches/branches.ts';
import { createBranch, mergeBranch, reviewChanges } from '#main/features/knowledge/store/branches/edits.ts';
import { changesOf } from '#main/features/knowledge/store/branches/changes.ts';
import type { Store } from '#main/features/knowledge/store/store.ts';
import { branchFolder, malware, perform, shownBy, step, storeOf } from './branch-world.ts';

const folder = branchFolder();
afterAll(() => folder.remove());
const runs = Number(process.env['REDOUBT_RUNS'] ?? 40);

const branches = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'] as const;
const schedule = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), step), { minLength: 4, maxLength: 30 });

/** Accepts all that a branch changes; of conflicts its own value, but what main has deleted stays deleted. */
function acceptAll(store: Store, branch: string) {
  const record = store.branches().get(branchNumber(branch));
  if (!record) throw new Error('no branch');
  for (const { id, change } of changesOf(store.database, record)) {
    const take = change.state !== 'conflicting' ? undefined : change.kind === 'deletion' && change.main === true ? 'main' : 'branch';
    reviewChanges(store, branch, [{ id, kind: change.kind, ...(change.name !== undefined && { name: change.name }) }], {
      decision: 'accepted',
      ...(take && { take }),
    });
  }
}

function worldOf(steps: readonly (readonly [number, Parameters<typeof perform>[1]])[]): Store {
  const store = storeOf(folder);
  store.transact(() => branches.forEach((id, index) => createBranch(store, id, branchNumber(id), `branch ${index}`, undefined)));
  for (const [where, one] of steps) perform(store, one, where === 0 ? 0 : branchNumber(branches[where - 1] as string));
  return store;
}

describe('a branch', () => {
  it('shows what its merge makes of main, and the undo of the merge is what was before', () => {
    fc.assert(
      fc.property(schedule, fc.boolean(), (steps, swapped) => {
        const store = worldOf(steps);
        for (const branch of swapped ? branches.toReversed() : branches) {
          const before = shownBy(store, undefined);
          const shown = shownBy(store, branch);
          const { action } = store.transact(() => {
            acceptAll(store, branch);
            return mergeBranch(store, branch, 0);
          });
          expect(shownBy(store, undefined)).toEqual(shown);
          store.transact(() => {
            for (const key of store.operations.setUndone(action, true)) store.materializer.materialize(key);
          });
          expect(shownBy(store, undefined)).toEqual(before);
          expect(shownBy(store, branch)).toEqual(shown);
          store.transact(() => {
            for (const key of store.operations.setUndone(action, false)) store.materializer.materialize(key);
          });
          expect(shownBy(store, undefined)).toEqual(shown);
        }
        store.database.close();
      }),
      { numRuns: runs },
    );
  }, 120_000);

  it('leaves main as if it were not there', () => {
    fc.assert(
      fc.property(schedule, (steps) => {
        const store = worldOf(steps);
        const alone = worldOf(steps.filter(([where]) => where === 0));
        expect(shownBy(store, undefined)).toEqual(shownBy(alone, undefined));
        store.database.close();
        alone.database.close();
      }),
      { numRuns: runs },
    );
  }, 120_000);

  it('merges nothing that was rejected', () => {
    const store = worldOf([
      [0, { do: 'import', object: 1, version: 1, variant: 1 }],
      [1, { do: 'set', object: 1, property: 'name', value: 'a' }],
      [1, { do: 'tag', object: 1, tag: 'x', taken: false }],
    ]);
    const [branch] = branches;
    store.transact(() => {
      reviewChanges(store, branch, [{ id: malware(1), kind: 'property', name: 'name' }], { decision: 'rejected', reason: 'not so' });
      reviewChanges(store, branch, undefined, { decision: 'accepted' });
      expect(mergeBranch(store, branch, 0)).toMatchObject({ merged: 1, rejected: 1 });
    });
    const { entities } = shownBy(store, undefined);
    expect(entities[malware(1)]).toMatchObject({ name: 'm1', tags: ['x'] });
    const record = store.branches().get(branchNumber(branch));
    expect(record?.state).toBe('merged');
    // Readable as it was when it was merged, what was rejected with its reason.
    expect(
      record && changesOf(store.database, record).map(({ change, review }) => [change.kind, review?.decision, review?.reason]),
    ).toEqual([
      ['property', 'rejected', 'not so'],
      ['tag', 'accepted', undefined],
    ]);
    store.database.close();
  });
});
