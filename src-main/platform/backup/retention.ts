/** What the rule looks at. */
export interface Kept {
  readonly backupId: string;
  readonly takenAt: string;
  readonly reason: string;
  readonly state: 'verified' | 'failed';
}

export interface RetentionPolicy {
  readonly keepDaily: number;
  readonly keepWeekly: number;
  readonly keepNewest: number;
}

const DAY_MS = 86_400_000;
/** The first of January 1970 was a Thursday: weeks begin on Monday. */
const weekOf = (takenAt: string) => Math.floor((Date.parse(takenAt) / DAY_MS + 3) / 7);
const dayOf = (takenAt: string) => Math.floor(Date.parse(takenAt) / DAY_MS);

/**
 * Which copies may go: those that are neither among the newest, nor the newest of one of the last
 * days or weeks that have any (UTC). What a person made by hand stays until they delete it. A
 * failed copy holds no place; it stays only until a newer one is verified.
 */
export function expendable(copies: readonly Kept[], policy: RetentionPolicy): string[] {
  const newestFirst = [...copies].sort((a, b) => b.takenAt.localeCompare(a.takenAt) || b.backupId.localeCompare(a.backupId));
  const verified = newestFirst.filter(({ state }) => state === 'verified');
  const keep = new Set(verified.slice(0, Math.max(1, policy.keepNewest)).map(({ backupId }) => backupId));
  const firstOfEach = (part: (takenAt: string) => number, most: number) => {
    const seen = new Set<number>();
    for (const { backupId, takenAt } of verified) {
      const one = part(takenAt);
      if (seen.has(one)) continue;
      if (seen.size >= most) return;
      seen.add(one);
      keep.add(backupId);
    }
  };
  firstOfEach(dayOf, policy.keepDaily);
  firstOfEach(weekOf, policy.keepWeekly);
  const newestVerified = verified[0]?.takenAt ?? '';
  return newestFirst
    .filter(({ backupId, reason, state, takenAt }) => {
      if (reason === 'manual' && state === 'verified') return false;
      if (state === 'failed') return takenAt < newestVerified;
      return !keep.has(backupId);
    })
    .map(({ backupId }) => backupId);
}
