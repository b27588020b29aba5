import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { openDatabase } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { keptCounts, realCounts } from '../../../../tests/fixtures/kept-counts.ts';
import { knowledgeMigrations } from '../migrations/index.ts';
import { settle } from '../import/take-back.ts';
import { decodeObject, decodeRelationship } from './codec.ts';
import { verifyLog } from './reads/audit.ts';
import type { StoredObject } from './rows.ts';
import { MISSING } from './state.ts';
import { createStore, type Store } from './store.ts';
import type { Incoming } from './writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'redoubt-counts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const uuid = (n: number) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
const technique = (n: number) => `attack-pattern--${uuid(n)}`;
const relation = (n: number) => `relationship--${uuid(n)}`;
const time = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;
const RED = 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1';

type Step =
  | { do: 'object'; n: number; version: number; retired: boolean; red: boolean; tactics: number[] }
  | { do: 'relate'; n: number; from: number; to: number; version: number; type: string }
  | { do: 'delete'; n: number; deleted: boolean; relationship: boolean }
  | { do: 'mark'; n: number; red: boolean }
  | { do: 'undo'; nth: number; again: boolean; cut: number; swept: boolean }
  | { do: 'fail' }
  | { do: 'merge' }
  | { do: 'reopen' };

const object = fc.integer({ min: 1, max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('object' as const),
    n: object,
    version: fc.integer({ min: 1, max: 3 }),
    retired: fc.boolean(),
    red: fc.boolean(),
    tactics: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
  }),
  fc.record({
    do: fc.constant('relate' as const),
    n: fc.integer({ min: 1, max: 6 }),
    from: object,
    to: object,
    version: fc.integer({ min: 1, max: 3 }),
    type: fc.constantFrom('uses', 'targets'),
  }),
  fc.record({ do: fc.constant('delete' as const), n: object, deleted: fc.boolean(), relationship: fc.boolean() }),
  fc.record({ do: fc.constant('mark' as const), n: object, red: fc.boolean() }),
  fc.record({ do: fc.constant('undo' as const), nth: fc.nat(20), again: fc.boolean(), cut: fc.nat(4), swept: fc.boolean() }),
  fc.constant({ do: 'fail' as const }),
  fc.constant({ do: 'merge' as const }),
  fc.constant({ do: 'reopen' as const }),
);

/** Two kill chains share a tactic's name. */
const phases = ['mitre-attack:impact', 'mitre-mobile-attack:impact', 'mitre-attack:execution', 'other:execution'];

function incoming(one: Extract<Step, { do: 'object' | 'relate' }>): Incoming {
  const base = { spec_version: '2.1', created: time(0), modified: time(one.version) };
  const object =
    one.do === 'object'
      ? {
          ...base,
          type: 'attack-pattern',
          id: technique(one.n),
          name: `technique ${one.n}`,
          revoked: one.retired,
          ...(one.red && { object_marking_refs: [RED] }),
          kill_chain_phases: one.tactics.map((at) => {
            const [chain, phase] = (phases[at] as string).split(':');
            return { kill_chain_name: chain, phase_name: phase };
          }),
          x_mitre_platforms: one.version > 1 ? ['Linux'] : [],
        }
      : {
          ...base,
          type: 'relationship',
          id: relation(one.n),
          relationship_type: one.type,
          source_ref: technique(one.from),
          target_ref: technique(one.to),
        };
  return { object: object as unknown as StixObject, path: 'one' };
}

