const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? Number.NaN : tens * 10 + ones;
}

/**
 * Digits of the fraction of a STIX timestamp (2.1, section 2.16: `YYYY-MM-DDTHH:mm:ss[.s+]Z`, a day
 * of the calendar, a leap second allowed); -1 where the text is none.
 */
export function timestampPrecision(text: string): number {
  const last = text.length - 1;
  if (last < 19 || text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d || text.charCodeAt(10) !== 0x54) return -1;
  if (text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a || text.charCodeAt(last) !== 0x5a) return -1;
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1)) return -1;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > (days[month - 1] as number) + (leap ? 1 : 0)) return -1;
  if (!(two(text, 11) <= 23 && two(text, 14) <= 59 && two(text, 17) <= 60)) return -1;
  if (last === 19) return 0;
  if (text.charCodeAt(19) !== 0x2e || last === 20) return -1;
  for (let index = 20; index < last; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x30 || code > 0x39) return -1;
  }
  return last - 20;
}

/** Negative where `a` is earlier. Both valid; 12:00:00Z and 12:00:00.000Z are the same time. */
export function compareTimes(a: string, b: string): number {
  if (a === b) return 0;
  const left = a.slice(0, 19);
  const right = b.slice(0, 19);
  if (left !== right) return left < right ? -1 : 1;
  const width = Math.max(a.length, b.length);
  const one = a.slice(20, -1).padEnd(width, '0');
  const other = b.slice(20, -1).padEnd(width, '0');
  return one === other ? 0 : one < other ? -1 : 1;
}
