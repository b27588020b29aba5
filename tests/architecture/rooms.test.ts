import { describe, expect, it } from 'vitest';
import { compileIn, filesOf } from './compile.ts';

/** One file, compiled in every room; a room differs in what it refuses. */
const planted: [kind: 'node' | 'dom' | 'clean' | 'strict', line: string, code?: string][] = [
  ['node', `import 'node:fs';`],
  ['node', 'export const pid = process.pid;'],
  ['node', 'export const bytes = Buffer.alloc(1);'],
  ['dom', 'export const title = document.title;'],
  ['dom', 'export const list: HTMLElement[] = [];'],
  ['dom', 'export const here = window.location;'],
  ['clean', `import { z } from 'zod';`],
  ['clean', 'export const n = z.int().parse(1);'],
  // What Node cannot strip, and what the compiler must not let pass.
  ['strict', 'enum Level { low }', 'TS1294'],
  ['strict', 'export const first: string = [Level.low][0];', 'TS2322'],
  ['strict', 'export const second: string = (["a"] as string[])[0];', 'TS2322'],
  ['strict', 'export function third(value) { return value; }', 'TS7006'],
];
const kindAt = (line: string) => planted[Number(line) - 1]?.[0];

/** The first wall: what does not exist in a room's types does not compile there. */
describe('the types of each room', () => {
  it.each([
    ['src-shared', ['node', 'dom']],
    ['src-renderer', ['node']],
    ['src-main', ['dom']],
  ])('%s refuses %s and whatever is not strict', { timeout: 120_000 }, async (room, refused) => {
    const errors = (await compileIn(room, planted.map(([, line]) => line).join('\n'))).map((error) => error.split(' '));
    const wanted = planted.flatMap(([kind], index) => (refused.includes(kind) || kind === 'strict' ? [String(index + 1)] : []));
    expect(errors.map(([line]) => line)).toEqual(wanted);
    for (const [line = '', code] of errors) if (kindAt(line) === 'strict') expect(code).toBe(planted[Number(line) - 1]?.[2]);
  });

  /** A package's declarations can bring Node or the DOM in by the back door, for every file of the room. */
  it.each([
    ['src-shared', /@types\/node\/|\/lib\.dom\.|\/@types\/react/],
    ['src-renderer', /@types\/node\//],
    ['src-main', /\/lib\.dom\./],
  ])('nothing in %s brings in what it must not have', { timeout: 120_000 }, async (room, forbidden) => {
    const files = await filesOf(room);
    expect(files.filter((file) => file.includes(`/${room}/`)).length).toBeGreaterThan(10);
    expect(files.filter((file) => forbidden.test(file))).toEqual([]);
  });
});
