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
  /** Strings that have begun, names of members included. */
  strings: number;
  /** More bytes than a string may have stand between two signs of structure: blanks, or a word without end. */
  bareRun: boolean;
}

/** A string past the bound, found at its end or at the end of the piece. */
export interface LongString {
  /** Offset in the value of the byte behind the opening quotation mark. */
  readonly start: number;
  /** Position in the piece of the closing quotation mark, from where to scan on; -1 where the string goes on in the next. */
  readonly end: number;
  readonly bytes: number;
}

const nothingSighted = (): Sighted => ({ colons: 0, longNumber: false, unicodeEscape: false, depth: 0, strings: 0, bareRun: false });

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
  sighted = nothingSighted();
  newlines = 0;
  /** Set by `scan` where it stopped for a string past the bound. */
  longString: LongString | undefined;
  readonly #maxString: number;
  /** Bytes of the value in the pieces before. */
  #offset = 0;
  #stringStart = 0;
  /** Whether `longString` has told of the end of the string that is open. */
  #paused = false;
  #lastSign = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #scalar = false;
  #started = false;
  #digits = 0;

  constructor(maxString: number) {
    this.#maxString = maxString;
  }

  /** Forgets the last value and waits for the first byte of the next. */
  reset(): void {
    this.sighted = nothingSighted();
    this.newlines = 0;
    this.longString = undefined;
    this.#offset = 0;
    this.#stringStart = 0;
    this.#paused = false;
    this.#lastSign = 0;
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
   * position behind the value's last byte, or -1 where the piece ends first, or at a `longString`.
   */
  scan(bytes: Uint8Array, from: number): number {
    const { sighted } = this;
    const base = this.#offset - from;
    let depth = this.#depth;
    let digits = this.#digits;
    let at = from;
    const end = bytes.length;
    this.longString = undefined;
    if (!this.#started && at < end) {
      this.#started = true;
      const first = classes[bytes[at] as number];
      this.#scalar = first !== QUOTE && first !== OPEN;
    }
    if (this.#inString) {
      at = this.#skipString(bytes, at, base);
      if (this.longString) return this.#pause(base, depth, digits, at);
      if (!this.#inString && depth === 0) return at;
    }
    while (at < end) {
      switch (classes[bytes[at] as number]) {
        case QUOTE:
          if (this.#scalar) return at;
          this.#inString = true;
          this.#paused = false;
          this.#stringStart = base + at + 1;
          sighted.strings++;
          at = this.#skipString(bytes, at + 1, base);
          if (this.longString) return this.#pause(base, depth, digits, at);
          if (!this.#inString && depth === 0) return at;
          continue;
        case OPEN:
          if (this.#scalar) return at;
          depth++;
          if (depth > sighted.depth) sighted.depth = depth;
          digits = 0;
          this.#lastSign = base + at;
          break;
        case CLOSE:
          if (this.#scalar) return at;
          depth--;
          digits = 0;
          if (depth === 0) return at + 1;
          this.#lastSign = base + at;
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
          this.#lastSign = base + at;
          break;
        case NEWLINE:
          if (this.#scalar) return at;
          this.newlines++;
          digits = 0;
          break;
        case COMMA:
          if (this.#scalar) return at;
          digits = 0;
          this.#lastSign = base + at;
          break;
        case SPACE:
          if (this.#scalar) return at;
          digits = 0;
          break;
        default:
          digits = 0;
      }
      at++;
    }
    if (!this.#inString && base + end - this.#lastSign > this.#maxString) sighted.bareRun = true;
    return this.#pause(base, depth, digits, end);
  }

  #pause(base: number, depth: number, digits: number, at: number): -1 {
    this.#offset = base + at;
    this.#depth = depth;
    this.#digits = digits;
    return -1;
  }

  /** Behind the string's end, or the piece's; on the closing quotation mark where the string is past the bound. */
  #skipString(bytes: Uint8Array, from: number, base: number): number {
    let at = from;
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
    this.#lastSign = base + at;
    const length = base + at - this.#stringStart - (this.#inString ? 0 : 1);
    if (length <= this.#maxString || this.#paused) return at;
    this.longString = { start: this.#stringStart, end: this.#inString ? -1 : at - 1, bytes: length };
    if (this.#inString) return at;
    this.#paused = true;
    this.#inString = true;
    return at - 1;
  }
}
