import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftOf, isPropertyName, kindOfProperty, parseDraft } from './property-kinds.ts';

const text = (written: string) => ({ text: written, items: [] });

describe('editing a value by its kind', () => {
  it('knows the kind by vocabulary, value and name', () => {
    expect(kindOfProperty('x-redoubt-asset', 'exposure', 'internet').kind).toBe('choice');
    expect(kindOfProperty('malware', 'malware_types', undefined)).toMatchObject({ kind: 'list', vocabulary: { many: true } });
    // A value that does not fit the vocabulary is still editable as what it is.
    expect(kindOfProperty('malware', 'malware_types', { a: 1 }).kind).toBe('json');
    expect(kindOfProperty('x', 'x_a', 5).kind).toBe('number');
    expect(kindOfProperty('x', 'x_a', false).kind).toBe('truth');
    expect(kindOfProperty('x', 'x_a', '2026-01-01T00:00:00Z').kind).toBe('time');
    expect(kindOfProperty('x', 'x_a', 'two\nlines').kind).toBe('long');
    expect(kindOfProperty('x', 'x_a', ['a']).kind).toBe('list');
    expect(kindOfProperty('x', 'x_a', [1]).kind).toBe('json');
    expect(kindOfProperty('x', 'labels', undefined).kind).toBe('list');
  });

  it('gives back any value that was not changed', () => {
    const value = fc.oneof(
      fc.string({ minLength: 1 }).filter((one) => one.trim() === one && one !== ''),
      fc.integer(),
      fc.boolean(),
      fc.dictionary(fc.string(), fc.integer()),
      fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1 }),
    );
    fc.assert(
      fc.property(value, (one) => {
        const { kind } = kindOfProperty('x', 'x_any', one);
        expect(parseDraft(draftOf(one, kind), kind)).toEqual({ value: one });
      }),
    );
  });

  it('says what is wrong', () => {
    expect(parseDraft(text('12,5'), 'number')).toEqual({ problem: 'number' });
    expect(parseDraft(text('0x10'), 'number')).toEqual({ problem: 'number' });
    expect(parseDraft(text('-1.5e3'), 'number')).toEqual({ value: -1500 });
    expect(parseDraft(text('2026-02-30'), 'time')).toEqual({ problem: 'time' });
    expect(parseDraft(text('2026-02-28'), 'time')).toEqual({ value: '2026-02-28T00:00:00Z' });
    expect(parseDraft(text('2026-02-28 10:00'), 'time')).toEqual({ problem: 'time' });
    expect(parseDraft(text('{'), 'json')).toMatchObject({ problem: 'json' });
    expect(parseDraft(text(' '), 'text')).toEqual({ problem: 'empty' });
    expect(parseDraft({ text: '', items: [] }, 'list')).toEqual({ problem: 'empty' });
    expect(parseDraft({ text: 'b', items: ['a', 'b'] }, 'list')).toEqual({ value: ['a', 'b'] });
  });

  it('takes names that the engine takes', () => {
    expect(['x_own', 'labels', 'ab', 'X_own', '__proto__', '1ab', 'a b'].map(isPropertyName)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
