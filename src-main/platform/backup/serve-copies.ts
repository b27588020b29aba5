import { setPriority } from 'node:os';
import { type Database, openDatabase } from '#main/platform/database/database.ts';
import { copyInto, pageProblems, rekey, schemaOf } from '#main/platform/database/copy.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { crossed } from '#main/platform/database/readers/run-read.ts';
import type { SideLink } from '#main/platform/side-link.ts';
import type { Census, Change, CheckOutcome, CopyAnswer, CopyOutcome, CopyTask } from './messages.ts';
import { syncFile } from './durable.ts';

/** What the features know of their tables. */
export interface Knowing {
  /** The newest schema. */
  readonly schema: number;
  /** The oldest one that has the log, the ledger and the rows that are counted as they are today; older ones are not asked about. */
  readonly countedSince: number;
  census(database: Database): Census;
  /** Problems of the audit chain and of what it covers. */
  verify(database: Database): readonly string[];
  newest(database: Database, limit: number): readonly Change[];
}

/** Small: a copy reads each page once. */
const CACHE_KIB = 16_384;
/** Below everything that a person waits for. */
const LOW_PRIORITY = 10;

/** The inside of a process that copies or checks one database and ends. Killing it is how it is cancelled. */
export function serveCopies(knowing: Knowing, link: SideLink): void {
  try {
    setPriority(LOW_PRIORITY);
  } catch {
    // Some systems do not let a process do so; it is only politeness.
  }
  link.onMessage((given) => {
    const task = given as CopyTask;
    let answer: CopyAnswer;
    try {
      answer = { kind: 'done', outcome: run(task, knowing) };
    } catch (error) {
      answer = { kind: 'failed', error: crossed(error) };
    } finally {
      task.key.fill(0);
      if (task.kind === 'rekey') task.next.fill(0);
    }
    link.send(answer, () => process.exit());
  });
  link.onGone(() => process.exit());
  // Ctrl-C reaches the whole group; the engine decides when its processes end.
  process.on('SIGINT', () => undefined);
}

function run(task: CopyTask, knowing: Knowing): CopyOutcome | CheckOutcome | undefined {
  if (task.kind === 'copy') {
    const database = openDatabase(task.path, task.key, { readonly: true, cacheKiB: CACHE_KIB });
    try {
      const before = counted(database, knowing);
      copyInto(database, task.target);
      syncFile(task.target);
      const after = counted(database, knowing);
      return { ...(before && { before }), ...(after && { after }) };
    } finally {
      database.close();
    }
  }
  if (task.kind === 'rekey') {
    const database = openDatabase(task.path, task.key, { cacheKiB: CACHE_KIB });
    try {
      rekey(database, task.next);
    } finally {
      database.close();
    }
    syncFile(task.path);
    return undefined;
  }
  const database = openDatabase(task.path, task.key, { readonly: true, cacheKiB: CACHE_KIB });
  try {
    return database.transaction(() => checked(database, knowing, task.newest)).deferred();
  } finally {
    database.close();
  }
}

/** Undefined where the database is older than the tables that are counted. */
const counted = (database: Database, knowing: Knowing) =>
  schemaOf(database) >= knowing.countedSince ? knowing.census(database) : undefined;

function checked(database: Database, knowing: Knowing, newest: number): CheckOutcome {
  const schema = schemaOf(database);
  if (schema > knowing.schema) throw new ContractError('conflict', 'This copy was written by a newer Redoubt; update Redoubt to use it.');
  const census = counted(database, knowing);
  if (!census) return { schema, problems: pageProblems(database), newest: [] };
  return {
    schema,
    census,
    problems: [...pageProblems(database), ...knowing.verify(database)].slice(0, 20),
    newest: newest > 0 ? knowing.newest(database, newest) : [],
  };
}
