import { statSync } from 'node:fs';
import { arrived } from '#main/platform/database/readers/run-read.ts';
import type { Log, SideProcess } from '#main/platform/host.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { CheckOutcome, CopyAnswer, CopyOutcome, CopyTask } from './messages.ts';

export interface TaskTerms {
  readonly signal?: AbortSignal | undefined;
  /** Bytes of the target so far. */
  readonly progress?: ((bytes: number) => void) | undefined;
}

/** Copies and checks databases in processes of their own, so that no edit waits and a crash of the driver harms nothing. */
export interface Copier {
  copy(from: { path: string; key: Uint8Array }, target: string, terms?: TaskTerms): Promise<CopyOutcome>;
  /** Opens a database, reads every page, recomputes its chain and counts. Throws `damaged`, `wrong_passphrase`. */
  check(of: { path: string; key: Uint8Array }, terms?: TaskTerms & { newest?: number }): Promise<CheckOutcome>;
  rekey(of: { path: string; key: Uint8Array }, next: Uint8Array, terms?: TaskTerms): Promise<void>;
}

const TELL_EVERY_MS = 250;

export function createCopier({ spawn, log }: { spawn: () => SideProcess; log: Log }): Copier {
  const run = <T>(task: CopyTask, { signal, progress }: TaskTerms, target?: string): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled());
      const child = spawn();
      let answered = false;
      const kill = () => void child.kill('SIGKILL');
      process.on('exit', kill);
      const watch = target && progress ? setInterval(() => progress(sizeOf(target)), TELL_EVERY_MS) : undefined;
      const end = (settle: () => void) => {
        if (answered) return;
        answered = true;
        clearInterval(watch);
        process.off('exit', kill);
        signal?.removeEventListener('abort', abort);
        settle();
      };
      // Answered when the process has gone, so that its files are nobody's by then.
      const abort = () => kill();
      let answer: CopyAnswer | undefined;
      child.on('message', (given) => {
        answer = given as CopyAnswer;
      });
      child.on('exit', () =>
        end(() => {
          if (answer?.kind === 'done') return resolve(answer.outcome as T);
          if (answer?.error.detail) log.error(`the ${task.kind} of a database failed`, answer.error.detail);
          reject(answer ? arrived(answer.error) : signal?.aborted ? cancelled() : died());
        }),
      );
      child.on('error', () => {
        if (child.pid === undefined) end(() => reject(died()));
      });
      signal?.addEventListener('abort', abort, { once: true });
      child.send(task, () => undefined);
    });

  return {
    copy: ({ path, key }, target, terms = {}) => run<CopyOutcome>({ kind: 'copy', path, key, target }, terms, target),
    check: ({ path, key }, { newest = 0, ...terms } = {}) => run<CheckOutcome>({ kind: 'check', path, key, newest }, terms),
    rekey: ({ path, key }, next, terms = {}) => run<void>({ kind: 'rekey', path, key, next }, terms),
  };
}

export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

const cancelled = () => new ContractError('cancelled', 'Cancelled; nothing was changed.');
const died = () =>
  new ContractError('unavailable', 'The process that copies the workspace ended before it was done; nothing was changed. Try again.');
