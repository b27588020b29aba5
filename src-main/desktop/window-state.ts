import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Device-independent pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WindowState {
  /** Absent at the first start: the system places the window. */
  readonly box?: Box;
  readonly maximized: boolean;
  readonly fullScreen: boolean;
}

const fresh: WindowState = { maximized: false, fullScreen: false };
export const leastSize = { width: 880, height: 560 };
/** So much of a window must be on a screen for it to be found and moved. */
const leastVisible = 120;

/** The window as it was left; without its place where no screen of now shows enough of it. */
export function readWindowState(file: string, screens: readonly Box[]): WindowState {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return fresh;
  }
  if (given === null || typeof given !== 'object') return fresh;
  const { maximized, fullScreen, box } = given as Record<string, unknown>;
  const state = { maximized: maximized === true, fullScreen: fullScreen === true };
  return isBox(box) && screens.some((screen) => shows(screen, box)) ? { ...state, box: fitted(box) } : state;
}

/** Written whole or not at all; a state that cannot be kept is no reason to disturb anyone. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.draft`, JSON.stringify(state));
    renameSync(`${file}.draft`, file);
  } catch {
    // A full disk or a read-only profile: the window opens at its usual place next time.
  }
}

function isBox(given: unknown): given is Box {
  if (given === null || typeof given !== 'object') return false;
  const { x, y, width, height } = given as Record<string, unknown>;
  return [x, y, width, height].every((one) => typeof one === 'number' && Number.isInteger(one) && Math.abs(one) < 100_000);
}

function shows(screen: Box, box: Box): boolean {
  const across = Math.min(screen.x + screen.width, box.x + box.width) - Math.max(screen.x, box.x);
  const down = Math.min(screen.y + screen.height, box.y + box.height) - Math.max(screen.y, box.y);
  // The title bar is what one grabs, so the top must not lie above the screen.
  return across >= leastVisible && down >= leastVisible && box.y >= screen.y;
}

function fitted(box: Box): Box {
  return { ...box, width: Math.max(leastSize.width, box.width), height: Math.max(leastSize.height, box.height) };
}
