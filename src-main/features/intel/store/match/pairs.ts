import { grades } from '#shared/domain/intel/priority.ts';
import type { Estate } from './estate.ts';
import { prioritise, type PrioritisedFacts, type ThreatFacts } from './facts.ts';
import type { KeptReason } from './vulnerabilities.ts';

/** Assets kept of one vulnerability: the most exposed and critical ones. All are counted. */
export const mostPerThreat = 2_000;

/** One reason, and the places of the assets that have it. */
export interface Fit {
  readonly reason: KeptReason;
  /** Index into `grades`. */
  readonly grade: number;
  readonly places: Int32Array;
}

export interface Pairs {
  /** How many assets fit, for any reason. */
  readonly found: number;
  /** Of them the most exposed and critical, at most 2,000: their places, in that order. */
  readonly places: readonly number[];
  /** The best grade of the asset at a place among `places`. */
  gradeAt(place: number): number;
  priorityAt(place: number): number;
  factsAt(place: number): PrioritisedFacts;
}

/**
 * Pairs the assets with one threat after another. Assets of the same exposure and criticality have the same priority for
 * the same grade, so that it is worked out some hundred times a threat at most, however many assets there are.
 */
export function createPairing(estate: Estate): (fits: readonly Fit[], threat: ThreatFacts) => Pairs {
  const { size, classOf, classes } = estate.places;
  const marked = new Uint32Array(size);
  const best = new Uint8Array(size);
  let turn = 0;
  return (fits, threat) => {
    turn++;
    const places: number[] = [];
    for (const { places: those, grade } of fits) {
      for (const place of those) {
        if (marked[place] !== turn) {
          marked[place] = turn;
          best[place] = grade;
          places.push(place);
        } else if (grade < (best[place] as number)) best[place] = grade;
      }
    }
    const found = places.length;
    if (found > mostPerThreat) {
      places.length = 0;
      for (let place = 0; places.length < mostPerThreat; place++) if (marked[place] === turn) places.push(place);
    } else places.sort((a, b) => a - b);
    const table = new Map<number, PrioritisedFacts>();
    const factsAt = (place: number): PrioritisedFacts => {
      const [of, grade] = [classOf[place] as number, best[place] as number];
      const key = of * grades.length + grade;
      let facts = table.get(key);
      if (!facts)
        table.set(
          key,
          (facts = prioritise(classes[of] ?? { exposure: undefined, criticality: undefined }, threat, grades[grade] ?? 'unsure')),
        );
      return facts;
    };
    return { found, places, gradeAt: (place) => best[place] as number, priorityAt: (place) => factsAt(place).priority, factsAt };
  };
}
