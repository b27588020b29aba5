import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesWith, tokensOf } from './json-lines.ts';

describe('lines of JSON', () => {
  it('tell names, texts, numbers and words apart', () => {
    expect(tokensOf('  "name": "a \\"b\\": c",').map(({ kind, text }) => [kind, text])).toEqual([
      ['sign', '  '],
      ['name', '"name":'],
      ['sign', ' '],
      ['text', '"a \\"b\\": c"'],
      ['sign', ','],
    ]);
    expect(tokensOf('"n": -1.5e3').at(-1)).toEqual({ kind: 'number', text: '-1.5e3' });
    expect(tokensOf('"ok": true').at(-1)).toEqual({ kind: 'word', text: 'true' });
  });

  it('lose no sign', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        for (const line of JSON.stringify(JSON.parse(json), null, 2).split('\n'))
          expect(
            tokensOf(line)
              .map(({ text }) => text)
              .join(''),
          ).toBe(line);
      }),
    );
  });

  it('are found by a part, whatever its case', () => {
    expect(linesWith(['"Name": 1', '"x": "NAME"', '{'], 'name')).toEqual([0, 1]);
    expect(linesWith(['a'], '  ')).toEqual([]);
  });
});
