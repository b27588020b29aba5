import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { ContractError } from '#shared/transport/errors.ts';
import type { Source } from '../format.ts';

const MiB = 1024 * 1024;
/** `ratio`: real sheets reach about 30; past `free` bytes more is a bomb. */
export const packageLimits = { packed: 256 * MiB, unpacked: 2048 * MiB, entries: 10_000, ratio: 200, free: 64 * MiB } as const;

/** The parts of a workbook, each read as a stream as often as asked. */
export interface Package {
  has(name: string): boolean;
  /** A part as a source of its own. Throws where it is damaged or unpacks past the bounds. */
  part(name: string): Source;
  close(): void;
}

/** Opens the zip that a workbook is. Names are looked up, never written anywhere. */
export async function openPackage(source: Source, signal: AbortSignal): Promise<Package> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source.bytes()) {
    if (signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
    size += piece.length;
    if (size > packageLimits.packed)
      throw new ContractError('too_large', `“${source.name}” is larger than 256 MiB. Save its sheets as CSV and import those.`);
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  if (bytes.length > 8 && bytes.readUInt32BE(0) === 0xd0cf11e0)
    throw new ContractError(
      'invalid_input',
      `“${source.name}” is protected by a password, or a workbook of the old kind (.xls). Save it as .xlsx without a password.`,
    );
  const damaged = (cause: unknown) =>
    new ContractError('invalid_input', `“${source.name}” is no workbook that can be read: its zip is damaged.`, { cause });
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    yauzl.fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true }, (error, opened) =>
      error ? reject(damaged(error)) : resolve(opened),
    ),
  );
  const entries = new Map<string, Entry>();
  let declared = 0;
  await new Promise<void>((resolve, reject) => {
    zip.on('error', (error) => reject(damaged(error)));
    zip.on('end', resolve);
    zip.on('entry', (entry) => {
      if (entries.size >= packageLimits.entries)
        return reject(
          new ContractError('too_large', `“${source.name}” holds more than ${packageLimits.entries.toLocaleString('en-US')} parts.`),
        );
      declared += entry.uncompressedSize;
      if (declared > Math.max(packageLimits.free, bytes.length * packageLimits.ratio)) return reject(bomb(source));
      if (!entries.has(entry.fileName.toLowerCase())) entries.set(entry.fileName.toLowerCase(), entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
  const bytesOf = async function* (name: string): AsyncIterable<Uint8Array> {
    const entry = entries.get(name.toLowerCase());
    if (!entry) throw new ContractError('invalid_input', `“${source.name}” lacks a part that every workbook has (${name.slice(0, 100)}).`);
    if (entry.isEncrypted()) throw new ContractError('invalid_input', `“${source.name}” is encrypted. Save it without a password.`);
    let total = 0;
    const packed = Math.max(1, entry.compressedSize);
    try {
      const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
        zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened))),
      );
      for await (const piece of stream as AsyncIterable<Uint8Array>) {
        if (signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
        total += piece.length;
        if (total > packageLimits.unpacked || (total > packageLimits.free && total > packed * packageLimits.ratio)) throw bomb(source);
        yield piece;
      }
    } catch (error) {
      if (error instanceof ContractError) throw error;
      throw damaged(error);
    }
  };
  return {
    has: (name) => entries.has(name.toLowerCase()),
    part: (name) => ({ name: `${source.name}, ${name}`, bytes: () => bytesOf(name) }),
    close: () => zip.close(),
  };
}

function bomb({ name }: Source): ContractError {
  return new ContractError('too_large', `“${name}” unpacks to many times its size, as no real workbook does; not read.`);
}
