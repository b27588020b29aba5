import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Layer, layOver } from './layers.ts';
import type { Json } from './stix.ts';

const at = (day: number) => `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;
const layer = (clock: number, day: number, object: Record<string, Json>, more: Partial<Layer> = {}): Layer => ({
  object: { type: 'vulnerability', id: 'vulnerability--0', name: 'CVE-2099-1', created: at(day), modified: at(day), ...object },
  partial: false,
  merge: true,
  clock,
  device: 'd',
  ...more,
});
const kev = layer(1, 5, {
  description: 'CISA says: patch it now, all of you, without delay',
  external_references: [
    { source_name: 'cve', external_id: 'CVE-2099-1' },
    { source_name: 'cisa-kev', url: 'https://a.example/' },
  ],
  x_redoubt_kev: { due_date: '2026-02-01' },
});
const cve = layer(2, 3, {
  description: 'An overflow.',
  external_references: [
    { source_name: 'cve', external_id: 'CVE-2099-1', description: 'the record' },
    { source_name: 'cwe', external_id: 'CWE-787' },
  ],
  x_redoubt_cve: { state: 'PUBLISHED' },
});

it('unites what two sources say, in whatever order they came', () => {
  for (const layers of [
    [kev, cve],
    [cve, kev],
  ]) {
    const { object, top } = layOver(layers);
    expect(top).toBe(kev);
    expect(object).toEqual({
      type: 'vulnerability',
      id: 'vulnerability--0',
      name: 'CVE-2099-1',
      created: at(3),
      modified: at(5),
      description: 'An overflow.',
      external_references: [
        { source_name: 'cve', external_id: 'CVE-2099-1', description: 'the record' },
        { source_name: 'cwe', external_id: 'CWE-787' },
        { source_name: 'cisa-kev', url: 'https://a.example/' },
      ],
      x_redoubt_kev: { due_date: '2026-02-01' },
      x_redoubt_cve: { state: 'PUBLISHED' },
    });
  }
});

it('takes the longest description where there is no CVE record, and of one source only the newest', () => {
  const scanner = layer(3, 6, { description: 'short', x_redoubt_scanner: {} });
  expect(layOver([kev, scanner]).object['description']).toBe(kev.object['description']);
  const shortened = layer(4, 7, { description: 'CISA: see notes', x_redoubt_kev: {} });
  expect(layOver([kev, scanner, shortened]).object['description']).toBe('CISA: see notes');
});

it('lays layers over a whole object of the same time, and leaves the facts’ times out', () => {
  const facts = layer(9, 1, { name: 'facts', labels: ['x'] }, { merge: false, partial: true });
  const { object } = layOver([kev, facts]);
  expect(object).toMatchObject({ name: 'CVE-2099-1', labels: ['x'], created: at(5), modified: at(5) });
  const whole = layer(9, 5, { x_redoubt_kev: 'old' }, { merge: false });
  expect(layOver([kev, whole]).object['x_redoubt_kev']).toEqual({ due_date: '2026-02-01' });
});

it('keeps the strictest marking and a property named __proto__ as data', () => {
  const red = 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1';
  const green = 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb';
  const hostile = JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, Json>;
  const { object } = layOver([
    layer(1, 1, { object_marking_refs: [red] }),
    { ...layer(2, 2, { object_marking_refs: [green] }), object: { ...hostile, ...layer(2, 2, { object_marking_refs: [green] }).object } },
  ]);
  expect(object['object_marking_refs']).toEqual([red]);
  expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

it('gives the same for any order of any layers', () => {
  const one = fc.record({
    clock: fc.nat(5),
    day: fc.integer({ min: 1, max: 3 }),
    partial: fc.boolean(),
    merge: fc.constant(true),
    object: fc.dictionary(
      fc.constantFrom('name', 'description', 'labels', 'external_references', 'x_a', 'x_redoubt_cve'),
      fc.oneof(
        fc.constantFrom('a', 'bb', 'c'),
        fc.array(fc.record({ source_name: fc.constantFrom('s', 't'), url: fc.constantFrom('u', 'v') })),
      ),
    ),
  });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 5 }), fc.nat(), (parts, seed) => {
      const layers = parts.map(({ day, clock, object, ...more }) => layer(clock, day, object as Record<string, Json>, more));
      const shuffled = layers.map((value, index) => ({ value, rank: (index * 7919 + seed) % 13 })).sort((a, b) => a.rank - b.rank);
      expect(layOver(shuffled.map(({ value }) => value)).object).toEqual(layOver(layers).object);
    }),
  );
});
