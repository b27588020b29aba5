import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareAttribute, compareCpe, type Cpe, cpeAttributes, parseCpe, plainValue } from './cpe.ts';

const cpe = (text: string): Cpe => parseCpe(text) as Cpe;

describe('reading CPE names', () => {
  it('takes formatted strings apart, escapes included', () => {
    const name = cpe('cpe:2.3:a:veeam:backup_\\&_replication:11.0.1:-:*:*:*:*:*:*');
    expect(name).toMatchObject({
      part: 'a',
      vendor: 'veeam',
      product: 'backup_\\&_replication',
      version: '11.0.1',
      update: '-',
      edition: '*',
    });
    expect(plainValue(name.product)).toBe('backup_&_replication');
    expect(cpe('cpe:2.3:a:x:a\\:b:1:*:*:*:*:*:*:*').product).toBe('a\\:b');
  });

  it('takes URIs apart, packed editions included', () => {
    expect(cpe('cpe:/a:microsoft:internet_explorer:8.%02:sp%01')).toMatchObject({ version: '8.*', update: 'sp?' });
    expect(cpe('cpe:/a:hp:insight_diagnostics:7.4.0.1570:-:~~online~win2003~x64~')).toMatchObject({
      update: '-',
      swEdition: 'online',
      targetSw: 'win2003',
      targetHw: 'x64',
    });
    expect(cpe('cpe:/o:linux:linux_kernel')).toMatchObject({ version: '*' });
  });

  it.each([
    '',
    'cpe:2.3:a:b',
    'cpe:2.3:z:b:c:1:*:*:*:*:*:*:*',
    'cpe:2.3:a:b c:c:1:*:*:*:*:*:*:*',
    'cpe:2.3:a:*b*c:c:1:*:*:*:*:*:*:*:*',
    `cpe:2.3:a:${'x'.repeat(2000)}:c:1:*:*:*:*:*:*:*`,
    'nonsense',
  ])('refuses %s', (text) => expect(parseCpe(text)).toBeUndefined());
});

describe('comparing attributes (NISTIR 7696, table 6-2)', () => {
  it.each([
    [1, '*', '*', 'equal'],
    [2, '*', '-', 'superset'],
    [3, '*', 'i', 'superset'],
    [4, '*', 'm*', 'undefined'],
    [5, '-', '*', 'subset'],
    [6, '-', '-', 'equal'],
    [7, '-', 'i', 'disjoint'],
    [8, '-', 'm*', 'undefined'],
    [9, 'i', 'i', 'equal'],
    [10, 'i', 'k', 'disjoint'],
    [11, 'i', 'm*', 'undefined'],
    [12, 'i', '-', 'disjoint'],
    [13, 'i', '*', 'subset'],
    [14, 'm*', 'mx', 'superset'],
    [14, 'm*', 'nx', 'disjoint'],
    [15, 'm*', '*', 'subset'],
    [16, 'm*', '-', 'disjoint'],
    [17, 'm*', 'n*', 'undefined'],
  ])('row %i: %s against %s is %s', (_row, source, target, relation) => expect(compareAttribute(source, target)).toBe(relation));

  it.each([
    ['8.*', '8.0.1', true],
    ['8.?', '8.0', true],
    ['8.?', '8.01', false],
    ['??8', '118', true],
    ['??8', '8', true],
    ['*8', 'x8', true],
    ['*8*', 'a8b', true],
    ['8\\.*', '8.1', true],
    ['sp\\*', 'sp1', false],
  ])('%s holds %s: %s', (source, target, holds) => expect(compareAttribute(source, target) === 'superset').toBe(holds));
});

const value = fc.constantFrom('*', '-', 'a', 'b', 'ab', '1\\.0', '1.0');
const name = fc.record(Object.fromEntries(cpeAttributes.map((attribute) => [attribute, value])) as Record<keyof Cpe, fc.Arbitrary<string>>);
const mirror = { equal: 'equal', subset: 'superset', superset: 'subset', disjoint: 'disjoint', undefined: 'undefined' } as const;

describe('comparing names (NISTIR 7696, table 6-4)', () => {
  it('is symmetric: one is a superset where the other is a subset', () => {
    fc.assert(fc.property(name, name, (a, b) => void expect(compareCpe(b, a)).toBe(mirror[compareCpe(a, b)])));
  });
  it('holds every name in the name of all, and is equal to itself', () => {
    const all = Object.fromEntries(cpeAttributes.map((attribute) => [attribute, '*'])) as Cpe;
    fc.assert(
      fc.property(name, (a) => {
        expect(['superset', 'equal']).toContain(compareCpe(all, a));
        expect(compareCpe(a, a)).toBe('equal');
      }),
    );
  });
  it('is transitive for supersets', () => {
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        const holds = (x: Cpe, y: Cpe) => ['superset', 'equal'].includes(compareCpe(x, y));
        if (holds(a, b) && holds(b, c)) expect(holds(a, c)).toBe(true);
      }),
    );
  });
});
