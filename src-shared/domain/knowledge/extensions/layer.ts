import { z } from 'zod';
import { own, type OwnType, refs, text } from './own-type.ts';

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

export const layerType: OwnType<'x-redoubt-layer'> = {
  type: 'x-redoubt-layer',
  title: 'Navigator layer',
  schema: Layer,
  extensionId: 'extension-definition--cc128812-82c7-455a-9618-d75ff84b7a90',
  about: 'An ATT&CK Navigator layer, kept whole.',
  properties:
    'name (string, required); layer (string, required: the layer as JSON text); description, domain, attack_version, ' +
    'layer_version (string); technique_refs (list of identifier); tags (list of string)',
};
