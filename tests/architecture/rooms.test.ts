import { describe, expect, it } from 'vitest';
import { compileIn } from './compile.ts';

const node = [`import 'node:fs';`, 'export const pid = process.pid;', 'export const bytes = Buffer.alloc(1);'];
const dom = ['export const title = document.title;', 'export const list: HTMLElement[] = [];', 'export const here = window.location;'];
const clean = `import { z } from 'zod';\nexport const n = z.int().parse(1);`;

/** The first wall: what does not exist in a room's types does not compile there. */
describe('the types of each room', () => {
  it('shared has neither Node nor DOM', async () => {
    expect(new Set((await compileIn('src-shared', [...node, ...dom].join('\n'))).map((error) => error.split(' ')[0]))).toEqual(
      new Set(['1', '2', '3', '4', '5', '6']),
    );
    expect(await compileIn('src-shared', clean)).toEqual([]);
  });

  it('the face has the DOM and no Node', async () => {
    expect(new Set((await compileIn('src-renderer', [...node, ...dom].join('\n'))).map((error) => error.split(' ')[0]))).toEqual(
      new Set(['1', '2', '3']),
    );
    expect(await compileIn('src-renderer', clean)).toEqual([]);
  });

  it('the engine has Node and no DOM', async () => {
    expect(new Set((await compileIn('src-main', [...node, ...dom].join('\n'))).map((error) => error.split(' ')[0]))).toEqual(
      new Set(['4', '5', '6']),
    );
    expect(await compileIn('src-main', clean)).toEqual([]);
  });

  it.each(['src-shared', 'src-main', 'src-renderer'])(
    '%s: TypeScript that Node cannot strip, and loose types, do not compile',
    async (room) => {
      const text = [
        'enum Level { low }',
        'export const first: string = [Level.low][0];',
        'export const second: string = (["a"] as string[])[0];',
        'export function third(value) { return value; }',
      ];
      expect(await compileIn(room, text.join('\n'))).toEqual(['1 TS1294', '2 TS2322', '3 TS2322', '4 TS7006']);
    },
  );
});
