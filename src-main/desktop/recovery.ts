/** Milliseconds. */
const window = 60_000;
const mostReloads = 3;

/**
 * Whether a page or the engine that died is brought back by itself: a few times a minute, so that a fault that comes
 * back at once ends in a question and not in a loop.
 */
export function createPatience(now: () => number) {
  let deaths: number[] = [];
  return {
    mayRestart(): boolean {
      const since = now() - window;
      deaths = [...deaths.filter((at) => at > since), now()];
      return deaths.length <= mostReloads;
    },
    forgive(): void {
      deaths = [];
    },
  };
}
