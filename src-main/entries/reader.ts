// Under Electron no --import comes before this file; elsewhere the guard is up already.
import '#main/platform/http/guard-on.ts';
import '#main/platform/heap-on.ts';
// Not through the features' doors: what only the engine needs would be loaded once more for each reader.
import { ledgerLinks, verifyLedger } from '#main/features/admin/store/chain.ts';
import { intelReads } from '#main/features/intel/store/index.ts';
import { knowledgeReads } from '#main/features/knowledge/store/reads/index.ts';
import { type Database, openDatabase } from '#main/platform/database/database.ts';
import { keepCompiled } from '#main/hosts/keep-compiled.ts';
import { sideLink } from '#main/hosts/side-link.ts';
import { serveReader } from '#main/platform/database/readers/serve-reader.ts';

keepCompiled();
/** A process that only reads, and that can be killed in the middle of a statement. */
serveReader(
  {
    ...knowledgeReads,
    ...intelReads,
    'admin.verifyLedger': (database: Database) => verifyLedger(database),
    'admin.ledgerLinks': ledgerLinks,
  },
  (path, key) => openDatabase(path, key, { readonly: true }),
  sideLink(),
);
