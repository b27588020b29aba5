import { ContractError } from '#shared/transport/errors.ts';
import { type OpenSource, reopenable } from '../../formats/source.ts';
import { type Budget, cleanPath, type Member } from './member.ts';

const block = 512;
/** Bytes of a long name or of pax records. */
const mostExtra = 64 * 1024;

/** A header block with a fitting checksum (POSIX.1-2017, pax, “ustar Interchange Format”): no text passes that by chance. */
export function startsLikeTar(first: Uint8Array): boolean {
  return first.length >= block && first[0] !== 0 && checksumFits(first.subarray(0, block));
}

function checksumFits(header: Uint8Array): boolean {
  const said = octal(header, 148, 8);
  if (said === undefined || said === 0) return false;
  let sum = 0;
  for (let at = 0; at < block; at++) sum += at >= 148 && at < 156 ? 0x20 : (header[at] as number);
  return sum === said;
}

/** The members of a tar, packed or not, in one pass: each is held while it is the current one, larger ones are read anew. */
export async function* tarMembers(source: OpenSource, budget: Budget): AsyncGenerator<Member> {
  const stream = new Blocks(source.bytes());
  let longName: string | undefined;
  let extended: ReadonlyMap<string, string> = new Map();
  let zeros = 0;
  try {
    for (;;) {
      const header = await stream.read(block);
      if (header === undefined) return;
      if (header.every((byte) => byte === 0)) {
        if (++zeros === 2) return;
        continue;
      }
      zeros = 0;
      if (!checksumFits(header)) throw damaged(source, `its header at byte ${stream.at - block} does not fit its checksum`);
      const size = sizeOf(header, extended);
      if (size === undefined) throw damaged(source, `the header at byte ${stream.at - block} has no size`);
      const kind = String.fromCharCode(header[156] as number);
      if ('xgLK'.includes(kind)) {
        if (size > mostExtra) throw damaged(source, 'a long name has more than 64 KiB');
        const extra = await stream.padded(size);
        if (extra === undefined) throw damaged(source, 'it is cut off');
        if (kind === 'x') extended = paxRecords(extra);
        else if (kind === 'L') longName = textOf(extra, 0, extra.length);
        continue;
      }
      const name = extended.get('path') ?? longName ?? nameOf(header);
      longName = undefined;
      const sparse = [...extended.keys()].some((key) => key.startsWith('GNU.sparse'));
      extended = new Map();
      const start = stream.at;
      if (kind === '5') {
        await stream.skip(size);
        continue;
      }
      budget.member();
      budget.take(size);
      const clean = cleanPath(name, budget.limits);
      const refused = clean.refused ?? (sparse ? 'it is stored with holes (sparse), which is not read; pack it plainly' : whyNot(kind));
      if (refused !== undefined || clean.skipped !== undefined || size > budget.limits.held) {
        const reread = () => source.bytes();
        yield refused === undefined && clean.skipped === undefined
          ? { ...clean, open: () => reopenable(clean.path, size, () => between(reread(), start, size), budget.limits.held) }
          : { ...clean, ...(refused !== undefined && { refused }) };
        if (!(await stream.skip(size))) throw damaged(source, `it is cut off within “${clean.path}”`);
        continue;
      }
      const content = await stream.padded(size);
      if (content === undefined) throw damaged(source, `it is cut off within “${clean.path}”`);
      yield { ...clean, open: () => reopenable(clean.path, size, () => once(content), budget.limits.held) };
    }
  } finally {
    await stream.close();
  }
}

function whyNot(kind: string): string | undefined {
  if (kind === '0' || kind === '\0' || kind === '7') return undefined;
  if (kind === '1' || kind === '2') return 'it is a link; links are not followed';
  if (kind === '3' || kind === '4' || kind === '6') return 'it is a device or a pipe, not a file';
  return 'it is a kind of entry that is not known here';
}

function damaged(source: OpenSource, why: string): ContractError {
  return new ContractError('invalid_input', `“${source.name}” is a damaged tar archive: ${why}.`);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

async function* between(bytes: AsyncIterable<Uint8Array>, start: number, size: number): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const piece of bytes) {
    const from = Math.max(0, start - at);
    const to = Math.min(piece.length, start + size - at);
    at += piece.length;
    if (to > from) yield piece.subarray(from, to);
    if (at >= start + size) return;
  }
}

/** A stream by exact counts of bytes. */
class Blocks {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();
  at = 0;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#pieces = bytes[Symbol.asyncIterator]();
  }

  /** Exactly `count` bytes, or undefined where the stream ends before. */
  async read(count: number): Promise<Uint8Array | undefined> {
    const out = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      if (this.#rest.length === 0 && !(await this.#more())) return undefined;
      const piece = this.#rest.subarray(0, count - filled);
      out.set(piece, filled);
      filled += piece.length;
      this.#rest = this.#rest.subarray(piece.length);
    }
    this.at += count;
    return out;
  }

  async padded(size: number): Promise<Uint8Array | undefined> {
    const content = await this.read(size);
    const padding = (block - (size % block)) % block;
    // Some writers leave the last padding off.
    if (content && padding > 0) await this.read(padding);
    return content;
  }

  async skip(size: number): Promise<boolean> {
    let left = size + ((block - (size % block)) % block);
    this.at += left;
    while (left > 0) {
      if (this.#rest.length === 0 && !(await this.#more())) return left < block;
      const step = Math.min(left, this.#rest.length);
      this.#rest = this.#rest.subarray(step);
      left -= step;
    }
    return true;
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#pieces.next();
    if (done) return false;
    this.#rest = value;
    return true;
  }
}

function nameOf(header: Uint8Array): string {
  const name = textOf(header, 0, 100);
  const prefix = textOf(header, 257, 5) === 'ustar' && header[262] === 0 ? textOf(header, 345, 155) : '';
  return prefix ? `${prefix}/${name}` : name;
}

function textOf(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end === -1 ? field : field.subarray(0, end));
}

/** Octal digits, or base 256 as GNU writes large sizes; undefined where it is neither or past 2^53. */
function octal(header: Uint8Array, start: number, length: number): number | undefined {
  if (((header[start] as number) & 0x80) !== 0) {
    let value = (header[start] as number) & 0x7f;
    for (let at = start + 1; at < start + length; at++) value = value * 256 + (header[at] as number);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const text = textOf(header, start, length).trim();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : text === '' ? 0 : undefined;
}

function sizeOf(header: Uint8Array, extended: ReadonlyMap<string, string>): number | undefined {
  const said = extended.get('size');
  if (said === undefined) return octal(header, 124, 12);
  const size = /^\d{1,15}$/.test(said) ? Number(said) : Number.NaN;
  return Number.isSafeInteger(size) ? size : undefined;
}

/** `LENGTH KEY=VALUE\n`, the length counting itself. */
function paxRecords(bytes: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  let at = 0;
  while (at < bytes.length && records.size < 1000) {
    const space = bytes.indexOf(0x20, at);
    const length = space === -1 ? Number.NaN : Number(new TextDecoder().decode(bytes.subarray(at, space)));
    if (!Number.isSafeInteger(length) || length <= space - at + 1 || at + length > bytes.length) break;
    const record = new TextDecoder().decode(bytes.subarray(space + 1, at + length - 1));
    const equals = record.indexOf('=');
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}
