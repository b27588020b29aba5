/** Counts what comes by its priority and says from which priority on a bounded number of them can be kept. */
export interface Quota {
  /** Counts one; false where it cannot be kept beside more urgent ones. */
  add(priority: number): boolean;
  /** The least priority of which any are kept; 0 as long as everything fits. */
  floor(): number;
}

/**
 * `least` is a floor to begin with. Of equals at the floor the first that came are kept. The floor is found anew each
 * time a tenth more than `most` stands above it, so that counting stays cheap.
 */
export function createQuota(most: number, least = 0): Quota {
  const counts = new Map<number, number>();
  let kept = 0;
  let floor = least;
  /** How many at the floor are kept; the others above it are all kept. */
  let atFloor = Number.POSITIVE_INFINITY;
  const raise = () => {
    let sum = 0;
    let full = false;
    for (const [priority, count] of [...counts].sort(([a], [b]) => b - a)) {
      if (full) {
        counts.delete(priority);
        continue;
      }
      full = sum + count >= most;
      floor = priority;
      atFloor = full ? most - sum : Number.POSITIVE_INFINITY;
      counts.set(priority, Math.min(count, atFloor));
      sum += Math.min(count, atFloor);
    }
    kept = sum;
  };
  return {
    add(priority) {
      const count = counts.get(priority) ?? 0;
      if (priority < floor || (priority === floor && count >= atFloor)) return false;
      counts.set(priority, count + 1);
      if (++kept > most * 1.1) raise();
      return priority >= floor;
    },
    floor() {
      if (kept > most) raise();
      return floor;
    },
  };
}

/** The least priority of which any are kept where at most `most` are; 0 where everything fits. */
export function floorOf(counts: ReadonlyMap<number, number>, most: number): number {
  let sum = 0;
  for (const [priority, count] of [...counts].sort(([a], [b]) => b - a)) {
    sum += count;
    if (sum > most) return priority;
  }
  return 0;
}
