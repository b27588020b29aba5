import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { branchNumber } from '#main/features/knowledge/store/branches/branches.ts';
import { changesOf } from '#main/features/knowledge/store/branches/changes.ts';
import { createBranch, mergeBranch, reviewChanges } from '#main/features/knowledge/store/branches/edits.ts';
import type { Carried } from '#main/features/knowledge/store/exchange.ts';
import type { Store } from '#main/features/knowledge/store/store.ts';
import { branchFolder, perform, shownBy, type Step, step, storeOf, uuid } from './branch-world.ts';

const folder = branchFolder();
afterAll(() => folder.remove());
const branch = '33333333-3333-4333-8333-333333333333';
const number = branchNumber(branch);

type Scheduled = { at: number; to: number | null } & ({ step: Step; on: boolean } | { merge: true } | { undo: number });

const scheduled: fc.Arbitrary<Scheduled> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ at: fc.nat(1), to: fc.option(fc.nat(1)), step, on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ at: fc.nat(1), to: fc.option(fc.nat(1)), merge: fc.constant(true as const) }) },
  { weight: 1, arbitrary: fc.record({ at: fc.nat(1), to: fc.option(fc.nat(1)), undo: fc.nat(20) }) },
);

function deliver(from: Store, to: Store, random: () => number) {
  const carried: Carried[] = JSON.parse(JSON.stringify(from.exchange.after(to.exchange.heads(), 10_000)));
  for (let i = carried.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [carried[i], carried[j]] = [carried[j] as Carried, carried[i] as Carried];
  }
  expect(to.transact(() => to.exchange.receive(carried)).refused).toEqual([]);
}

function mergeAll(store: Store): string | undefined {
  const record = store.branches().get(number);
  if (!record || record.closed) return undefined;
  return store.transact(() => {
    for (const { id, change } of changesOf(store.database, record))
      reviewChanges(store, branch, [{ id, kind: change.kind, ...(change.name !== undefined && { name: change.name }) }], {
        decision: 'accepted',
        take: 'branch',
      });
    return mergeBranch(store, branch, 0).action;
  });
}

describe('devices that exchange their logs', () => {
  it('come to the same main and the same branches, reviews and merges included', () => {
    fc.assert(
      fc.property(
        fc.array(scheduled, { minLength: 4, maxLength: 24 }),
        fc.tuple(fc.integer({ min: -86_400_000, max: 86_400_000 }), fc.integer({ min: -86_400_000, max: 86_400_000 })),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999999, noNaN: true })),
        (schedule, skews, stream) => {
          const random = () => stream.next().value as number;
          const stores = [0, 1].map((index) => storeOf(folder, uuid(2000 + index), skews[index] as number));
          const [first, second] = stores as [Store, Store];
          first.transact(() => createBranch(first, branch, number, 'shared', undefined));
          deliver(first, second, random);
          const actions: string[] = [];
          for (const one of schedule) {
            const store = stores[one.at] as Store;
            let action: string | undefined;
            if ('step' in one) action = perform(store, one.step, one.on && !store.branches().get(number)?.closed ? number : 0);
            else if ('merge' in one) action = mergeAll(store);
            else {
              const known = actions.filter((each) => store.operations.isKnown(each));
              const undone = known[one.undo % Math.max(1, known.length)];
              if (undone !== undefined)
                store.transact(() => {
                  for (const key of store.operations.setUndone(undone, true)) store.materializer.materialize(key);
                });
            }
            if (action !== undefined) actions.push(action);
            if (one.to !== null && one.to !== one.at) deliver(store, stores[one.to] as Store, random);
          }
          for (let round = 0; round < 2; round++) {
            deliver(first, second, random);
            deliver(second, first, random);
          }
          expect(shownBy(second, undefined)).toEqual(shownBy(first, undefined));
          expect([...second.branches().values()]).toEqual([...first.branches().values()]);
          if (first.branches().has(number)) {
            expect(shownBy(second, branch)).toEqual(shownBy(first, branch));
            const changes = (store: Store) => {
              const record = store.branches().get(number);
              return record
                ? changesOf(store.database, record)
                    .map(({ id, change, review }) => JSON.stringify([id, change, review]))
                    .sort()
                : [];
            };
            expect(changes(second)).toEqual(changes(first));
          }
          for (const { database } of stores) database.close();
        },
      ),
      { numRuns: Number(process.env['REDOUBT_RUNS'] ?? 20) },
    );
  }, 300_000);
});
