import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { decodeObject, decodeRelationship, encodeObject, encodeRelationship, uuidBytes, uuidText } from './codec.ts';

const uuid = fc.uuid();
const instant = fc.oneof(
  fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '2020-01-01T00:00:00Z',
    '2020-01-01T00:00:00.1Z',
    '2020-01-01T00:00:00.123456Z',
    '2016-12-31T23:59:60Z',
    'no time at all',
  ),
);
const key = fc.oneof(
  fc.constantFrom('name', 'value', 'labels', 'revoked', 'confidence', '__proto__', 'constructor', 'x_mitre_deprecated', 'description'),
  fc.stringMatching(/^[a-z][a-z0-9_]{2,20}$/),
);
const properties = fc
  .array(fc.tuple(key, fc.jsonValue({ maxDepth: 3 })), { maxLength: 12 })
  .map(
    (entries) =>
      JSON.parse(`{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`) as JsonObject,
  );
const spelling = (id: string, upper: boolean) => (upper ? id.slice(0, -36) + id.slice(-36).toUpperCase() : id);

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('an object as a row', () => {
  it('comes back with every property to the letter', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('malware', 'ipv4-addr', 'x-redoubt-asset'),
        uuid,
        fc.boolean(),
        properties,
        instant,
        instant,
        (type, id, upper, rest, created, modified) => {
          const object = { ...rest, type, id: spelling(`${type}--${id}`, upper), created, modified } as StixObject;
          const row = encodeObject(object);
          expect(plain(decodeObject(row))).toEqual(plain(object));
          expect(Object.getPrototypeOf(decodeObject(row))).toBe(Object.prototype);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('keeps the name out of the rest, and a name that is too long in it', () => {
    const base = { type: 'malware', id: 'malware--00000000-0000-4000-8000-000000000001' } as StixObject;
    expect(encodeObject({ ...base, name: 'Emotet' }).rest).toBeNull();
    const long = { ...base, name: 'x'.repeat(5000) };
    expect(encodeObject(long).name).toHaveLength(200);
    expect(decodeObject(encodeObject(long))).toEqual(long);
  });

  it('tells retired objects by their own properties', () => {
    const base = { type: 'malware', id: 'malware--00000000-0000-4000-8000-000000000001', name: 'a' } as StixObject;
    expect(encodeObject(base).state & 6).toBe(0);
    expect(encodeObject({ ...base, revoked: true }).state & 6).toBe(2);
    expect(encodeObject({ ...base, x_mitre_deprecated: true }).state & 6).toBe(4);
    expect(encodeObject({ ...base, revoked: 'true' }).state & 6).toBe(0);
  });
});

describe('a relationship as a row', () => {
  it('comes back with every property to the letter', () => {
    fc.assert(
      fc.property(uuid, uuid, uuid, fc.boolean(), properties, instant, instant, (id, from, to, upper, rest, created, modified) => {
        const object = {
          ...rest,
          type: 'relationship',
          id: spelling(`relationship--${id}`, upper),
          relationship_type: 'uses',
          source_ref: spelling(`malware--${from}`, upper),
          target_ref: `attack-pattern--${to}`,
          created,
          modified,
        } as StixObject;
        const row = encodeRelationship(object);
        const ends = { source: `malware--${from}`, target: `attack-pattern--${to}` };
        expect(plain(decodeRelationship({ ...row, ...ends }))).toEqual(plain(object));
      }),
      { numRuns: 1000 },
    );
  });
});

it('uuids go to bytes and back', () => {
  fc.assert(fc.property(uuid, (id) => uuidText(uuidBytes(`malware--${id}`)) === id));
});
