const accents: Readonly<Record<string, string>> = {
  a: 'á',
  e: 'é',
  i: 'í',
  o: 'ó',
  u: 'ú',
  A: 'Á',
  E: 'É',
  I: 'Í',
  O: 'Ó',
  U: 'Ú',
  n: 'ñ',
  c: 'ç',
};

/**
 * A made-up language for tests: brackets show where a text begins and ends, accents that it came
 * from the catalogue, and the added length what breaks when a language needs more room. ICU
 * arguments in braces stay as they are.
 */
export function pseudo<K extends string>(catalogue: Readonly<Record<K, string>>): Record<K, string> {
  const made: Partial<Record<K, string>> = {};
  for (const key of Object.keys(catalogue) as K[])
    made[key] = `⟦${accented(catalogue[key])}${'~'.repeat(Math.ceil(catalogue[key].length / 8))}⟧`;
  return made as Record<K, string>;
}

function accented(message: string): string {
  // Inside an argument words are syntax ("plural", "other"), but for the innermost texts of its cases.
  let depth = 0;
  let out = '';
  for (const letter of message) {
    if (letter === '{') depth++;
    out += depth === 0 ? (accents[letter] ?? letter) : letter;
    if (letter === '}') depth--;
  }
  return out;
}
