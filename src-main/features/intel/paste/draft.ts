import type { PastedHit, PastedKind } from '#shared/contract/intel.ts';
import { findNames, type NameIndex } from './names.ts';
import { scan } from './scan.ts';

/** A hit before the graph is asked; `keys` are the objects whose name it is. */
export interface DraftHit extends Pick<PastedHit, 'key' | 'kind' | 'value' | 'written' | 'places' | 'count' | 'sentence' | 'doubt'> {
  readonly keys: readonly number[];
}

const mostPlaces = 200;
const mostSpellings = 5;
const longestSentence = 320;

interface Growing {
  kind: PastedKind;
  value: string;
  doubt: PastedHit['doubt'];
  readonly written: Set<string>;
  readonly places: { start: number; end: number }[];
  readonly keys: ReadonlySet<number>;
  count: number;
}

/** Everything that the text names, each once, in the order of its first place. */
export function draftHits(text: string, names: NameIndex): DraftHit[] {
  const { plain, at, found } = scan(text);
  const taken = new Uint8Array(plain.length);
  for (const { start, end } of found) taken.fill(1, start, end);
  const hits = new Map<string, Growing>();
  const add = (
    key: string,
    start: number,
    end: number,
    make: () => Omit<Growing, 'written' | 'places' | 'count'>,
    doubt: PastedHit['doubt'],
  ) => {
    let hit = hits.get(key);
    if (!hit) hits.set(key, (hit = { ...make(), written: new Set(), places: [], count: 0 }));
    // One sure place makes the thing sure.
    if (doubt === undefined) hit.doubt = undefined;
    hit.count++;
    const place = { start: at[start] ?? 0, end: at[end] ?? text.length };
    if (hit.places.length < mostPlaces) hit.places.push(place);
    if (hit.written.size < mostSpellings) hit.written.add(text.slice(place.start, place.end));
  };
  for (const { kind, value, start, end, unsure } of found) {
    const doubt = unsure as PastedHit['doubt'];
    add(`${kind}:${value}`, start, end, () => ({ kind, value, doubt, keys: new Set() }), doubt);
  }
  for (const { start, end, names: named, doubt } of findNames(plain, names, (place) => taken[place] === 1)) {
    const keys = new Set(named.map(({ key }) => key));
    const key = `name:${[...keys].sort((a, b) => a - b).join('+')}`;
    add(key, start, end, () => ({ kind: 'name', value: named[0]?.name ?? plain.slice(start, end), doubt, keys }), doubt);
  }
  return [...hits]
    .map(([key, { written, places, keys, doubt, ...rest }]) => {
      const sorted = places.sort((a, b) => a.start - b.start);
      return {
        key,
        ...rest,
        written: [...written],
        places: sorted,
        sentence: sentenceAround(text, sorted[0]?.start ?? 0, sorted[0]?.end ?? 0),
        keys: [...keys],
        ...(doubt && { doubt }),
      };
    })
    .sort((a, b) => (a.places[0]?.start ?? 0) - (b.places[0]?.start ?? 0) || (b.places[0]?.end ?? 0) - (a.places[0]?.end ?? 0));
}

/** The sentence or line that holds a place, cut to 320 characters around it. */
function sentenceAround(text: string, start: number, end: number): string {
  const before = text.slice(Math.max(0, start - longestSentence), start);
  const after = text.slice(end, end + longestSentence);
  const from = Math.max(...['. ', '! ', '? ', '\n'].map((mark) => before.lastIndexOf(mark) + (before.includes(mark) ? mark.length : 0)), 0);
  const stops = ['. ', '! ', '? ', '\n'].map((mark) => after.indexOf(mark)).filter((stop) => stop >= 0);
  const to = stops.length > 0 ? Math.min(...stops) + 1 : after.length;
  const sentence = `${before.slice(from)}${text.slice(start, end)}${after.slice(0, to)}`.replaceAll(/\s+/g, ' ').trim();
  return sentence.length <= longestSentence ? sentence : `${sentence.slice(0, longestSentence - 1)}…`;
}
