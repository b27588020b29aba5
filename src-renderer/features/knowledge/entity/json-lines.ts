export interface JsonToken {
  readonly kind: 'name' | 'text' | 'number' | 'word' | 'sign';
  readonly text: string;
}

/** Longest line drawn as it is; a longer text is cut with its length said, as no one reads it here. */
const longest = 4_000;
const token = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[^"\d\w-]+|./g;

/** One line of indented JSON, cut into pieces of one colour each; joined they are the line. */
export function tokensOf(line: string): JsonToken[] {
  if (line.length > longest) return [{ kind: 'text', text: `${line.slice(0, longest)}… (${line.length})` }];
  return [...line.matchAll(token)].map(([text, colon]): JsonToken => {
    if (text.startsWith('"') && text.length > 1) return { kind: colon === undefined ? 'text' : 'name', text };
    if (/^-?\d/.test(text)) return { kind: 'number', text };
    return { kind: text === 'true' || text === 'false' || text === 'null' ? 'word' : 'sign', text };
  });
}

/** Numbers of the lines that hold the words, small letters and capitals alike. */
export function linesWith(lines: readonly string[], sought: string): number[] {
  const needle = sought.trim().toLowerCase();
  if (needle === '') return [];
  return lines.flatMap((line, index) => (line.toLowerCase().includes(needle) ? [index] : []));
}
