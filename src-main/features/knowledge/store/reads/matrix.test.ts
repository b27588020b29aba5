import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { type Database, openDatabase } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { readPack } from '../../../intel/packs/read-pack.ts';
import type { Item } from '../../formats/format.ts';
import { importItems } from '../../import/import-items.ts';
import { createImports } from '../imports.ts';
import { knowledgeMigrations } from '../../migrations/index.ts';
import { createStore } from '../store.ts';
import { briefFacts } from './brief.ts';
import { matrix } from './matrix.ts';

const root = join(import.meta.dirname, '../../../../..');
const folder = mkdtempSync(join(tmpdir(), 'redoubt-matrix-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function workspace() {
  const database: Database = openDatabase(join(folder, `${files++}.db`), new Uint8Array(32), { create: true });
  database.pragma('synchronous=off');
  migrate(database, knowledgeMigrations);
  let tick = 1_790_000_000_000;
  const now = () => (tick += 7);
  let ids = 0;
  const newId = () => `00000000-0000-4000-9000-${String(++ids).padStart(12, '0')}`;
  const store = createStore(database, { device: newId(), actor: 'analyst', now });
  const imports = createImports(database, { now, newId });
  const job = { jobId: 'j', signal: new AbortController().signal, progress: () => {} };
  const bring = (kind: 'pack' | 'demo' | 'file', source: string, items: AsyncIterable<readonly Item[]>) =>
    importItems(store, imports, now, { kind, source, format: 'stix', sha256: String(++ids), items, job });
  return { database, bring };
}

async function* page(objects: readonly StixObject[], partial = false): AsyncGenerator<Item[]> {
  yield objects.map((object, index) => ({ kind: 'object', object, path: `objects[${index}]`, partial }));
}

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const at = { created: '2026-01-01T00:00:00.000Z', modified: '2026-01-01T00:00:00.000Z' };
const make = (type: string, n: number, properties: object): StixObject =>
  ({ type, spec_version: '2.1', id: `${type}--${uuid(n)}`, ...at, ...properties }) as StixObject;
const uses = (n: number, source: string, target: string) =>
  make('relationship', n, { relationship_type: 'uses', source_ref: source, target_ref: target });
const attack = (number: string) => ({ external_references: [{ source_name: 'mitre-attack', external_id: number }] });
const phase = (name: string) => ({ kill_chain_phases: [{ kill_chain_name: 'mitre-attack', phase_name: name }] });
const ours = { x_mitre_domains: ['enterprise-attack'], x_mitre_attack_spec_version: '3.3.0' };

const technique = make('attack-pattern', 1, {
  name: 'Interpreter',
  ...attack('T1059'),
  ...phase('execution'),
  ...ours,
  x_mitre_platforms: ['Windows'],
});
const sub = make('attack-pattern', 2, {
  name: 'PowerShell',
  ...attack('T1059.001'),
  ...phase('execution'),
  ...ours,
  x_mitre_is_subtechnique: true,
});
const gone = make('attack-pattern', 3, { name: 'Gone', ...attack('T1064'), ...phase('execution'), ...ours, revoked: true });
const group = make('intrusion-set', 4, { name: 'Known group', ...attack('G0001'), ...ours });
const catalogue = [
  make('x-mitre-matrix', 10, { name: 'Enterprise', tactic_refs: [`x-mitre-tactic--${uuid(12)}`, `x-mitre-tactic--${uuid(11)}`], ...ours }),
  make('x-mitre-tactic', 11, { name: 'Execution', x_mitre_shortname: 'execution', ...attack('TA0002'), ...ours }),
  make('x-mitre-tactic', 12, { name: 'Initial Access', x_mitre_shortname: 'initial-access', ...attack('TA0009'), ...ours }),
  technique,
  sub,
  gone,
  group,
  make('relationship', 20, { relationship_type: 'subtechnique-of', source_ref: sub.id, target_ref: technique.id }),
  uses(21, group.id, technique.id),
];
const cells = (database: Database, importId?: string) => {
  const found = matrix(database, { domain: 'enterprise-attack', importId });
  return found.tactics
    .flatMap(({ techniques }) => techniques.flatMap((cell) => [cell, ...cell.subTechniques]))
    .map(({ externalId, usedBy, usedByAll }) => [externalId, usedBy, usedByAll]);
};

describe('the read coverage.matrix', () => {
  it('counts the workspace’s own threats and leaves those that only a pack knows', async () => {
    const { database, bring } = workspace();
    await bring('pack', 'attack-enterprise 18.1', page(catalogue, true));
    expect(matrix(database, { domain: 'enterprise-attack' })).toMatchObject({
      version: '18.1',
      techniques: 1,
      subTechniques: 1,
      used: 0,
      platforms: ['Windows'],
    });
    expect(matrix(database, { domain: 'enterprise-attack' }).tactics.map(({ name }) => name)).toEqual(['Initial Access', 'Execution']);
    expect(cells(database)).toEqual([
      ['T1059', 0, 1],
      ['T1059.001', 0, 0],
    ]);

    const malware = make('malware', 30, { name: 'Ours', is_family: true });
    const indicator = make('indicator', 35, { pattern: "[url:value = 'x']", pattern_type: 'stix', valid_from: at.created });
    const theirWord = make('attack-pattern', 31, { name: 'PS', ...attack('t1059.001') });
    const first = await bring(
      'file',
      'event.json',
      page([
        malware,
        theirWord,
        uses(32, malware.id, theirWord.id),
        uses(33, malware.id, sub.id),
        uses(34, group.id, sub.id),
        indicator,
        uses(36, indicator.id, technique.id),
      ]),
    );
    // PowerShell under two ids is one cell; the pack's group counts, for the file says that it uses it.
    expect(cells(database)).toEqual([
      ['T1059', 0, 1],
      ['T1059.001', 2, 2],
    ]);

    const report = make('report', 40, { name: 'Report', published: at.created, object_refs: [technique.id, sub.id] });
    const second = await bring('file', 'report.json', page([report]));
    expect(cells(database)).toEqual([
      ['T1059', 1, 1],
      ['T1059.001', 2, 2],
    ]);
    expect(cells(database, first.importId)).toEqual([
      ['T1059', 0, 1],
      ['T1059.001', 2, 2],
    ]);
    expect(cells(database, second.importId)).toEqual([
      ['T1059', 1, 1],
      ['T1059.001', 1, 2],
    ]);
    expect(() => cells(database, 'no such import')).toThrow('There is no import');
  });

  it('adds no threats when the official bundle enriches a pack, and counts them where it came alone', async () => {
    const full = catalogue.map((object) => ({ ...object, description: 'prose' }));
    const enriched = workspace();
    await enriched.bring('pack', 'attack-enterprise 18.1', page(catalogue, true));
    const official = await enriched.bring('file', 'enterprise-attack.json', page(full));
    expect(official).toMatchObject({ created: 0, updated: full.length, loss: [] });
    expect(cells(enriched.database)).toEqual([
      ['T1059', 0, 1],
      ['T1059.001', 0, 0],
    ]);
    expect(cells(enriched.database, official.importId)).toEqual([
      ['T1059', 1, 1],
      ['T1059.001', 0, 0],
    ]);

    const alone = workspace();
    await alone.bring('file', 'enterprise-attack.json', page(full));
    expect(cells(alone.database)).toEqual([
      ['T1059', 1, 1],
      ['T1059.001', 0, 0],
    ]);
  });

  it('holds all of ATT&CK and the demo hospital', { timeout: 120_000 }, async () => {
    const { database, bring } = workspace();
    const demo = (JSON.parse(readFileSync(join(root, 'resources/demo/hospital.json'), 'utf8')) as { objects: StixObject[] }).objects;
    await bring('demo', 'Demo hospital', page(demo));
    for (const name of ['attack-enterprise', 'attack-mobile', 'attack-ics']) {
      const report = await bring('pack', `${name} 18.1`, readPack(readFileSync(join(root, `resources/packs/${name}.json.gz`))));
      expect(report).toMatchObject({ rejected: [], loss: [], updated: 0 });
    }
    const enterprise = matrix(database, { domain: 'enterprise-attack' });
    // ATT&CK v18: 14 tactics, 216 techniques and 475 sub-techniques.
    expect({ tactics: enterprise.tactics.length, techniques: enterprise.techniques, subs: enterprise.subTechniques }).toEqual({
      tactics: 14,
      techniques: 216,
      subs: 475,
    });
    expect(enterprise.tactics[0]?.name).toBe('Reconnaissance');
    expect(enterprise.tactics.at(-1)?.name).toBe('Impact');
    const impact = enterprise.tactics.at(-1)?.techniques.find(({ externalId }) => externalId === 'T1486');
    expect(impact?.usedBy).toBe(2);
    expect(impact?.usedByAll).toBeGreaterThan(50);
    expect(enterprise.used).toBe(16);
    expect(matrix(database, { domain: 'ics-attack' })).toMatchObject({ version: '18.1', used: 0 });
    expect(matrix(database, { domain: 'mobile-attack' }).techniques).toBeGreaterThan(70);

    const facts = briefFacts(database, { mostThreats: 50, mostAssets: 5, mostIssues: 10 });
    expect(facts.threats).toEqual({
      total: 3,
      rows: [
        { name: 'Incident report: Night Ward', type: 'report', techniques: 16, source: 'Demo hospital' },
        { name: 'Night Ward', type: 'campaign', techniques: 16, source: 'Demo hospital' },
        { name: 'WARDLOCK', type: 'malware', techniques: 4, source: 'Demo hospital' },
      ],
    });
    expect(facts.assets.rows).toHaveLength(5);
    expect(facts.assets.rows[0]).toMatchObject({ exposure: 'internet', criticality: 5 });
    expect(facts.assets.rows.map(({ exposure }) => exposure)).not.toContain('isolated');
    expect(facts.assets.total).toBe(18);
    expect(facts.assetCount).toBe(64);
  });
});
