import { ContractError } from '#shared/transport/errors.ts';
import type { Database } from './database.ts';

/** One step of the schema. Over all features ids have no gap, and follow the order of release. */
export interface Migration {
  readonly id: number;
  readonly name: string;
  readonly up: string | ((database: Database) => void);
}

/**
 * Brings a database to the newest schema, one transaction a step. Returns how many steps ran.
 * Throws `conflict` where the file was written by a newer Redoubt.
 */
export function migrate(database: Database, migrations: readonly Migration[]): number {
  const steps = [...migrations].sort((a, b) => a.id - b.id);
  steps.forEach((step, index) => {
    // A feature's steps alone have gaps where another's belong; that the whole list has none is a test's (tests/migrations).
    if (step.id <= (steps[index - 1]?.id ?? 0) || steps[0]?.id !== 1)
      throw new Error(`migration ids start at 1 and stand once each; found ${step.id} (${step.name})`);
  });
  const newest = steps.at(-1)?.id ?? 0;
  const version = database.pragma('user_version', { simple: true }) as number;
  if (version > newest)
    throw new ContractError(
      'conflict',
      `This workspace was written by a newer Redoubt (schema ${version}; this one knows ${newest}). Update Redoubt to open it.`,
    );
  const wanted = steps.filter(({ id }) => id > version);
  for (const step of wanted) {
    database.transaction(() => {
      if (typeof step.up === 'string') database.exec(step.up);
      else step.up(database);
      database.pragma(`user_version=${step.id}`);
    })();
  }
  return wanted.length;
}
