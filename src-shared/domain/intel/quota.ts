/** Counts what comes by its priority and says from which priority on a bounded number of them can be kept. */
export interface Quota {
  /** Counts one; false where it lies below what can be kept. */
  add(priority: number): boolean;
  /** The least priority that is still kept; 0 as long as everything fits. */
  floor(): number;
}

/** `least` is a floor to begin with. The floor is found anew each time a tenth more than `most` stands above it, so that counting stays cheap. */
export function createQuota(most: number, least = 0): Quota {
  const counts = new Map<number, number>();
  let above = 0;
  let floor = least;
  const raise = () => {
    let sum = 0;
    let full = false;
    for (const [priority, count] of [...counts].sort(([a], [b]) => b - a)) {
      // What lies below the first that does not fit is less urgent than something that was left out.
      full ||= sum > 0 && sum + count > most;
      if (full) {
        counts.delete(priority);
        continue;
      }
      sum += count;
      floor = priority;
    }
    above = sum;
  };
  return {
    add(priority) {
      if (priority < floor) return false;
      counts.set(priority, (counts.get(priority) ?? 0) + 1);
      if (++above > most * 1.1) raise();
      return priority >= floor;
    },
    floor() {
      if (above > most) raise();
      return floor;
    },
  };
}
