/** Text of imported data for a screen: no control or direction-changing characters, one line. */
export function plain(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '�');
}

/** Several lines of plain text; line ends stay. */
export function plainLines(text: string): string {
  return text.split(/\r?\n/).map(plain).join('\n');
}

/**
 * Columns under headings, aligned. Where a width is given, the widest column is cut until the
 * lines fit. Numbers stand at the right.
 */
export function table(headings: readonly string[], rows: readonly (readonly (string | number | undefined)[])[], width?: number): string {
  const cells = rows.map((row) => row.map((cell) => (cell === undefined ? '' : plain(String(cell)))));
  const widths = headings.map((heading, column) => Math.max(heading.length, ...cells.map((row) => length(row[column] ?? ''))));
  const gaps = 2 * (headings.length - 1);
  while (width !== undefined && sum(widths) + gaps > width) {
    const widest = widths.indexOf(Math.max(...widths));
    const now = widths[widest] ?? 0;
    if (now <= 12) break;
    widths[widest] = Math.max(12, now - (sum(widths) + gaps - width));
  }
  const right = headings.map(
    (_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number' || row[column] === undefined),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const cut = fit(cell, widths[column] ?? 0);
        const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - length(cut)));
        return right[column] ? space + cut : cut + space;
      })
      .join('  ')
      .trimEnd();
  return `${[headings.map((heading) => heading), ...cells].map(line).join('\n')}\n`;
}

/** `1 object`, `2 objects`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

function fit(text: string, width: number): string {
  const signs = [...text];
  return signs.length <= width ? text : `${signs.slice(0, Math.max(0, width - 1)).join('')}…`;
}

function length(text: string): number {
  return [...text].length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
