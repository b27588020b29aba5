/** What the scanner saw in one value that deserves a closer look, none of it an error by itself. */
export interface Sighted {
  /** Colons outside strings: as many as the value has members, repeated ones included. */
  colons: number;
  /** A number of more than 15 digits or with an exponent, which JavaScript may not hold exactly. */
  longNumber: boolean;
  /** A `\u` escape, which may be half of a surrogate pair. */
  unicodeEscape: boolean;
  /** Deepest nesting inside the value; 1 for `[]`. */
  depth: number;
}

const QUOTE = 1;
const OPEN = 2;
const CLOSE = 3;
const COLON = 4;
const NEWLINE = 5;
const DIGIT = 6;
const EXPONENT = 7;
const POINT = 8;
const SPACE = 9;
const COMMA = 10;
const classes = new Uint8Array(256);
for (const [symbols, kind] of [
  ['"', QUOTE],
  ['{[', OPEN],
  ['}]', CLOSE],
  [':', COLON],
  ['\n', NEWLINE],
  ['0123456789', DIGIT],
  ['eE', EXPONENT],
  ['.', POINT],
  [' \t\r', SPACE],
  [',', COMMA],
] as const)
  for (const symbol of symbols) classes[symbol.charCodeAt(0)] = kind;

const BACKSLASH = 0x5c;
const DOUBLE_QUOTE = 0x22;
const LOWER_U = 0x75;

/**
 * Finds where one JSON value ends, fed piece by piece; knows nesting and strings and leaves the
 * grammar to JSON.parse. Time is linear in the bytes, memory constant.
 */
export class ValueScanner {
  sighted: Sighted = { colons: 0, longNumber: false, unicodeEscape: false, depth: 0 };
  newlines = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #scalar = false;
  #started = false;
  #digits = 0;

  /** Forgets the last value and waits for the first byte of the next. */
  reset(): void {
    this.sighted = { colons: 0, longNumber: false, unicodeEscape: false, depth: 0 };
    this.newlines = 0;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    this.#scalar = false;
    this.#started = false;
    this.#digits = 0;
  }

  /** Whether the value so far would be whole if the file ended here: only a bare number or word can be. */
  get endsWithFile(): boolean {
    return this.#scalar;
  }

  /**
   * Reads on from `from` (the first byte of the value, or the start of a later piece). Answers the
   * position behind the value's last byte, or -1 where the piece ends first.
   */
  scan(bytes: Uint8Array, from: number): number {
    const { sighted } = this;
    let depth = this.#depth;
    let digits = this.#digits;
    let at = from;
    const end = bytes.length;
    if (!this.#started && at < end) {
      this.#started = true;
      const first = classes[bytes[at] as number];
      this.#scalar = first !== QUOTE && first !== OPEN;
    }
    if (this.#inString) {
      at = this.#skipString(bytes, at);
      if (!this.#inString && depth === 0) return at;
    }
    while (at < end) {
      switch (classes[bytes[at] as number]) {
        case QUOTE:
          if (this.#scalar) return at;
          at = this.#skipString(bytes, at + 1, true);
          if (!this.#inString && depth === 0) return at;
          continue;
        case OPEN:
          if (this.#scalar) return at;
          depth++;
          if (depth > sighted.depth) sighted.depth = depth;
          digits = 0;
          break;
        case CLOSE:
          if (this.#scalar) return at;
          depth--;
          digits = 0;
          if (depth === 0) return at + 1;
          break;
        case DIGIT:
          if (++digits > 15) sighted.longNumber = true;
          break;
        case EXPONENT:
          if (digits > 0) sighted.longNumber = true;
          break;
        case POINT:
          break;
        case COLON:
          if (this.#scalar) return at;
          sighted.colons++;
          digits = 0;
          break;
        case NEWLINE:
          if (this.#scalar) return at;
          this.newlines++;
          digits = 0;
          break;
        case SPACE:
        case COMMA:
          if (this.#scalar) return at;
          digits = 0;
          break;
        default:
          digits = 0;
      }
      at++;
    }
    this.#depth = depth;
    this.#digits = digits;
    return -1;
  }

  #skipString(bytes: Uint8Array, from: number, opened = false): number {
    let at = from;
    if (opened) this.#inString = true;
    const end = bytes.length;
    let escaped = this.#escaped;
    while (at < end) {
      const byte = bytes[at++] as number;
      if (escaped) {
        escaped = false;
        if (byte === LOWER_U) this.sighted.unicodeEscape = true;
      } else if (byte === BACKSLASH) escaped = true;
      else if (byte === DOUBLE_QUOTE) {
        this.#inString = false;
        break;
      }
    }
    this.#escaped = escaped;
    return at;
  }
}
