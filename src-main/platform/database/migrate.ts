import { ContractError } from '#shared/transport/errors.ts';
import type { Database } from './database.ts';

/** One step of the schema. Ids are gapless over all features, in the order in which they were released. */
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
    // One feature's own steps may have gaps where another's belong; the whole list has none (tests/migrations).
    if (step.id <= (steps[index - 1]?.id ?? 0) || steps[0]?.id !== 1)
      throw new Error(`migration ids have a gap or a double at ${step.id} (${step.name})`);
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
