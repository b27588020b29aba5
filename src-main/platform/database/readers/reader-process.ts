import type { SideProcess } from '#main/platform/host.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { CrossedError, FromReader, ToReader } from './messages.ts';

/** One child process: opening, then idle or answering exactly one read. */
export interface ReaderProcess {
  readonly state: 'opening' | 'idle' | 'answering' | 'ended';
  readonly pid: number | undefined;
  send(id: number, name: string, params: unknown): void;
  /** SIGKILL: ends it in the middle of a statement. */
  kill(): void;
  /** Settles when the system has taken the process back. */
  readonly ended: Promise<void>;
}

interface Terms {
  readonly spawn: () => SideProcess;
  readonly path: string;
  readonly key: Uint8Array;
  readonly openWithinMs: number;
  readonly onReady: (reader: ReaderProcess) => void;
  readonly onAnswer: (reader: ReaderProcess, id: number, outcome: { value: unknown } | { error: CrossedError }) => void;
  /** Told once, however it ended; `refused` is why it could not open the database. */
  readonly onEnd: (reader: ReaderProcess, refused: CrossedError | undefined) => void;
}

/** Starts a reader and has it open the database. Throws what `spawn` throws. */
export function startReader(terms: Terms): ReaderProcess {
  const child = terms.spawn();
  let state: ReaderProcess['state'] = 'opening';
  let refused: CrossedError | undefined;
  let tellEnded: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    tellEnded = resolve;
  });
  const kill = () => void child.kill('SIGKILL');
  const slow = setTimeout(kill, terms.openWithinMs);

  const reader: ReaderProcess = {
    get state() {
      return state;
    },
    get pid() {
      return child.pid;
    },
    ended,
    kill,
    send(id, name, params) {
      if (state !== 'idle') throw new Error(`a reader that is ${state} was given a read`);
      post({ kind: 'read', id, name, params });
      state = 'answering';
    },
  };
  // Throws where the message cannot be cloned; a broken pipe shows as the end of the process.
  const post = (message: ToReader) => void child.send(message, () => undefined);
  const end = () => {
    if (state === 'ended') return;
    state = 'ended';
    clearTimeout(slow);
    tellEnded();
    terms.onEnd(reader, refused);
  };

  child.on('message', (given) => {
    if (state === 'ended') return;
    const message = given as FromReader;
    if (message.kind === 'ready') {
      state = 'idle';
      clearTimeout(slow);
      terms.onReady(reader);
    } else if (message.kind === 'refused') {
      refused = message.error;
      kill();
    } else if (state === 'answering') {
      state = 'idle';
      terms.onAnswer(reader, message.id, message.kind === 'answer' ? { value: message.value } : { error: message.error });
    }
  });
  child.on('exit', end);
  // Also told where the process could not be started or killed; without a pid there is no exit to wait for.
  child.on('error', () => {
    if (child.pid === undefined) end();
  });
  post({ kind: 'open', path: terms.path, key: terms.key });
  return reader;
}

export function endedTwice(name: string): ContractError {
  return new ContractError(
    'unavailable',
    `The process that reads the workspace ended twice while answering “${name}”; nothing was changed. Try again, and restart Redoubt if it happens once more.`,
  );
}
