import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { leastSize, readWindowState, writeWindowState } from './window-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'window-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'profile', 'window.json');
const screen = { x: 0, y: 0, width: 1920, height: 1080 };

it('comes back as it was left', () => {
  const state = { box: { x: 100, y: 80, width: 1200, height: 800 }, maximized: true, fullScreen: false };
  writeWindowState(file, state);
  expect(readWindowState(file, [screen])).toEqual(state);
  expect(readdirSync(join(folder, 'profile'))).toEqual(['window.json']);
});

it('comes back on a screen where its own is gone, or hides its title', () => {
  for (const box of [
    { x: 2500, y: 80, width: 1200, height: 800 },
    { x: 100, y: -50, width: 1200, height: 800 },
    { x: 1850, y: 80, width: 1200, height: 800 },
    { x: 100, y: 1000, width: 1200, height: 800 },
  ]) {
    writeWindowState(file, { box, maximized: false, fullScreen: false });
    expect(readWindowState(file, [screen])).toEqual({ maximized: false, fullScreen: false });
    expect(readWindowState(file, [screen, { x: -100, y: -100, width: 4000, height: 2000 }]).box).toEqual(box);
  }
});

it('takes any file for what it is worth', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.string(),
        fc
          .record({ box: fc.record({ x: fc.anything(), y: fc.integer(), width: fc.integer(), height: fc.integer() }) })
          .map((one) => JSON.stringify(one)),
      ),
      (text) => {
        writeFileSync(file, text ?? '');
        const { box, maximized, fullScreen } = readWindowState(file, [screen]);
        expect([typeof maximized, typeof fullScreen]).toEqual(['boolean', 'boolean']);
        if (box) {
          expect(box.width).toBeGreaterThanOrEqual(leastSize.width);
          expect(box.y).toBeGreaterThanOrEqual(0);
        }
      },
    ),
    { numRuns: 300 },
  );
  rmSync(file);
  expect(readWindowState(file, [screen])).toEqual({ maximized: false, fullScreen: false });
});
