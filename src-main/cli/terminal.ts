import { readHidden } from './hidden-prompt.ts';

/** All that the command line knows of the world it runs in; tests make their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard output is a screen: only then may it be coloured and cut to width. */
  readonly isScreen: boolean;
  readonly columns: number;
  /** Whether a person sits at standard input and can be asked. */
  readonly canAsk: boolean;
  out(text: string | Uint8Array): Promise<void>;
  err(text: string): void;
  /** Shows or wipes the one line of progress, on standard error and only on a screen. */
  progress(line: string | undefined): void;
  askHidden(question: string): Promise<string>;
  /** Told of Ctrl-C and of a polite request to end. Returns how to stop. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once, for the second Ctrl-C. */
  abandon(code: number): void;
  /** Resolves when all that was written has left. */
  finished(): Promise<void>;
}

/** The real one. A reader that goes away early (`| head`) is no error: the rest is dropped. */
export function terminal(system: NodeJS.Process): Terminal {
  let unread = false;
  const gone = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EOF') throw error;
    unread = true;
  };
  system.stdout.on('error', gone);
  system.stderr.on('error', () => undefined);
  let last: Promise<void> = Promise.resolve();
  let shown = false;
  const progress = (line: string | undefined) => {
    if (!system.stderr.isTTY || (!shown && line === undefined)) return;
    shown = line !== undefined;
    system.stderr.write(`\r\u001b[K${(line ?? '').slice(0, (system.stderr.columns ?? 80) - 1)}`);
  };
  return {
    env: system.env,
    isScreen: system.stdout.isTTY === true,
    columns: system.stdout.columns ?? 100,
    canAsk: system.stdin.isTTY === true && system.stderr.isTTY === true,
    out(text) {
      progress(undefined);
      last = unread ? Promise.resolve() : new Promise((resolve) => system.stdout.write(text, () => resolve()));
      return last;
    },
    err(text) {
      progress(undefined);
      system.stderr.write(text);
    },
    progress,
    askHidden: (question) => readHidden(system.stdin, system.stderr, question),
    onInterrupt(listener) {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) system.on(signal, listener);
      return () => {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) system.off(signal, listener);
      };
    },
    abandon: (code) => system.exit(code),
    finished: () => last,
  };
}
