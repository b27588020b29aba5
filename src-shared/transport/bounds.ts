/** Deeper than any STIX object or settings form; a recursive parser is safe to this depth. */
const mostLevels = 64;
const mostValues = 1_000_000;

/**
 * Whether a value from outside may be given to a recursive parser. It walks depth first and stops at the
 * first excess, so that cyclic values and graphs of shared parts (a port can send both) end it early.
 */
export function withinBounds(value: unknown, levels = mostLevels, values = mostValues): boolean {
  const open: [unknown, number][] = [[value, 0]];
  let seen = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const [one, level] = next;
    if (++seen > values) return false;
    if (typeof one !== 'object' || one === null) continue;
    if (level >= levels) return false;
    const parts: unknown[] = Array.isArray(one) ? one : ArrayBuffer.isView(one) ? [] : Object.values(one);
    if (seen + open.length + parts.length > values) return false;
    for (const part of parts) open.push([part, level + 1]);
  }
  return true;
}
