// Under Electron no --import comes before this file; elsewhere the guard is up already.
import '#main/platform/http/guard-on.ts';
import '#main/platform/heap-on.ts';
import { ledgerEntries, verifyLedger } from '#main/features/admin/store/chain.ts';
import { census, newestChanges } from '#main/features/knowledge/store/reads/census.ts';
import { knowledgeReads } from '#main/features/knowledge/store/reads/index.ts';
import { keepCompiled } from '#main/hosts/keep-compiled.ts';
import { sideLink } from '#main/hosts/side-link.ts';
import { serveCopies } from '#main/platform/backup/serve-copies.ts';
import { newestSchema } from '#main/workspace/migrations.ts';

keepCompiled();
/** A process that copies or checks one database, and ends. */
serveCopies(
  {
    schema: newestSchema,
    countedSince: 2,
    census: (database) => ({ ...census(database), ledgerEntries: ledgerEntries(database) }),
    verify: (database) => [...knowledgeReads['knowledge.verifyLog'](database).problems, ...verifyLedger(database).problems],
    newest: newestChanges,
  },
  sideLink(),
);
