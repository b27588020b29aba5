import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliIn } from '../fixtures/run-cli.ts';

// The main job by the command line: a process a step, the documents exactly as promised to scripts.

let folder = '';
let redoubt: ReturnType<typeof cliIn>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'redoubt-journey-'));
  redoubt = cliIn(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const keys = (value: unknown) => Object.keys(value as object).sort();
const powershell = 'attack-pattern--970a3432-3237-47ad-bcca-7d8cbb217736';
const heron = 'intrusion-set--00000000-0000-4000-8000-000000000001';
const reed = 'malware--00000000-0000-4000-8000-000000000002';
const stix = (id: string, rest: object) => ({
  type: id.slice(0, id.indexOf('--')),
  spec_version: '2.1',
  id,
  created: '2026-01-01T00:00:00.000Z',
  modified: '2026-01-01T00:00:00.000Z',
  ...rest,
});
const uses = (number: number, source: string, target: string) =>
  stix(`relationship--00000000-0000-4000-8000-${String(number).padStart(12, '0')}`, {
    relationship_type: 'uses',
    source_ref: source,
    target_ref: target,
  });

const assets = `Asset ID,Hostname,IP Address,Owner,Criticality,CVE
A-1,pacs-01.clinic.example,10.20.4.11,Radiology,5,CVE-2021-44228
A-2,portal.clinic.example,203.0.113.20,Web team,4,
`;
const threats = {
  type: 'bundle',
  id: 'bundle--00000000-0000-4000-8000-000000000000',
  objects: [
    stix(heron, { name: 'Quiet Heron', aliases: ['Marsh Bird'] }),
    stix(reed, { name: 'Reed', is_family: true }),
    uses(3, heron, reed),
    uses(4, reed, powershell),
  ],
};
const attribute = (number: number, type: string, category: string, value: string) => ({
  uuid: `a0000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  type,
  category,
  value,
  to_ids: true,
  timestamp: '1791000000',
});
/** Names a vulnerability that the table names too, and a technique of the pack. */
const event = {
  Event: {
    uuid: '7c1a5e0e-3b52-4a8b-9a56-0b8f3a2d9d02',
    info: 'Herons at the clinic',
    date: '2026-10-02',
    timestamp: '1791000000',
    published: true,
    Orgc: { uuid: '0f4c2b66-58a1-4f6e-8c9f-6a1f0e6f3d11', name: 'Example CERT' },
    Tag: [{ name: 'tlp:green' }, { name: 'misp-galaxy:mitre-attack-pattern="PowerShell - T1059.001"' }],
    Attribute: [
      attribute(1, 'ip-dst', 'Network activity', '198.51.100.23'),
      attribute(2, 'domain', 'Network activity', 'heron.example'),
      attribute(3, 'vulnerability', 'External analysis', 'CVE-2021-44228'),
    ],
  },
};

interface Report {
  file: string;
  format: string;
  created: number;
  updated: number;
  unchanged: number;
  rejected: unknown[];
  loss: { what: string }[];
}
type Stats = { objects: Record<string, number>; relationships: Record<string, number> };

describe('the main job by the command line', { timeout: 300_000 }, () => {
  let empty: Stats;

  it('makes a workspace and installs the packs', () => {
    const made = redoubt('init');
    expect([made.status, keys(made.document)]).toEqual([0, ['recoveryCode', 'workspace']]);
    expect(redoubt('stats').document).toEqual({ objects: {}, relationships: {} });
    const installed = redoubt('pack', 'install');
    expect(installed.status).toBe(0);
    expect(installed.document).toMatchObject([{ installed: true }, { installed: true }, { installed: true }]);
    empty = redoubt('stats').document as Stats;
    expect(keys(empty)).toEqual(['objects', 'relationships']);
    expect(empty.objects['attack-pattern']).toBeGreaterThan(800);
    expect(empty.relationships['uses']).toBeGreaterThan(15_000);
  });

  it('previews a table, a bundle and an event together, changing nothing, then imports them as previewed', () => {
    const files = ['assets.csv', 'threats.json', 'event.json'];
    writeFileSync(join(folder, 'assets.csv'), assets);
    writeFileSync(join(folder, 'threats.json'), JSON.stringify(threats));
    writeFileSync(join(folder, 'event.json'), JSON.stringify(event));
    const dry = redoubt('import', ...files, '--dry-run');
    expect(redoubt('stats').document).toEqual(empty);
    const real = redoubt('import', ...files);
    for (const { status, document } of [dry, real]) {
      expect(status).toBe(0);
      const reports = document as Report[];
      expect(reports.map(({ file, format }) => [file, format])).toEqual([
        ['assets.csv', 'csv'],
        ['threats.json', 'stix'],
        ['event.json', 'misp'],
      ]);
      for (const report of reports) {
        expect(keys(report)).toEqual(['created', 'file', 'format', 'loss', 'rejected', 'unchanged', 'updated']);
        for (const loss of report.loss) expect(keys(loss)).toEqual(['id', 'path', 'what']);
        expect(report.rejected).toEqual([]);
      }
    }
    const counts = (document: unknown) =>
      (document as Report[]).map(({ created, updated, unchanged }) => ({ created, updated, unchanged }));
    expect(counts(real.document)).toEqual(counts(dry.document));
    expect((real.document as Report[])[1]).toMatchObject({ created: 4, updated: 0, unchanged: 0 });
    const after = redoubt('stats').document as Stats;
    expect(after.objects['x-redoubt-asset']).toBe(2);
    expect(after.objects['attack-pattern']).toBeGreaterThanOrEqual(empty.objects['attack-pattern'] as number);
    expect(after.relationships['uses']).toBeGreaterThanOrEqual((empty.relationships['uses'] as number) + 2);
    // A second time: nothing new.
    const again = redoubt('import', ...files);
    for (const report of again.document as Report[]) expect(report).toMatchObject({ created: 0, updated: 0 });
    expect(redoubt('stats').document).toEqual(after);
  });

  it('searches, shows, walks and finds paths', () => {
    expect(redoubt('search', 'marsh', 'bird').document).toEqual({ results: [{ id: heron, type: 'intrusion-set', name: 'Quiet Heron' }] });
    const [found] = (redoubt('search', 'T1059.001').document as { results: unknown[] }).results;
    expect(found).toEqual({ id: powershell, type: 'attack-pattern', name: 'PowerShell' });

    const shown = redoubt('show', 'T1059.001').document as Record<string, unknown>;
    expect(shown).toMatchObject({ id: powershell, object: { type: 'attack-pattern', name: 'PowerShell' } });
    expect(shown['headline']).toMatch(/^Sub-technique of Command and Scripting Interpreter, in Execution, on Windows; used by /);

    const around = redoubt('neighbours', heron, '--hops', '2').document as { nodes: { id: string; hops: number }[]; edges: object[] };
    expect(Object.fromEntries(around.nodes.map(({ id, hops }) => [id, hops]))).toMatchObject({ [heron]: 0, [reed]: 1, [powershell]: 2 });
    for (const edge of around.edges) expect(keys(edge)).toEqual(expect.arrayContaining(['relationshipType', 'source', 'target']));

    const { paths } = redoubt('paths', '--from', heron, '--to', powershell).document as { paths: { nodes: { id: string }[] }[] };
    expect(paths[0]?.nodes.map(({ id }) => id)).toEqual([heron, reed, powershell]);
    expect(redoubt('show', 'Nobody at all')).toMatchObject({ status: 1, document: { error: { code: 'not_found' } } });
  });

  it('writes a brief and a Navigator layer', () => {
    expect(redoubt('brief', '-o', 'brief.html').status).toBe(0);
    const brief = readFileSync(join(folder, 'brief.html'), 'utf8');
    expect(brief).toMatch(/^<!doctype html>/i);
    expect(brief).toContain('Quiet Heron');
    // Nothing in it asks for anything from elsewhere.
    expect(brief).not.toMatch(/<script|<link|<iframe|src=["']?(?:https?:)?\/\//i);

    expect(redoubt('export', '--format', 'navigator-layer', '-o', 'layer.json').status).toBe(0);
    const layer = JSON.parse(readFileSync(join(folder, 'layer.json'), 'utf8')) as Record<string, unknown>;
    expect(layerFaults(layer)).toEqual([]);
    expect((layer['techniques'] as { techniqueID: string }[]).map(({ techniqueID }) => techniqueID)).toContain('T1059.001');
    expect(redoubt('import', 'layer.json', '--dry-run').document).toMatchObject([{ format: 'navigator-layer', rejected: [] }]);
  });

  it('exports as STIX 2.1 and as a table', () => {
    expect(redoubt('export', '--format', 'stix2.1', '-o', 'out.json').status).toBe(0);
    const { objects } = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')) as { objects: object[] };
    for (const object of threats.objects) expect(objects).toContainEqual(object);
    expect(redoubt('export', '--format', 'csv', '-o', 'out.csv').status).toBe(0);
    expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toContain('pacs-01.clinic.example');
  });

  it('has asked nobody anything, and its log is whole', () => {
    expect(redoubt('ledger').document).toEqual({ requests: [] });
    const verified = redoubt('audit', 'verify');
    expect([verified.status, verified.document]).toEqual([0, expect.objectContaining({ valid: true, problems: [] })]);
  });

  it('ends with 2 for wrong usage, 3 for rejected objects, 1 for what is no JSON', () => {
    expect(redoubt('import').status).toBe(2);
    expect(redoubt('import', 'threats.json', '--as', 'docx').status).toBe(2);
    const broken = { ...stix('tool--00000000-0000-4000-8000-000000000009', {}) };
    writeFileSync(join(folder, 'nameless.json'), JSON.stringify(broken));
    const rejected = redoubt('import', 'nameless.json');
    expect(rejected.status).toBe(3);
    const [report] = rejected.document as Report[];
    expect(report?.rejected).toEqual([{ id: broken.id, path: expect.any(String), reason: expect.stringMatching(/name/) }]);
    // A SHOULD is no reason to reject.
    writeFileSync(
      join(folder, 'should.json'),
      JSON.stringify(
        stix('indicator--00000000-0000-4000-8000-00000000000a', {
          pattern: "[url:value = 'http://bad.example/']",
          pattern_type: 'stix',
          valid_from: '2026-01-01T00:00:00Z',
          indicator_types: ['odd'],
        }),
      ),
    );
    const should = redoubt('import', 'should.json');
    expect([should.status, (should.document as Report[])[0]?.created]).toEqual([0, 1]);
    expect((should.document as Report[])[0]?.loss.length).toBeGreaterThan(0);
    writeFileSync(join(folder, 'broken.json'), 'no JSON at all');
    expect(redoubt('import', 'broken.json').status).toBe(1);
  });
});

/** What the layer format 4.5 does not allow, by its description. */
function layerFaults(layer: Record<string, unknown>): string[] {
  const faults: string[] = [];
  const allowed = (what: string, value: object, names: string) => {
    for (const key of Object.keys(value)) if (!names.split(' ').includes(key)) faults.push(`${what} has ${key}`);
  };
  allowed(
    'layer',
    layer,
    'name versions domain customDataURL description filters sorting layout hideDisabled techniques gradient legendItems showTacticRowBackground tacticRowBackground selectTechniquesAcrossTactics selectSubtechniquesWithParent selectVisibleTechniques metadata links',
  );
  if (typeof layer['name'] !== 'string') faults.push('no name');
  if (!['enterprise-attack', 'mobile-attack', 'ics-attack'].includes(String(layer['domain']))) faults.push('no domain');
  const versions = layer['versions'] as Record<string, unknown>;
  allowed('versions', versions, 'attack navigator layer');
  if (versions['layer'] !== '4.5') faults.push(`layer version ${String(versions['layer'])}`);
  for (const technique of layer['techniques'] as Record<string, unknown>[]) {
    allowed('technique', technique, 'techniqueID tactic comment enabled score color metadata links showSubtechniques');
    if (!/^T\d{4}(\.\d{3})?$/.test(String(technique['techniqueID']))) faults.push(`technique ${String(technique['techniqueID'])}`);
    if (technique['score'] !== undefined && !Number.isFinite(technique['score'])) faults.push('a score that is no number');
  }
  return faults;
}
