import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { type OpenEngine, openEngine } from '../fixtures/open-engine.ts';
import { allData } from '../fixtures/shared-data.ts';

// Search over the built-in ATT&CK packs and a few objects of our own, against a naive scan of what was exported.

const tlp = {
  clear: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
  green: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  amber: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
};
const made = (number: number, type: string, rest: Record<string, unknown>) => ({
  type,
  spec_version: '2.1',
  id: `${type}--00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  created: '2026-01-01T00:00:00.000Z',
  modified: '2026-01-01T00:00:00.000Z',
  ...rest,
});
const ours = [
  made(1, 'vulnerability', {
    name: 'CVE-2021-44228',
    description: 'A logging library evaluates what it is told to log.',
    external_references: [{ source_name: 'cve', external_id: 'CVE-2021-44228' }],
  }),
  made(2, 'tool', { name: 'Powerline Ferret', object_marking_refs: [tlp.amber] }),
  made(3, 'malware', { name: 'Powerful Ålesund', is_family: true, aliases: ['Grey Ferret'], object_marking_refs: [tlp.green] }),
  made(4, 'threat-actor', { name: 'Ferret Handlers', description: 'Known for power cuts.', object_marking_refs: [tlp.amber] }),
  made(5, 'tool', { name: 'Retired Ferret', revoked: true }),
];

let folder = '';
let engine: OpenEngine;
let live: StixObject[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redoubt-search-'));
  engine = await openEngine();
  await engine.installPacks();
  const path = join(folder, 'ours.json');
  writeFileSync(path, JSON.stringify({ type: 'bundle', id: 'bundle--00000000-0000-4000-8000-000000000000', objects: ours }));
  expect(await engine.import([path])).toMatchObject([{ created: ours.length, rejected: [] }]);
  live = (await engine.export()).filter(
    (object) => object.type !== 'relationship' && object['revoked'] !== true && object['x_mitre_deprecated'] !== true,
  );
}, 120_000);
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

type Filters = Omit<Parameters<OpenEngine['client']['knowledge']['search']>[0], 'text'>;
const search = (text: string, filters: Filters = {}) => engine.client.knowledge.search({ text, limit: 200, ...filters });
const strings = (value: unknown) => (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
const tokens = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);

/** Every word people may look for. */
function wordsOf(object: StixObject): string[] {
  const references = (object['external_references'] ?? []) as { external_id?: string }[];
  const texts = ['name', 'aliases', 'x_mitre_aliases', 'description', 'content'].flatMap((property) => strings(object[property]));
  return [...texts, ...references.flatMap(({ external_id: id }) => strings(id))].flatMap(tokens);
}

const phases = (object: StixObject) =>
  ((object['kill_chain_phases'] ?? []) as { phase_name: string }[]).map(({ phase_name }) => phase_name);
const scan = (prefix: string, passes: (object: StixObject) => boolean) =>
  live
    .filter((object) => passes(object) && wordsOf(object).some((word) => word.startsWith(prefix)))
    .map(({ id }) => id)
    .sort();

describe('search', { timeout: 120_000 }, () => {
  it.each([
    ['T1059.001', 'PowerShell'],
    ['t1059.001', 'PowerShell'],
    ['T1059', 'Command and Scripting Interpreter'],
    ['APT29', 'APT29'],
    ['G0016', 'APT29'],
    ['Cozy Bear', 'APT29'],
    ['cozy bear', 'APT29'],
    ['NOBELIUM', 'APT29'],
    ['Midnight Blizzard', 'APT29'],
    ['TA0002', 'Execution'],
    ['mimikatz', 'Mimikatz'],
    ['CVE-2021-44228', 'CVE-2021-44228'],
    ['cve-2021-44228', 'CVE-2021-44228'],
    ['Grey Ferret', 'Powerful Ålesund'],
    ['alesund', 'Powerful Ålesund'],
  ])('%s finds %s first', async (text, name) => {
    const { results, corrected } = await search(text);
    expect([results[0]?.name, corrected]).toEqual([name, undefined]);
  });

  it('says which alias it was', async () => {
    expect((await search('Cozy Bear')).results[0]).toMatchObject({ externalId: 'G0016', matched: 'alias “Cozy Bear”' });
  });

  it.each(['power', 'cred', 'ferr', 't1059', 'apt', 'обмен', 'zz'])('finds all that a scan for %s… finds', async (prefix) => {
    const expected = scan(prefix, () => true);
    const { results, shown, total } = await search(prefix);
    expect([total, shown]).toEqual([expected.length, Math.min(200, expected.length)]);
    if (total <= 200) expect(results.map(({ id }) => id).sort()).toEqual(expected);
    for (const { id } of results) expect(expected).toContain(id);
  });

  const cases: [string, string, Filters, (object: StixObject) => boolean][] = [
    ['type', 'power', { types: ['attack-pattern'] }, ({ type }) => type === 'attack-pattern'],
    ['types', 'ferr', { types: ['tool', 'malware'] }, ({ type }) => type === 'tool' || type === 'malware'],
    ['tactic', 'cred', { tactics: ['credential-access'] }, (object) => phases(object).includes('credential-access')],
    ['platform', 'remote', { platforms: ['Linux'] }, (object) => strings(object['x_mitre_platforms']).includes('Linux')],
    ['marking', 'ferr', { tlp: ['amber'] }, (object) => strings(object['object_marking_refs']).includes(tlp.amber)],
    [
      'no marking',
      'power',
      { tlp: ['none'] },
      (object) => !strings(object['object_marking_refs']).some((id) => Object.values(tlp).includes(id)),
    ],
    [
      'tactic, platform and type',
      'script',
      { types: ['attack-pattern'], tactics: ['execution'], platforms: ['Windows'] },
      (object) =>
        object.type === 'attack-pattern' &&
        phases(object).includes('execution') &&
        strings(object['x_mitre_platforms']).includes('Windows'),
    ],
  ];
  it.each(cases)('filters by %s as a scan does', async (_, prefix, filters, passes) => {
    const expected = scan(prefix, passes);
    expect(expected.length).toBeGreaterThan(0);
    const { results, total } = await search(prefix, filters);
    expect(total).toBe(expected.length);
    if (total <= 200) expect(results.map(({ id }) => id).sort()).toEqual(expected);
    // The list that pages filters the same way.
    const { total: listed } = await engine.client.knowledge.listEntities({ ...filters, limit: 1 });
    expect(listed).toBe(live.filter(passes).length);
  });

  it('shows revoked objects only where asked', async () => {
    expect((await search('Retired Ferret')).results).toEqual([]);
    expect((await search('Retired Ferret', { includeRetired: true })).results).toMatchObject([{ name: 'Retired Ferret', revoked: true }]);
  });

  it('pages without a gap or a repetition', async () => {
    const whole = (await search('access')).results.map(({ id }) => id);
    const paged: string[] = [];
    for (let offset = 0; offset < whole.length; offset += 17)
      paged.push(...(await search('access', { limit: 17, offset })).results.map(({ id }) => id));
    expect(paged.slice(0, whole.length)).toEqual(whole);
  });

  it.each(['"', '*', 'NEAR(a b)', 'name:apt', '(', "'; DROP TABLE object; --", 'AND OR NOT', '\u0000', '-', '^apt29', 'a'.repeat(500)])(
    'takes %j as words, never as a query language',
    async (text) => {
      await expect(search(text)).resolves.toHaveProperty('total');
    },
  );
});

/** A fixed sequence of numbers (mulberry32), so that a failure can be played again. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe('a slip of the keyboard', { timeout: 300_000 }, () => {
  it('in a name of at least six letters still finds it among the first five, nine times of ten or more', async () => {
    const slips = allData ? 1000 : 200;
    const random = sequence(42);
    const letter = () => 'abcdefghijklmnopqrstuvwxyz'[random(26)] as string;
    const slip = (name: string): string => {
      const at = random(name.length);
      const swapped = Math.min(at, name.length - 2);
      return [
        () => name.slice(0, at) + name.slice(at + 1),
        () => name.slice(0, at) + letter() + name.slice(at),
        () => name.slice(0, at) + letter() + name.slice(at + 1),
        () => name.slice(0, swapped) + name[swapped + 1] + name[swapped] + name.slice(swapped + 2),
      ][random(4)]?.() as string;
    };
    const types = ['intrusion-set', 'malware', 'tool', 'attack-pattern'];
    const named = live.filter(({ type, name }) => types.includes(type) && String(name).length >= 6);
    const missed: string[] = [];
    let count = 0;
    while (count < slips) {
      const object = named[random(named.length)] as StixObject;
      const typed = slip(String(object['name']));
      if (typed === object['name']) continue;
      count++;
      const { results } = await search(typed, { limit: 5 });
      if (!results.some(({ id }) => id === object.id)) missed.push(`${String(object['name'])} as ${typed}`);
    }
    if (allData) console.info(`${slips - missed.length} of ${slips} found; missed: ${missed.join(', ')}`);
    expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(slips / 10);
  });

  it('is said, and forgiven in aliases and within longer texts', async () => {
    expect(await search('mimikats')).toMatchObject({ corrected: 'Mimikatz', results: [{ name: 'Mimikatz' }] });
    expect((await search('Cosy Bear')).results[0]).toMatchObject({ name: 'APT29' });
    expect((await search('midnigth blizzard')).results[0]).toMatchObject({ name: 'APT29' });
    expect((await search('comand scripting interpretre')).results[0]).toMatchObject({ name: 'Command and Scripting Interpreter' });
  });

  it('is never assumed in the digits of an id', async () => {
    expect(await search('CVE-2021-44229')).toMatchObject({ total: 0 });
    expect((await search('T1059.101')).results).toEqual([]);
    expect((await search('APT92')).results.map(({ name }) => name)).not.toContain('APT29');
  });

  it('obeys the filters', async () => {
    expect((await search('mimikats', { types: ['malware'] })).results.map(({ name }) => name)).not.toContain('Mimikatz');
    expect((await search('powerlien ferret', { tlp: ['amber'] })).results).toMatchObject([{ name: 'Powerline Ferret' }]);
    expect((await search('powerlien ferret', { tlp: ['green'] })).results).toEqual([]);
    expect((await search('retierd ferret')).results.map(({ name }) => name)).not.toContain('Retired Ferret');
  });
});
