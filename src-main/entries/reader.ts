import { verifyLedger } from '#main/features/admin/index.ts';
import { knowledgeReads } from '#main/features/knowledge/index.ts';
import { type Database, openDatabase } from '#main/platform/database/database.ts';
import { serveReader } from '#main/platform/database/readers/serve-reader.ts';

/** A process that only reads, and that can be killed in the middle of a statement. */
serveReader({ ...knowledgeReads, 'admin.verifyLedger': (database: Database) => verifyLedger(database) }, (path, key) =>
  openDatabase(path, key, { readonly: true }),
);
