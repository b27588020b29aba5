import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { shownAs } from '#main/features/knowledge/store/branches/overlay.ts';
import { countedOf } from '#main/features/knowledge/store/branches/shown.ts';
import { knowledgeReads } from '#main/features/knowledge/store/reads/index.ts';
import { createStore, type Store } from '#main/features/knowledge/store/store.ts';
import { openDatabase } from '#main/platform/database/database.ts';
import { runRead } from '#main/platform/database/readers/run-read.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { migrations } from '#main/workspace.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { isContractError } from '#shared/transport/errors.ts';

const RED = 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1';
const GREEN = 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb';
export const uuid = (n: number) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
export const malware = (n: number) => `malware--${uuid(n)}`;
export const uses = (n: number) => `relationship--${uuid(n)}`;
const note = (n: number) => `note--${uuid(n)}`;
export const time = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;

export interface Folder {
  readonly path: string;
  remove(): void;
}

export function branchFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'redoubt-branches-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

let files = 0;

export function storeOf(folder: Folder, device = uuid(1000), skew = 0): Store {
  const database = openDatabase(join(folder.path, `${files++}.db`), new Uint8Array(32), { create: true });
  database.pragma('synchronous=off');
  migrate(database, migrations);
  let tick = 0;
  return createStore(database, { device, actor: 'analyst', now: () => 1_790_000_000_000 + skew + (tick += 7) });
}

export type Step =
  | { do: 'import'; object: number; version: number; variant: number }
  | { do: 'relate'; object: number; from: number; to: number }
  | { do: 'note'; object: number; about: number }
  | { do: 'set'; object: number; property: string; value: string | undefined }
  | { do: 'mark'; object: number; red: boolean }
  | { do: 'delete'; object: number; deleted: boolean; edge: boolean }
  | { do: 'tag'; object: number; tag: string; taken: boolean };

