import type { Json } from './stix.ts';

/** STIX timestamps of any precision, in the order of time; an absent one is the oldest. */
export function compareTimestamps(a: Json | undefined, b: Json | undefined): number {
  return compareTexts(sortable(a), sortable(b));
}

/** By code units: the same on every device. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sortable(value: Json | undefined): string {
  if (typeof value !== 'string') return '';
  const [whole = '', fraction = ''] = value.replace(/Z$/i, '').split('.');
  let end = fraction.length;
  while (fraction[end - 1] === '0') end--;
  return `${whole.toUpperCase()}.${fraction.slice(0, end)}`;
}
