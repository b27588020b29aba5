import type { MessageChannelMain, MessagePortMain, UtilityProcess } from 'electron';

type Told =
  | { readonly kind: 'spawned'; readonly process: number; readonly pid: number | undefined }
  | { readonly kind: 'exited'; readonly process: number };

export interface SidesTerms {
  readonly forkSide: (entry: string) => UtilityProcess | undefined;
  readonly newChannel: () => MessageChannelMain;
  /** Tells the engine. */
  readonly tell: (message: Told, ports?: MessagePortMain[]) => void;
}

/** The engine asks for a few readers; more than this at a time is a mistake, or not our engine. */
const mostSides = 16;

/** The processes beside one engine: started here, because only this process can, and spoken to by the engine alone. */
export function createSides({ forkSide, newChannel, tell }: SidesTerms) {
  const running = new Map<number, UtilityProcess>();

  const kill = (side: UtilityProcess) => {
    // A polite end waits for the statement that runs; the signal does not.
    if (side.pid === undefined) side.kill();
    else
      try {
        process.kill(side.pid, 'SIGKILL');
      } catch {
        side.kill();
      }
  };

  return {
    spawn(number: number, entry: string): void {
      const side = running.size < mostSides && !running.has(number) ? forkSide(entry) : undefined;
      if (!side) return tell({ kind: 'exited', process: number });
      running.set(number, side);
      side.once('exit', () => {
        running.delete(number);
        tell({ kind: 'exited', process: number });
      });
      side.once('spawn', () => {
        const { port1, port2 } = newChannel();
        side.postMessage({ kind: 'engine' }, [port2]);
        tell({ kind: 'spawned', process: number, pid: side.pid }, [port1]);
      });
    },
    kill(number: number): void {
      const side = running.get(number);
      if (side) kill(side);
    },
    /** The engine is gone: nobody listens to them any more. */
    killAll(): void {
      for (const side of running.values()) kill(side);
      running.clear();
    },
  };
}
