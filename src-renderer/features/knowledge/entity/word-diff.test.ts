import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordDiff } from './word-diff.ts';

const side = (pieces: ReturnType<typeof wordDiff>, without: 'added' | 'removed') =>
  pieces
    .filter(({ state }) => state !== without)
    .map(({ text }) => text)
    .join('');

describe('two texts word by word', () => {
  it('marks what went and what came and keeps the rest', () => {
    expect(wordDiff('the quick brown fox', 'the slow brown fox')).toEqual([
      { state: 'same', text: 'the ' },
      { state: 'removed', text: 'quick ' },
      { state: 'added', text: 'slow ' },
      { state: 'same', text: 'brown fox' },
    ]);
    expect(wordDiff('same text', 'same text')).toEqual([{ state: 'same', text: 'same text' }]);
    expect(wordDiff('', 'new')).toEqual([{ state: 'added', text: 'new' }]);
    expect(wordDiff('', '')).toEqual([]);
  });

  it('gives both texts back, whatever they are', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'cc', ' ', '\n', 'x y'), { maxLength: 30 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), fc.oneof(text, fc.string()), (before, after) => {
        const pieces = wordDiff(before, after);
        expect(side(pieces, 'added')).toBe(before);
        expect(side(pieces, 'removed')).toBe(after);
        for (const [index, piece] of pieces.entries()) {
          expect(piece.text).not.toBe('');
          expect(piece.state).not.toBe(pieces[index + 1]?.state);
        }
      }),
    );
  });

  it('stays within bounds on long texts without anything in common', () => {
    const long = (word: string) => Array.from({ length: 5000 }, (_, index) => `${word}${index}`).join(' ');
    expect(wordDiff(long('a'), long('b')).map(({ state }) => state)).toEqual(['removed', 'added']);
  });
});
