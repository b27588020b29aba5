import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Line } from './kill-lines.ts';

/** Where in its life a child is killed: so long after the nth line of a phase. */
export interface Point {
  readonly phase: string;
  readonly line: number;
  readonly afterMs: number;
}

export interface Heard {
  readonly line: Line;
  /** Milliseconds since the start of the process. */
  readonly at: number;
}

/** Runs one life, to its end or to the point. `script` lies beside this file and is told its life as JSON. */
export function live(script: string, life: unknown, point: Point | undefined) {
  const child: ChildProcess = spawn(process.execPath, [fileURLToPath(new URL(`./${script}`, import.meta.url)), JSON.stringify(life)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const began = performance.now();
  const lines: Heard[] = [];
  let stderr = '';
  let killed = false;
  let phase = 'start';
  let inPhase = 0;
  let timer: NodeJS.Timeout | undefined;
  const kill = () => {
    if (child.exitCode === null && child.signalCode === null) killed = child.kill('SIGKILL') || killed;
  };
  const aim = () => {
    if (!point || timer) return;
    if (phase === point.phase && inPhase >= point.line) timer = setTimeout(kill, point.afterMs);
  };
  aim();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    lines.push({ line, at: performance.now() - began });
    if ('phase' in line) {
      // A life that goes through the phase with fewer lines than the measured one is killed at its end.
      if (point && phase === point.phase) kill();
      phase = line.phase;
      inPhase = 0;
    } else inPhase++;
    aim();
  });
  return new Promise<{ lines: Heard[]; killed: boolean; code: number | null; stderr: string }>((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ lines, killed, code, stderr });
    });
  });
}

/** The moment `at` of the measured life, as a place that slower and faster lives have too. */
export function pointAt(lines: readonly Heard[], at: number): Point {
  let point: Point = { phase: 'start', line: 0, afterMs: at };
  let phase = 'start';
  let inPhase = 0;
  for (const heard of lines) {
    if (heard.at > at) break;
    if ('phase' in heard.line) {
      phase = heard.line.phase;
      inPhase = 0;
    } else inPhase++;
    point = { phase, line: inPhase, afterMs: at - heard.at };
  }
  return point;
}
