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
    if (step.id !== index + 1) throw new Error(`migration ids have a gap or a double at ${step.id} (${step.name})`);
  });
  const version = database.pragma('user_version', { simple: true }) as number;
  if (version > steps.length)
    throw new ContractError(
      'conflict',
      `This workspace was written by a newer Redoubt (schema ${version}; this one knows ${steps.length}). Update Redoubt to open it.`,
    );
  for (const step of steps.slice(version)) {
    database.transaction(() => {
      if (typeof step.up === 'string') database.exec(step.up);
      else step.up(database);
      database.pragma(`user_version=${step.id}`);
    })();
  }
  return steps.length - version;
}
