import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
let plants = 0;

/**
 * Compiles `text` as if it were a file of `room`, and answers with what the compiler says about it:
 * line (from 1) and code of each error, as `3 TS2591`.
 */
export async function compileIn(room: string, text: string): Promise<string[]> {
  const folder = `.cache/planted-types-${process.pid}-${plants++}`;
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, folder, 'planted.ts'), `${text}\n`);
  writeFileSync(
    join(root, folder, 'tsconfig.json'),
    JSON.stringify({
      extends: `../../${room}/tsconfig.json`,
      include: [`../../${room}/**/*.d.ts`, 'planted.ts'],
    }),
  );
  try {
    const output = await run(['-p', folder, '--pretty', 'false']);
    if (/error TS(?:5\d{3}|18003)/.test(output)) throw new Error(output);
    return [...output.matchAll(/planted\.ts\((\d+),\d+\): error (TS\d+)/g)].map(([, line, code]) => `${line} ${code}`);
  } finally {
    rmSync(join(root, folder), { recursive: true, force: true });
  }
}

/** Every file that is in a room's program, libraries and declarations of packages included. */
export async function filesOf(room: string): Promise<string[]> {
  return (await run(['-p', room, '--listFilesOnly'])).split('\n').map((line) => line.trim().replaceAll('\\', '/'));
}

function run(args: string[]): Promise<string> {
  return new Promise((resolve, reject) =>
    execFile(process.execPath, [tsc, ...args], { cwd: root, maxBuffer: 1 << 26 }, (error, stdout) => {
      // The compiler exits with 1 or 2 where it finds errors; anything else means that it did not run.
      if (error && error.code !== 1 && error.code !== 2) reject(error);
      else resolve(stdout);
    }),
  );
}
