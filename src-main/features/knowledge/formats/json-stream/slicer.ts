import type { Json } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { countMembers, inspect, mendSurrogates } from './inspect.ts';
import { at, inMiB, type JsonLimits, notJson, type Place } from './limits.ts';
import { ValueScanner } from './value-scanner.ts';

/** One value of the file: an element of the array, or a member beside it. */
export interface JsonElement {
  /** `objects[12]`, `[12]` of a top-level array, or the member's name. */
  readonly path: string;
  /** Undefined where `fault` says why it could not be read. */
  readonly value: Json | undefined;
  readonly fault?: string;
  /** What reading changed (a repeated key, a number too long); `path` is complete. */
  readonly losses?: readonly { readonly path: string; readonly what: string }[];
}

type State = 'value' | 'key' | 'colon' | 'in-value' | 'in-key' | 'after' | 'end';
interface Level {
  readonly kind: 'object' | 'array';
  readonly path: string;
  count: number;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Cuts a JSON file into the elements of one array and the members beside it, fed chunk by chunk.
 * It reads the containers on the way to the array itself; every value within is found by its
 * brackets and quotes and parsed by JSON.parse. Throws ContractError where the file is no JSON.
 */
export class JsonSlicer {
  readonly #path: readonly string[] | undefined;
  readonly #limits: JsonLimits;
  readonly #onElement: (element: JsonElement) => void;
  readonly #onMember: (member: JsonElement) => void;
  readonly #levels: Level[] = [];
  readonly #scanner: ValueScanner;
  #state: State = 'value';
  #key = '';
  #mayClose = false;
  #byte = 0;
  #line = 1;
  #startByte = 0;
  #startLine = 1;
  #pieces: Uint8Array[] = [];
  /** Bytes of `#pieces`, and of the value so far. */
  #size = 0;
  #taken = 0;
  #skipping: string | undefined;
  /** Strings of the value that are left out, by their ordinal. */
  #omitted = new Map<number, number>();
  #omitting = false;

  /** `path`: names of the members that lead to the array; empty: only a top-level array is cut; undefined: nothing is cut. */
  constructor(
    path: readonly string[] | undefined,
    limits: JsonLimits,
    onElement: (element: JsonElement) => void,
    onMember: (member: JsonElement) => void,
  ) {
    this.#path = path;
    this.#limits = limits;
    this.#scanner = new ValueScanner(limits.maxStringBytes);
    this.#onElement = onElement;
    this.#onMember = onMember;
  }

