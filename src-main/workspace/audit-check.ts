import type { AuditVerification } from '#shared/contract/admin.ts';
import type { Readers } from '#main/platform/database/readers/readers.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { JobHandle, Jobs } from '#main/platform/jobs/jobs.ts';
import type { KnowledgeParts } from '#main/features/knowledge/index.ts';

/** Milliseconds of one part: how often it says how far it is. */
const PART_MS = 250;
/** Share of the bar that the log takes; the rest are the tables' pages. */
const LOG_SHARE = 0.7;
const MOST_PROBLEMS = 100;
const MOST_KEPT = 5;

/**
 * The same check as `knowledge.verifyLog` and the ledger's, part by part, so that it tells how far it is and stops
 * between two parts. What is written meanwhile is checked too, up to the end that the log has when it comes there.
 */
async function checkLog(
  knowledge: Pick<KnowledgeParts, 'read'>,
  readers: Pick<Readers, 'read'>,
  { signal, progress }: JobHandle,
): Promise<AuditVerification> {
  const terms = { signal, deadlineMs: 600_000 };
  const problems: string[] = [];
  progress(0, 'the log');
  let part = await knowledge.read('knowledge.verifyLogPart', { milliseconds: PART_MS }, terms);
  problems.push(...part.problems);
  while (!part.through) {
    progress((LOG_SHARE * part.operations) / Math.max(1, part.total), `${part.operations} of ${part.total} operations`);
    const { operations, head, seqs } = part;
    part = await knowledge.read('knowledge.verifyLogPart', { after: { operations, head, seqs }, milliseconds: PART_MS }, terms);
    problems.push(...part.problems);
  }
  const tables = await knowledge.read('knowledge.tables', undefined as never, terms);
  for (const [index, table] of tables.entries()) {
    progress(LOG_SHARE + ((1 - LOG_SHARE) * index) / tables.length, `the pages of ${index} of ${tables.length} tables`);
    problems.push(...(await knowledge.read('knowledge.verifyTable', { table }, terms)));
  }
  const ledger = await readers.read<{ entries: number; head: string; problems: string[] }>('admin.verifyLedger', undefined, { signal });
  problems.push(...ledger.problems);
  return {
    valid: problems.length === 0,
    operations: part.operations,
    ledgerEntries: ledger.entries,
    head: part.head,
    problems: problems.slice(0, MOST_PROBLEMS),
  };
}

export function createAuditChecks(jobs: Jobs) {
  const found = new Map<string, AuditVerification>();
  let newest: string | undefined;
  return {
    start(knowledge: Pick<KnowledgeParts, 'read'>, readers: Pick<Readers, 'read'>): { jobId: string } {
      const work = async (job: JobHandle) => {
        found.set(job.jobId, await checkLog(knowledge, readers, job));
        for (const old of found.keys()) {
          if (found.size <= MOST_KEPT) break;
          found.delete(old);
        }
      };
      // One at a time: whoever asks meanwhile waits for the same.
      if (newest === undefined || jobs.list().find(({ jobId }) => jobId === newest)?.state !== 'running')
        newest = jobs.start('Check the audit chain', work, { again: true });
      return { jobId: newest };
    },
    outcome(jobId: string): AuditVerification {
      jobs.result(jobId);
      const outcome = found.get(jobId);
      if (!outcome) throw new ContractError('not_found', 'What this check found is not known any more; check again.');
      return outcome;
    },
  };
}
