import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HeadlineFacts, headline, headlineReferences } from './headline.ts';
import type { StixObject } from './stix.ts';

const id = (type: string, n = 1) => `${type}--00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const make = (type: string, properties: Record<string, unknown> = {}): StixObject =>
  ({ type, spec_version: '2.1', id: id(type), ...properties }) as StixObject;
const of = (type: string, properties: Record<string, unknown> = {}, facts: Partial<HeadlineFacts> = {}) =>
  headline({ type, object: make(type, properties), neighbours: [], ...facts });
const n = (direction: 'in' | 'out', relationshipType: string, type: string, count: number) => ({
  direction,
  relationshipType,
  type,
  count,
});

describe('headline', () => {
  it('tells a sub-technique from its facts', () => {
    const facts: Partial<HeadlineFacts> = {
      parent: 'Command and Scripting Interpreter',
      tactics: ['Execution'],
      latestUser: { name: 'RedPenguin', lastSeen: '2025-03-01T04:00:00.000Z' },
      neighbours: [
        n('in', 'uses', 'intrusion-set', 83),
        n('in', 'uses', 'malware', 1),
        n('in', 'mitigates', 'course-of-action', 5),
        n('in', 'detects', 'x-mitre-detection-strategy', 3),
        n('out', 'subtechnique-of', 'attack-pattern', 1),
        n('out', 'kill_chain_phases', 'x-mitre-tactic', 1),
      ],
    };
    expect(of('attack-pattern', { name: 'PowerShell', x_mitre_platforms: ['Windows'] }, facts)).toBe(
      'Sub-technique of Command and Scripting Interpreter, in Execution, on Windows; used by 83 groups and 1 malware family, most recently RedPenguin (March 2025); 5 mitigations; 3 detection strategies.',
    );
  });

  it.each<[string, string, Record<string, unknown>, Partial<HeadlineFacts>]>([
    [
      'Technique, in Credential Access and Command and Control; 12 sub-techniques; 1 mitigation.',
      'attack-pattern',
      {
        x_mitre_version: '1.0',
        kill_chain_phases: [
          { kill_chain_name: 'mitre-attack', phase_name: 'credential-access' },
          { kill_chain_name: 'mitre-attack', phase_name: 'command-and-control' },
        ],
      },
      {
        neighbours: [
          n('in', 'subtechnique-of', 'attack-pattern', 12),
          n('in', 'mitigates', 'course-of-action', 1),
          n('in', 'uses', 'tool', 0),
        ],
      },
    ],
    ['Attack pattern; not yet related to anything.', 'attack-pattern', {}, {}],
    [
      'Revoked technique, replaced by PowerShell; replaces 1 technique.',
      'attack-pattern',
      { revoked: true, x_mitre_domains: ['enterprise-attack'] },
      { replacedBy: 'PowerShell', neighbours: [n('out', 'revoked-by', 'attack-pattern', 1), n('in', 'revoked-by', 'attack-pattern', 1)] },
    ],
    [
      'Group, also known as Cozy Bear, The Dukes and 2 more; 3 campaigns attributed to it; uses 1,066 techniques and 1 tool.',
      'intrusion-set',
      { name: 'APT29', aliases: ['APT29', 'Cozy Bear', 'The Dukes', 'A', 'B'] },
      { neighbours: [n('out', 'uses', 'tool', 1), n('out', 'uses', 'attack-pattern', 1066), n('in', 'attributed-to', 'campaign', 3)] },
    ],
    [
      'Campaign, from December 2015 to January 2016; not yet related to anything.',
      'campaign',
      { first_seen: '2015-12-01T05:00:00Z', last_seen: '2016-01-01T05:00:00Z' },
      {},
    ],
    [
      'Deprecated mitigation; mitigates 2 techniques.',
      'course-of-action',
      { x_mitre_deprecated: true, x_mitre_version: '1.0' },
      { neighbours: [n('out', 'mitigates', 'attack-pattern', 2)] },
    ],
    [
      'Malware family, also known as Worse, on Windows; not yet related to anything.',
      'malware',
      { name: 'Bad', is_family: true, x_mitre_aliases: ['Bad', 'Worse'], x_mitre_platforms: ['Windows', 'None'] },
      {},
    ],
    [
      'Vulnerability in Citrix NetScaler, known to be exploited since 18 July 2023, also by ransomware campaigns, to be fixed by 9 August 2023; present on 2 assets.',
      'vulnerability',
      {
        x_redoubt_kev: { date_added: '2023-07-18', due_date: '2023-08-09', known_ransomware: true, vendor: 'Citrix', product: 'NetScaler' },
      },
      { neighbours: [n('in', 'has', 'x-redoubt-asset', 2)] },
    ],
    [
      'Web server, in zone DMZ, reachable from the internet, criticality 5 of 5, owned by Portal team; has 3 vulnerabilities, 1 known to be exploited; starts 1 data flow.',
      'x-redoubt-asset',
      { asset_type: 'web server', zone: 'DMZ', exposure: 'internet', criticality: 5, owner: 'Portal team' },
      { exploited: 1, neighbours: [n('out', 'has', 'vulnerability', 3), n('in', 'from_ref', 'x-redoubt-data-flow', 1)] },
    ],
    [
      'Data flow from Portal to a software product, over HTTPS on port 443, carrying patient records, encrypted, not authenticated, across a trust boundary.',
      'x-redoubt-data-flow',
      {
        from_ref: id('x-redoubt-asset'),
        to_ref: id('software'),
        protocols: ['HTTPS'],
        ports: [443],
        data_classes: ['patient records'],
        encrypted: true,
        authenticated: false,
        crosses_boundary: true,
      },
      {
        names: { [id('x-redoubt-asset')]: 'Portal' },
        neighbours: [n('out', 'from_ref', 'x-redoubt-asset', 1), n('out', 'to_ref', 'x-redoubt-asset', 1)],
      },
    ],
    [
      'APT29 uses PowerShell.',
      'relationship',
      { relationship_type: 'uses', source_ref: 'a--1', target_ref: 'b--2' },
      { names: { 'a--1': 'APT29', 'b--2': 'PowerShell' } },
    ],
    [
      'Sighting of an indicator, 3 times, since May 2024.',
      'sighting',
      { sighting_of_ref: id('indicator'), count: 3, first_seen: '2024-05-02T00:00:00Z' },
      {},
    ],
    [
      'Acme thing; refers to 2 acme things; “likes a lot” from 1 group.',
      'x-acme-thing',
      {},
      { neighbours: [n('out', 'x_other_refs', 'x-acme-thing', 2), n('in', 'likes-a-lot', 'intrusion-set', 1)] },
    ],
    ['Marking TLP:RED.', 'marking-definition', { definition_type: 'tlp', definition: { tlp: 'red' } }, {}],
    [
      'Log source of Sysmon, switched on, kept for 1 day; shows 2 data components.',
      'x-redoubt-log-source',
      { product: 'Sysmon', enabled: true, retention_days: 1 },
      { neighbours: [n('out', 'data_component_refs', 'x-mitre-data-component', 2)] },
    ],
  ])('%s', (sentence, type, properties, facts) => {
    expect(of(type, properties, facts)).toBe(sentence);
  });

  it('speaks of what is only named by others', () => {
    expect(headline({ type: 'malware', neighbours: [n('in', 'uses', 'campaign', 1)] })).toBe(
      'Malware family that others name and that is not itself in the workspace; used by 1 campaign.',
    );
  });

  it('asks for the names of at most two ids', () => {
    expect(headlineReferences(make('relationship', { source_ref: 'a--1', target_ref: 'b--2' }))).toEqual(['a--1', 'b--2']);
    expect(headlineReferences(make('malware', { sample_refs: ['file--1'], from_ref: 5 }))).toEqual([]);
  });

  const types = [
    'attack-pattern',
    'campaign',
    'course-of-action',
    'grouping',
    'identity',
    'incident',
    'indicator',
    'infrastructure',
    'intrusion-set',
    'location',
    'malware',
    'malware-analysis',
    'note',
    'observed-data',
    'opinion',
    'report',
    'threat-actor',
    'tool',
    'vulnerability',
    'relationship',
    'sighting',
    'marking-definition',
    'extension-definition',
    'language-content',
    'ipv4-addr',
    'file',
    'email-message',
    'x-mitre-analytic',
    'x-mitre-asset',
    'x-mitre-collection',
    'x-mitre-data-component',
    'x-mitre-data-source',
    'x-mitre-detection-strategy',
    'x-mitre-matrix',
    'x-mitre-tactic',
    'x-redoubt-asset',
    'x-redoubt-control',
    'x-redoubt-data-flow',
    'x-redoubt-finding',
    'x-redoubt-layer',
    'x-redoubt-log-source',
    'x-acme',
    'constructor',
    '__proto__',
  ];
  const properties = [
    'name',
    'aliases',
    'x_mitre_aliases',
    'kill_chain_phases',
    'first_seen',
    'last_seen',
    'x_mitre_platforms',
    'definition',
    'x_redoubt_kev',
    'count',
    'ports',
    'asset_type',
    'zone',
    'exposure',
    'criticality',
    'retention_days',
    'x_mitre_domains',
    'malware_types',
    'sectors',
    'source_ref',
    'target_ref',
    'relationship_type',
    'revoked',
    'published',
    'valid_from',
    'number_observed',
    'x_mitre_is_subtechnique',
    'protocols',
    'authors',
    'context',
  ];
  const word = fc.string({ maxLength: 300 }).filter((value) => !/undefined|NaN|[,;[]/.test(value));
  const value = fc.oneof(
    word,
    fc.array(word, { maxLength: 6 }),
    fc.boolean(),
    fc.double({ noNaN: true }),
    fc.constant(null),
    fc.constant('2024-02-30T00:00:00Z'),
    fc.array(fc.record({ phase_name: word }), { maxLength: 3 }),
    fc.record({ tlp: word, date_added: word }),
  );
  const facts = fc.record(
    {
      type: fc.constantFrom(...types),
      object: fc.dictionary(fc.constantFrom(...properties), value),
      neighbours: fc.array(
        fc.record({
          relationshipType: fc.oneof(word, fc.constantFrom('uses', 'has', 'x_mitre_analytic_refs', '__proto__', 'toString')),
          direction: fc.constantFrom('in' as const, 'out' as const),
          type: fc.constantFrom(...types),
          count: fc.nat(100_000),
        }),
        { maxLength: 12 },
      ),
      parent: word,
      tactics: fc.array(word, { maxLength: 3 }),
      latestUser: fc.record({ name: word, lastSeen: word, modified: word }, { requiredKeys: ['name'] }),
      exploited: fc.nat(10),
    },
    { requiredKeys: ['type', 'neighbours'] },
  );

  it('never throws, is never empty, and says nothing of what it does not know', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const { object, ...rest } = given;
        const sentence = headline({ ...rest, ...(object ? { object: { ...object, type: given.type, id: id('x') } as StixObject } : {}) });
        expect(sentence.length).toBeGreaterThan(3);
        expect(sentence).not.toMatch(/undefined|NaN|\[object|\n| {2}|, ,|; ;/);
        expect(sentence).toMatch(/[.!?…]$/);
      }),
      { numRuns: 2000 },
    );
  });
});
