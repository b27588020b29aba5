import { describe, expect, it } from 'vitest';
import { embeddedReferences, killChainPhases } from './references.ts';

const id = (type: string, n = 0) => `${type}--00000000-0000-4000-8000-00000000000${n}`;

describe('embeddedReferences', () => {
  it('finds references at the top and deep within, each once', () => {
    expect(
      embeddedReferences({
        type: 'x-mitre-analytic',
        id: id('x-mitre-analytic'),
        created_by_ref: id('identity'),
        object_marking_refs: [id('marking-definition')],
        x_mitre_modified_by_ref: id('identity'),
        x_mitre_log_source_references: [
          { x_mitre_data_component_ref: id('x-mitre-data-component'), name: 'a' },
          { x_mitre_data_component_ref: id('x-mitre-data-component'), name: 'b' },
          { x_mitre_data_component_ref: id('x-mitre-data-component', 1), name: 'c' },
        ],
        x_mitre_analytic_refs: [id('x-mitre-analytic', 1)],
        extensions: { 'windows-service-ext': { service_dll_refs: [id('file')] } },
      }),
    ).toEqual([
      { property: 'x_mitre_data_component_ref', target: id('x-mitre-data-component') },
      { property: 'x_mitre_data_component_ref', target: id('x-mitre-data-component', 1) },
      { property: 'x_mitre_analytic_refs', target: id('x-mitre-analytic', 1) },
      { property: 'service_dll_refs', target: id('file') },
    ]);
  });

  it('leaves out the ends of a relationship, but not of a sighting', () => {
    expect(embeddedReferences({ type: 'relationship', id: id('relationship'), source_ref: id('malware'), target_ref: id('tool') })).toEqual(
      [],
    );
    expect(
      embeddedReferences({ type: 'sighting', id: id('sighting'), sighting_of_ref: id('malware'), where_sighted_refs: [id('identity')] }),
    ).toHaveLength(2);
  });

  it('leaves out the contents of a collection and the local names of STIX 2.0 observables', () => {
    expect(
      embeddedReferences({
        type: 'x-mitre-collection',
        id: id('x-mitre-collection'),
        x_mitre_contents: [{ object_ref: id('malware'), object_modified: 'x' }],
        objects: { '0': { type: 'network-traffic', src_ref: '1' } },
        unrelated_ref: 'not an id',
        granular_markings: [{ marking_ref: id('marking-definition'), selectors: ['name'] }],
      }),
    ).toEqual([]);
  });

  it('stops at a bounded depth', () => {
    let nested: object = { deep_ref: id('malware') };
    for (let level = 0; level < 100_000; level++) nested = { nested };
    expect(embeddedReferences({ type: 'x-deep', id: id('x-deep'), nested } as never)).toEqual([]);
  });
});

it('killChainPhases passes over what is not a phase', () => {
  expect(
    killChainPhases({
      type: 'attack-pattern',
      id: id('attack-pattern'),
      kill_chain_phases: [{ kill_chain_name: 'mitre-attack', phase_name: 'execution' }, null, { phase_name: 'x' }],
    }),
  ).toEqual([{ killChainName: 'mitre-attack', phaseName: 'execution' }]);
});
