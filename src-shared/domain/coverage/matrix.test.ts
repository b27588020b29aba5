import { describe, expect, it } from 'vitest';
import { assembleMatrix, type TechniqueFact } from './matrix.ts';

const tactic = (shortName: string) => ({
  id: `x-mitre-tactic--${shortName}`,
  externalId: `TA-${shortName}`,
  shortName,
  name: shortName.toUpperCase(),
});
const technique = (key: number, externalId: string, name: string, tactics: string[], more: Partial<TechniqueFact> = {}): TechniqueFact => ({
  key,
  id: `attack-pattern--${key}`,
  externalId,
  name,
  tactics,
  platforms: ['Windows'],
  catalogue: true,
  ...more,
});

describe('assembleMatrix', () => {
  const facts = {
    tactics: [tactic('execution'), tactic('impact'), tactic('empty')],
    techniques: [
      technique(1, 'T2', 'Zeta', ['execution', 'impact']),
      technique(2, 'T1', 'Alpha', ['execution'], { platforms: ['macOS', 'Linux'] }),
      technique(3, 'T1.002', 'Sub two', ['execution']),
      technique(4, 'T1.001', 'Sub one', ['execution']),
      technique(5, 't2', 'Someone’s word for Zeta', ['impact'], { catalogue: false }),
      technique(6, 'T9.001', 'Orphan', ['impact']),
      technique(7, 'T1', 'Only a number', [], { catalogue: false }),
      technique(8, 'T9', 'Of another domain', []),
    ],
    parents: new Map([[3, 2]]),
    uses: [
      { technique: 1, threat: 100, by: 'threat' as const },
      { technique: 5, threat: 100, by: 'threat' as const },
      { technique: 5, threat: 101, by: 'known' as const },
      { technique: 5, threat: 200, by: 'report' as const },
      { technique: 4, threat: 200, by: 'report' as const },
      { technique: 4, threat: 201, by: 'report' as const },
      { technique: 7, threat: 300, by: 'threat' as const },
      { technique: 77, threat: 1, by: 'threat' as const },
    ],
  };
  const matrix = assembleMatrix(facts);

  it('keeps the order of tactics and sorts techniques by name, sub-techniques by number beneath', () => {
    expect(matrix.tactics.map(({ shortName, techniques }) => [shortName, techniques.map(({ name }) => name)])).toEqual([
      ['execution', ['Alpha', 'Zeta']],
      ['impact', ['Orphan', 'Zeta']],
      ['empty', []],
    ]);
    expect(matrix.tactics[0]?.techniques[0]?.subTechniques.map(({ externalId }) => externalId)).toEqual(['T1.001', 'T1.002']);
    expect(matrix).toMatchObject({ techniques: 3, subTechniques: 2, platforms: ['Linux', 'Windows', 'macOS'] });
  });

  it('counts distinct threats over all objects of one number, reports only where no threat stands', () => {
    const zeta = matrix.tactics[1]?.techniques[1];
    expect(zeta).toMatchObject({ id: 'attack-pattern--1', usedBy: 1, usedByAll: 2 });
    expect(matrix.tactics[0]?.techniques[0]?.subTechniques[0]).toMatchObject({ usedBy: 2, usedByAll: 0 });
    expect(matrix.tactics[0]?.techniques[0]).toMatchObject({ name: 'Alpha', usedBy: 1 });
    expect(matrix.used).toBe(3);
  });
});
