import { describe, expect, it } from 'vitest';
import { Asset } from '../extensions/asset.ts';
import { checkObject } from './index.ts';
import { suggestedProperties, suggestedVerbs, vocabularyOf } from './suggestions.ts';

describe('what editing suggests', () => {
  it('names the verbs STIX lists for a type, and those of all types', () => {
    expect(suggestedVerbs('intrusion-set')).toEqual(expect.arrayContaining(['uses', 'targets', 'attributed-to', 'related-to']));
    expect(suggestedVerbs('__proto__')).toEqual(['derived-from', 'duplicate-of', 'related-to']);
  });

  it('knows the words of a property by its type, and no others', () => {
    expect(vocabularyOf('malware', 'malware_types')).toMatchObject({ closed: false, many: true });
    expect(vocabularyOf('malware', 'malware_types')?.words).toContain('ransomware');
    expect(vocabularyOf('x-redoubt-asset', 'exposure')).toEqual({
      words: ['internet', 'partner', 'internal', 'isolated'],
      closed: true,
      many: false,
    });
    expect(vocabularyOf('tool', 'malware_types')).toBeUndefined();
    expect(vocabularyOf('a', 'constructor')).toBeUndefined();
  });

  it('offers words that the checker has nothing to say about', () => {
    for (const sophistication of vocabularyOf('threat-actor', 'sophistication')?.words ?? []) {
      const at = '2026-01-01T00:00:00.000Z';
      const object = {
        type: 'threat-actor',
        spec_version: '2.1',
        id: 'threat-actor--6d179234-61fc-40c4-ae86-3d53308d8e65',
        created: at,
        modified: at,
        name: 'x',
        sophistication,
      };
      expect(checkObject(object).warnings.filter(({ rule }) => rule === 'open-vocabulary')).toEqual([]);
    }
  });

  it('offers properties that its own types have', () => {
    const own = new Set(Object.keys(Asset.shape));
    expect(
      suggestedProperties('x-redoubt-asset')
        .slice(0, -4)
        .filter((name) => !own.has(name)),
    ).toEqual([]);
    expect(suggestedProperties('toString')).toContain('labels');
  });
});
