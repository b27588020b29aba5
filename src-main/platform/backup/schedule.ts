/** Looks now and then whether a copy is due; only while the workspace is open. */
export interface Schedule {
  start(): void;
  stop(): void;
}

/** After opening, so that a start is not slowed; and done within the first minute, after which a Redoubt left alone uses no processor. */
const FIRST_AFTER_MS = 30_000;
const EVERY_MS = 10 * 60_000;

export function createSchedule<Reason>(terms: {
  readonly due: () => Reason | undefined;
  readonly make: (reason: Reason) => void;
  readonly firstAfterMs?: number;
  readonly everyMs?: number;
}): Schedule {
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const reason = terms.due();
    if (reason !== undefined) terms.make(reason);
    wait(terms.everyMs ?? EVERY_MS);
  };
  const wait = (ms: number) => {
    timer = setTimeout(look, ms);
    // It keeps no process alive.
    timer.unref();
  };
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    start() {
      stop();
      wait(terms.firstAfterMs ?? FIRST_AFTER_MS);
    },
    stop,
  };
}
