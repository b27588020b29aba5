import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readProse } from './prose.ts';

describe('readProse', () => {
  it('takes citations out of the text and numbers them by first mention', () => {
    const { blocks, sources } = readProse('Uses shells.(Citation: Vendor A) Often.(Citation: Vendor B (2020))(Citation: Vendor A)');
    expect(sources).toEqual(['Vendor A', 'Vendor B (2020)']);
    expect(blocks[0]?.spans).toEqual([
      { kind: 'text', text: 'Uses shells.' },
      { kind: 'cite', text: '1' },
      { kind: 'text', text: ' Often.' },
      { kind: 'cite', text: '2' },
      { kind: 'cite', text: '1' },
    ]);
  });

  it('keeps the words of a link and drops where it leads', () => {
    expect(
      readProse('See [PowerShell](https://attack.mitre.org/techniques/T1059/001) too')
        .blocks[0]?.spans.map((span) => span.text)
        .join(''),
    ).toBe('See PowerShell too');
  });

  it('tells paragraphs, items, headings and code apart', () => {
    const { blocks } = readProse('# Title\n\nOne\nline.\n\n* first\n* second `x`\n\n```\nrun it\n```');
    expect(blocks.map((block) => block.kind)).toEqual(['heading', 'paragraph', 'item', 'item', 'code']);
    expect(blocks[1]?.spans).toEqual([{ kind: 'text', text: 'One line.' }]);
    expect(blocks[3]?.spans.at(-1)).toEqual({ kind: 'code', text: 'x' });
  });

  it('leaves hostile mark-up as the text that it is', () => {
    const text = '<img src=x onerror=alert(1)> and <script>alert(1)</script>';
    expect(readProse(text).blocks).toEqual([{ kind: 'paragraph', spans: [{ kind: 'text', text }] }]);
  });

  it('never fails and never invents text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        for (const block of readProse(text).blocks)
          for (const span of block.spans)
            if (span.kind === 'text' && block.kind !== 'paragraph') expect(text.replace(/<br\s*\/?>/gi, '\n')).toContain(span.text);
      }),
    );
  });
});
