import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nameOf } from './names.ts';

const id = (type: string) => `${type}--00000000-0000-4000-8000-000000000000`;
const named = (type: string, properties: object) => nameOf({ type, id: id(type), ...properties } as never);

it('names objects of any type', () => {
  expect(named('malware', { name: 'Emotet' })).toBe('Emotet');
  expect(named('ipv4-addr', { value: '192.0.2.1' })).toBe('192.0.2.1');
  expect(named('note', { content: '\n  First line\nsecond' })).toBe('First line');
  expect(named('indicator', { pattern: "[file:name = 'a.exe']" })).toBe("indicator for file:name = 'a.exe'");
  expect(named('file', { hashes: { MD5: 'aa', 'SHA-256': 'bb' } })).toBe('bb');
  expect(named('marking-definition', { definition: { tlp: 'red' } })).toBe('TLP:RED');
  expect(named('marking-definition', { definition: { statement: 'Copyright' } })).toBe('Copyright');
  expect(named('windows-registry-key', { key: 'HKLM\\Run' })).toBe('HKLM\\Run');
  expect(named('autonomous-system', { number: 64496 })).toBe('AS64496');
  expect(named('sighting', { sighting_of_ref: id('malware') })).toBe('sighting of malware');
  expect(named('note', {})).toBe('note');
  expect(named('x-redoubt-data-flow', { name: ' ' })).toBe('redoubt data flow');
});

it('is one line, never empty and never long, whatever the object holds', () => {
  const json = fc.oneof(fc.jsonValue(), fc.string());
  fc.assert(
    fc.property(
      fc.constantFrom('note', 'indicator', 'file', 'marking-definition', 'location', 'network-traffic', 'x-anything', 'relationship'),
      fc.record({ name: json, content: json, hashes: json, definition: json, pattern: json, value: json }, { requiredKeys: [] }),
      (type, properties) => {
        const name = named(type, properties);
        expect(name.trim()).not.toBe('');
        expect(name).not.toMatch(/[\r\n]/);
        expect(name.length).toBeLessThanOrEqual(230);
      },
    ),
  );
});
