import { describe, expect, it } from 'vitest';
import { outline } from './value-outline.ts';

const words = { yes: 'yes', no: 'no' };

describe('a value as lines for people', () => {
  it('writes plain values and short lists in one line', () => {
    expect(outline('a "quoted" word', words)).toBe('a "quoted" word');
    expect(outline(['Grey Heron', 'Night Wader'], words)).toBe('Grey Heron, Night Wader');
    expect(outline(true, words)).toBe('yes');
  });

  it('names what is nested in words, one below the other', () => {
    expect(outline([{ source_name: 'Our report', url: 'https://example.org' }, { source_name: 'Another' }], words)).toBe(
      '– Source name: Our report\n  Url: https://example.org\n– Source name: Another',
    );
    expect(outline({ hashes: { 'SHA-256': 'ab' }, exact: false }, words)).toBe('Hashes:\n  SHA 256: ab\nExact: no');
  });

  it('breaks a long list into lines', () => {
    expect(outline(['x'.repeat(100), 'y'.repeat(100)], words)).toBe(`– ${'x'.repeat(100)}\n– ${'y'.repeat(100)}`);
  });

  it('ends, however deep and long the value is, and says so', () => {
    let deep: unknown = 'end';
    for (let at = 0; at < 500; at++) deep = { deep };
    expect(outline(deep, words)).toMatch(/…$/);
    expect(
      outline(
        Array.from({ length: 1000 }, (_, at) => at),
        words,
      ),
    ).toMatch(/– 199\n…$/);
  });
});
