import { randomUUID } from 'node:crypto';
import type { Loss, Rejection } from '#shared/contract/knowledge.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Item } from '../formats/format.ts';
import type { Imports } from '../store/imports.ts';
import type { Store } from '../store/store.ts';
import type { Incoming } from '../store/writer.ts';

/** What comes piece by piece from a source that stays open. */
export interface Collector {
  readonly importId: string;
  /**
   * Takes a batch. Settles when it is on disk, at the commit of the group that it fell into; rejects where that
   * group could not be written, and then nothing of the batch stands. Batches stand in the order in which they were given.
   */
  add(items: readonly Item[]): Promise<void>;
  /** Writes what still waits and ends the import's record. */
  close(): Promise<void>;
}

interface Batch {
  readonly items: readonly Item[];
  readonly settle: () => void;
  readonly fail: (error: unknown) => void;
}

/** Objects after which a group is written at once. */
const A_GROUP = 2_000;
/** Milliseconds that a group waits for more: a commit waits for the disk about as long. */
const LINGER_MS = 5;
/** Batches that may wait; a source that is faster must wait for its answers. */
const MOST_WAITING = 20_000;

/** Others hear of what came at most so often. */
const TELL_EVERY_MS = 1_000;

/**
 * Group commit: batches that arrive within some milliseconds of each other share one transaction, one operation and
 * one wait for the disk (docs/adr/0016). All of a collector is one import and one action of the history.
 */
export function openCollector(
  store: Store,
  imports: Imports,
  now: () => number,
  start: { readonly source: string; readonly format: string; readonly onWritten?: () => void },
): Collector {
  // Each has a record of its own: what was acknowledged before a cut stands, and nothing has to be gone on with.
  const started = store.transact(() =>
    imports.begin({ kind: 'file', source: start.source, format: start.format, sha256: randomUUID().replaceAll('-', '') }),
  );
  let waiting: Batch[] = [];
  let objects = 0;
  let timer: NodeJS.Timeout | undefined;
  let action: string | undefined;
  let closed = false;
  let toldAt = 0;

  const write = (group: readonly Batch[]) => {
    const chunk: Incoming[] = [];
    const rejected: Rejection[] = [];
    const losses: Loss[] = [];
    for (const { items } of group)
      for (const item of items)
        if (item.kind === 'object') chunk.push(item);
        else if (item.kind === 'rejected')
          rejected.push({ ...(item.id !== undefined && { id: item.id }), path: item.path, reason: item.reason });
        else losses.push({ ...(item.id !== undefined && { id: item.id }), path: item.path, what: item.what });
    let rest: readonly Incoming[] = chunk;
    let before: string | undefined = action;
    store.transact(() => {
      do {
        const written = store.writer.writeChunk(rest, { import: started, now: now(), ...(before !== undefined && { action: before }) });
        before ??= written.action;
        imports.count(started.key, written, rejected.splice(0), [...losses.splice(0), ...written.loss]);
        rest = written.deferred;
      } while (rest.length > 0);
    });
    action = before;
  };

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const group = waiting;
    waiting = [];
    objects = 0;
    if (group.length === 0) return;
    try {
      write(group);
    } catch (error) {
      for (const { fail } of group) fail(error);
      return;
    }
    for (const { settle } of group) settle();
    if (performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    start.onWritten?.();
  };

  return {
    importId: started.uuid,
    add(items) {
      if (closed) return Promise.reject(new ContractError('unavailable', 'This collector was closed; open it again.'));
      if (waiting.length >= MOST_WAITING)
        return Promise.reject(
          new ContractError('unavailable', `${MOST_WAITING} batches already wait to be written; wait for their answers.`),
        );
      return new Promise<void>((settle, fail) => {
        waiting.push({ items, settle, fail });
        objects += items.length;
        if (objects >= A_GROUP) flush();
        else timer ??= setTimeout(flush, LINGER_MS);
      });
    },
    async close() {
      if (closed) return;
      closed = true;
      flush();
      store.transact(() => imports.finish(started.key, 'done'));
      imports.live.delete(started.key);
      start.onWritten?.();
    },
  };
}
