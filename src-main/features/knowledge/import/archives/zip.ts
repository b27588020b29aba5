import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import { type OpenSource, reopenable } from '../../formats/source.ts';
import { type Budget, cleanPath, type Member } from './member.ts';

/** Whether the file begins like a zip, an empty one included (APPNOTE 4.3.7, 4.3.16). */
export function startsLikeZip(first: Uint8Array): boolean {
  return first[0] === 0x50 && first[1] === 0x4b && ((first[2] === 3 && first[3] === 4) || (first[2] === 5 && first[3] === 6));
}

const mostDirectory = 8 * 1024 * 1024;

/**
 * Documents that are zips inside (ECMA-376, OpenDocument, EPUB) are files of their own formats, not archives: their
 * directory names `[Content_Types].xml` at its root, or `mimetype` first.
 */
export async function isOfficeFile(source: OpenSource): Promise<boolean> {
  const tail = Buffer.from(await source.end(64 * 1024));
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end === -1 || end + 22 > tail.length) return false;
  const from = tail.readUInt32LE(end + 16);
  const size = Math.min(tail.readUInt32LE(end + 12), mostDirectory);
  const directory = Buffer.concat(await Array.fromAsync(source.raw(from, Math.min(from + size, source.size))));
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50; ) {
    const length = directory.readUInt16LE(at + 28);
    const name = directory.toString('latin1', at + 46, at + 46 + length);
    if (name === '[Content_Types].xml' || (at === 0 && name === 'mimetype')) return true;
    at += 46 + length + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return false;
}

class SourceReader extends yauzl.RandomAccessReader {
  readonly #source: OpenSource;
  readonly #toStream: (bytes: AsyncIterable<Uint8Array>) => Readable;
  constructor(source: OpenSource, toStream: (bytes: AsyncIterable<Uint8Array>) => Readable) {
    super();
    this.#source = source;
    this.#toStream = toStream;
  }
  override _readStreamForRange(start: number, end: number): Readable {
    return this.#toStream(this.#source.raw(start, end));
  }
  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }
}

/**
 * The members of a zip, as its central directory lists them. All entries are looked at before one is read: entries
 * that lie over each other, or a sum that no archive of this size holds, refuse the whole (David Fifield, “A better zip bomb”, 2019).
 */
export async function* zipMembers(source: OpenSource, budget: Budget): AsyncGenerator<Member> {
  const { Readable: NodeReadable } = await import('node:stream');
  const reader = new SourceReader(source, (bytes) => NodeReadable.from(bytes, { objectMode: false }));
  const broken = (cause: unknown) =>
    isContractError(cause)
      ? cause
      : new ContractError('invalid_input', `“${source.name}” is a damaged zip archive: ${reason(cause)}.`, { cause });
  let zip: ZipFile | undefined;
  try {
    const entries: Entry[] = [];
    try {
      zip = await yauzl.fromRandomAccessReaderPromise(reader, source.size, { autoClose: false, decodeStrings: false });
      for await (const entry of zip.eachEntry()) {
        budget.member();
        budget.take(entry.uncompressedSize);
        entries.push(entry);
      }
    } catch (cause) {
      throw broken(cause);
    }
    checkPlaces(source, entries);
    const open = zip;
    for (const entry of entries) {
      const raw = yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
      if (raw.endsWith('/') && entry.uncompressedSize === 0) continue;
      const clean = cleanPath(raw, budget.limits);
      const refused = clean.refused ?? whyNot(entry);
      if (refused !== undefined) yield { ...clean, refused };
      else
        yield { ...clean, open: () => reopenable(clean.path, entry.uncompressedSize, () => entryBytes(open, entry), budget.limits.held) };
    }
  } finally {
    zip?.close();
  }
}

function checkPlaces(source: OpenSource, entries: readonly Entry[]): void {
  const places = entries
    .map((entry) => ({
      start: entry.relativeOffsetOfLocalHeader,
      end: entry.relativeOffsetOfLocalHeader + 30 + entry.fileNameLength + entry.compressedSize,
    }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let before = 0;
  for (const { start, end } of places) {
    if (start < before)
      throw new ContractError('invalid_input', `“${source.name}” has entries that lie over each other, as a zip bomb has; not read.`);
    before = end;
  }
  if (before > source.size)
    throw new ContractError('invalid_input', `“${source.name}” is a damaged zip archive: an entry ends behind its end.`);
}

/** Kinds of files in the upper half of a Unix mode (stat.h), where the entry was made on Unix. */
function whyNot(entry: Entry): string | undefined {
  if (entry.isEncrypted()) return 'it is encrypted; unpack it with its password first';
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    return `it is packed by method ${entry.compressionMethod}, which is not known here; pack it by deflate`;
  const kind = entry.versionMadeBy >> 8 === 3 ? (entry.externalFileAttributes >>> 16) & 0o170000 : 0;
  if (kind === 0o120000) return 'it is a link; links are not followed';
  if (kind !== 0 && kind !== 0o100000 && kind !== 0o040000) return 'it is a device or a pipe, not a file';
  return undefined;
}

async function* entryBytes(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  let stream: Readable | undefined;
  try {
    stream = await zip.openReadStreamPromise(entry);
    let sum = 0;
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      sum = crc32(piece, sum);
      yield piece;
    }
    if (sum !== entry.crc32) throw new Error('its checksum does not fit');
  } catch (cause) {
    if (isContractError(cause)) throw cause;
    throw new ContractError('invalid_input', `It is damaged in the archive: ${reason(cause)}.`, { cause });
  } finally {
    stream?.destroy();
  }
}

function reason(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : 'it cannot be read';
  return (text.split('\n', 1)[0] ?? '').slice(0, 200).replace(/[.\s]+$/, '');
}
