const HYPHEN = 0x2d;

/** What may stand at a place of a UUID: 1 a hexadecimal digit of either case, 2 a hyphen. */
const kinds = new Uint8Array(128);
for (const digit of '0123456789abcdefABCDEF') kinds[digit.charCodeAt(0)] = 1;
kinds[HYPHEN] = 2;
const layout = Uint8Array.from('xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx', (place) => (place === '-' ? 2 : 1));

/**
 * Version of an RFC 4122 UUID in its 36-character form starting at `from`, 1 to 5; 0 where it is none.
 * Written out because every reference of every object passes here.
 */
export function uuidVersion(text: string, from = 0): number {
  if (text.length !== from + 36) return 0;
  for (let index = 0; index < 36; index++) if (kinds[text.charCodeAt(from + index)] !== layout[index]) return 0;
  const version = text.charCodeAt(from + 14) - 0x30;
  const variant = text.charCodeAt(from + 19) | 0x20;
  if (version < 1 || version > 5) return 0;
  return variant === 0x38 || variant === 0x39 || variant === 0x61 || variant === 0x62 ? version : 0;
}

/** The type before `--`; empty where the text is no STIX identifier (2.1, section 2.9: `type--UUID`, RFC 4122). */
export function typeOfIdentifier(text: string): string {
  const split = text.length - 38;
  if (split < 1 || text.charCodeAt(split) !== HYPHEN || text.charCodeAt(split + 1) !== HYPHEN) return '';
  if (uuidVersion(text, split + 2) === 0) return '';
  const type = text.slice(0, split);
  return seen.has(type) || isNewTypeName(type) ? type : '';
}

/** Names of types found good before: a file has few types and many references to them. Bounded. */
const seen = new Set<string>();

function isNewTypeName(type: string): boolean {
  if (!isTypeName(type)) return false;
  if (seen.size < 1000) seen.add(type);
  return true;
}

/**
 * Names of object types (2.1, sections 3.1 and 11.2): 3 to 250 of a-z, 0-9 and hyphen, a letter
 * first, no two hyphens together.
 */
export function isTypeName(text: string): boolean {
  if (text.length < 3 || text.length > 250) return false;
  let before = HYPHEN;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const letter = code >= 0x61 && code <= 0x7a;
    if (index === 0 && !letter) return false;
    if (code === HYPHEN ? before === HYPHEN : !letter && !(code >= 0x30 && code <= 0x39)) return false;
    before = code;
  }
  return true;
}

/** Names of properties (2.1, sections 3.1 and 11.1): 3 to 250 of a-z, 0-9 and underscore, a letter first; `id` alone is shorter. */
export function isPropertyName(text: string): boolean {
  if (text === 'id') return true;
  if (text.length < 3 || text.length > 250) return false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const letter = code >= 0x61 && code <= 0x7a;
    if (index === 0 ? !letter : !letter && code !== 0x5f && !(code >= 0x30 && code <= 0x39)) return false;
  }
  return true;
}
