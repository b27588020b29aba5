import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { knowledgeReads } from '#main/features/knowledge/store/reads/index.ts';
import { compareVersions } from '#main/features/knowledge/store/time/moments.ts';
import { diffTimes } from '#main/features/knowledge/store/time/differences.ts';
import { branchFolder, malware, perform, shownBy, step, storeOf } from './branch-world.ts';

const folder = branchFolder();
afterAll(() => folder.remove());

const scheduled = fc.array(fc.oneof(step, fc.record({ do: fc.constant('undo' as const), nth: fc.nat(20), again: fc.boolean() })), {
  minLength: 2,
  maxLength: 14,
});

describe('a moment in the past', () => {
  it('is shown as it was then, whatever was done and taken back since', () => {
    fc.assert(
      fc.property(scheduled, (steps) => {
        const store = storeOf(folder);
        const newest = store.database
          .prepare("SELECT d.uuid || ':' || op.seq FROM op JOIN device d ON d.id = op.device ORDER BY op.id DESC LIMIT 1")
          .pluck();
        const actions: string[] = [];
        const seen: { at: string; shown: ReturnType<typeof shownBy> }[] = [];
        for (const one of steps) {
          if (one.do === 'undo') {
            const action = actions[one.nth % Math.max(1, actions.length)];
            if (action === undefined) continue;
            store.transact(() => {
              for (const key of store.operations.setUndone(action, !one.again)) store.materializer.materialize(key);
            });
          } else {
            const action = perform(store, one, 0);
            if (action !== undefined) actions.push(action);
          }
          const at = newest.get() as string | undefined;
          if (at !== undefined) seen.push({ at, shown: shownBy(store, undefined) });
        }
        for (const { at, shown } of seen) expect(shownBy(store, undefined, at)).toEqual(shown);
        // And now is still now.
        const last = seen.at(-1);
        if (last) expect(shownBy(store, undefined)).toEqual(last.shown);
        store.database.close();
      }),
      { numRuns: Number(process.env['REDOUBT_RUNS'] ?? 30) },
    );
  }, 120_000);

  it('is compared with another: what came, changed and went, by what', () => {
    const store = storeOf(folder);
    const at = () =>
      store.database
        .prepare("SELECT d.uuid || ':' || op.seq FROM op JOIN device d ON d.id = op.device ORDER BY op.id DESC LIMIT 1")
        .pluck()
        .get() as string;
    perform(store, { do: 'import', object: 1, version: 1, variant: 1 }, 0);
    perform(store, { do: 'import', object: 2, version: 1, variant: 1 }, 0);
    const first = at();
    perform(store, { do: 'set', object: 1, property: 'name', value: 'a' }, 0);
    perform(store, { do: 'tag', object: 1, tag: 'x', taken: false }, 0);
    perform(store, { do: 'delete', object: 2, deleted: true, edge: false }, 0);
    const second = at();
    perform(store, { do: 'import', object: 3, version: 1, variant: 1 }, 0);

    const page = { limit: 50, offset: 0 };
    const all = diffTimes(store.database, { from: first, ...page });
    expect(all.counts).toEqual({ added: 1, changed: 1, removed: 1 });
    expect(all.rows.map(({ entity, state }) => [entity.id, state])).toEqual([
      [malware(2), 'removed'],
      [malware(1), 'changed'],
      [malware(3), 'added'],
    ]);
    expect(all.rows[1]).toMatchObject({
      properties: expect.arrayContaining([{ property: 'name', state: 'changed', before: 'm1', after: 'a' }]),
      tags: { added: ['x'], removed: [] },
    });
    expect(all.rows[1]?.actions).toHaveLength(2);
    expect(diffTimes(store.database, { from: first, to: second, ...page }).counts).toEqual({ added: 0, changed: 1, removed: 1 });
    expect(diffTimes(store.database, { from: second, states: ['added'], ...page })).toMatchObject({ total: 1, shown: 1 });
    expect(() => diffTimes(store.database, { from: second, to: first, ...page })).toThrow('order of time');
    expect(compareVersions(store.database, { id: malware(1), from: first }).differences).toContainEqual({
      property: 'name',
      state: 'changed',
      before: 'm1',
      after: 'a',
    });
    const provenance = knowledgeReads['knowledge.propertyProvenance'](store.database, { id: malware(1) });
    const name = provenance.find(({ property }) => property === 'name');
    expect(name).toMatchObject({ value: 'a', others: [{ value: 'm1', lost: false }] });
    expect(name?.provenance.operation).not.toBe(first);
    store.database.close();
  });
});
