import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sketchJson } from './json-sketch.ts';

it('sees the members of a whole document and of its beginning', () => {
  const text = JSON.stringify({
    Event: { info: 'a "quoted" {name', Attribute: [{ type: 'url', to_ids: true }, { uuid: 'x' }] },
    n: [1, [2]],
  });
  const whole = sketchJson(`\ufeff  ${text}`);
  expect(whole.root).toBe('object');
  expect([...whole.paths]).toEqual([
    'Event',
    'Event.info',
    'Event.Attribute',
    'Event.Attribute[].type',
    'Event.Attribute[].to_ids',
    'Event.Attribute[].uuid',
    'n',
  ]);
  expect(whole.text('Event.Attribute[].type')).toBe('url');
  expect([...sketchJson(text.slice(0, 60)).paths]).toEqual(['Event', 'Event.info', 'Event.Attribute', 'Event.Attribute[].type']);
});

it('tells a list from an object and anything else', () => {
  expect(sketchJson('[{"a":1}]').paths).toEqual(new Set(['[].a']));
  expect(sketchJson('name,type').root).toBe('other');
  expect(sketchJson('').root).toBe('other');
});

it('never throws and never hangs', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', 'a', ' ') }), (text) => void sketchJson(text)),
  );
  expect(sketchJson('['.repeat(100_000)).root).toBe('array');
});
