import { describe, expect, it } from 'vitest';
import type { Matrix } from '#shared/contract/coverage.ts';
import { busiest, layOut, scaleSteps, stepOf } from './scale.ts';

const cell = (name: string, usedBy: number, subTechniques: Matrix['tactics'][number]['techniques'][number]['subTechniques'] = []) => ({
  id: `attack-pattern--${name}`,
  externalId: name,
  name,
  usedBy,
  usedByAll: usedBy * 2,
  platforms: [name === 'T3' ? 'Linux' : 'Windows'],
  subTechniques,
});
const { subTechniques: _, ...sub } = cell('T1.001', 9);
const matrix: Matrix = {
  domain: 'enterprise-attack',
  tactics: [
    { id: 'x-mitre-tactic--a', externalId: 'TA1', shortName: 'a', name: 'A', techniques: [cell('T1', 2, [sub]), cell('T3', 0)] },
    { id: 'x-mitre-tactic--b', externalId: 'TA2', shortName: 'b', name: 'B', techniques: [] },
  ],
  techniques: 2,
  subTechniques: 1,
  used: 2,
  platforms: ['Linux', 'Windows'],
};

describe('the scale', () => {
  it('rises step by step and gives the busiest the darkest', () => {
    for (const most of [1, 2, 3, 5, 6, 7, 12, 40, 187, 5000]) {
      const bounds = scaleSteps(most);
      expect(bounds).toEqual([...new Set(bounds)].sort((a, b) => a - b));
      expect(stepOf(most, bounds), `most ${most}`).toBe(5);
      expect(stepOf(0, bounds)).toBe(0);
      expect(stepOf(1, bounds)).toBeGreaterThan(0);
    }
  });
  it('finds the busiest cell among sub-techniques too', () => {
    expect(busiest(matrix, (one) => one.usedBy)).toBe(9);
  });
});

describe('layOut', () => {
  it('shows sub-techniques only where opened', () => {
    expect(layOut(matrix, new Set(), () => true)[0]?.map((place) => place.cell.name)).toEqual(['T1', 'T3']);
    const opened = new Set(['x-mitre-tactic--a attack-pattern--T1']);
    expect(layOut(matrix, opened, () => true)[0]?.map((place) => place.cell.name)).toEqual(['T1', 'T1.001', 'T3']);
  });
  it('keeps a technique for the sake of a sub-technique that fits', () => {
    expect(layOut(matrix, new Set(), (one) => one.usedBy > 5)[0]?.map((place) => place.cell.name)).toEqual(['T1']);
  });
});
