import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTimestamps, dotText, mostRestrictive, type PropertyWrite, resolve, type WholeWrite, type Writes } from './merge.ts';
import type { Json } from './stix.ts';
import { tlpMarkingId } from './tlp.ts';

const none: Writes = { wholes: [], properties: [], deletions: [], tags: [] };
const whole = (clock: number, minute: number, more: Record<string, Json> = {}, partial = false): WholeWrite => ({
  clock: clock * 1024,
  device: 'a',
  key: clock,
  partial,
  object: { type: 'malware', id: 'malware--x', modified: `2026-01-01T00:0${minute}:00.000Z`, name: `v${minute}`, ...more },
});
const set = (clock: number, property: string, value: Json | undefined, base?: string, device = 'a'): PropertyWrite => ({
  clock: clock * 1024,
  device,
  property,
  value,
  base,
  key: clock,
});

describe('the state of an object', () => {
  it('is its newest version, whichever came last', () => {
    const wholes = [whole(9, 1), whole(5, 3), whole(7, 2)];
    for (const order of [wholes, wholes.toReversed()]) expect(resolve({ ...none, wholes: order }).object?.['name']).toBe('v3');
  });

  it('is the full object where facts and full object have the same time, and the first of two full ones', () => {
    const facts = whole(1, 1, { name: 'facts' }, true);
    const full = whole(2, 1, { name: 'full' });
    const late = whole(3, 1, { name: 'late' });
    expect(resolve({ ...none, wholes: [facts, late, full] }).object?.['name']).toBe('full');
  });

  it('has the edits made after it, says when, and gives a removed property away', () => {
    const edited = resolve({
      ...none,
      wholes: [whole(1, 1)],
      properties: [set(2_000_000_000_000, 'name', 'mine'), set(2_000_000_000_001, 'description', undefined)],
    });
    expect(edited.object?.['name']).toBe('mine');
    expect(edited.edited).toBe(true);
    expect(edited.object?.['modified']).toBe(new Date(2_000_000_000_000).toISOString());
    const overtaken = resolve({ ...none, wholes: [whole(9, 1)], properties: [set(2, 'name', 'mine')] });
    expect(overtaken.object?.['name']).toBe('v1');
    expect(overtaken.conflicts.map(({ value }) => value)).toEqual(['mine']);
  });

  it('keeps the losing one of two concurrent edits for the inbox, and none of two in a row', () => {
    const start = whole(1, 1);
    const base = dotText(start);
    const first = set(5, 'name', 'hers', base, 'a');
    const concurrent = set(6, 'name', 'his', base, 'b');
    const both = resolve({ ...none, wholes: [start], properties: [first, concurrent] });
    expect(both.object?.['name']).toBe('his');
    expect(both.conflicts).toEqual([first]);
    const after = resolve({ ...none, wholes: [start], properties: [first, set(6, 'name', 'his', dotText(first), 'b')] });
    expect(after.conflicts).toEqual([]);
  });

  it('takes the strictest of concurrent markings, and a lower one only from who has seen the higher', () => {
    const [red, green] = [tlpMarkingId('red'), tlpMarkingId('green')];
    const start = whole(1, 1, { object_marking_refs: [green] });
    const raise = set(5, 'object_marking_refs', [red], dotText(start), 'a');
    const other = set(9, 'object_marking_refs', [green], dotText(start), 'b');
    expect(resolve({ ...none, wholes: [start], properties: [raise, other] }).object?.['object_marking_refs']).toEqual([red]);
    // A newer version from the source does not lower it either.
    expect(
      resolve({ ...none, wholes: [start, whole(7, 4, { object_marking_refs: [green] })], properties: [raise] }).object?.[
        'object_marking_refs'
      ],
    ).toEqual([red]);
    const lower = set(10, 'object_marking_refs', [green], dotText(raise), 'b');
    expect(resolve({ ...none, wholes: [start], properties: [raise, lower] }).object?.['object_marking_refs']).toEqual([green]);
  });

  it('lets an addition of a tag win over a removal that has not seen it', () => {
    const add = { clock: 1, device: 'a', tag: 'x' };
    const again = { clock: 2, device: 'b', tag: 'x' };
    const remove = { clock: 3, device: 'a', tag: 'x', removes: [dotText(add)] };
    expect(resolve({ ...none, wholes: [whole(1, 1)], tags: [add, remove] }).tags).toEqual([]);
    expect(resolve({ ...none, wholes: [whole(1, 1)], tags: [remove, again, add] }).tags).toEqual(['x']);
  });

  it('is nothing where nothing stands, whatever edits there are', () => {
    expect(resolve({ ...none, properties: [set(1, 'name', 'a')] })).toMatchObject({ object: undefined, edited: false });
  });

  it('does not depend on the order of the writes', () => {
    const value = fc.constantFrom<Json | undefined>('a', 'b', undefined, [tlpMarkingId('red')], [tlpMarkingId('green')]);
    const writes = fc.array(
      fc.tuple(fc.constantFrom('name', 'object_marking_refs'), value, fc.integer({ min: 1, max: 9 }), fc.constantFrom('a', 'b')),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        writes,
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        (edits, versions, stream) => {
          const wholes = versions.map((minute, at) => whole(at + 1, minute));
          const properties = edits.map(([property, v, clock, device], at) => ({ ...set(clock * 10 + at, property, v, undefined, device) }));
          const shuffled = <T>(items: readonly T[]) =>
            items
              .map((item) => ({ item, at: stream.next().value as number }))
              .sort((a, b) => a.at - b.at)
              .map(({ item }) => item);
          const pick = ({ object, edited, conflicts }: ReturnType<typeof resolve>) => ({ object, edited, conflicts });
          expect(pick(resolve({ ...none, wholes: shuffled(wholes), properties: shuffled(properties) }))).toEqual(
            pick(resolve({ ...none, wholes, properties })),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});

it('timestamps of any precision are ordered by time', () => {
  expect(compareTimestamps('2020-01-01T00:00:00Z', '2020-01-01T00:00:00.000Z')).toBe(0);
  expect(compareTimestamps('2020-01-01T00:00:00.1Z', '2020-01-01T00:00:00.09Z')).toBe(1);
  expect(compareTimestamps('2020-01-01T00:00:00.123456Z', '2020-01-01T00:00:00.123Z')).toBe(1);
  expect(compareTimestamps(undefined, '1970-01-01T00:00:00Z')).toBe(-1);
});

it('the strictest marking keeps every statement marking', () => {
  const statement = 'marking-definition--00000000-0000-4000-8000-000000000001';
  expect(mostRestrictive([[statement, tlpMarkingId('green')], [tlpMarkingId('amber+strict')], undefined])).toEqual(
    [statement, tlpMarkingId('amber+strict')].sort(),
  );
  expect(mostRestrictive([undefined, undefined])).toBeUndefined();
});
