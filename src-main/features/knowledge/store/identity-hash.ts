/** A UUID as four numbers of 32 bits: the form in which ids are compared and kept in memory. */
export type Words = Int32Array;

const digits = new Uint8Array(128);
for (let digit = 0; digit < 16; digit++) {
  digits[digit.toString(16).charCodeAt(0)] = digit;
  digits[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}
/** Where the bytes of a UUID begin within its 36 letters. */
const places = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/** Writes the 16 bytes of the UUID that ends `id` into `bytes`, from `at`. */
export function writeUuid(id: string, bytes: Uint8Array, at = 0): void {
  const first = id.length - 36;
  for (let byte = 0; byte < 16; byte++) {
    const place = first + (places[byte] as number);
    bytes[at + byte] = ((digits[id.charCodeAt(place) & 127] as number) << 4) | (digits[id.charCodeAt(place + 1) & 127] as number);
  }
}

/** Keyed, so that no file can be made whose UUIDs all fall into one place. `seed` is 16 hex digits of the workspace. */
export function createIdentityHash(seed: string) {
  const first = Number.parseInt(seed.slice(0, 8), 16) | 0;
  const second = Number.parseInt(seed.slice(8, 16), 16) | 0;
  const bytes = new Uint8Array(16);
  const words = new Int32Array(bytes.buffer);

  const mix = (start: number, by: number): number => {
    let hash = start;
    for (let at = 0; at < 4; at++) {
      hash = Math.imul(hash ^ (words[at] as number), by);
      hash ^= hash >>> 15;
      hash = Math.imul(hash, 0x2c1b3c6d);
      hash ^= hash >>> 13;
    }
    return hash >>> 0;
  };
  /** 48 bits: exact in a number, six bytes in a row. */
  const current = (): number => mix(first, 0x85ebca6b) * 65_536 + (mix(second, 0xc2b2ae35) >>> 16);

  return {
    /** The bytes hashed last, and the same as words: to be copied before the next call. */
    bytes,
    words,
    ofId(id: string): number {
      writeUuid(id, bytes);
      return current();
    },
    ofBytes(uuid: Uint8Array): number {
      bytes.set(uuid);
      return current();
    },
  };
}

export type IdentityHash = ReturnType<typeof createIdentityHash>;