const object = fc.integer({ min: 1, max: 4 });
/** One step on main or on a branch; on a branch `import` makes an object that main does not know. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('import' as const),
    object,
    version: fc.integer({ min: 1, max: 3 }),
    variant: fc.integer({ min: 0, max: 2 }),
  }),
  fc.record({ do: fc.constant('relate' as const), object, from: object, to: object }),
  fc.record({ do: fc.constant('note' as const), object, about: object }),
  fc.record({
    do: fc.constant('set' as const),
    object,
    property: fc.constantFrom('name', 'description', 'aliases'),
    value: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
  }),
  fc.record({ do: fc.constant('mark' as const), object, red: fc.boolean() }),
  fc.record({ do: fc.constant('delete' as const), object, deleted: fc.boolean(), edge: fc.boolean() }),
  fc.record({ do: fc.constant('tag' as const), object, tag: fc.constantFrom('x', 'y'), taken: fc.boolean() }),
);

function wholeOf(step: Step, branch: number): StixObject | undefined {
  const common = { spec_version: '2.1', created: time(0) };
  // What is made on a branch is new: an id of its own.
  const shift = branch === 0 ? 0 : 100 + (branch % 89) * 10;
  if (step.do === 'import')
    return {
      ...common,
      type: 'malware',
      id: malware(step.object + shift),
      is_family: true,
      modified: time(step.version),
      name: `m${step.variant}`,
      object_marking_refs: [step.variant ? GREEN : RED],
    };
  if (step.do === 'relate')
    return {
      ...common,
      type: 'relationship',
      id: uses(step.object + shift),
      modified: time(1),
      relationship_type: 'uses',
      source_ref: malware(step.from),
      target_ref: malware(step.to),
    };
  if (step.do === 'note')
    return {
      ...common,
      type: 'note',
      id: note(step.object + shift),
      modified: time(1),
      content: 'seen',
      authors: ['us'],
      object_refs: [malware(step.about)],
    };
  return undefined;
}

export function perform(store: Store, step: Step, branch: number): string | undefined {
  return store.transact(() => {
    const whole = wholeOf(step, branch);
    if (whole) {
      if (branch !== 0)
        return store.rows.keyOf(whole.id) === undefined ? store.operations.writeOnBranch([whole], branch).action : undefined;
      return store.writer.writeChunk([{ object: whole, path: 'objects[0]' }], { now: 0 }).action;
    }
    const id = step.do === 'delete' && step.edge ? uses(step.object) : malware(step.object);
    const key = store.rows.keyOf(id);
    const row = key === undefined ? undefined : (store.rows.relationship(key) ?? store.rows.object(key));
    if (!row || row.state & 1) return undefined;
    const { operations } = store;
    if (step.do === 'set') {
      const value = step.value !== undefined && step.property === 'aliases' ? [`also ${step.value}`] : step.value;
      return operations.setProperty(id, step.property, value, { branch }).action;
    }
    if (step.do === 'mark') return operations.setProperty(id, 'object_marking_refs', [step.red ? RED : GREEN], { branch }).action;
    if (step.do === 'delete') return operations.setDeleted(id, step.deleted, { branch }).action;
    if (step.do === 'tag') return operations[step.taken ? 'removeTag' : 'addTag'](id, step.tag, { branch }).action;
    return undefined;
  });
}

const page = { limit: 200, offset: 0 };

/** What the reads show of main, a branch or a moment, without what says when and by which operation. */
export function shownBy(store: Store, branch: string | undefined, at?: string) {
  const read = (name: string, params: unknown): unknown => {
    const answer =
      branch === undefined && at === undefined
        ? runRead(knowledgeReads, store.database, name, params)
        : runRead(knowledgeReads, store.database, 'knowledge.shown', { on: { branch, at }, name, params });
    return timeless(JSON.parse(JSON.stringify(answer)));
  };
  const lists = ['name', 'type', 'modified', 'degree'].map((sort) =>
    [true, false].map((includeRetired) => {
      const { rows, total } = read('knowledge.listEntities', { ...page, sort, descending: false, includeRetired }) as {
        rows: { id: string }[];
        total: number;
      };
      // Ties are broken by the key, which says who was named first.
      return { order: rows.map((row) => row[sort as 'id']), rows: rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)), total };
    }),
  );
  const ids = [1, 2, 3, 4].map(malware);
  const shown = ids
    .filter((id) => store.rows.keyOf(id) !== undefined)
    .flatMap((id) => {
      try {
        return [read('knowledge.entity', { id }) as Record<string, unknown>];
      } catch (error) {
        if (isContractError(error) && error.code === 'not_found') return [];
        throw error;
      }
    });
  // Of one that only others name nothing is known, whoever named it.
  const entities = Object.fromEntries(
    shown.filter(({ missing, tags }) => !missing || (tags as string[]).length > 0).map((one) => [one['id'] as string, one]),
  );
  const known = Object.keys(entities);
  return {
    stats: read('knowledge.stats', undefined),
    facets: sortedDeep(read('knowledge.facets', undefined)),
    lists,
    entities,
    neighbours: known.map((id) => sortedDeep(read('knowledge.neighbours', { id, direction: 'both', ...page }))),
    tagged: sortedDeep(read('knowledge.listEntities', { ...page, sort: 'name', descending: false, tags: ['x'] })),
    found: ['m1', 'also', 'seen', 'a'].map((text) => sortedDeep(read('knowledge.search', { text, ...page }))),
    counts: countsShown(store, { branch, at }),
    exported: (['object', 'relationship'] as const).map((table) =>
      sortedDeep(read('knowledge.page', { after: { table, key: 0 }, limit: 100 })),
    ),
  };
}

/** The narrow mirror and the kept counts, as a read would see them. */
function countsShown(store: Store, on: { branch: string | undefined; at: string | undefined }) {
  const reads = {
    nodes: (database: Store['database']) =>
      database
        .prepare(
          `SELECT hex(o.uuid) AS uuid, n.state, n.tlp, n.degree, t.value AS type FROM node n JOIN object o ON o.id = n.id JOIN term t ON t.id = n.type
           WHERE n.state & 1 = 0 ORDER BY uuid, t.value`,
        )
        .all(),
    tally: (database: Store['database']) =>
      database.prepare('SELECT y.kind, t.value, y.b, y.n FROM tally y JOIN term t ON t.id = y.a WHERE y.n <> 0 ORDER BY 1, 2, 3').all(),
  };
  return Object.values(reads).map((read) =>
    on.branch === undefined && on.at === undefined
      ? read(store.database)
      : shownAs(store.database, countedOf(store.database, on), (look) => look('all', () => read(store.database))),
  );
}

const TIMES = new Set(['modified', 'provenance', 'versions', 'source', 'at', 'key', 'next']);

function timeless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(timeless);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (TIMES.has(key) ? [] : [[key, timeless(item)]])));
}

function sortedDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedDeep).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sortedDeep(item)]));
}
