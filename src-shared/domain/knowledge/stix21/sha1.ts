import { sha1, utf8 } from '../uuid.ts';

/** UUID of `version` 5 (RFC 4122, section 4.3) in a namespace given as 32 hexadecimal digits; 4 only where a name must look random. */
export function namedUuid(namespace: string, name: string, version: 4 | 5 = 5): string {
  const bytes = utf8(name);
  const message = new Uint8Array(16 + bytes.length);
  for (let index = 0; index < 16; index++) message[index] = Number.parseInt(namespace.slice(index * 2, index * 2 + 2), 16);
  message.set(bytes, 16);
  const digest = sha1(message);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | (version << 4);
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const text = Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}
