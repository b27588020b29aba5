import { describe, expect, it } from 'vitest';
import { aliasesOf, readFacts, referencesOf } from './facts.ts';

describe('readFacts', () => {
  it('leaves out what the page shows elsewhere and reads values by their form', () => {
    const facts = readFacts({
      type: 'malware',
      id: 'malware--6a21e3a4-5ffe-4581-af9a-6a54c7536f44',
      name: 'X',
      is_family: true,
      first_seen: '2020-01-02T03:04:05.000Z',
      created_by_ref: 'identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5',
      malware_types: ['worm'],
      empty: [],
      nested: { a: 1 },
    });
    expect(facts).toEqual([
      { property: 'is_family', value: { kind: 'truth', value: true } },
      { property: 'first_seen', value: { kind: 'time', iso: '2020-01-02T03:04:05.000Z' } },
      { property: 'created_by_ref', value: { kind: 'references', ids: ['identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5'] } },
      { property: 'malware_types', value: { kind: 'list', items: ['worm'] } },
      { property: 'nested', value: { kind: 'json', value: { a: 1 } } },
    ]);
  });

  it('names a kill chain that is not ATT&CK’s', () => {
    const phases = [
      { kill_chain_name: 'mitre-attack', phase_name: 'credential-access' },
      { kill_chain_name: 'lockheed', phase_name: 'weaponization' },
      'not a phase',
    ];
    expect(readFacts({ kill_chain_phases: phases })[0]?.value).toEqual({
      kind: 'list',
      items: ['credential access', 'lockheed: weaponization'],
    });
  });
});

it('lists each alias once and not the name itself', () => {
  expect(aliasesOf({ aliases: ['APT29', 'Cozy Bear'], x_mitre_aliases: ['Cozy Bear', 4] }, 'APT29')).toEqual(['Cozy Bear']);
});

it('reads references and passes over what is none', () => {
  expect(referencesOf({ external_references: [{ source_name: 's', url: 'https://x.example' }, 'no', null] })).toEqual([
    { source: 's', externalId: undefined, description: undefined, url: 'https://x.example' },
  ]);
});
