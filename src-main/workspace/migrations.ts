// Not through the features' doors: a process that copies needs the steps' numbers, not the features.
import { adminMigrations } from '#main/features/admin/migrations/index.ts';
import { intelMigrations } from '#main/features/intel/migrations/index.ts';
import { knowledgeMigrations } from '#main/features/knowledge/migrations/index.ts';

/** All steps of the schema, each in its feature. */
export const migrations = [...knowledgeMigrations, ...adminMigrations, ...intelMigrations];

/** What `user_version` says of a database that has them all. */
export const newestSchema = Math.max(...migrations.map(({ id }) => id));
