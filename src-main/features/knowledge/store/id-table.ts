import { randomInt } from 'node:crypto';

/**
 * Keys by id, without an object an entry: 24 bytes a place, at most two thirds full. Compares whole
 * UUIDs, so that an answer is never a guess.
 */
export interface IdTable {
  readonly size: number;
  /** The key, or 0. `words` is a UUID as four numbers. */
  get(words: Int32Array, type: number): number;
  set(words: Int32Array, type: number, key: number): void;
  clear(): void;
}

const FIRST = 1 << 12;
/** Places that a cleared table keeps, so that one that fills again and again leaves no garbage. */
const KEPT = 1 << 17;

/** `most`: entries past which the table starts anew (it is a memory, not the truth); without it it grows. */
export function createIdTable(most = Number.POSITIVE_INFINITY): IdTable {
  let capacity = FIRST;
  let entries = new Int32Array(capacity * 6);
  let size = 0;
  // No file can be made whose ids all fall into one place.
  const seed = randomInt(2 ** 31);

  /** Where the id stands, or the free place for it. */
  const place = (words: Int32Array, at: number, type: number): number => {
    const mask = capacity - 1;
    let hash = seed ^ type;
    for (let part = 0; part < 4; part++) {
      hash = Math.imul(hash ^ (words[at + part] as number), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    let slot = hash & mask;
    for (;;) {
      const from = slot * 6;
      if (entries[from + 5] === 0) return from;
      if (
        entries[from] === words[at] &&
        entries[from + 1] === words[at + 1] &&
        entries[from + 2] === words[at + 2] &&
        entries[from + 3] === words[at + 3] &&
        entries[from + 4] === type
      )
        return from;
      slot = (slot + 1) & mask;
    }
  };

  const grow = () => {
    const before = entries;
    capacity *= 2;
    entries = new Int32Array(capacity * 6);
    for (let from = 0; from < before.length; from += 6) {
      if (before[from + 5] === 0) continue;
      const to = place(before, from, before[from + 4] as number);
      for (let part = 0; part < 6; part++) entries[to + part] = before[from + part] as number;
    }
  };

  const clear = () => {
    size = 0;
    if (capacity <= KEPT) {
      entries.fill(0);
      return;
    }
    capacity = FIRST;
    entries = new Int32Array(capacity * 6);
  };

  return {
    get size() {
      return size;
    },
    get: (words, type) => entries[place(words, 0, type) + 5] as number,
    set(words, type, key) {
      if (size >= most) clear();
      if (size * 3 >= capacity * 2) grow();
      const from = place(words, 0, type);
      if (entries[from + 5] === 0) size++;
      for (let part = 0; part < 4; part++) entries[from + part] = words[part] as number;
      entries[from + 4] = type;
      entries[from + 5] = key;
    },
    clear,
  };
}
