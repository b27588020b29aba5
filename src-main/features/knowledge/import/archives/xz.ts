import { ReadableStream } from 'node:stream/web';

/** The .xz file format 1.1.0, section 2.1.1.1. */
const magic = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];

export function startsLikeXz(first: Uint8Array): boolean {
  return first.length >= magic.length && magic.every((byte, index) => first[index] === byte);
}

/** Unpacks .xz piece by piece. Throws where the stream is damaged or cut; knows no bounds, its caller counts. */
export async function* unpackXz(raw: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // Loaded with the first .xz: it brings WebAssembly that most runs never need.
  const { default: xz } = await import('xz-decompress');
  // Not Readable.toWeb: left early, it may still be given a piece, and its throw then ends the process.
  const packed = ReadableStream.from(raw) as unknown as globalThis.ReadableStream<Uint8Array>;
  const unpacked = new xz.XzReadableStream(packed) as unknown as ReadableStream<Uint8Array>;
  const reader = unpacked.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Leaving early must let go of the file behind it; a stream that failed has done so already.
    await reader.cancel().catch(() => undefined);
  }
}
