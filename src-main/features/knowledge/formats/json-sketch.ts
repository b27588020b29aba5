/** What the beginning of a JSON file shows, cut off wherever it is. */
export interface JsonSketch {
  readonly root: 'object' | 'array' | 'other';
  /** Paths of the members seen, such as `Event.Attribute[].type`, down to five levels. */
  readonly paths: ReadonlySet<string>;
  /** The first text found at a path. */
  text(path: string): string | undefined;
}

const deepest = 5;
const mostPaths = 5000;
const space = /[\s\ufeff]*/y;
const word = /[^\s,{}[\]":]*/y;

/** Never throws: where the text is no JSON, it stops and gives what was seen. Linear in the text. */
export function sketchJson(text: string): JsonSketch {
  const paths = new Set<string>();
  const texts = new Map<string, string>();
  const open: { path: string; array: boolean }[] = [];
  let at = skip(space, text, 0);
  const root = text[at] === '{' ? 'object' : text[at] === '[' ? 'array' : 'other';
  const sketch = { root, paths, text: (path: string) => texts.get(path) } as const;
  if (root === 'other') return sketch;
  let path = '';
  while (at < text.length && paths.size < mostPaths) {
    at = skip(space, text, at);
    const symbol = text[at];
    const inside = open.at(-1);
    if (symbol === '{' || symbol === '[') {
      open.push({ path: inside?.array ? `${inside.path}[]` : path, array: symbol === '[' });
      at++;
    } else if (symbol === '}' || symbol === ']') {
      if (!inside || inside.array !== (symbol === ']')) return sketch;
      open.pop();
      if (open.length === 0) return sketch;
      at++;
    } else if (symbol === ',' && inside) {
      at++;
    } else if (symbol === '"' && inside) {
      const end = endOfString(text, at + 1);
      if (end === -1) return sketch;
      const value = text.slice(at + 1, end);
      at = skip(space, text, end + 1);
      if (inside.array || text[at] !== ':') {
        const here = inside.array ? `${inside.path}[]` : path;
        if (open.length <= deepest && !texts.has(here)) texts.set(here, value.slice(0, 200));
      } else {
        path = inside.path === '' ? value.slice(0, 200) : `${inside.path}.${value.slice(0, 200)}`;
        if (open.length <= deepest) paths.add(path);
        at++;
      }
    } else {
      const end = skip(word, text, at);
      if (end === at) return sketch;
      at = end;
    }
  }
  return sketch;
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  pattern.test(text);
  return Math.max(from, pattern.lastIndex);
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at;
  }
  return -1;
}
