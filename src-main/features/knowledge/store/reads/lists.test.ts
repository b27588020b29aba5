import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { type Database, openDatabase } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { knowledgeMigrations } from '../../migrations/index.ts';
import { createStore } from '../store.ts';
import type { Filters } from './filters.ts';
import { nodeFilter, totalOf } from './list-filter.ts';
import { orderedPage, type Sort } from './list-order.ts';
import { facets, listEntities, stats } from './lists.ts';
import { neighbours } from './neighbours.ts';
import { search } from './search.ts';

const folder = mkdtempSync(join(tmpdir(), 'redoubt-lists-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const uuid = (n: number) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
const types = ['malware', 'attack-pattern', 'ipv4-addr', 'tool'] as const;
const names = ['Alpha', 'alpha', 'beta', 'Beta two', 'gamma ray', 'Ωmega', undefined, 'alpha beta'];
const RED = 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1';

interface Made {
  readonly key: number;
  readonly id: string;
  readonly type: string;
  readonly name: string | null;
  readonly externalId: string | null;
  readonly modified: number | null;
  readonly degree: number;
  readonly live: boolean;
  readonly gone: boolean;
  readonly red: boolean;
  readonly tactics: readonly string[];
  readonly tagged: boolean;
  readonly importId: string;
}

/** 120 objects of every kind that a list may meet, and what is true of each. */
function workspace(): { database: Database; made: Made[] } {
  const database = openDatabase(join(folder, 'lists.db'), new Uint8Array(32), { create: true });
  database.pragma('synchronous=off');
  migrate(database, knowledgeMigrations);
  let tick = 1_790_000_000_000;
  const store = createStore(database, { device: uuid(9999), actor: 'analyst', now: () => (tick += 1000) });
  const imports = [1, 2].map((key) => {
    database
      .prepare(
        "INSERT INTO import (id, uuid, kind, source, format, sha256, started, state) VALUES (?, ?, 'file', 'one', 'stix', '', 1, 'done')",
      )
      .run(key, `import ${key}`);
    return { key, uuid: `import ${key}` };
  });
  const facts = Array.from({ length: 120 }, (_, n) => {
    const type = types[n % types.length] as string;
    const name = names[(n * 7) % names.length];
    const object = {
      type,
      id: `${type}--${uuid(n)}`,
      spec_version: '2.1',
      ...(name !== undefined && (type === 'ipv4-addr' ? { value: name } : { name })),
      ...(type !== 'ipv4-addr' && { created: '2026-01-01T00:00:00.000Z', modified: `2026-01-0${1 + (n % 5)}T00:00:00.000Z` }),
      ...(n % 6 === 0 && { external_references: [{ source_name: 'mitre-attack', external_id: `T${1000 + (n % 30)}` }] }),
      ...(n % 11 === 0 && { revoked: true }),
      ...(n % 5 === 0 && { object_marking_refs: [RED] }),
      ...(type === 'attack-pattern' && {
        kill_chain_phases: [{ kill_chain_name: 'mitre-attack', phase_name: n % 3 === 0 ? 'impact' : 'execution' }],
      }),
    };
    return { n, object: object as unknown as StixObject, own: imports[n % 3 === 0 ? 0 : 1] as (typeof imports)[number] };
  });
  for (const own of imports)
    store.transact(() =>
      store.writer.writeChunk(
        facts.filter((fact) => fact.own === own).map(({ object }) => ({ object, path: 'one' })),
        { now: 1, import: own },
      ),
    );
  const relationships = Array.from({ length: 200 }, (_, n) => ({
    type: 'relationship',
    id: `relationship--${uuid(5000 + n)}`,
    spec_version: '2.1',
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    relationship_type: n % 2 === 0 ? 'uses' : 'related-to',
    source_ref: facts[(n * n) % 40]?.object.id,
    target_ref: facts[n % 7]?.object.id,
  })) as unknown as StixObject[];
  store.transact(() =>
    store.writer.writeChunk(
      relationships.map((object) => ({ object, path: 'one' })),
      { now: 1 },
    ),
  );
  for (const { n, object } of facts) {
    if (n % 13 === 0) store.transact(() => store.operations.addTag(object.id, 'watched'));
    if (n % 17 === 0) store.transact(() => store.operations.setDeleted(object.id, true));
  }
  const row = database.prepare(
    `SELECT o.id AS key, o.state, o.name, o.external_id AS externalId, o.modified,
       (SELECT count(*) FROM edge WHERE src = o.id) + (SELECT count(*) FROM edge WHERE dst = o.id) AS degree FROM object o WHERE o.id = ?`,
  );
  const made = facts.map(({ n, object, own }): Made => {
    const found = row.get(store.rows.keyOf(object.id)) as Pick<Made, 'key' | 'name' | 'externalId' | 'modified' | 'degree'> & {
      state: number;
    };
    return {
      ...found,
      id: object.id,
      type: object.type,
      live: (found.state & 15) === 0,
      gone: (found.state & 9) !== 0,
      red: n % 5 === 0,
      tactics: object.type === 'attack-pattern' ? [n % 3 === 0 ? 'impact' : 'execution'] : [],
      tagged: n % 13 === 0,
      importId: own.uuid,
    };
  });
  return { database, made };
}

const { database, made } = workspace();
afterAll(() => void database.close());

const passes = (one: Made, f: Filters) =>
  (f.includeRetired ? !one.gone : one.live) &&
  (!f.types?.length || f.types.includes(one.type)) &&
  (!f.tlp?.length || f.tlp.includes(one.red ? 'red' : 'none')) &&
  (!f.tactics?.length || one.tactics.some((tactic) => f.tactics?.includes(tactic))) &&
  (!f.tags?.length || one.tagged) &&
  (f.importId === undefined || one.importId === f.importId);

const nocase = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const value = (one: Made, sort: Sort) => {
  const found = sort === 'type' ? one.name : one[sort];
  return typeof found === 'string' && sort !== 'externalId' ? nocase(found) : found;
};
const compare = (a: string | number | null, b: string | number | null) => (a === b ? 0 : (a as string) < (b as string) ? -1 : 1);

/** The order as it is promised, by JavaScript's own sort. */
function inOrder(filter: Filters, sort: Sort, descending: boolean): number[] {
  const way = descending ? -1 : 1;
  const own = sort === 'type' ? 1 : way;
  return made
    .filter((one) => passes(one, filter))
    .sort((a, b) => {
      if (sort === 'type' && a.type !== b.type) return compare(a.type, b.type) * way;
      const [x, y] = [value(a, sort), value(b, sort)];
      if (x === null || y === null) return x === y ? a.key - b.key : x === null ? 1 : -1;
      return (compare(x, y) || a.key - b.key) * own;
    })
    .map(({ key }) => key);
}

const filters: fc.Arbitrary<Filters> = fc.record(
  {
    types: fc.subarray([...types]),
    tlp: fc.subarray(['red', 'none']),
    tactics: fc.subarray(['impact', 'execution']),
    tags: fc.constant(['watched']),
    importId: fc.constantFrom('import 1', 'import 2'),
    includeRetired: fc.boolean(),
  },
  { requiredKeys: [] },
);
const sorts = fc.constantFrom<Sort>('name', 'type', 'externalId', 'modified', 'degree');

describe('a list of entities', () => {
  it('turned page by page is the whole order, by walking an index and by sorting, by place and by offset', () => {
    fc.assert(
      fc.property(filters, sorts, fc.boolean(), fc.integer({ min: 1, max: 40 }), fc.boolean(), (asked, sort, descending, limit, walk) => {
        const expected = inOrder(asked, sort, descending);
        const filter = nodeFilter(asked);
        expect(totalOf(database, asked, filter)).toEqual({ total: expected.length });
        const passing = walk ? 1_000_000 : expected.length;
        const turned: number[] = [];
        let after: string | undefined;
        do {
          const page = orderedPage(database, filter, passing, {
            sort,
            descending,
            limit,
            offset: 0,
            ...(after !== undefined && { after }),
          });
          turned.push(...page.keys);
          after = page.next;
        } while (after !== undefined);
        expect(turned).toEqual(expected);
        const offset = Math.floor(expected.length / 2);
        expect(orderedPage(database, filter, passing, { sort, descending, limit, offset }).keys).toEqual(
          expected.slice(offset, offset + limit),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a place that is none, or of another order', () => {
    const ask =
      (after: string, sort: Sort = 'name') =>
      () =>
        listEntities(database, { sort, descending: false, limit: 5, offset: 0, after });
    for (const after of ['', 'x', '{}', '[1]', '["a","b"]', '["a",1,"malware"]', '[{},1]']) expect(ask(after)).toThrow(/first page/);
    expect(ask('["a",1]', 'type')).toThrow(/first page/);
    expect(ask('["a",1]')).not.toThrow();
  });

  it('answers with tags and the properties asked for, and no others', () => {
    const page = listEntities(database, {
      sort: 'name',
      descending: false,
      limit: 500,
      offset: 0,
      tags: ['watched'],
      properties: ['created', 'x_not_there'],
    });
    expect(page.rows.length).toBeGreaterThan(0);
    for (const row of page.rows) {
      expect(row.tags).toContain('watched');
      expect(Object.keys(row.properties ?? {}).filter((name) => name !== 'created')).toEqual([]);
    }
    const plain = listEntities(database, { sort: 'name', descending: false, limit: 1, offset: 0 });
    expect(plain.rows[0]).not.toHaveProperty('properties');
  });

  it('counts by type, tactic and marking what is there', () => {
    const live = made.filter((one) => one.live);
    const { types: byType, tactics, tlp, tags } = facets(database);
    const count = (list: readonly { value: string; count: number }[], wanted: string) =>
      list.find(({ value: one }) => one === wanted)?.count;
    for (const type of types) expect(count(byType, type)).toBe(live.filter((one) => one.type === type).length);
    expect(stats(database).objects).toEqual(Object.fromEntries([...byType].map(({ value: one, count: n }) => [one, n]).sort()));
    expect(count(tactics, 'impact')).toBe(live.filter((one) => one.tactics.includes('impact')).length);
    expect(count(tlp, 'red')).toBe(live.filter((one) => one.red).length);
    expect(count(tags, 'watched')).toBe(live.filter((one) => one.tagged).length);
  });
});

describe('neighbours', () => {
  it('turned page by page are all, each once, grouped by relation', () => {
    const id = made.find((one) => one.live && one.degree > 20)?.id as string;
    const whole = neighbours(database, { id, direction: 'both', limit: 500, offset: 0 });
    expect(whole.total).toBe(whole.rows.length);
    expect(whole.total).toBeGreaterThan(10);
    const turned = [];
    for (let offset = 0; offset < whole.total; offset += 7)
      turned.push(...neighbours(database, { id, direction: 'both', limit: 7, offset }).rows);
    expect(turned).toEqual(whole.rows);
    const kinds = whole.rows.map(({ relationshipType, direction }) => `${relationshipType} ${direction}`);
    expect(kinds).toEqual([...kinds].sort());
    expect(new Set(whole.rows.map(({ relationshipId, direction }) => `${relationshipId} ${direction}`)).size).toBe(whole.total);
  });
});

describe('a search', () => {
  it('says the true total', () => {
    for (const [text, word] of [
      ['alpha', /\balpha/i],
      ['bet', /\bbet/i],
      ['gamma ray', /gamma ray/i],
    ] as const)
      for (const wanted of [undefined, ['malware'], ['tool']]) {
        const found = search(database, { text, types: wanted, limit: 200, offset: 0 });
        const expected = made.filter((one) => one.live && word.test(one.name ?? '') && (!wanted || wanted.includes(one.type)));
        expect(found.total).toBe(expected.length);
        expect(new Set(found.results.map(({ id }) => id))).toEqual(new Set(expected.map(({ id }) => id)));
      }
  });
});