/** Runs steps as imports (several share a commit, entries wait) and edits (one transaction each) do. */
async function run(steps: readonly Step[], bulk: boolean): Promise<void> {
  const database = openDatabase(join(folder, `${files++}.db`), new Uint8Array(32), { create: true });
  database.pragma('synchronous=off');
  migrate(database, knowledgeMigrations);
  let tick = 1_790_000_000_000;
  const now = () => (tick += 1000);
  const open = (): Store => createStore(database, { device: uuid(1000), actor: 'analyst', now });
  let store = open();
  const actions: string[] = [];
  const pause = () => Promise.resolve();
  const known = (id: string) => store.rows.keyOf(id) !== undefined;
  for (const one of steps) {
    if (one.do === 'object' || one.do === 'relate') {
      const work = () => store.writer.writeChunk([incoming(one)], { now: now() });
      const { action } = bulk ? store.step(store.generation(), work) : store.transact(work);
      if (action !== undefined) actions.push(action);
    } else if (one.do === 'delete') {
      const id = one.relationship ? relation(one.n) : technique(one.n);
      if (known(id)) store.transact(() => store.operations.setDeleted(id, one.deleted));
    } else if (one.do === 'mark') {
      if (known(technique(one.n)))
        store.transact(() => store.operations.setProperty(technique(one.n), 'object_marking_refs', one.red ? [RED] : undefined));
    } else if (one.do === 'undo') {
      const action = actions[one.nth % Math.max(1, actions.length)];
      if (action === undefined) continue;
      store.transact(() => {
        store.operations.setUndone(action, !one.again);
        store.settling.begin(action);
      });
      // Cut off after some objects, with or without their edges; the next opening goes on, or it is the other way round by then.
      for (let at = 0; at < one.cut; at++) store.step(store.generation(), () => store.settling.next(action, 1));
      if (one.swept) await store.inSlices(store.generation(), store.settling.sweep, pause);
      if (one.cut % 2 === 1) {
        store.commitSteps();
        store = open();
      }
      if (one.cut < 4) for (const left of store.settling.left()) await settle(store, left, store.operations.isUndone(left));
    } else if (one.do === 'fail') {
      const fail = () => {
        store.writer.writeChunk([incoming({ do: 'relate', n: 9, from: 1, to: 2, version: 1, type: 'uses' })], { now: now() });
        throw new Error('as a disk may');
      };
      expect(() => (bulk ? store.step(store.generation(), fail) : store.transact(fail))).toThrow('as a disk may');
    } else if (one.do === 'merge') await store.mergeWaiting(store.generation(), pause, true);
    else {
      // As after a process that was cut off: what was committed stands, what waits is made again.
      store.commitSteps();
      store = open();
    }
  }
  for (const left of store.settling.left()) await settle(store, left, store.operations.isUndone(left));
  await store.mergeWaiting(store.generation(), pause, true);
  store.commitSteps();
  expect(store.settling.left()).toEqual([]);
  for (const key of database.prepare('SELECT id FROM object UNION SELECT id FROM relationship').pluck().all() as number[]) {
    const row = store.rows.relationship(key) ?? store.rows.object(key);
    const stands = row && !(row.state & MISSING) ? ('src' in row ? decodeRelationship(row) : decodeObject(row as StoredObject)) : undefined;
    expect(stands).toEqual(store.materializer.preview(key).object);
  }
  expect(keptCounts(database)).toEqual(realCounts(database));
  const standing = 'SELECT src, type, dst, id AS rel FROM relationship WHERE (state & 15) = 0 ORDER BY id';
  expect(database.prepare('SELECT src, type, dst, rel FROM edge WHERE rel <> src ORDER BY rel').all()).toEqual(
    database.prepare(standing).all(),
  );
  expect(database.prepare('SELECT id FROM identity ORDER BY id').pluck().all()).toEqual(
    database.prepare('SELECT id FROM relationship ORDER BY id').pluck().all(),
  );
  expect(database.prepare('SELECT count(*) - count(DISTINCT uuid) FROM relationship').pluck().get()).toBe(0);
  expect(verifyLog(database).problems).toEqual([]);
  database.close();
}

it.each([true, false])(
  'kept counts are the counts, whatever was written, undone, cut off and opened again (bulk: %s)',
  async (bulk) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => run(steps, bulk)),
      { numRuns: 40 },
    );
  },
  120_000,
);
