/** A piece of two texts laid over each other. */
export interface DiffPiece {
  readonly state: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Cells of the table of common words that are worth their time; longer texts are shown as whole pieces. */
const mostCells = 4_000_000;

/** Two texts word by word: the longest common run of words stays, the rest went or came. Spaces belong to the word before them. */
export function wordDiff(before: string, after: string): DiffPiece[] {
  const [a, b] = [wordsOf(before), wordsOf(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const middle = between(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return joined([
    { state: 'same', text: a.slice(0, start).join('') },
    ...middle,
    { state: 'same', text: a.slice(a.length - end).join('') },
  ]);
}

const wordsOf = (text: string): string[] => text.match(/\s*\S+\s*$|\S+\s*|\s+/g) ?? [];

function between(a: readonly string[], b: readonly string[]): DiffPiece[] {
  const whole: DiffPiece[] = [
    { state: 'removed', text: a.join('') },
    { state: 'added', text: b.join('') },
  ];
  if (a.length === 0 || b.length === 0 || (a.length + 1) * (b.length + 1) > mostCells) return whole;
  // length[i][j]: words in common of a from i and b from j.
  const width = b.length + 1;
  const length = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => length[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      length[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const pieces: DiffPiece[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pieces.push({ state: 'same', text: a[i] ?? '' });
      i++;
      j++;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) pieces.push({ state: 'removed', text: a[i++] ?? '' });
    else pieces.push({ state: 'added', text: b[j++] ?? '' });
  }
  return pieces;
}

/** Neighbours of one state as one piece; empty ones left out. */
function joined(pieces: readonly DiffPiece[]): DiffPiece[] {
  const result: DiffPiece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (piece.text === '') continue;
    if (last?.state === piece.state) result[result.length - 1] = { state: last.state, text: last.text + piece.text };
    else result.push(piece);
  }
  return result;
}
