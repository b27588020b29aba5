import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { relationshipId } from '#shared/domain/knowledge/identifiers.ts';
import { tlpMarkingId } from '#shared/domain/knowledge/tlp.ts';
import { readAll } from '../conformance.ts';
import type { Item, ReadContext } from '../format.ts';
import { yamlDocuments } from './documents.ts';
import { sigma } from './index.ts';
import { readTag } from './tags.ts';

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)));
const bytes = (text: string) => new TextEncoder().encode(text);
const technique = 'attack-pattern--e6919abc-99f9-4c6c-95a5-14761e7b2add';

async function read(text: Uint8Array, over?: Partial<ReadContext>): Promise<Item[]> {
  const items = await readAll(sigma, 'rule.yml', text, over);
  if (!Array.isArray(items)) throw new Error(items.failed);
  return items;
}
const objectsOf = (items: readonly Item[], type: string) =>
  items.flatMap((item) => (item.kind === 'object' && item.object.type === type ? [item.object] : []));

describe('sigma', () => {
  it('keeps a rule whole and joins it to what its tags name', async () => {
    const items = await read(fixture('rule.yml'), { findByExternalId: (id) => (id === 'T1105' ? technique : undefined) });
    const [rule] = objectsOf(items, 'indicator');
    expect(rule).toMatchObject({
      id: 'indicator--2f1d8a54-64b8-4b3e-9f6e-0f6d3a5a1c11',
      name: 'Certutil Fetches A File',
      pattern: new TextDecoder().decode(fixture('rule.yml')).trimEnd(),
      pattern_type: 'sigma',
      valid_from: '2026-02-03T00:00:00.000Z',
      kill_chain_phases: [{ kill_chain_name: 'mitre-attack', phase_name: 'command-and-control' }],
      object_marking_refs: [tlpMarkingId('amber')],
      x_redoubt_sigma: {
        kind: 'rule',
        level: 'high',
        status: 'test',
        author: 'A. Writer',
        modified: '2026/03/04',
        falsepositives: ['Administrators'],
        logsource: { product: 'windows', category: 'process_creation' },
        related: [{ id: '8a7b1c2d-0001-4c2d-8e3f-4a5b6c7d8e9f', type: 'similar' }],
      },
    });
    expect(rule?.['external_references']).toEqual([
      { source_name: 'sigma', external_id: '2f1d8a54-64b8-4b3e-9f6e-0f6d3a5a1c11' },
      { source_name: 'sigma', url: 'https://rules.example/certutil' },
      { source_name: 'sigma', description: 'a printed handbook, page 12' },
    ]);
    const [source] = objectsOf(items, 'x-redoubt-log-source');
    expect(source).toMatchObject({ name: 'windows process_creation', product: 'windows', x_redoubt_category: 'process_creation' });
    expect(rule?.['x_redoubt_log_source_ref']).toBe(source?.id);
    expect(
      objectsOf(items, 'relationship').map(({ relationship_type: type, target_ref: target }) => [type, String(target).split('--')[0]]),
    ).toEqual([
      ['indicates', 'attack-pattern'],
      ['indicates', 'intrusion-set'],
      ['related-to', 'vulnerability'],
    ]);
    expect(objectsOf(items, 'relationship')[0]?.id).toBe(relationshipId('indicates', rule?.id as string, technique));
    expect(objectsOf(items, 'attack-pattern')).toEqual([]);
    expect(items.filter(({ kind }) => kind === 'loss').map((item) => (item.kind === 'loss' ? [item.path, item.what] : []))).toEqual([
      ['rule.tags[2]', 'G0007 is not known in this workspace; a placeholder of that name stands for it'],
      ['rule.tags[3]', 'S9999 is not known in this workspace; kept as a tag without a link'],
    ]);
  });

  it('reads correlations and filters, and finds the rules they speak of by name and UUID', async () => {
    const items = await read(fixture('collection.yml'));
    const rules = objectsOf(items, 'indicator');
    expect(rules.map(({ x_redoubt_sigma: sigma }) => (sigma as { kind: string }).kind)).toEqual(['rule', 'correlation', 'filter']);
    expect(rules[1]?.['x_redoubt_rule_refs']).toEqual([rules[0]?.id]);
    expect(rules[2]?.['x_redoubt_rule_refs']).toEqual([rules[0]?.id]);
    expect(rules[1]?.['x_redoubt_log_source_ref']).toBeUndefined();
    expect(rules[2]?.['x_redoubt_log_source_ref']).toBe(rules[0]?.['x_redoubt_log_source_ref']);
    expect(items.filter(({ kind }) => kind === 'loss')).toMatchObject([{ path: 'document 2.correlation.rules' }]);
  });

  it('lays a global document under those that follow, and says what cannot be run', async () => {
    const items = await read(fixture('global.yml'));
    const rules = objectsOf(items, 'indicator');
    expect(rules).toHaveLength(2);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(2);
    expect(rules[1]).toMatchObject({
      name: 'Old Style With Parts',
      x_redoubt_sigma: { logsource: { product: 'linux' }, unsupported: 'count() by ClientIP > 10', status: 'unsupported' },
    });
    expect(rules[1]?.['pattern']).toContain('kernel panic');
    expect(rules[1]?.['pattern']).toContain('count() by ClientIP');
    expect(items.some((item) => item.kind === 'loss' && item.path === 'document 3.detection.condition')).toBe(true);
  });

  it.each([
    ['no title', 'logsource:\n  product: a\ndetection:\n  condition: x', 'title'],
    ['no log source', 'title: a\ndetection:\n  condition: x', 'logsource'],
    ['no condition', 'title: a\nlogsource:\n  product: a\ndetection:\n  x: 1', 'condition'],
    ['a log source that is text', 'title: a\nlogsource: windows\ndetection:\n  condition: x', 'logsource'],
    ['a key twice', 'title: a\ntitle: b\nlogsource:\n  product: a\ndetection:\n  condition: x', 'unique'],
    ['a tag of its own', 'title: !run a\nlogsource:\n  product: a\ndetection:\n  condition: x', 'tag'],
    ['a list', '- title: a', 'map'],
    ['plain text', 'hello there', 'map'],
  ])('rejects %s with the reason', async (_, text, reason) => {
    const good = 'title: good\nlogsource:\n  product: a\ndetection:\n  condition: x\n---\n';
    const items = await read(bytes(good + text));
    expect(objectsOf(items, 'indicator')).toHaveLength(1);
    const [rejected] = items.filter(({ kind }) => kind === 'rejected');
    expect(rejected?.kind === 'rejected' && `${rejected.path} ${rejected.reason}`.toLowerCase()).toContain(reason);
  });

  it('bounds aliases, nesting and size instead of following them', async () => {
    const laughs = ['a0: &a0 [x,x,x,x,x,x,x,x,x]'];
    for (let level = 1; level < 12; level++)
      laughs.push(
        `a${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(',')}]`,
      );
    for (const text of [
      laughs.join('\n'),
      `a: ${'['.repeat(100_000)}`,
      `a: ${'- '.repeat(100_000)}1`,
      `a: ${'{a: '.repeat(50_000)}`,
      `a: ${'x'.repeat(600_000)}`,
    ]) {
      const [document] = yamlDocuments(text);
      expect(document?.value).toBeUndefined();
      expect(document?.fault).toMatch(/alias|deep|KiB/i);
    }
  });

  it('holds __proto__ as a key like any other', async () => {
    const items = await read(
      bytes('title: a\nlogsource:\n  product: a\n  __proto__: b\ndetection:\n  condition: x\n__proto__:\n  polluted: 1\n'),
    );
    expect(objectsOf(items, 'indicator')).toHaveLength(1);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('yields what several rules share once in an import', async () => {
    const given = new Set<string>();
    const first = await read(fixture('rule.yml'), { given });
    const second = await read(fixture('rule.yml'), { given });
    expect(objectsOf(first, 'x-redoubt-log-source')).toHaveLength(1);
    expect(second.flatMap((item) => (item.kind === 'object' ? [item.object.type] : []))).toEqual([
      'indicator',
      'relationship',
      'relationship',
      'relationship',
    ]);
  });

  it.each([
    ['attack.t1059.001', { kind: 'attack', externalId: 'T1059.001' }],
    ['attack.defense_evasion', { kind: 'tactic', phase: 'defense-evasion' }],
    ['attack.g0016', { kind: 'attack', externalId: 'G0016' }],
    ['cve.2021-44228', { kind: 'cve', cve: 'CVE-2021-44228' }],
    ['cve.2021.44228', { kind: 'cve', cve: 'CVE-2021-44228' }],
    ['tlp.amber+strict', { kind: 'tlp', level: 'amber+strict' }],
    ['tlp.white', { kind: 'tlp', level: 'clear' }],
    ['detection.threat-hunting', { kind: 'other' }],
    ['nonsense', { kind: 'other' }],
  ])('reads the tag %s', (text, tag) => expect(readTag(text)).toEqual(tag));
});

describe('a parser that could be kept busy', () => {
  it.each(['"', '&a [*a, ', '- [{a: ', "'", '? ', '[', '{a: "'])('is not, by %s without end', (sign) => {
    const long = sign.repeat(Math.ceil(100_000 / sign.length));
    const [one] = [...yamlDocuments(`title: x\nnote: ${long}\n`)];
    expect(one).toMatchObject({ fault: expect.stringMatching(/nested deeper|a line of more than 16 KiB/) });
    // On many lines each is short, and an error is told by its place.
    const lines = [...yamlDocuments(`title: x\nnote: ${sign.repeat(200)}\n${`a: ${sign.repeat(200)}\n`.repeat(20)}`)];
    expect(lines.some((document) => 'fault' in document)).toBe(true);
  });

  it('tells where an error is', () => {
    expect([...yamlDocuments('title: x\nnote: "a" "b"\n')]).toMatchObject([
      { fault: expect.stringMatching(/no valid YAML: .* at line 2, column 11/) },
    ]);
  });
});
