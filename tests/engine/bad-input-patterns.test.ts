import { describe, expect, it } from 'vitest';
import { attacksOn, costOf, type Pattern, patternsOfTheHouse } from '../fuzz/patterns.ts';

/** Patterns that take more than their share of a long text: the most signs that come to each, and why no more do. */
const meetsOnlyShort: Readonly<Record<string, { signs: number; why: string }>> = {
  'src-main/features/intel/paste/scan-host.ts [.~-]+$': { signs: 2500, why: 'unixPattern takes 20 parts of at most 120 signs' },
  'src-main/features/investigation/brief/text.ts \\B(?=(\\d{3})+(?!\\d))': { signs: 309, why: 'digits of a number of the language' },
  'src-shared/domain/knowledge/headline-words.ts \\B(?=(\\d{3})+(?!\\d))': { signs: 309, why: 'digits of a number of the language' },
  'src-main/features/investigation/handlers.ts ^-+|-+$': { signs: 2, why: 'runs of hyphens are one hyphen before it' },
  'src-main/features/knowledge/formats/csv/asset.ts ^_+|_+$': { signs: 2, why: 'runs of underscores are one before it' },
  'src-main/features/knowledge/formats/linked.ts ^(.*\\S)\\s+v?(\\d+(?:\\.\\d+)+[\\w.+-]*)$': { signs: 1000, why: 'asked before' },
  'src-shared/domain/intel/products.ts ^(.{1,300}\\S)\\s+v?(\\d+(?:\\.\\d+)*[\\w.+-]*)$': { signs: 500, why: 'cut before' },
  'src-main/features/knowledge/formats/conformance.ts \\S.*\\.$': { signs: 1000, why: 'our own sentences, in tests' },
  'src-main/features/knowledge/formats/misp/galaxies.ts ^misp-galaxy:[^=]*mitre[^=]*=".* - ([A-Z]+\\d{4}(?:\\.\\d{3})?)"$': {
    signs: 1000,
    why: 'asked before',
  },
  'src-main/features/knowledge/formats/sigma/documents.ts [.:\\s]+$': { signs: 200, why: 'cut before' },
  'src-main/features/knowledge/import/archives/zip.ts [.\\s]+$': { signs: 200, why: 'cut before' },
  'src-main/features/knowledge/formats/spdx/bom.ts \\s*\\([^)]*\\)$': { signs: 1000, why: 'cut before' },
  'src-main/features/knowledge/formats/xlsx/cells.ts "[^"]*"|\\\\.|_.|\\[(?!h+\\]|m+\\]|s+\\])[^\\]]*\\]': {
    signs: 300,
    why: 'cut before',
  },
  'src-main/features/knowledge/formats/xml-stream/slicer.ts ^[^:]*:?\\d+:\\d+:\\s*': { signs: 2000, why: 'cut before' },
  'src-shared/domain/intel/cpe.ts (?:(?<!\\\\)\\*|(?<!\\\\)\\?+)$': { signs: 2000, why: 'a CPE name that is longer is none' },
  'src-main/features/knowledge/import/archives/member.ts ^(?:__MACOSX\\/.*|(?:.*\\/)?(?:\\.DS_Store|Thumbs\\.db|desktop\\.ini|\\._[^/]*|\\.git(?:\\/.*|$)))$':
    {
      signs: 4096,
      why: 'a longer path is refused before',
    },
  'src-renderer/ui/virtual-grid.tsx ([\\d.]+)rem': { signs: 100, why: 'widths that the views themselves give' },
  'src-renderer/features/investigation/take-styles.ts <style[^>]*>([\\s\\S]*?)<\\/style>': {
    signs: 3000,
    why: 'the report that the engine wrote: its own elements, every text escaped',
  },
};

const LENGTH = 20_000;
/** A linear pattern takes below 10 ms of processor for so much on the slowest machine seen, a quadratic one above 200. */
const SLOW_MS = 40;

describe('regular expressions on hostile text', () => {
  const all = new Map<string, Pattern>();
  for (const pattern of patternsOfTheHouse()) all.set(`${pattern.file} ${pattern.source}`, pattern);

  it('are found in the sources', () => {
    expect(all.size).toBeGreaterThan(400);
    expect(Object.keys(meetsOnlyShort).filter((known) => !all.has(known))).toEqual([]);
  });

  it('each takes its time in step with the text', () => {
    const slow: string[] = [];
    for (const [name, pattern] of all) {
      const most = Object.hasOwn(meetsOnlyShort, name) ? (meetsOnlyShort[name]?.signs ?? LENGTH) : LENGTH;
      for (const attack of attacksOn(pattern, most)) {
        if (costOf(pattern, attack) < SLOW_MS) continue;
        // Slow once may be the machine: judged only where the least of five is slow and twice the text takes more than three times as long.
        const once = costOf(pattern, attack, 5);
        if (once < SLOW_MS) continue;
        const twice = Math.max(...[...doubles(pattern, attack, most)].map((text) => costOf(pattern, text, 3)));
        if (twice > once * 3) {
          slow.push(`${name}: ${Math.round(once)} ms, for twice the text ${Math.round(twice)} ms: ${JSON.stringify(attack.slice(0, 40))}`);
          break;
        }
      }
    }
    expect(slow).toEqual([]);
  }, 600_000);

  it.each([
    ['^\\s*x', 'm'],
    ['a+b', ''],
    ['\\([^)]*\\)$', ''],
    ['[.\\s]+$', ''],
    ['^(?:a|a)*$', ''],
  ])(
    'would be told: /%s/%s',
    (source, flags) => {
      const pattern = { file: '', source, flags };
      const length = source.includes('|') ? 22 : LENGTH;
      expect([...attacksOn(pattern, length)].some((attack) => costOf(pattern, attack) > SLOW_MS / 2)).toBe(true);
    },
    60_000,
  );
});

/** The same attack at twice its length: the generator gives them in the same order. */
function* doubles(pattern: Pattern, attack: string, length: number): Generator<string> {
  const [now, then] = [attacksOn(pattern, length), attacksOn(pattern, 2 * length)];
  for (const one of now) {
    const longer = then.next().value;
    if (one === attack && typeof longer === 'string') yield longer;
  }
}
