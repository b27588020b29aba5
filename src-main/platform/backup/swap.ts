import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ContractError } from '#shared/transport/errors.ts';
import { databaseFiles, makePrivateFolder, removeFolder, syncFolder, writeDurably } from './durable.ts';

/*
 * Putting another database in the place of the workspace's, in one step that survives a crash at
 * any point. The new one lies complete beside the old (`workspace.db.incoming`); writing the
 * journal is the moment of decision; what follows can be done any number of times.
 */

const Journal = z.strictObject({
  format: z.literal('redoubt-swap/1'),
  /** Folder that takes what is replaced; never inside it is anything deleted while the journal stands. */
  aside: z.string().regex(/^(?:replaced|damaged)-\d{8}-\d{6}-[0-9a-f]{6}$/),
  /** Deleted once the new one has opened: a verified copy of it exists. */
  keepAside: z.boolean(),
  /** For the audit log. */
  what: z.enum(['restoreBackup', 'importWorkspace', 'compactWorkspace']),
  from: z.string().max(200),
  /** Operations that stood before, where known. */
  before: z.int().optional(),
});
export type SwapJournal = z.infer<typeof Journal>;

export interface SwapPlaces {
  readonly database: string;
  readonly incoming: string;
  readonly journal: string;
  /** The file of what was acknowledged; it speaks of the old database. */
  readonly head: string;
}

export function swapPlaces(dataDir: string): SwapPlaces {
  return {
    database: join(dataDir, 'workspace.db'),
    incoming: join(dataDir, 'workspace.db.incoming'),
    journal: join(dataDir, 'swap.json'),
    head: join(dataDir, 'workspace.head'),
  };
}

/** The decision. `incoming` must stand whole and synced, and nobody may have the old database open. */
export function decideSwap(places: SwapPlaces, journal: Omit<SwapJournal, 'format'>): void {
  writeDurably(places.journal, `${JSON.stringify({ format: 'redoubt-swap/1', ...journal } satisfies SwapJournal)}\n`);
}

/**
 * Does what was decided, or goes on with it after a crash; without a decision it removes what lies
 * unfinished. Answers what was swapped, for the audit log; `endSwap` then ends it.
 */
export function carryOutSwap(places: SwapPlaces): SwapJournal | undefined {
  const dataDir = dirname(places.database);
  const journal = readJournal(places.journal);
  if (!journal) {
    for (const file of databaseFiles(places.incoming)) rmSync(file, { force: true });
    return undefined;
  }
  const aside = join(dataDir, journal.aside);
  makePrivateFolder(aside);
  const moved = join(aside, 'workspace.db');
  if (existsSync(places.incoming)) {
    // The log beside it goes first: a new database must never meet an old log.
    for (const [index, file] of databaseFiles(places.database).entries()) {
      if (index > 0 && existsSync(file)) renameSync(file, databaseFiles(moved)[index] as string);
    }
    if (existsSync(places.database)) renameSync(places.database, moved);
    if (existsSync(places.head)) renameSync(places.head, join(aside, 'workspace.head'));
    syncFolder(aside);
    renameSync(places.incoming, places.database);
    syncFolder(dataDir);
  }
  return journal;
}

/** After the new database has opened and says so in its own log. */
export function endSwap(places: SwapPlaces, journal: SwapJournal): void {
  rmSync(places.journal, { force: true });
  syncFolder(dirname(places.journal));
  if (!journal.keepAside) removeFolder(join(dirname(places.database), journal.aside));
}

function readJournal(path: string): SwapJournal | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return Journal.parse(JSON.parse(text));
  } catch (error) {
    throw new ContractError(
      'damaged',
      'A restore was cut off and its journal, swap.json, is damaged. Remove swap.json: the workspace then opens as it stands, or is restored again from a backup.',
      { cause: error },
    );
  }
}
