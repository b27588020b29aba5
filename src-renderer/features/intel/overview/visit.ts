const key = 'redoubt.visited';
/** A visit ends when the overview was not looked at for this long (milliseconds). */
const pause = 30 * 60_000;

let since: string | undefined;
let known = false;

/** When the last visit ended, or undefined on the first. Looking again within half an hour is the same visit. */
export function lastVisit(now: number): string | undefined {
  if (!known) {
    known = true;
    const { start, last } = read();
    const fresh = last === undefined || now - last > pause;
    since = fresh ? (last === undefined ? undefined : new Date(last).toISOString()) : start;
  }
  try {
    localStorage.setItem(key, JSON.stringify({ start: since, last: now }));
  } catch {
    // A browser that keeps nothing: every visit is the first.
  }
  return since;
}

function read(): { start?: string; last?: number } {
  try {
    const { start, last } = JSON.parse(localStorage.getItem(key) ?? '{}') as { start?: unknown; last?: unknown };
    return { ...(typeof start === 'string' && { start }), ...(typeof last === 'number' && { last }) };
  } catch {
    return {};
  }
}
