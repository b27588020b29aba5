import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ContractError } from '#shared/transport/errors.ts';
import { startsLikeXz, unpackXz } from '../import/archives/xz.ts';
import type { Head, Source } from './format.ts';
import { decodeText, detectEncoding } from './text.ts';

export interface SourceLimits {
  /** Most bytes that a file may unpack to. */
  readonly unpacked: number;
  /** Most unpacked bytes for each packed byte, once past `free`: gzip itself reaches 1,032, real files about 50. */
  readonly ratio: number;
  /** Unpacked bytes that are never counted against the ratio. */
  readonly free: number;
}

const MiB = 1024 * 1024;
export const usualLimits: SourceLimits = { unpacked: 4096 * MiB, ratio: 200, free: 64 * MiB };

const headBytes = 64 * 1024;

export interface OpenSource extends Source {
  /** Bytes as they lie on disk, packed or not. */
  readonly size: number;
  readonly packed: boolean;
  /** Whether any part of it can be read without what lies before. */
  readonly isRandom: boolean;
  head(): Promise<Head>;
  /** The first unpacked bytes. */
  start(most: number): Promise<Uint8Array>;
  /** The last bytes as they lie on disk. */
  end(most: number): Promise<Uint8Array>;
  /** Bytes as they lie on disk, from `from` up to and without `to`. */
  raw(from: number, to: number): AsyncIterable<Uint8Array>;
  /** Hex SHA-256 of the raw bytes; reads them once and remembers. */
  sha256(): Promise<string>;
}

