/** How the text of a file is written. Names as TextDecoder takes them. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/**
 * By byte order mark, else by the zero bytes that UTF-16 leaves in Latin text, else UTF-8 where the bytes
 * are that, else windows-1252 (the superset of Latin-1 that spreadsheets write). `complete`: whether the
 * bytes are the whole file; otherwise a cut sequence at the end is no fault.
 */
export function detectEncoding(bytes: Uint8Array, complete: boolean): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  return zeroPattern(bytes) ?? (isUtf8(bytes, complete) ? 'utf-8' : 'windows-1252');
}

function zeroPattern(bytes: Uint8Array): Encoding | undefined {
  const length = Math.min(bytes.length, 2048) & ~1;
  if (length < 4) return undefined;
  let [even, odd] = [0, 0];
  for (let index = 0; index < length; index += 2) {
    if (bytes[index] === 0) even++;
    if (bytes[index + 1] === 0) odd++;
  }
  const most = length * 0.4;
  if (odd > most && even === 0) return 'utf-16le';
  if (even > most && odd === 0) return 'utf-16be';
  return undefined;
}

function isUtf8(bytes: Uint8Array, complete: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !complete });
    return true;
  } catch {
    return false;
  }
}

/** The text without its byte order mark; a sequence cut at the end of an incomplete piece is dropped. */
export function decodeText(bytes: Uint8Array, encoding: Encoding, complete: boolean): string {
  return new TextDecoder(encoding).decode(bytes, { stream: !complete });
}

/** Streams text; the encoding is judged from all bytes before (a late non-UTF-8 byte makes it windows-1252). */
export async function encodingOf(bytes: AsyncIterable<Uint8Array>): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let first = true;
  try {
    for await (const piece of bytes) {
      if (first) {
        first = false;
        const guess = detectEncoding(piece, false);
        if (guess !== 'utf-8') return guess;
      }
      decoder.decode(piece, { stream: true });
    }
    decoder.decode();
    return 'utf-8';
  } catch (error) {
    if (error instanceof TypeError) return 'windows-1252';
    throw error;
  }
}

/** Decodes piece by piece; never throws on a bad byte. */
export async function* decodePieces(bytes: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncIterable<string> {
  const decoder = new TextDecoder(encoding);
  for await (const piece of bytes) {
    const text = decoder.decode(piece, { stream: true });
    if (text) yield text;
  }
  const rest = decoder.decode();
  if (rest) yield rest;
}
