import type { StixObject } from '#shared/domain/knowledge/stix.ts';

/** The STIX 2.1 extension that MITRE's Center for Threat-Informed Defense declared for its five types. */
export const extensionId = 'extension-definition--fb9c968a-745b-4ade-9b25-c324172197f4';
export const flowTypes: ReadonlySet<string> = new Set([
  'attack-flow',
  'attack-action',
  'attack-asset',
  'attack-condition',
  'attack-operator',
]);

const at = '2022-08-02T19:34:35.143Z';
const centre = 'identity--d673f8cb-c168-42da-8ed4-0cb26725f86c';

/** The declaration and who made it, as a bundle with these types must hold them; facts only, so that the publisher's own words win. */
export const declaration: readonly StixObject[] = [
  {
    type: 'identity',
    spec_version: '2.1',
    id: centre,
    created: at,
    modified: at,
    name: 'MITRE Center for Threat-Informed Defense',
    identity_class: 'organization',
  },
  {
    type: 'extension-definition',
    spec_version: '2.1',
    id: extensionId,
    created_by_ref: centre,
    created: at,
    modified: at,
    name: 'Attack Flow',
    schema: 'https://center-for-threat-informed-defense.github.io/attack-flow/stix/attack-flow-schema-2.0.0.json',
    version: '2.0.0',
    extension_types: ['new-sdo'],
  },
];

export const declared = { [extensionId]: { extension_type: 'new-sdo' } };