/** A file on this machine. Throws `not_found` or `invalid_input` where there is none to read. */
export async function sourceFromPath(path: string, limits: SourceLimits = usualLimits): Promise<OpenSource> {
  const name = basename(path);
  const found = await stat(path).catch((cause: unknown) => {
    throw new ContractError('not_found', `“${name}” cannot be read: ${reasonOf(cause)}.`, { cause });
  });
  if (!found.isFile()) throw new ContractError('invalid_input', `“${name}” is not a file. Choose a single file.`);
  const raw = async function* (from = 0, to = found.size) {
    if (from >= to) return;
    try {
      yield* createReadStream(path, { start: from, end: to - 1, highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>;
    } catch (cause) {
      throw new ContractError('not_found', `“${name}” cannot be read: ${reasonOf(cause)}.`, { cause });
    }
  };
  return open(name, found.size, raw, limits);
}

/** Bytes already in memory, in one piece or several; they must not change afterwards. */
export async function sourceFromBytes(
  name: string,
  bytes: Uint8Array | readonly Uint8Array[],
  limits: SourceLimits = usualLimits,
): Promise<OpenSource> {
  const pieces = bytes instanceof Uint8Array ? [bytes] : bytes;
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const raw = async function* (from = 0, to = size) {
    let at = 0;
    for (const piece of pieces) {
      const part = piece.subarray(Math.max(0, from - at), Math.max(0, to - at));
      at += piece.length;
      if (part.length > 0) yield part;
      if (at >= to) return;
    }
  };
  return open(name, size, raw, limits);
}

/**
 * A member of an archive, whose bytes can be had anew from the start by `again`: held in memory where it is no larger
 * than `held`, so that it is unpacked once. Throws what `again` throws.
 */
export async function reopenable(
  name: string,
  size: number,
  again: () => Bytes,
  held: number,
  limits: SourceLimits = usualLimits,
): Promise<OpenSource> {
  if (size <= held) {
    const pieces: Uint8Array[] = [];
    for await (const piece of again()) pieces.push(piece);
    return sourceFromBytes(name, pieces, limits);
  }
  const raw = async function* (from = 0, to = size) {
    let at = 0;
    for await (const piece of again()) {
      const part = piece.subarray(Math.max(0, from - at), Math.max(0, to - at));
      at += piece.length;
      if (part.length > 0) yield part;
      if (at >= to) return;
    }
  };
  return { ...(await open(name, size, raw, limits)), isRandom: false };
}

type Bytes = AsyncIterable<Uint8Array>;

async function open(name: string, size: number, raw: (from?: number, to?: number) => Bytes, limits: SourceLimits): Promise<OpenSource> {
  const first = await take(raw(0, Math.min(size, 16)), 16);
  const way = startsLikeGzip(first) ? gunzipped : startsLikeXz(first) ? unpackXz : undefined;
  const packed = way !== undefined;
  const bytes = way ? () => unpack(name, raw(), limits, way) : () => bounded(name, raw(), limits);
  let digest: Promise<string> | undefined;
  return {
    name,
    size,
    packed,
    isRandom: true,
    bytes,
    start: (most) => take(bytes(), most),
    end: (most) => take(raw(Math.max(0, size - most), size), most),
    raw,
    head: () => readHead(name, bytes()),
    sha256: () => (digest ??= hashOf(raw())),
  };
}

/** RFC 1952: 1f 8b, then the only method there is, 8. The name has no say. */
function startsLikeGzip(first: Uint8Array): boolean {
  return first.length >= 3 && first[0] === 0x1f && first[1] === 0x8b && first[2] === 8;
}

async function* bounded(name: string, bytes: Bytes, limits: SourceLimits): Bytes {
  let total = 0;
  for await (const piece of bytes) {
    total += piece.length;
    if (total > limits.unpacked) throw tooLarge(name, limits);
    yield piece;
  }
}

async function* unpack(name: string, raw: Bytes, limits: SourceLimits, way: (packed: Bytes) => Bytes): Bytes {
  let packed = 0;
  let total = 0;
  const counted = async function* () {
    for await (const piece of raw) {
      packed += piece.length;
      yield piece;
    }
  };
  try {
    for await (const piece of way(counted())) {
      total += piece.length;
      if (total > limits.unpacked) throw tooLarge(name, limits);
      if (total > limits.free && total > packed * limits.ratio) {
        throw new ContractError(
          'too_large',
          `“${name}” unpacks to more than ${limits.ratio} times its size, as no real data does; not read.`,
        );
      }
      yield piece;
    }
  } catch (cause) {
    if (cause instanceof ContractError) throw cause;
    const kind = way === gunzipped ? 'gzip' : 'xz';
    throw new ContractError('invalid_input', `“${name}” is a damaged ${kind} file: it cannot be unpacked to its end.`, { cause });
  }
}

async function* gunzipped(packed: Bytes): Bytes {
  const input = Readable.from(packed, { objectMode: false, highWaterMark: 64 * 1024 });
  const gunzip = createGunzip({ chunkSize: 128 * 1024 });
  input.on('error', (error) => gunzip.destroy(error));
  input.pipe(gunzip);
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } finally {
    input.destroy();
    gunzip.destroy();
  }
}

function tooLarge(name: string, limits: SourceLimits) {
  const most = limits.unpacked >= MiB ? `${Math.round(limits.unpacked / MiB).toLocaleString('en-US')} MiB` : `${limits.unpacked} bytes`;
  return new ContractError('too_large', `“${name}” holds more than ${most}. Split it and import the parts.`);
}

async function readHead(name: string, bytes: Bytes): Promise<Head> {
  // One byte more tells a file of exactly this size from a longer one.
  const first = await take(bytes, headBytes + 1);
  const complete = first.length <= headBytes;
  const head = complete ? first : first.subarray(0, headBytes);
  return { name, text: decodeText(head, detectEncoding(head, complete), complete), complete };
}

async function take(bytes: Bytes, most: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    pieces.push(piece);
    length += piece.length;
    if (length >= most) break;
  }
  const all = pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces);
  return all.subarray(0, most);
}

async function hashOf(bytes: Bytes): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of bytes) hash.update(piece);
  return hash.digest('hex');
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'you may not read it';
  return 'the system refused it';
}
