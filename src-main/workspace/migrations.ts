import { adminMigrations } from '#main/features/admin/index.ts';
import { intelMigrations } from '#main/features/intel/index.ts';
import { knowledgeMigrations } from '#main/features/knowledge/index.ts';

/** All steps of the schema, each in its feature. */
export const migrations = [...knowledgeMigrations, ...adminMigrations, ...intelMigrations];

/** What `user_version` says of a database that has them all. */
export const newestSchema = Math.max(...migrations.map(({ id }) => id));