  feed(chunk: Uint8Array): void {
    if (this.#byte + chunk.length > this.#limits.maxBytes)
      throw new ContractError('too_large', `The file is larger than ${inMiB(this.#limits.maxBytes)}.`);
    let i = 0;
    if (this.#byte === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) i = 3;
    while (i < chunk.length) {
      if (this.#state === 'in-value' || this.#state === 'in-key') {
        i = this.#take(chunk, i);
        continue;
      }
      const byte = chunk[i] as number;
      if (byte === 0x0a) this.#line++;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) {
        if (this.#structure(byte, this.#byte + i)) {
          this.#startByte = this.#byte + i;
          this.#startLine = this.#line;
          this.#scanner.reset();
          continue;
        }
      }
      i++;
    }
    this.#byte += chunk.length;
  }

  /** The file's end. */
  finish(): void {
    if (this.#state === 'in-value' && this.#scanner.endsWithFile) this.#complete();
    if (this.#state === 'end') return;
    const here = { line: this.#line + this.#scanner.newlines, byte: this.#byte };
    if (this.#state === 'in-value' || this.#state === 'in-key') {
      const place = at({ line: this.#startLine, byte: this.#startByte });
      throw notJson(here, `it ends in the middle of the value that begins at ${place}; the file may be cut short`);
    }
    if (this.#byte === 0 || (this.#levels.length === 0 && this.#state === 'value')) throw notJson(here, 'it is empty');
    throw notJson(here, 'it ends before its last bracket; the file may be cut short');
  }

  /** One byte that is not white space, outside of values. True: a value or key begins here. */
  #structure(byte: number, position: number): boolean {
    const place = { line: this.#line, byte: position };
    const level = this.#levels.at(-1);
    switch (this.#state) {
      case 'value':
        if (level?.kind === 'array' && byte === 0x5d && this.#mayClose) {
          this.#onMember({ path: level.path, value: [] });
          return this.#leave();
        }
        if (!startsValue(byte)) throw notJson(place, `${symbol(byte)} stands where a value is expected`);
        if (this.#enters(byte)) {
          this.#levels.push({ kind: byte === 0x7b ? 'object' : 'array', path: this.#pathOfNext(), count: 0 });
          this.#state = byte === 0x7b ? 'key' : 'value';
          this.#mayClose = true;
          return false;
        }
        this.#state = 'in-value';
        return true;
      case 'key':
        if (byte === 0x7d && this.#mayClose) return this.#leave();
        if (byte !== 0x22) throw notJson(place, `${symbol(byte)} stands where a key in quotes is expected`);
        this.#state = 'in-key';
        return true;
      case 'colon':
        if (byte !== 0x3a) throw notJson(place, `${symbol(byte)} stands where a colon is expected`);
        this.#state = 'value';
        this.#mayClose = false;
        return false;
      case 'after':
        if (byte === 0x2c) {
          this.#state = level?.kind === 'object' ? 'key' : 'value';
          this.#mayClose = false;
          return false;
        }
        if (byte === (level?.kind === 'object' ? 0x7d : 0x5d)) return this.#leave();
        throw notJson(place, `${symbol(byte)} stands where a comma or the closing bracket is expected`);
      default:
        throw notJson(place, `${symbol(byte)} stands after the end of the document`);
    }
  }

  #leave(): false {
    this.#levels.pop();
    this.#state = this.#levels.length === 0 ? 'end' : 'after';
    return false;
  }

  /** Whether the container that begins here is on the way to the array, or the array itself. */
  #enters(byte: number): boolean {
    const depth = this.#levels.length;
    if (!this.#path) return false;
    if (byte === 0x5b) return depth === 0 || (depth === this.#path.length && this.#onPath(depth));
    return byte === 0x7b && depth < this.#path.length && this.#onPath(depth);
  }

  #onPath(depth: number): boolean {
    if (this.#levels.some((level) => level.kind === 'array')) return false;
    return depth === 0 || this.#pathOfNext() === this.#path?.slice(0, depth).join('.');
  }

  #pathOfNext(): string {
    const level = this.#levels.at(-1);
    if (!level) return '';
    if (level.kind === 'array') return `${level.path}[${level.count}]`;
    return level.path ? `${level.path}.${this.#key}` : this.#key;
  }

  #take(chunk: Uint8Array, from: number): number {
    const scanner = this.#scanner;
    let at = from;
    for (;;) {
      const end = scanner.scan(chunk, at);
      const long = scanner.longString;
      const to = end >= 0 ? end : long && long.end >= 0 ? long.end : chunk.length;
      this.#keep(chunk, at, to, long?.start, end < 0);
      if (scanner.sighted.depth > this.#limits.maxDepth) this.#skip(`it is nested deeper than ${this.#limits.maxDepth} levels`);
      if (scanner.sighted.bareRun)
        this.#skip(`more than ${inMiB(this.#limits.maxStringBytes)} of it stand without a bracket, a comma or a quotation mark`);
      if (long) {
        this.#omitted.set(scanner.sighted.strings, long.bytes);
        this.#omitting = long.end < 0;
        if (long.end >= 0) {
          at = long.end;
          continue;
        }
      }
      if (end < 0) return to;
      this.#complete();
      return to;
    }
  }

  /** Bytes that belong to the value; of a string past its bound only what stands before `cut`, an offset in the value. */
  #keep(chunk: Uint8Array, from: number, to: number, cut: number | undefined, isOutlived: boolean): void {
    const before = this.#taken;
    this.#taken += to - from;
    if (this.#omitting || this.#skipping !== undefined) return;
    if (cut === undefined) this.#push(chunk.subarray(from, to), isOutlived);
    else if (cut >= before) this.#push(chunk.subarray(from, from + cut - before), true);
    else this.#drop(before - cut);
    if (this.#size > this.#limits.maxValueBytes) this.#skip(`it is larger than ${inMiB(this.#limits.maxValueBytes)}`);
  }

  /** A piece that outlives this call is copied: the source may use its buffer again. */
  #push(piece: Uint8Array, isOutlived: boolean): void {
    this.#pieces.push(isOutlived ? piece.slice() : piece);
    this.#size += piece.length;
  }

  #drop(bytes: number): void {
    this.#size -= bytes;
    let left = bytes;
    for (let last = this.#pieces.pop(); last; last = left > 0 ? this.#pieces.pop() : undefined) {
      if (last.length > left) {
        this.#pieces.push(last.slice(0, last.length - left));
        return;
      }
      left -= last.length;
    }
  }

  #skip(reason: string): void {
    this.#skipping ??= reason;
    this.#pieces = [];
  }

  #complete(): void {
    const skipped = this.#skipping;
    const bytes = this.#pieces.length === 1 ? (this.#pieces[0] as Uint8Array) : join(this.#pieces);
    const isKey = this.#state === 'in-key';
    const omitted = this.#omitted;
    this.#pieces = [];
    this.#size = 0;
    this.#taken = 0;
    this.#skipping = undefined;
    if (omitted.size > 0) this.#omitted = new Map();
    this.#line += this.#scanner.newlines;
    this.#scanner.newlines = 0;
    if (isKey) {
      this.#key = this.#parseKey(bytes, omitted.size > 0 ? 'it is too long' : skipped);
      this.#state = 'colon';
      return;
    }
    const level = this.#levels.at(-1);
    const path = this.#pathOfNext();
    const element = this.#read(path, bytes, skipped, omitted);
    this.#state = level ? 'after' : 'end';
    if (level) level.count++;
    if (level?.kind === 'array') {
      if (level.count > this.#limits.maxItems)
        throw new ContractError('too_large', `“${level.path || 'The list'}” holds more than ${this.#limits.maxItems} entries.`);
      this.#onElement(element);
    } else this.#onMember(element);
  }

  #parseKey(bytes: Uint8Array, skipped: string | undefined): string {
    const place = { line: this.#startLine, byte: this.#startByte };
    if (skipped !== undefined) throw notJson(place, 'a key is too long');
    const key = this.#read('', bytes, undefined, new Map()).value;
    if (typeof key !== 'string') throw notJson(place, 'a key is not UTF-8 text');
    return key;
  }

  #read(path: string, bytes: Uint8Array, skipped: string | undefined, omitted: ReadonlyMap<number, number>): JsonElement {
    const place: Place = { line: this.#startLine, byte: this.#startByte };
    if (skipped !== undefined) return { path, value: undefined, fault: `${skipped} (${at(place)})` };
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      return { path, value: undefined, fault: `it is not UTF-8 text (${at(place)})` };
    }
    let value: Json;
    try {
      value = JSON.parse(text) as Json;
    } catch (error) {
      throw notJson(placeIn(text, error, place), wordsOf(text, error));
    }
    const { sighted } = this.#scanner;
    const isPlain = !sighted.longNumber && !sighted.unicodeEscape && sighted.colons === countMembers(value);
    return isPlain && omitted.size === 0 ? { path, value } : closer(path, text, value, omitted);
  }
}

/** The slow look at a value in which something was sighted. */
function closer(path: string, text: string, parsed: Json, omitted: ReadonlyMap<number, number>): JsonElement {
  const mended = mendSurrogates(text);
  const value = mended === text ? parsed : (JSON.parse(mended) as Json);
  const { losses, fault } = inspect(mended, omitted);
  if (fault !== undefined) return { path, value: undefined, fault };
  const all = losses.map((loss) => ({ path: joinPath(path, loss.path), what: loss.what }));
  if (mended !== text) all.push({ path, what: 'half of a surrogate pair is no Unicode character; U+FFFD stands in its place' });
  return all.length > 0 ? { path, value, losses: all } : { path, value };
}

function joinPath(path: string, inner: string): string {
  return path === '' || inner === '' || inner.startsWith('[') ? `${path}${inner}` : `${path}.${inner}`;
}

function startsValue(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte < 0x80 && '{["-tfn'.includes(String.fromCharCode(byte)));
}

function symbol(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `“${String.fromCharCode(byte)}”` : `byte 0x${byte.toString(16).padStart(2, '0')}`;
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

/** V8 says the character's position in the text where it can; the value's start stands for it else. */
function placeIn(text: string, error: unknown, start: Place): Place {
  const position = positionOf(text, error);
  if (position === undefined) return start;
  const before = text.slice(0, position);
  return { line: start.line + before.split('\n').length - 1, byte: start.byte + new TextEncoder().encode(before).length };
}

function positionOf(text: string, error: unknown): number | undefined {
  const said = error instanceof Error ? error.message : '';
  const position = /at position (\d+)/.exec(said)?.[1];
  if (position !== undefined) return Math.min(Number(position), text.length);
  return /end of JSON/i.test(said) ? text.length : undefined;
}

function wordsOf(text: string, error: unknown): string {
  const position = positionOf(text, error);
  const found = position === undefined ? undefined : text.codePointAt(position);
  if (found === undefined) return 'the value that begins here is malformed';
  return found > 0x20 && found < 0x7f ? `“${String.fromCodePoint(found)}” is not expected here` : 'a character is not expected here';
}
