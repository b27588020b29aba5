import { setTimeout as pause } from 'node:timers/promises';
import type { Compaction } from '#shared/contract/admin.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { removeDatabase, requireRoom } from '#main/platform/backup/durable.ts';
import { type Database, openDatabase } from '#main/platform/database/database.ts';
import type { JobHandle } from '#main/platform/jobs/jobs.ts';
import type { CopyTerms, Exclusive } from './copies.ts';
import type { Held } from './held.ts';
import { sizesOf } from './sizes.ts';

export interface CompactionDoor {
  start(): { jobId: string };
  outcome(jobId: string): Compaction;
}

const MOST_KEPT = 5;
const SPARE_BYTES = 16 * 1024 * 1024;
const MOST_TRIES = 3;
const POLL_MS = 500;

/** Something was written since the copy was begun. */
class Changed extends Error {}

/**
 * Gives back the space that a large undo leaves: a packed copy is written and checked in a process beside the engine,
 * and takes the database's place by the same journal as a restore, so that a cut at any moment leaves one whole
 * workspace, the old or the new. Edits go on meanwhile; the copy would lack them, so it is then thrown
 * away and made once more.
 */
export function createCompaction(
  terms: CopyTerms,
  { exclusive, requireHeld }: { readonly exclusive: Exclusive; requireHeld(): Held },
): CompactionDoor {
  const { jobs, places, copier } = terms;
  const outcomes = new Map<string, Compaction>();
  const size = () => {
    const { database, writeAheadLog } = sizesOf(places.database, '');
    return database + writeAheadLog;
  };

  /** Waits until no other job writes; a cancelled wait throws. */
  const settled = async (job: JobHandle) => {
    for (;;) {
      job.signal.throwIfAborted();
      const other = jobs.list().find(({ state, jobId }) => state === 'running' && jobId !== job.jobId);
      if (!other) return;
      job.progress(undefined, `waiting for “${other.title}”`);
      await Promise.race([jobs.settled(other.jobId), pause(POLL_MS)]);
    }
  };

  /** False where something was written meanwhile: then nothing was put in place. */
  const attempt = async (job: JobHandle, keys: Held, before: number): Promise<boolean> => {
    await settled(job);
    const open = terms.current();
    if (!open) throw new ContractError('locked', 'The workspace was locked meanwhile; nothing was changed.');
    open.knowledge.store.commitSteps();
    // Another connection's count of commits: it tells of anything that is written while the copy is made.
    const watch = openDatabase(places.database, keys.key, { readonly: true, cacheKiB: 256 });
    try {
      const stamp = versionOf(watch);
      const isUnchanged = () =>
        versionOf(watch) === stamp && !jobs.list().some((other) => other.state === 'running' && other.jobId !== job.jobId);
      removeDatabase(places.swap.incoming);
      job.progress(0, 'writing the database anew');
      await copier.copy({ path: places.database, key: keys.key.slice() }, places.swap.incoming, {
        signal: job.signal,
        progress: (bytes) => job.progress(Math.min(0.6, (0.6 * bytes) / Math.max(1, before)), 'writing the database anew'),
      });
      if (!isUnchanged()) return false;
      job.progress(0.6, 'checking it');
      const found = await copier.check({ path: places.swap.incoming, key: keys.key.slice() }, { signal: job.signal });
      if (!isUnchanged()) return false;
      const end = open.knowledge.store.log.end();
      if (found.problems.length > 0 || found.census?.head !== end.chain.toString('hex'))
        throw new ContractError(
          'damaged',
          `The compacted database failed its check and was thrown away; nothing was changed. ${found.problems[0] ?? 'Its log ends elsewhere.'}`,
        );
      job.signal.throwIfAborted();
      job.progress(0.95, 'putting it in place');
      await terms.swap(
        { aside: `replaced-${terms.stamp()}`, keepAside: false, what: 'compactWorkspace', from: `${before} bytes`, before: end.key },
        keys,
        job.jobId,
        () => {
          if (!isUnchanged()) throw new Changed();
          watch.close();
        },
      );
      return true;
    } catch (error) {
      if (error instanceof Changed) return false;
      throw error;
    } finally {
      // Open still: it never came to the swap.
      if (watch.open) {
        watch.close();
        removeDatabase(places.swap.incoming);
      }
    }
  };

  const compact = async (job: JobHandle): Promise<Compaction> => {
    if (terms.isBroken()) throw new ContractError('damaged', 'The workspace is damaged and cannot be compacted; restore a copy first.');
    const keys = requireHeld();
    const before = size();
    requireRoom(places.dataDir, before + SPARE_BYTES, 'Compacting the workspace');
    for (let tries = 0; tries < MOST_TRIES; tries++) if (await attempt(job, keys, before)) return { before, after: size() };
    throw new ContractError(
      'conflict',
      'Something was written each time the database was compacted, so it was not put in place; nothing was changed. Start it again while nobody edits.',
    );
  };

  return {
    start() {
      requireHeld();
      return exclusive.start('Compact the workspace', async (job) => {
        outcomes.set(job.jobId, await compact(job));
        for (const old of outcomes.keys()) {
          if (outcomes.size <= MOST_KEPT) break;
          outcomes.delete(old);
        }
      });
    },
    outcome(jobId) {
      jobs.result(jobId);
      const found = outcomes.get(jobId);
      if (!found) throw new ContractError('not_found', 'What this compacting came to is not known any more.');
      return found;
    },
  };
}

const versionOf = (database: Database) => database.pragma('data_version', { simple: true }) as number;

/** Bytes of the pages that hold nothing. */
export function freeIn(database: Database): number {
  return (database.pragma('freelist_count', { simple: true }) as number) * (database.pragma('page_size', { simple: true }) as number);
}
