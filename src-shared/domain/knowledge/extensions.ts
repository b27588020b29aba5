import { assetType } from './extensions/asset.ts';
import { controlType } from './extensions/control.ts';
import { dataFlowType } from './extensions/data-flow.ts';
import { findingType } from './extensions/finding.ts';
import { layerType } from './extensions/layer.ts';
import { logSourceType } from './extensions/log-source.ts';
import type { OwnType as Declared } from './extensions/own-type.ts';
import { warninglistType } from './extensions/warninglist.ts';
import type { JsonObject, StixObject } from './stix.ts';

export { Asset, Exposure, exposures } from './extensions/asset.ts';
export type { Severity } from './extensions/finding.ts';
export { Layer } from './extensions/layer.ts';

/**
 * Redoubt's own object types, declared as STIX 2.1 extensions of type `new-sdo` (section 7.3), so that a
 * bundle that holds them stays valid STIX. A change of meaning raises `version` and `modified` below.
 * A new type is a file in extensions/, a word in this list and a line in the next.
 */
export const ownTypeNames = [
  'x-redoubt-asset',
  'x-redoubt-control',
  'x-redoubt-log-source',
  'x-redoubt-data-flow',
  'x-redoubt-layer',
  'x-redoubt-finding',
  'x-redoubt-warninglist',
] as const;
export type OwnTypeName = (typeof ownTypeNames)[number];
export type OwnType = Declared<OwnTypeName>;

export const ownTypes: Readonly<Record<OwnTypeName, OwnType>> = {
  'x-redoubt-asset': assetType,
  'x-redoubt-control': controlType,
  'x-redoubt-log-source': logSourceType,
  'x-redoubt-data-flow': dataFlowType,
  'x-redoubt-layer': layerType,
  'x-redoubt-finding': findingType,
  'x-redoubt-warninglist': warninglistType,
};

export function isOwnType(type: string): type is OwnTypeName {
  return Object.hasOwn(ownTypes, type);
}

/** The creator of the extension definitions. */
export const redoubtIdentityId = 'identity--d181ee52-19f0-41ce-aabf-0b179cd51afa';
const declaredAt = '2026-11-01T00:00:00.000Z';
const version = '1.0.0';

const identity: StixObject = {
  type: 'identity',
  spec_version: '2.1',
  id: redoubtIdentityId,
  created: declaredAt,
  modified: declaredAt,
  name: 'Redoubt',
  description: 'The program that declares these extensions; it is not the author of what they describe.',
  identity_class: 'system',
};

function definitionOf({ type, title, extensionId, about, properties }: OwnType): StixObject {
  return {
    type: 'extension-definition',
    spec_version: '2.1',
    id: extensionId,
    created_by_ref: redoubtIdentityId,
    created: declaredAt,
    modified: declaredAt,
    name: `Redoubt: ${title}`,
    description: about,
    schema: `Object type ${type}. Properties beyond the common ones: ${properties}.`,
    version,
    extension_types: ['new-sdo'],
  };
}

/** The declarations: the identity, then one extension definition for each own type. */
export const extensionObjects: readonly StixObject[] = [identity, ...Object.values(ownTypes).map(definitionOf)];

/** The declarations that a bundle with these types must hold, the identity first; none where no type is ours. */
export function extensionObjectsFor(types: Iterable<string>): StixObject[] {
  const wanted = new Set<string>();
  for (const type of types) if (isOwnType(type)) wanted.add(ownTypes[type].extensionId);
  return wanted.size === 0 ? [] : extensionObjects.filter(({ id }) => id === redoubtIdentityId || wanted.has(id));
}

/** An object of one of our types, with the `extensions` entry that names its declaration. */
export function withExtension(type: OwnTypeName, properties: JsonObject & { id: string }): StixObject {
  const others = properties.extensions;
  return {
    ...properties,
    type,
    spec_version: '2.1',
    extensions: {
      ...(others !== null && typeof others === 'object' && !Array.isArray(others) ? others : {}),
      [ownTypes[type].extensionId]: { extension_type: 'new-sdo' },
    },
  };
}
