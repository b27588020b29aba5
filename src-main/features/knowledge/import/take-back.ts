import { ContractError } from '#shared/transport/errors.ts';
import { CLOSING } from '#main/platform/jobs/jobs.ts';
import type { Store } from '../store/store.ts';
import { breathe } from './breathe.ts';

/** Objects written anew a step: some 20 ms. */
const STEP = 500;
/** Edges that wait for one sweep over their tree: the more, the fewer sweeps, and the more is done again after a cut. */
const LEAST_SWEPT = 50_000;
const MOST_SWEPT = 400_000;

export interface TakingBack {
  readonly progress?: (fraction: number, detail: string) => void;
  /**
   * Cancelled by a person: the action is set back to where it was, wholly, and the call throws `cancelled`. Aborted
   * because the workspace closes: it stops where it is, and the next opening goes on.
   */
  readonly signal?: AbortSignal;
  /** Said in the same transaction, so that no kill falls between; called again with the opposite where it is cancelled. */
  readonly along?: (undone: boolean) => void;
}

/**
 * Undoes (or redoes) an action. That it is undone is one transaction; its objects are written anew in steps, between
 * which the engine answers, and a process that is cut off goes on at the next opening.
 */
export async function takeBack(store: Store, action: string, undone: boolean, options: TakingBack = {}): Promise<void> {
  set(store, action, undone, options);
  await settle(store, action, undone, options);
}

function set(store: Store, action: string, undone: boolean, { along }: TakingBack) {
  store.transact(() => {
    along?.(undone);
    store.operations.setUndone(action, undone);
    store.settling.begin(action);
  });
}

/** Goes on with what an undo or redo has left to write anew. */
export async function settle(store: Store, action: string, undone: boolean, options: TakingBack = {}): Promise<void> {
  const { progress, signal } = options;
  const generation = store.generation();
  const { settling } = store;
  let back = false;
  await store.mergeWaiting(generation, breathe);
  for (;;) {
    if (signal?.aborted && !back) {
      if (signal.reason === CLOSING)
        throw new ContractError('cancelled', 'The workspace closes; the rest is done when it is opened again.');
      back = true;
      set(store, action, !undone, options);
    }
    const step = store.step(generation, () => settling.next(action, STEP));
    // Undone and redone at once by two callers: whoever comes first ends it for both.
    if (!step) break;
    progress?.(Math.min(1, step.done / Math.max(1, step.total)), `${step.done} objects`);
    await breathe();
    const worth = Math.min(MOST_SWEPT, Math.max(LEAST_SWEPT, store.rows.relations.indexed() / 4));
    if (step.through || settling.waiting() >= worth) await store.inSlices(generation, settling.sweep, breathe);
    if (step.through && settling.isThrough(action)) {
      store.transact(() => settling.end(action));
      break;
    }
  }
  if (settling.left().length === 0) await store.mergeWaiting(store.generation(), breathe, true);
  store.commitSteps();
  if (back) throw new ContractError('cancelled', `The ${undone ? 'undo' : 'redo'} was cancelled; everything is as it was before.`);
}
