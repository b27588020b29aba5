import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Item } from '#main/features/knowledge/formats/format.ts';
import { namedObjects } from '#main/features/knowledge/formats/named-objects.ts';
import { importItems } from '#main/features/knowledge/import/import-items.ts';
import { takeBack } from '#main/features/knowledge/import/take-back.ts';
import { knowledgeMigrations } from '#main/features/knowledge/migrations/index.ts';
import { decodeObject, decodeRelationship } from '#main/features/knowledge/store/codec.ts';
import { createImports } from '#main/features/knowledge/store/imports.ts';
import { verifyLog } from '#main/features/knowledge/store/reads/audit.ts';
import type { StoredObject } from '#main/features/knowledge/store/rows.ts';
import { RETIRED } from '#main/features/knowledge/store/state.ts';
import { createStore } from '#main/features/knowledge/store/store.ts';
import { openDatabase } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { canonical } from '#shared/domain/knowledge/canonical.ts';
import { generatedId, relationshipId } from '#shared/domain/knowledge/identifiers.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { keptCounts, realCounts } from '../fixtures/kept-counts.ts';
import { openEngine } from '../fixtures/open-engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'redoubt-gives-way-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const at = { spec_version: '2.1', created: '2026-01-01T00:00:00.000Z', modified: '2026-01-01T00:00:00.000Z' };
const make = (object: object) => ({ ...at, ...object }) as unknown as StixObject;
const known = ['T1059', 'T1566.001', 'G0016', 'TA0002'];
const typeOf: Readonly<Record<string, string>> = { T: 'attack-pattern', G: 'intrusion-set', TA: 'x-mitre-tactic' };
const typeFor = (externalId: string) => typeOf[externalId.replace(/[\d.]+$/, '')] as string;
const realId = (externalId: string) => `${typeFor(externalId)}--${uuid(known.indexOf(externalId) + 1)}`;

/** What ATT&CK says of these ids, and one relationship of its own between the first two. */
const attack: readonly StixObject[] = [
  ...known.map((externalId) =>
    make({
      type: typeFor(externalId),
      id: realId(externalId),
      name: `the real ${externalId}`,
      external_references: [{ source_name: 'mitre-attack', external_id: externalId }],
    }),
  ),
  make({
    type: 'relationship',
    id: `relationship--${uuid(90)}`,
    relationship_type: 'uses',
    source_ref: realId('G0016'),
    target_ref: realId('T1059'),
  }),
];

interface Source {
  /** External ids that it names. */
  readonly names: readonly string[];
}

function world() {
  const database = openDatabase(join(folder, `${files++}.db`), new Uint8Array(32), { create: true });
  database.pragma('synchronous=off');
  migrate(database, knowledgeMigrations);
  let tick = 1_790_000_000_000;
  let ids = 0;
  const now = () => (tick += 7);
  const store = createStore(database, { device: uuid(1000), actor: 'analyst', now });
  const imports = createImports(database, { now, newId: () => uuid(2000 + ids++) });
  const signal = new AbortController().signal;
  const bring = (source: string, items: () => Item[]) =>
    importItems(store, imports, now, {
      kind: 'file',
      source,
      format: 'stix',
      sha256: source,
      items: (async function* () {
        yield items();
      })(),
      job: { jobId: 'j', signal, progress: () => undefined },
    });
  const whole = (objects: readonly StixObject[]): Item[] => objects.map((object) => ({ kind: 'object', object, path: 'o' }));
  return {
    store,
    attack: () => bring('attack', () => whole(attack)),
    /** As a reader does it: what it names is looked up while it reads, and made where it is not here. */
    source: (number: number, { names }: Source) =>
      bring(`source ${number}`, () => {
        const found = namedObjects({ signal, now: now(), findByExternalId: store.rows.findByExternalId });
        const rule = `indicator--${uuid(100 + number)}`;
        const targets = names.map((name) => found.find(name) as string);
        const between = (id: string, target: string) =>
          make({ type: 'relationship', id, relationship_type: 'indicates', source_ref: rule, target_ref: target });
        return [
          ...found.take('o'),
          ...whole([
            make({ type: 'indicator', id: rule, name: `rule ${number}`, pattern: 'x', pattern_type: 'sigma', valid_from: at.created }),
            ...targets.map((target) => between(relationshipId('indicates', rule, target), target)),
            // An id that does not say its ends.
            ...targets.map((target, index) => between(generatedId('relationship', 'mapping', rule, names[index] as string), target)),
            make({ type: 'note', id: `note--${uuid(100 + number)}`, content: 'seen', object_refs: [rule, ...targets] }),
          ]),
        ];
      }),
    /** All that stands, but for when it was changed. */
    graph(): string[] {
      const keys = database.prepare('SELECT id FROM object UNION SELECT id FROM relationship').pluck().all() as number[];
      const standing = keys.flatMap((key) => {
        const row = store.rows.relationship(key) ?? store.rows.object(key);
        if (!row || row.state & RETIRED) return [];
        // An object that names another one now was changed then.
        const { modified: _, ...object } = 'src' in row ? decodeRelationship(row) : decodeObject(row as StoredObject);
        return [canonical(object)];
      });
      const edges = database
        .prepare(
          `SELECT hex(s.uuid) || ' ' || t.value || ' ' || hex(d.uuid) FROM edge e JOIN object s ON s.id = e.src JOIN object d ON d.id = e.dst JOIN term t ON t.id = e.type`,
        )
        .pluck()
        .all() as string[];
      return [...standing.sort(), ...edges.sort()];
    },
    check() {
      expect(keptCounts(database)).toEqual(realCounts(database));
      expect(verifyLog(database).problems).toEqual([]);
      database.close();
    },
  };
}

