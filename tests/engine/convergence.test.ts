import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { knowledgeMigrations } from '#main/features/knowledge/migrations/index.ts';
import type { Carried } from '#main/features/knowledge/store/exchange.ts';
import { createStore, type Store } from '#main/features/knowledge/store/store.ts';
import { openDatabase } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { canonical } from '#shared/domain/knowledge/canonical.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';

const folder = mkdtempSync(join(tmpdir(), 'redoubt-convergence-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const RED = 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1';
const GREEN = 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb';
const uuid = (n: number) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
const malware = (n: number) => `malware--${uuid(n)}`;
const uses = (n: number) => `relationship--${uuid(n)}`;
const time = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;

function replica(index: number, skew: number): Store {
  const database = openDatabase(join(folder, `${files++}.db`), new Uint8Array(32), { create: true });
  database.pragma('synchronous=off');
  migrate(database, knowledgeMigrations);
  let tick = 0;
  return createStore(database, {
    device: uuid(1000 + index),
    actor: `analyst ${index}`,
    now: () => 1_790_000_000_000 + skew + (tick += 7),
  });
}

type Step =
  | { do: 'import'; object: number; version: number; variant: number; kind: 'whole' | 'partial' | 'merge' }
  | { do: 'relate'; object: number; from: number; to: number; version: number }
  | { do: 'set'; object: number; property: string; value: string | undefined }
  | { do: 'mark'; object: number; red: boolean }
  | { do: 'delete'; object: number; deleted: boolean }
  | { do: 'tag'; object: number; tag: string; taken: boolean }
  | { do: 'undo'; nth: number; again: boolean };

const object = fc.integer({ min: 1, max: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('import' as const),
    object,
    version: fc.integer({ min: 1, max: 3 }),
    variant: fc.integer({ min: 0, max: 2 }),
    kind: fc.constantFrom('whole' as const, 'partial' as const, 'merge' as const),
  }),
  fc.record({ do: fc.constant('relate' as const), object, from: object, to: object, version: fc.integer({ min: 1, max: 2 }) }),
  fc.record({
    do: fc.constant('set' as const),
    object,
    property: fc.constantFrom('name', 'description'),
    value: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
  }),
  fc.record({ do: fc.constant('mark' as const), object, red: fc.boolean() }),
  fc.record({ do: fc.constant('delete' as const), object, deleted: fc.boolean() }),
  fc.record({ do: fc.constant('tag' as const), object, tag: fc.constantFrom('x', 'y'), taken: fc.boolean() }),
  fc.record({ do: fc.constant('undo' as const), nth: fc.nat(20), again: fc.boolean() }),
);

function perform(store: Store, actions: string[], step: Step) {
  store.transact(() => {
    if (step.do === 'import') {
      const { object, version, variant, kind } = step;
      const whole = {
        type: 'malware',
        id: malware(object),
        spec_version: '2.1',
        is_family: true,
        created: time(0),
        modified: time(version),
        name: `m${variant}`,
        object_marking_refs: [variant ? GREEN : RED],
        external_references: [{ source_name: kind, external_id: String(variant) }],
        [`x_source_${variant}`]: version,
      };
      const item = { object: whole as unknown as StixObject, path: 'objects[0]', partial: kind === 'partial', merge: kind === 'merge' };
      const { action } = store.writer.writeChunk([item], { now: 0 });
      if (action) actions.push(action);
      return;
    }
    if (step.do === 'relate') {
      const edge = {
        type: 'relationship',
        id: uses(step.object),
        spec_version: '2.1',
        created: time(0),
        modified: time(step.version),
        relationship_type: 'uses',
        source_ref: malware(step.from),
        target_ref: malware(step.to),
      };
      const { action } = store.writer.writeChunk([{ object: edge as unknown as StixObject, path: 'objects[0]' }], { now: 0 });
      if (action) actions.push(action);
      return;
    }
    if (step.do === 'undo') {
      const action = actions[step.nth % Math.max(1, actions.length)];
      if (action) for (const key of store.operations.setUndone(action, !step.again)) store.materializer.materialize(key);
      return;
    }
    const id = malware(step.object);
    if (store.rows.keyOf(id) === undefined) return;
    if (step.do === 'set') actions.push(store.operations.setProperty(id, step.property, step.value).action);
    else if (step.do === 'mark') actions.push(store.operations.setProperty(id, 'object_marking_refs', [step.red ? RED : GREEN]).action);
    else if (step.do === 'delete') actions.push(store.operations.setDeleted(id, step.deleted).action);
    else actions.push(store.operations[step.taken ? 'removeTag' : 'addTag'](id, step.tag).action);
  });
}

/** All that a reader of the workspace can see, without local keys. */
function visible(store: Store): string {
  const state = store.database
    .prepare(
      `SELECT hex(o.uuid) AS uuid, o.state & ~64 AS state, o.name, o.modified, c.value AS common, o.rest,
        (SELECT group_concat(value) FROM (SELECT t.value FROM tag JOIN term t ON t.id = tag.term WHERE tag.object = o.id ORDER BY 1)) AS tags,
        (SELECT group_concat(x) FROM (SELECT k.property || op.clock || ifnull(k.value, '') AS x FROM conflict k JOIN op ON op.id = k.op WHERE k.object = o.id ORDER BY 1)) AS conflicts
       FROM object o JOIN term c ON c.id = o.common WHERE (o.state & 1) = 0 ORDER BY 1`,
    )
    .all();
  const relationships = store.database
    .prepare(
      `SELECT hex(r.uuid) AS uuid, r.state & ~64 AS state, hex(s.uuid) AS src, hex(d.uuid) AS dst, r.modified, r.rest FROM relationship r
       JOIN object s ON s.id = r.src JOIN object d ON d.id = r.dst WHERE (r.state & 1) = 0 ORDER BY 1`,
    )
    .all();
  const edges = store.database
    .prepare(
      'SELECT hex(s.uuid) AS src, t.value AS type, hex(d.uuid) AS dst FROM edge e JOIN object s ON s.id = e.src JOIN object d ON d.id = e.dst JOIN term t ON t.id = e.type ORDER BY 1, 2, 3',
    )
    .all();
  const words = store.database.prepare("SELECT term, col, doc FROM search_terms WHERE col = 'name' ORDER BY 1").all();
  return canonical({ state, relationships, edges, words } as never);
}

function deliver(from: Store, to: Store, random: () => number) {
  const carried: Carried[] = JSON.parse(JSON.stringify(from.exchange.after(to.exchange.heads(), 10_000)));
  for (let i = carried.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [carried[i], carried[j]] = [carried[j] as Carried, carried[i] as Carried];
  }
  const outcome = to.transact(() => to.exchange.receive(carried));
  expect(outcome.refused).toEqual([]);
}

describe('replicas that exchange their logs', () => {
  it('come to the same graph in whatever order the operations arrive', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), step, fc.option(fc.integer({ min: 0, max: 2 }))), {
          minLength: 5,
          maxLength: 40,
        }),
        fc.array(fc.integer({ min: -86_400_000, max: 86_400_000 }), { minLength: 3, maxLength: 3 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999999, noNaN: true })),
        (schedule, skews, stream) => {
          const random = () => stream.next().value as number;
          const stores = [0, 1, 2].map((index) => replica(index, skews[index] as number));
          const actions: string[][] = [[], [], []];
          for (const [at, step, peer] of schedule) {
            perform(stores[at] as Store, actions[at] as string[], step);
            if (peer !== null && peer !== at) deliver(stores[at] as Store, stores[peer] as Store, random);
          }
          for (let round = 0; round < 2; round++)
            for (const from of stores) for (const to of stores) if (from !== to) deliver(from, to, random);
          const [first, ...others] = stores.map(visible);
          for (const other of others) expect(other).toBe(first);
          for (const { database } of stores) database.close();
        },
      ),
      { numRuns: Number(process.env['REDOUBT_RUNS'] ?? 60) },
    );
  }, 120_000);
});
