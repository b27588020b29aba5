import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { helpOfAll } from '#main/cli/help.ts';
import { commands } from '#main/cli/run.ts';

export const helpFile = join(import.meta.dirname, '../src-main/cli/help-text.ts');

/** src-main/cli/help-text.ts: what `redoubt --help` prints, a line each. */
export function helpSource(): string {
  const quoted = (line: string) => (line.includes("'") ? JSON.stringify(line) : `'${line.replaceAll('\\', '\\\\')}'`);
  const lines = helpOfAll(commands)
    .split('\n')
    .map((line) => `  ${quoted(line)},`);
  return [
    '/** What `redoubt --help` prints, so that it need not load the contract. Made by `npm run docs:contract`; a test keeps the two equal. */',
    'export const helpText = [',
    ...lines,
    "].join('\\n');",
    '',
  ].join('\n');
}

if (import.meta.main) {
  writeFileSync(helpFile, helpSource());
  console.log('src-main/cli/help-text.ts written');
}
