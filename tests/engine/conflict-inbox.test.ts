import { afterAll, describe, expect, it } from 'vitest';
import { resolveConflict } from '#main/features/knowledge/edit/revert.ts';
import { branchNumber } from '#main/features/knowledge/store/branches/branches.ts';
import { createBranch, mergeBranch, reviewChanges } from '#main/features/knowledge/store/branches/edits.ts';
import type { Store } from '#main/features/knowledge/store/store.ts';
import { stateAt } from '#main/features/knowledge/store/time/moments.ts';
import { conflicts } from '#main/features/knowledge/store/time/properties.ts';
import { branchFolder, malware, perform, shownBy, storeOf, uuid } from './branch-world.ts';

const folder = branchFolder();
afterAll(() => folder.remove());
const page = { limit: 50, offset: 0 };

function exchange(a: Store, b: Store) {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const carried = JSON.parse(JSON.stringify(from.exchange.after(to.exchange.heads(), 1000)));
    expect(to.transact(() => to.exchange.receive(carried)).refused).toEqual([]);
  }
}

/** Two devices that both renamed one object without knowing of each other. */
function inConflict(): [Store, Store] {
  const a = storeOf(folder, uuid(4001));
  const b = storeOf(folder, uuid(4002));
  perform(a, { do: 'import', object: 1, version: 1, variant: 1 }, 0);
  exchange(a, b);
  perform(a, { do: 'set', object: 1, property: 'name', value: 'a' }, 0);
  perform(b, { do: 'set', object: 1, property: 'name', value: 'b' }, 0);
  exchange(a, b);
  return [a, b];
}

const nameOf = (store: Store) => stateAt(store.database, store.rows.keyOf(malware(1)) as number, undefined).object?.['name'];

describe('the conflict inbox', () => {
  it.each(['standing', 'lost', 'value'] as const)('is clear on every device once a conflict is decided (%s)', (take) => {
    const [a, b] = inConflict();
    const [open] = conflicts(a.database, page).rows;
    expect(open).toMatchObject({ property: 'name', entity: { id: malware(1) } });
    expect([open?.standing, open?.lost].sort()).toEqual(['a', 'b']);
    const wanted = take === 'standing' ? open?.standing : take === 'lost' ? open?.lost : 'c';
    a.transact(() => resolveConflict(a, malware(1), 'name', { take, ...(take === 'value' && { value: 'c' }) }));
    exchange(a, b);
    for (const store of [a, b]) {
      expect(conflicts(store.database, page).total).toBe(0);
      expect(nameOf(store)).toBe(wanted);
    }
    expect(() => a.transact(() => resolveConflict(a, malware(1), 'name', { take: 'lost' }))).toThrow('waits for a decision');
    a.database.close();
    b.database.close();
  });
});

describe('a merge that is cut off', () => {
  it('leaves main and the branch as they were, and can be done again', () => {
    const store = storeOf(folder);
    const branch = '44444444-4444-4444-8444-444444444444';
    const number = branchNumber(branch);
    store.transact(() => createBranch(store, branch, number, 'cut off', undefined));
    perform(store, { do: 'import', object: 1, version: 1, variant: 1 }, 0);
    perform(store, { do: 'set', object: 1, property: 'name', value: 'a' }, number);
    perform(store, { do: 'import', object: 2, version: 1, variant: 1 }, number);
    perform(store, { do: 'tag', object: 1, tag: 'x', taken: false }, number);
    store.transact(() => reviewChanges(store, branch, undefined, { decision: 'accepted' }));
    const before = { main: shownBy(store, undefined), branch: shownBy(store, branch) };
    expect(() =>
      store.transact(() => {
        mergeBranch(store, branch, 0);
        throw new Error('the power went');
      }),
    ).toThrow('the power went');
    expect(store.branches().get(number)?.state).toBe('open');
    expect({ main: shownBy(store, undefined), branch: shownBy(store, branch) }).toEqual(before);
    expect(store.transact(() => mergeBranch(store, branch, 0))).toMatchObject({ merged: 3, rejected: 0 });
    expect(shownBy(store, undefined)).toEqual(before.branch);
    store.database.close();
  });
});