const sources = fc.array(fc.record({ names: fc.uniqueArray(fc.constantFrom(...known), { minLength: 1, maxLength: 4 }) }), {
  minLength: 1,
  maxLength: 3,
});

describe('placeholders', () => {
  it('give way to ATT&CK: whatever comes first, the graph is the same', async () => {
    await fc.assert(
      fc.asyncProperty(sources, fc.nat(3), async (all, place) => {
        const before = world();
        await before.attack();
        for (const [number, source] of all.entries()) await before.source(number, source);
        const after = world();
        for (const [number, source] of all.entries()) {
          if (number === place) await after.attack();
          await after.source(number, source);
        }
        if (place >= all.length) await after.attack();
        expect(after.graph()).toEqual(before.graph());
        // Read again, each file brings nothing new.
        for (const [number, source] of all.entries())
          expect(await after.source(number, source)).toMatchObject({ created: 0, updated: 0, loss: [] });
        expect(after.graph()).toEqual(before.graph());
        before.check();
        after.check();
      }),
      { numRuns: 15 },
    );
  }, 120_000);

  it('come back when the import is undone, and give way again when it is redone', async () => {
    await fc.assert(
      fc.asyncProperty(sources, async (all) => {
        const one = world();
        for (const [number, source] of all.entries()) await one.source(number, source);
        const first = all[0]?.names[0] as string;
        const placeholder = one.store.rows.findByExternalId(first) as string;
        one.store.transact(() => one.store.operations.addTag(placeholder, 'watched'));
        const before = one.graph();
        const { action } = await one.attack();
        const after = one.graph();
        expect(one.store.rows.findByExternalId(first)).toBe(realId(first));
        const tags = one.store.materializer.preview(one.store.rows.keyOf(realId(first)) as number).tags;
        expect([...tags]).toEqual(['watched']);
        await takeBack(one.store, action as string, true);
        expect(one.graph()).toEqual(before);
        await takeBack(one.store, action as string, false);
        expect(one.graph()).toEqual(after);
        one.check();
      }),
      { numRuns: 15 },
    );
  }, 120_000);

  it('of a Sigma rule give way to the shipped pack', async () => {
    const path = join(folder, 'rule.yml');
    writeFileSync(
      path,
      `title: A shell\nid: 7c4b1a3e-0000-4000-8000-00000000aaaa\nstatus: test\nlogsource:\n  product: windows\n  category: process_creation\ndetection:\n  sel:\n    Image: x\n  condition: sel\nlevel: high\ntags:\n  - attack.execution\n  - attack.t1059.001\n  - attack.g0016\n`,
    );
    const engine = await openEngine();
    try {
      await engine.import([path]);
      const named = await engine.client.knowledge.search({ text: 'T1059.001' });
      expect(named.results.map(({ name }) => name)).toContain('T1059.001');
      await engine.installPacks();
      const found = (await engine.client.knowledge.search({ text: 'T1059.001' })).results.filter(
        ({ externalId }) => externalId === 'T1059.001',
      );
      expect(found.map(({ name }) => name)).toEqual(['PowerShell']);
      const { id } = found[0] as { id: string };
      const rules = await engine.client.knowledge.listNeighbours({ id, types: ['indicator'] });
      expect(rules.rows.map(({ entity }) => entity.name)).toEqual(['A shell']);
      const group = (await engine.client.knowledge.search({ text: 'G0016' })).results.filter(({ externalId }) => externalId === 'G0016');
      expect(group.map(({ name }) => name)).toEqual(['APT29']);
      for (const record of await engine.client.knowledge.listImports())
        if (record.kind === 'pack' && record.action) await engine.client.knowledge.undo({ action: record.action });
      const again = await engine.client.knowledge.search({ text: 'T1059.001' });
      expect(again.results.flatMap(({ name, externalId }) => (externalId === undefined ? [] : [name]))).toEqual(['T1059.001']);
    } finally {
      await engine.close();
    }
  }, 120_000);
});
