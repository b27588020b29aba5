import { uuidVersion } from './stix21/identifiers.ts';

/** Whether the text is an RFC 4122 UUID, version 1 to 5, in either case: what may stand in a STIX identifier (2.1, section 2.9). */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuidVersion(value) > 0;
}

/** UTF-8 bytes of a text; a lone surrogate becomes U+FFFD, as in the WHATWG encoder. */
export function utf8(text: string): Uint8Array {
  const end = text.length;
  const plain = new Uint8Array(end);
  for (let index = 0; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0x80) return beyondAscii(text);
    plain[index] = code;
  }
  return plain;
}

function beyondAscii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    let code = text.charCodeAt(index);
    if (code >= 0xd800 && code <= 0xdfff) {
      const next = text.charCodeAt(index + 1);
      if (code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
        index++;
      } else {
        code = 0xfffd;
      }
    }
    if (code < 0x80) {
      bytes[length++] = code;
      continue;
    }
    const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    bytes[length++] = ((0xff00 >> (more + 1)) & 0xff) | (code >> (more * 6));
    for (let left = more - 1; left >= 0; left--) bytes[length++] = 0x80 | ((code >> (left * 6)) & 0x3f);
  }
  return bytes.subarray(0, length);
}

const rotate = (value: number, by: number) => (value << by) | (value >>> (32 - by));
const words = new Int32Array(80);

/** SHA-1 (FIPS 180-4), 20 bytes. Only for UUID version 5, which prescribes it; never for security. */
export function sha1(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(padded.length - 4, bytes.length << 3);
  const state = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  for (let start = 0; start < padded.length; start += 64) {
    for (let index = 0; index < 16; index++) words[index] = view.getInt32(start + index * 4);
    block(state);
  }
  const digest = new Uint8Array(20);
  const out = new DataView(digest.buffer);
  for (let index = 0; index < 5; index++) out.setInt32(index * 4, state[index] as number);
  return digest;
}

/** One block of 64 bytes, which stand in the first 16 words; a loop for each of the four round functions. */
function block(state: Int32Array): void {
  for (let index = 16; index < 80; index++) {
    words[index] = rotate(
      (words[index - 3] as number) ^ (words[index - 8] as number) ^ (words[index - 14] as number) ^ (words[index - 16] as number),
      1,
    );
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  for (let index = 0; index < 80; index++) {
    let mixed: number;
    if (index < 20) mixed = ((b & c) | (~b & d)) + 0x5a827999;
    else if (index < 40) mixed = (b ^ c ^ d) + 0x6ed9eba1;
    else if (index < 60) mixed = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    else mixed = (b ^ c ^ d) + 0xca62c1d6;
    const next = (((a << 5) | (a >>> 27)) + mixed + e + (words[index] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const namespaces = new Map<string, Uint8Array>();

function namespaceBytes(namespace: string): Uint8Array {
  const known = namespaces.get(namespace);
  if (known) return known;
  const hex = namespace.replaceAll('-', '');
  const bytes = Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16));
  namespaces.set(namespace, bytes);
  return bytes;
}

/** UUID version 5 (RFC 9562, section 5.5) of a name in a namespace. */
export function uuidV5(namespace: string, name: string): string {
  return named(namespace, name, 5);
}

/** As version 5, but with version 4's mark: STIX (section 2.9) asks for UUIDv4 for all but observables, and an id by name is no worse. */
export function uuidV4Named(namespace: string, name: string): string {
  return named(namespace, name, 4);
}

function named(namespace: string, name: string, version: 4 | 5): string {
  const text = utf8(name);
  const input = new Uint8Array(16 + text.length);
  input.set(namespaceBytes(namespace));
  input.set(text, 16);
  const digest = sha1(input);
  digest[6] = ((digest[6] as number) & 0x0f) | (version << 4);
  digest[8] = ((digest[8] as number) & 0x3f) | 0x80;
  let id = '';
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) id += '-';
    id += hexOf[digest[index] as number] as string;
  }
  return id;
}
