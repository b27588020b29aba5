import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../stix.ts';
import valid from './fixtures/valid-objects.json' with { type: 'json' };
import { checkObject } from './index.ts';

const objects = valid as unknown as JsonObject[];
const uuid = '7f3c1d52-9b0e-4a56-8c77-21d0a4e5b6c1';

/** The valid object of a type, with properties set or (undefined) taken away. */
function changed(type: string, patch: Record<string, Json | undefined>): JsonObject {
  const object = structuredClone(objects.find((one) => one['type'] === type)) as JsonObject;
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) delete object[name];
    else object[name] = value;
  }
  return object;
}

describe('valid objects', () => {
  it.each(objects.map((object) => [object['type'], object] as const))('%s is accepted without a remark', (_, object) => {
    expect(checkObject(object)).toEqual({ errors: [], warnings: [] });
  });

  it('covers every type of STIX 2.1', () => {
    expect(new Set(objects.map((object) => object['type'])).size).toBe(19 + 2 + 3 + 18 + 2);
  });

  it('accepts each of them with only what is required', () => {
    for (const object of objects) {
      const kept = Object.keys(object).filter((name) => {
        const { [name]: _, ...rest } = object;
        return checkObject(rest).errors.length > 0;
      });
      const least = Object.fromEntries(kept.map((name) => [name, object[name]]));
      // Where one of several is needed none alone is: only then may the least be too little.
      const { errors } = checkObject(least);
      expect(
        errors.every(({ reason }) => /at least one|region|definition|body/.test(reason)),
        JSON.stringify(errors),
      ).toBe(true);
    }
  });
});

const id = (type: string) => `${type}--${uuid}`;

// Each row breaks one SHOULD: type, change, rule.
const shoulds: [string, Record<string, Json | undefined>, string][] = [
  ['tool', { id: 'tool--7f3c1d52-9b0e-1a56-8c77-21d0a4e5b6c1' }, 'uuid-version'],
  ['tool', { tool_types: ['hammer'] }, 'open-vocabulary'],
  ['tool', { ward: 'x' }, 'custom-property'],
  ['tool', { external_references: [{ source_name: 'x', url: 'https://x.example' }] }, 'reference-hashes'],
  ['tool', { external_references: [{ source_name: 'x', url: 'https://x.example/ä' }] }, 'url'],
  ['tool', { kill_chain_phases: [{ kill_chain_name: 'My Chain', phase_name: 'x' }] }, 'kill-chain'],
  ['tool', { x_deep: { list: [] } }, 'empty-list'],
  ['identity', { identity_class: 'crowd' }, 'open-vocabulary'],
  ['identity', { sectors: ['hospitals'] }, 'open-vocabulary'],
  ['indicator', { indicator_types: ['bad'] }, 'open-vocabulary'],
  ['indicator', { pattern_type: 'own' }, 'open-vocabulary'],
  ['indicator', { name: undefined }, 'indicator-name'],
  ['indicator', { pattern: "[url:value = 'a' AND file:name = 'b']" }, 'pattern'],
  ['location', { country: 'France' }, 'country'],
  ['relationship', { relationship_type: 'haunts' }, 'relationship'],
  ['malware', { implementation_languages: ['cobol'] }, 'open-vocabulary'],
  ['file', { hashes: { 'sha-256': 'a'.repeat(64) } }, 'open-vocabulary'],
  ['file', { mime_type: 'exe' }, 'media-type'],
  ['file', { extensions: { 'x-own-ext': { own_value: 1 } } }, 'custom-extension'],
  ['url', { id: id('url') }, 'observable-id'],
  ['url', { labels: ['x'] }, 'custom-property'],
  ['network-traffic', { protocols: ['TCP'] }, 'protocol'],
  ['network-traffic', { protocols: ['own'] }, 'protocol'],
  [
    'windows-registry-key',
    { number_of_subkeys: 1, key: undefined, values: undefined, id: 'windows-registry-key--7f3c1d52-9b0e-5a56-8c77-21d0a4e5b6c1' },
    'observable-id',
  ],
  ['ward', { extensions: undefined }, 'custom-object'],
  ['extension-definition', { version: 'one' }, 'version'],
  ['observed-data', { object_refs: undefined, objects: { 0: { type: 'mutex', name: 'x' } } }, 'deprecated'],
];

describe('broken SHOULDs', () => {
  it.each(shoulds)('%s with %j is kept with a remark of the rule “%s”', (type, patch, rule) => {
    const { errors, warnings } = checkObject(changed(type, patch));
    expect(errors).toEqual([]);
    expect(warnings.map((warning) => warning.rule)).toContain(rule);
  });

  it('leaves properties alone that an extension declares', () => {
    const extensions = { [id('extension-definition')]: { extension_type: 'toplevel-property-extension' } };
    expect(checkObject(changed('tool', { ward: 'x', severity: 'high', extensions }))).toEqual({ errors: [], warnings: [] });
  });

  it('says nothing of verbs between types it does not know', () => {
    expect(checkObject(changed('relationship', { relationship_type: 'detects', source_ref: id('x-own-thing') })).warnings).toEqual([]);
  });
});

describe('whatever comes', () => {
  it('neither throws nor hangs on 10,000 mutated objects, and changes nothing', () => {
    const place = fc.tuple(fc.nat(objects.length - 1), fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }), fc.jsonValue(), fc.boolean());
    fc.assert(
      fc.property(place, ([index, way, value, asKey]) => {
        const object = structuredClone(objects[index]) as JsonObject;
        let here: Json = object;
        for (const [depth, step] of way.entries()) {
          if (typeof here !== 'object' || here === null) break;
          const keys = Object.keys(here);
          const key = keys[step % keys.length];
          if (key === undefined) break;
          const inner: Json = (here as JsonObject)[key] as Json;
          if (depth === way.length - 1 || typeof inner !== 'object' || inner === null) {
            (here as JsonObject)[asKey ? JSON.stringify(value).slice(0, 20) : key] = value as Json;
            break;
          }
          here = inner;
        }
        const before = JSON.stringify(object);
        const { errors, warnings } = checkObject(object);
        for (const { reason } of errors) expect(reason).not.toMatch(/undefined|\n/);
        for (const { what } of warnings) expect(what).not.toMatch(/\n/);
        expect(JSON.stringify(object)).toBe(before);
      }),
      { numRuns: 10_000 },
    );
  });

  it('bears nesting without end', () => {
    let deep: Json = 'x';
    for (let index = 0; index < 5000; index++) deep = index % 2 === 0 ? [deep] : { deep };
    const { errors } = checkObject(changed('tool', { x_deep: deep }));
    expect(errors).toHaveLength(1);
    expect(errors[0]?.reason).toMatch(/100 levels/);
    checkObject(changed('observed-data', { object_refs: undefined, objects: { 0: { type: 'mutex', name: 'x', x_deep: deep } } }));
  });
});
