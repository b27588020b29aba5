import { describe, expect, it } from 'vitest';
import { differencesOf, wordsBetween } from './difference.ts';

describe('the differences of two versions', () => {
  it('are told property by property, by name', () => {
    expect(differencesOf({ a: 1, b: 2, c: 3 }, { b: 2, c: 4, d: null })).toEqual([
      { property: 'a', state: 'removed', before: 1 },
      { property: 'c', state: 'changed', before: 3, after: 4 },
      { property: 'd', state: 'added', after: null },
    ]);
    expect(differencesOf(undefined, { a: 1 })).toEqual([{ property: 'a', state: 'added', after: 1 }]);
  });

  it('take lists for sets, but authors for an order', () => {
    expect(differencesOf({ labels: ['x', 'y'] }, { labels: ['y', 'x', 'x'] })).toEqual([]);
    expect(differencesOf({ labels: ['x', 'y'] }, { labels: ['y', 'z'] })).toMatchObject([{ items: { added: ['z'], removed: ['x'] } }]);
    expect(differencesOf({ authors: ['x', 'y'] }, { authors: ['y', 'x'] })).toEqual([
      { property: 'authors', state: 'changed', before: ['x', 'y'], after: ['y', 'x'] },
    ]);
    expect(differencesOf({ refs: [{ b: 1, a: 2 }] }, { refs: [{ a: 2, b: 1 }] })).toEqual([]);
  });

  it('see own properties only', () => {
    const hostile = JSON.parse('{"__proto__": {"a": 1}, "toString": 1}') as Record<string, never>;
    expect(differencesOf({}, hostile).map(({ property }) => property)).toEqual(['__proto__', 'toString']);
  });

  it('of words are what came and what went', () => {
    expect(wordsBetween(['a', 'b'], ['b', 'c'])).toEqual({ added: ['c'], removed: ['a'] });
  });
});
