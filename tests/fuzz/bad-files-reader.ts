import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Answered, Asked } from './bad-files-child.ts';

/** One file takes less than a tenth of this on a busy machine. */
const HANGS_MS = 90_000;

/**
 * Reads bad files in a process of its own with a bounded heap: what hangs or dies there is named, ends nothing else,
 * and the next question goes to a new process.
 */
export function createBadFilesReader(heapMb: number): { ask: (asked: Asked) => Promise<Answered>; close: () => void } {
  let child: ChildProcess | undefined;
  const begin = () =>
    fork(join(import.meta.dirname, 'bad-files-child.ts'), {
      execArgv: [`--max-old-space-size=${heapMb}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
  return {
    ask: (asked) =>
      new Promise((resolve) => {
        const asking = (child ??= begin());
        let last = 'the beginning';
        let hung = false;
        const dog = () => {
          hung = true;
          asking.kill('SIGKILL');
        };
        let timer = setTimeout(dog, HANGS_MS);
        const listen = (message: { at?: string; outcome?: Answered }) => {
          clearTimeout(timer);
          if (message.at !== undefined) last = message.at;
          if (message.outcome) finish(message.outcome);
          else timer = setTimeout(dog, HANGS_MS);
        };
        const died = (code: number | null) => {
          child = undefined;
          const what = hung ? `hangs for more than ${HANGS_MS / 1000} s` : `the process ended with ${code ?? 'a signal'}`;
          finish({ inputs: 0, refused: 0, faults: [`${last}: ${what}`], peakMb: 0 });
        };
        const finish = (outcome: Answered) => {
          clearTimeout(timer);
          asking.off('message', listen);
          asking.off('exit', died);
          resolve(outcome);
        };
        asking.on('message', listen);
        asking.on('exit', died);
        asking.send(asked);
      }),
    close: () => {
      child?.removeAllListeners('exit');
      child?.kill('SIGKILL');
    },
  };
}
