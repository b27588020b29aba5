import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readColumns, sorts, tableFrom, tableHref, usualColumns } from './table-place.ts';

const read = (href: string) => tableFrom(new URLSearchParams(href.split('?')[1] ?? ''));

describe('the address of a table', () => {
  it('says filters, columns and order, and is read back', () => {
    const key = fc.constantFrom('name', 'type', 'x_own', 'created', 'criticality');
    const column = fc.oneof(fc.record({ key }), fc.record({ key, width: fc.integer({ min: 4, max: 60 }) }));
    fc.assert(
      fc.property(
        fc.uniqueArray(column, { selector: (one) => one.key, minLength: 1 }),
        fc.constantFrom(...sorts),
        fc.boolean(),
        fc.array(fc.string({ minLength: 1 }), { maxLength: 3 }),
        (columns, sort, descending, tags) => {
          const place = { filters: { tags }, columns, sort: { key: sort, descending } };
          expect(read(tableHref(place))).toMatchObject(place);
        },
      ),
    );
  });

  it('is short where all is as usual', () => {
    expect(tableHref({ filters: {}, columns: usualColumns, sort: { key: 'name', descending: false } })).toBe('#/explore');
  });

  it('leaves out what it does not understand', () => {
    expect(readColumns('name,,a b,<x>,type:999,type:7,name')).toEqual([{ key: 'name' }, { key: 'type', width: 7 }]);
    expect(read('#/explore?sort=__proto__&columns=%00').sort).toEqual({ key: 'name', descending: false });
  });
});
