import { z } from 'zod';
import type { JsonObject, StixObject } from './stix.ts';

/**
 * Redoubt's own object types, declared as STIX 2.1 extensions of type `new-sdo` (section 7.3), so that a
 * bundle that holds them stays valid STIX. A change of meaning raises `version` and `modified` below.
 */
export const ownTypeNames = [
  'x-redoubt-asset',
  'x-redoubt-control',
  'x-redoubt-log-source',
  'x-redoubt-data-flow',
  'x-redoubt-layer',
] as const;
export type OwnTypeName = (typeof ownTypeNames)[number];

const text = z.string().max(10_000);
const texts = z.array(z.string().max(1000)).max(10_000);
const refs = z.array(z.string().max(300)).max(100_000);

/** What every object of ours carries; the common properties of STIX 2.1 (section 3.2) pass untouched. */
const own = <T extends OwnTypeName>(type: T) => ({
  type: z.literal(type),
  spec_version: z.literal('2.1'),
  id: z.string().startsWith(`${type}--`),
  name: z.string().min(1).max(1000),
  description: z.string().max(100_000).optional(),
  tags: texts.optional(),
});

export const exposures = ['internet', 'partner', 'internal', 'isolated'] as const;
export const Exposure = z.enum(exposures);
export type Exposure = z.infer<typeof Exposure>;

/** A machine, service, device, application or store of data that its owner would miss. */
export const Asset = z.looseObject({
  ...own('x-redoubt-asset'),
  /** The owner's own number for it: inventory tag, serial number, CMDB id. */
  asset_id: text.optional(),
  asset_type: text.optional(),
  hostnames: texts.optional(),
  ip_addresses: texts.optional(),
  mac_addresses: texts.optional(),
  serial_number: text.optional(),
  owner: text.optional(),
  business_unit: text.optional(),
  /** 1 (least) to 5 (most critical). */
  criticality: z.int().min(1).max(5).optional(),
  exposure: Exposure.optional(),
  zone: text.optional(),
  operating_system: text.optional(),
  vendor: text.optional(),
  model: text.optional(),
  /** Names, CPE 2.3 names or package URLs, as the source gave them. */
  software: texts.optional(),
  location: text.optional(),
  cpe: text.optional(),
  environment: text.optional(),
  status: text.optional(),
});
export type Asset = z.infer<typeof Asset>;

/** A safeguard: what a framework asks for, or what is in place. */
export const Control = z.looseObject({
  ...own('x-redoubt-control'),
  control_id: text.optional(),
  framework: text.optional(),
  status: z.enum(['planned', 'partial', 'in-place', 'not-applicable']).optional(),
  owner: text.optional(),
  /** Techniques it mitigates, assets it protects. */
  technique_refs: refs.optional(),
  asset_refs: refs.optional(),
});
export type Control = z.infer<typeof Control>;

/** Where events come from: a product's log on some assets, with the ATT&CK data components it shows. */
export const LogSource = z.looseObject({
  ...own('x-redoubt-log-source'),
  product: text.optional(),
  channel: text.optional(),
  enabled: z.boolean().optional(),
  retention_days: z.int().min(0).optional(),
  data_component_refs: refs.optional(),
  asset_refs: refs.optional(),
});
export type LogSource = z.infer<typeof LogSource>;

/** Data that goes from one asset to another. */
export const DataFlow = z.looseObject({
  ...own('x-redoubt-data-flow'),
  /** The asset that opens the flow, and the one it goes to. */
  from_ref: z.string().max(300),
  to_ref: z.string().max(300),
  protocols: texts.optional(),
  ports: z.array(z.int().min(0).max(65_535)).max(1000).optional(),
  data_classes: texts.optional(),
  encrypted: z.boolean().optional(),
  authenticated: z.boolean().optional(),
  crosses_boundary: z.boolean().optional(),
});
export type DataFlow = z.infer<typeof DataFlow>;

