import { createContext, type ReactNode, useContext, useEffect, useMemo, useReducer, useRef, useState, useSyncExternalStore } from 'react';
import type { Job } from '#shared/contract/jobs.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { clientOnBranch, keepBranch, keptBranch } from './branch.ts';
import type { RedoubtClient } from './connect.ts';
import { type Follower, followEngine } from './follow.ts';

/** The branch that is looked at and edited; undefined: main. */
export interface ChosenBranch {
  readonly id: string;
  /** Empty until the engine has told it: after a reload, or by an address, only the id is known. */
  readonly name: string;
}

interface EngineValue {
  /** Its calls of the graph go to the chosen branch. */
  readonly client: RedoubtClient;
  readonly follower: Follower;
  readonly branch: ChosenBranch | undefined;
  chooseBranch(branch: ChosenBranch | undefined): void;
}

const Engine = createContext<EngineValue | undefined>(undefined);

/** Gives every view the client, and keeps the jobs and the graph's revision up to date from events. */
export function EngineProvider({ client, children }: { client: RedoubtClient; children: ReactNode }) {
  const follower = useMemo(() => followEngine(client), [client]);
  const [branch, setBranch] = useState<ChosenBranch | undefined>(() => {
    const id = keptBranch();
    return id === undefined ? undefined : { id, name: '' };
  });
  const id = branch?.id;
  const there = useMemo(() => (id === undefined ? client : clientOnBranch(client, id)), [client, id]);
  const value = useMemo(
    () => ({
      client: there,
      follower,
      branch,
      chooseBranch(next: ChosenBranch | undefined) {
        keepBranch(next?.id);
        setBranch(next);
      },
    }),
    [there, follower, branch],
  );
  return <Engine.Provider value={value}>{children}</Engine.Provider>;
}

function useEngine() {
  const engine = useContext(Engine);
  if (!engine) throw new Error('EngineProvider is missing');
  return engine;
}

export function useClient(): RedoubtClient {
  return useEngine().client;
}

/** The chosen branch, and choosing one: every view then asks and edits there. */
export function useBranch(): Pick<EngineValue, 'branch' | 'chooseBranch'> {
  return useEngine();
}

export interface QueryState<T> {
  /** The newest answer; kept while a newer one is awaited. */
  readonly data: T | undefined;
  readonly error: ContractError | undefined;
  readonly loading: boolean;
  reload(): void;
}

interface QueryOptions {
  /** What makes the answer stale, besides its own inputs. */
  readonly refreshOn?: 'graph' | 'ledger' | 'matches' | 'nothing';
  readonly enabled?: boolean;
}

type Step<T> = { kind: 'asked' } | { kind: 'answered'; data: T } | { kind: 'failed'; error: ContractError };

/**
 * Asks the engine and asks again when `inputs` (compared as JSON) or the graph change. A newer
 * question aborts the older one, so answers never arrive out of order.
 */
export function useQuery<T>(
  ask: (client: RedoubtClient, signal: AbortSignal) => Promise<T>,
  inputs: readonly unknown[],
  { refreshOn = 'graph', enabled = true }: QueryOptions = {},
): QueryState<T> {
  const { client, follower } = useEngine();
  const revision = useSyncExternalStore(follower.subscribe, () => (refreshOn === 'nothing' ? 0 : follower.revision(refreshOn)));
  const [again, reload] = useReducer((count: number) => count + 1, 0);
  const [state, step] = useReducer(
    (old: { data: T | undefined; error: ContractError | undefined; loading: boolean }, next: Step<T>) => {
      if (next.kind === 'asked') return { ...old, loading: true };
      if (next.kind === 'answered') return { data: next.data, error: undefined, loading: false };
      return { data: old.data, error: next.error, loading: false };
    },
    { data: undefined, error: undefined, loading: enabled },
  );
  const latest = useRef(ask);
  latest.current = ask;
  const key = JSON.stringify(inputs);
  useEffect(() => {
    if (!enabled) return;
    const abort = new AbortController();
    step({ kind: 'asked' });
    latest.current(client, abort.signal).then(
      (data) => {
        if (!abort.signal.aborted) step({ kind: 'answered', data });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) step({ kind: 'failed', error: asContractError(error) });
      },
    );
    return () => abort.abort();
  }, [client, key, revision, again, enabled]);
  return { ...state, reload };
}

/** A command with its state: busy while it runs, the error it ended with. `run` answers undefined when it failed. */
export function useAction<A extends unknown[], R>(act: (client: RedoubtClient, ...input: A) => Promise<R>) {
  const { client } = useEngine();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ContractError | undefined>();
  const run = async (...input: A): Promise<R | undefined> => {
    setBusy(true);
    setError(undefined);
    try {
      return await act(client, ...input);
    } catch (cause) {
      setError(asContractError(cause));
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, error, clear: () => setError(undefined) };
}

/** Running and recent jobs, newest first, as the engine tells of them. */
export function useJobs(): readonly Job[] {
  const { follower } = useEngine();
  return useSyncExternalStore(follower.subscribe, follower.jobs);
}

/** One job; undefined until it is known. */
export function useJob(jobId: string | undefined): Job | undefined {
  return useJobs().find((job) => job.jobId === jobId);
}

export function asContractError(error: unknown): ContractError {
  return error instanceof ContractError ? error : new ContractError('internal', String(error));
}
