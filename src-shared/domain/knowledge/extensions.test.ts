import { describe, expect, it } from 'vitest';
import { Asset, extensionObjects, extensionObjectsFor, ownTypes, redoubtIdentityId, withExtension } from './extensions.ts';
import { StixId } from './stix.ts';

describe('extensions', () => {
  it('declares each own type once, by the one identity', () => {
    const [identity, ...definitions] = extensionObjects;
    expect(identity).toMatchObject({ type: 'identity', id: redoubtIdentityId });
    expect(definitions.map(({ id }) => id)).toEqual(Object.values(ownTypes).map(({ extensionId }) => extensionId));
    expect(new Set(extensionObjects.map(({ id }) => id)).size).toBe(extensionObjects.length);
    for (const definition of definitions) {
      expect(StixId.safeParse(definition.id).success).toBe(true);
      expect(definition).toMatchObject({ type: 'extension-definition', created_by_ref: redoubtIdentityId, extension_types: ['new-sdo'] });
      expect(definition.schema).toEqual(expect.any(String));
    }
  });

  it('names each type’s own properties in its schema text', () => {
    for (const { type, schema, extensionId } of Object.values(ownTypes)) {
      const definition = extensionObjects.find(({ id }) => id === extensionId);
      const shape = (schema as typeof Asset).shape;
      for (const property of Object.keys(shape)) {
        if (['type', 'spec_version', 'id'].includes(property)) continue;
        expect(definition?.schema, `${type}.${property}`).toMatch(new RegExp(`\\b${property}\\b`));
      }
    }
  });

  it('gives only the declarations that are needed', () => {
    expect(extensionObjectsFor(['malware'])).toEqual([]);
    expect(extensionObjectsFor(['malware', 'x-redoubt-asset', 'x-redoubt-asset']).map(({ id }) => id)).toEqual([
      redoubtIdentityId,
      ownTypes['x-redoubt-asset'].extensionId,
    ]);
  });

  it('adds its entry beside other extensions', () => {
    const asset = withExtension('x-redoubt-asset', {
      id: 'x-redoubt-asset--9ed68e18-aca8-489c-a29c-36dea0eb63dd',
      name: 'PACS-01',
      extensions: { 'extension-definition--c6964a30-c80c-4171-a538-fb62b2ca7f3b': { extension_type: 'property-extension' } },
    });
    expect(Object.keys(asset.extensions as object)).toEqual([
      'extension-definition--c6964a30-c80c-4171-a538-fb62b2ca7f3b',
      ownTypes['x-redoubt-asset'].extensionId,
    ]);
    expect(Asset.safeParse(asset).success).toBe(true);
    expect(Asset.safeParse({ ...asset, criticality: 6 }).success).toBe(false);
    expect(Asset.safeParse({ ...asset, exposure: 'everywhere' }).success).toBe(false);
  });
});
