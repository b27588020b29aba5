import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grades } from '#shared/domain/intel/priority.ts';
import type { Exposure } from '#shared/domain/knowledge/extensions.ts';
import type { Estate, EstateAsset } from './estate.ts';
import { placesOf } from './estate.ts';
import { prioritise, threatFacts } from './facts.ts';
import { createPairing, type Fit, mostPerThreat } from './pairs.ts';

const asset = (key: number, exposure: Exposure | undefined, criticality: number | undefined): EstateAsset => ({
  key,
  exposure,
  criticality,
  addresses: [],
  hosts: [],
});
const pairingOf = (assets: readonly EstateAsset[]) => {
  const places = placesOf(new Map(assets.map((one) => [one.key, one])));
  return { places, pair: createPairing({ places } as Estate) };
};
const fit = (places: readonly number[], grade: number): Fit => ({
  reason: { rule: 'cpe', grade: grades[grade] ?? 'unsure' },
  grade,
  places: Int32Array.from(places),
});
const threat = threatFacts({ x_redoubt_kev: { date_added: '2026-01-01' } });

describe('pairing', () => {
  it('gives each asset its best grade and the priority that it would have alone', () => {
    const exposure = fc.constantFrom<Exposure | undefined>('internet', 'partner', 'internal', 'isolated', undefined);
    const criticality = fc.constantFrom(1, 2, 3, 4, 5, undefined);
    const fits = fc.array(fc.tuple(fc.array(fc.nat(11), { maxLength: 8 }), fc.nat(3)), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(exposure, criticality), { minLength: 12, maxLength: 12 }),
        fc.array(fits, { maxLength: 3 }),
        (made, threats) => {
          const assets = made.map(([e, c], key) => asset(key + 100, e, c));
          const { places, pair } = pairingOf(assets);
          // One pairing serves many threats: what one leaves must not be seen by the next.
          for (const one of threats) {
            const own = one.map(([list, grade]) => fit([...new Set(list)], grade));
            const best = new Map<number, number>();
            for (const { places: those, grade } of own) for (const place of those) best.set(place, Math.min(grade, best.get(place) ?? 9));
            const pairs = pair(own, threat);
            expect(pairs.found).toBe(best.size);
            expect(pairs.places).toEqual([...best.keys()].sort((a, b) => a - b));
            for (const place of pairs.places) {
              const grade = best.get(place) as number;
              const alone = assets.find(({ key }) => key === places.keys[place]) as EstateAsset;
              expect(pairs.gradeAt(place)).toBe(grade);
              expect(pairs.factsAt(place)).toEqual(prioritise(alone, threat, grades[grade] ?? 'unsure'));
            }
          }
        },
      ),
    );
  });

  it('keeps the most exposed and critical of too many, and counts all', () => {
    const assets = Array.from({ length: mostPerThreat + 500 }, (_, key) =>
      asset(key + 1, key % 5 === 0 ? 'internet' : 'isolated', 1 + (key % 4)),
    );
    const { places, pair } = pairingOf(assets);
    const pairs = pair([fit([...assets.keys()], 1)], threat);
    expect([pairs.found, pairs.places.length]).toEqual([assets.length, mostPerThreat]);
    const internet = new Set(assets.filter(({ exposure }) => exposure === 'internet').map(({ key }) => key));
    expect(pairs.places.filter((place) => internet.has(places.keys[place] as number))).toHaveLength(internet.size);
    const last = places.keys[pairs.places.at(-1) as number] as number;
    expect(assets.find(({ key }) => key === last)?.criticality).toBeGreaterThan(1);
  });
});
