/** A text with what makes addresses harmless taken off, and where each of its letters stood. */
export interface Refanged {
  readonly plain: string;
  /** For each UTF-16 unit of `plain`, and once past its end: where it began in the text as given. */
  readonly at: Uint32Array;
  /** One where the unit stands for a mark of defanging, or lies in a word that was defanged. */
  readonly changed: Uint8Array;
}

/*
 * What stands for what. Each form is of fixed length up to a few spaces, so that no text makes the
 * expression look back. Zero-width and direction characters go: they serve only to deceive the reader.
 */
const marks: readonly (readonly [source: string, becomes: string])[] = [
  ['(?<![a-z0-9])h(?:xx|\\*\\*|__|tt)p(?:\\[s\\]|\\(s\\)|s)?(?= ?(?:\\[:\\]|\\[:|\\(:\\)|:|\\[:\\/\\/\\])| ?:\\/\\/)', 'scheme'],
  ['(?<![a-z0-9])(?:fxp|f\\*p)(?=:\\/\\/|\\[:)', 'ftp'],
  ['(?<![a-z0-9])meow(?=:\\/\\/)', 'http'],
  ['\\[:\\/\\/\\]|\\(:\\/\\/\\)', '://'],
  ['\\[:\\]|\\(:\\)|\\{:\\}', ':'],
  ['\\[\\/\\]|\\(\\/\\)', '/'],
  [' ?(?:\\[ ?(?:\\.|dot|d0t|punto|punkt) ?\\]|\\( ?(?:\\.|dot|d0t|punto|punkt) ?\\)|\\{ ?(?:\\.|dot|d0t|punto|punkt) ?\\}|<\\.>) ?', '.'],
  [' ?(?:\\[ ?(?:@|at) ?\\]|\\( ?(?:@|at) ?\\)|\\{ ?(?:@|at) ?\\}|<at>) ?', '@'],
  ['(?<=[a-z0-9])(?:\\[\\.|\\.\\])(?=[a-z0-9])', '.'],
  ['(?<=[a-z0-9])\\\\\\.(?=[a-z0-9])', '.'],
  ['[\\u3002\\uff0e\\uff61]', '.'],
  ['[\\u00ad\\u034f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\ufeff]', ''],
];
const anyMark = new RegExp(marks.map(([source]) => `(${source})`).join('|'), 'gi');

/** `evil[.]example` becomes `evil.example`, `hxxps` becomes `https`. Linear in the length of the text. */
export function refang(text: string): Refanged {
  const pieces: string[] = [];
  const at = new Uint32Array(text.length + 1);
  const changed = new Uint8Array(text.length + 1);
  let length = 0;
  let from = 0;
  const keep = (to: number) => {
    pieces.push(text.slice(from, to));
    for (let unit = from; unit < to; unit++) at[length++] = unit;
  };
  for (const match of text.matchAll(anyMark)) {
    const form = match.slice(1).findIndex((group) => group !== undefined);
    const becomes = marks[form]?.[1] ?? '';
    const written = becomes === 'scheme' ? (/s/i.test(match[0].slice(4)) ? 'https' : 'http') : becomes;
    if (written === match[0].toLowerCase()) continue;
    keep(match.index);
    for (let unit = 0; unit < written.length; unit++) {
      changed[length] = 1;
      at[length++] = match.index;
    }
    pieces.push(written);
    from = match.index + match[0].length;
  }
  keep(text.length);
  at[length] = text.length;
  return { plain: pieces.join(''), at: at.subarray(0, length + 1), changed: changed.subarray(0, length + 1) };
}
