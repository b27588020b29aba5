/**
 * A rough measure of a passphrase, 0 to 4: length counts most, as NIST SP 800-63B asks, kinds of
 * letters little, and repetition takes away. It is a hint; the engine only asks for eight characters.
 */
export function strength(passphrase: string): 0 | 1 | 2 | 3 | 4 {
  const letters = [...passphrase];
  if (letters.length < 8) return 0;
  const different = new Set(letters.map((letter) => letter.toLowerCase())).size;
  const words = passphrase
    .trim()
    .split(/[\s_.-]+/)
    .filter((word) => word.length > 2).length;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d\s]/].filter((kind) => kind.test(passphrase)).length;
  const effective = Math.min(letters.length, different * 2) + (kinds - 1) + Math.max(0, words - 2) * 2;
  if (/^(?:0123456789|1234567890|abcdefgh|password|qwertyui|passphrase)/i.test(passphrase) && letters.length < 16) return 1;
  if (effective < 11) return 1;
  if (effective < 16) return 2;
  return effective < 22 ? 3 : 4;
}
