import { createHash, timingSafeEqual } from 'node:crypto';

/** 256 bits as text that fits an address, a header and a subprotocol. */
export function newToken(randomBytes: (length: number) => Uint8Array<ArrayBuffer>): string {
  return Buffer.from(randomBytes(32)).toString('base64url');
}

/** Compares in constant time, whatever the lengths. */
export function sameSecret(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