/** An ATT&CK Navigator layer, kept whole. */
export const Layer = z.looseObject({
  ...own('x-redoubt-layer'),
  domain: text.optional(),
  attack_version: text.optional(),
  layer_version: text.optional(),
  technique_refs: refs.optional(),
  /** The file's own JSON as text: layers hold empty lists and nulls, which STIX forbids (section 2.10). */
  layer: z.string().max(100_000_000),
});
export type Layer = z.infer<typeof Layer>;

export interface OwnType {
  readonly type: OwnTypeName;
  readonly title: string;
  readonly schema: z.ZodType;
  readonly extensionId: string;
}

export const ownTypes: Readonly<Record<OwnTypeName, OwnType>> = {
  'x-redoubt-asset': {
    type: 'x-redoubt-asset',
    title: 'Asset',
    schema: Asset,
    extensionId: 'extension-definition--42e3975c-db3c-413e-9264-d7be87e68e91',
  },
  'x-redoubt-control': {
    type: 'x-redoubt-control',
    title: 'Control',
    schema: Control,
    extensionId: 'extension-definition--b951bc8f-a120-4538-8fd4-3f4fa076d6fd',
  },
  'x-redoubt-log-source': {
    type: 'x-redoubt-log-source',
    title: 'Log source',
    schema: LogSource,
    extensionId: 'extension-definition--adede6b6-34f0-489f-a7a3-5a2751955f2d',
  },
  'x-redoubt-data-flow': {
    type: 'x-redoubt-data-flow',
    title: 'Data flow',
    schema: DataFlow,
    extensionId: 'extension-definition--61b9ee25-8c30-418a-a303-e77dc290a823',
  },
  'x-redoubt-layer': {
    type: 'x-redoubt-layer',
    title: 'Navigator layer',
    schema: Layer,
    extensionId: 'extension-definition--cc128812-82c7-455a-9618-d75ff84b7a90',
  },
};

export function isOwnType(type: string): type is OwnTypeName {
  return Object.hasOwn(ownTypes, type);
}

/** The creator of the extension definitions. */
export const redoubtIdentityId = 'identity--d181ee52-19f0-41ce-aabf-0b179cd51afa';
const declaredAt = '2026-11-01T00:00:00.000Z';
const version = '1.0.0';

const definitions: Readonly<Record<OwnTypeName, { about: string; properties: string }>> = {
  'x-redoubt-asset': {
    about: 'A machine, service, device, application or store of data that an organisation owns or depends on.',
    properties:
      'name (string, required); description, asset_id, asset_type, serial_number, owner, business_unit, zone, operating_system, vendor, ' +
      'model, location, cpe, environment, status (string); hostnames, ip_addresses, mac_addresses, software, tags (list of string); ' +
      'criticality (integer, 1 least to 5 most); exposure (one of internet, partner, internal, isolated)',
  },
  'x-redoubt-control': {
    about: 'A safeguard, as asked for by a framework or as put in place.',
    properties:
      'name (string, required); description, control_id, framework, owner (string); status (one of planned, partial, in-place, ' +
      'not-applicable); technique_refs, asset_refs (list of identifier); tags (list of string)',
  },
  'x-redoubt-log-source': {
    about: 'A source of events, with the ATT&CK data components it shows and the assets it covers.',
    properties:
      'name (string, required); description, product, channel (string); enabled (boolean); retention_days (integer); ' +
      'data_component_refs, asset_refs (list of identifier); tags (list of string)',
  },
  'x-redoubt-data-flow': {
    about: 'Data that goes from one asset to another.',
    properties:
      'name (string, required); from_ref, to_ref (identifier, required); description (string); protocols, data_classes, tags (list of ' +
      'string); ports (list of integer); encrypted, authenticated, crosses_boundary (boolean)',
  },
  'x-redoubt-layer': {
    about: 'An ATT&CK Navigator layer, kept whole.',
    properties:
      'name (string, required); layer (string, required: the layer as JSON text); description, domain, attack_version, ' +
      'layer_version (string); technique_refs (list of identifier); tags (list of string)',
  },
};

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

function definitionOf({ type, title, extensionId }: OwnType): StixObject {
  const { about, properties } = definitions[type];
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
