import { ContractError } from '#shared/transport/errors.ts';
import type { JobHandle } from '#main/platform/jobs/jobs.ts';
import { exportGraph, type ExportResult } from '../export/export-graph.ts';
import type { KnowledgeHandlers } from '../handlers.ts';
import { finished, type KnowledgeParts } from '../knowledge.ts';

/** Bytes of one answer. */
const PIECE = 4 * 1024 * 1024;
const MOST_KEPT = 5;

export function exportHandlers(parts: KnowledgeParts): Pick<KnowledgeHandlers, 'exportGraph' | 'getExport'> {
  const results = new Map<string, ExportResult>();
  return {
    exportGraph({ format, types, ids, path, branch }, { caller }) {
      if (path !== undefined && !caller.permissions.has('files'))
        throw new ContractError('forbidden', 'Paths are not allowed through this door; fetch the export instead.');
      const work = async (job: JobHandle) => {
        const readPage = (params: Parameters<typeof parts.read<'knowledge.page'>>[1]) =>
          parts.readOn(branch, 'knowledge.page', params, { signal: job.signal, deadlineMs: 120_000 });
        const result = await exportGraph({ format, types, ids, path, readPage, job, now: parts.now() });
        results.set(job.jobId, result);
        for (const old of results.keys()) {
          if (results.size <= MOST_KEPT) break;
          results.delete(old);
        }
        parts.store.transact(() =>
          parts.store.operations.audit('exportGraph', { format, size: result.size, ...(branch !== undefined && { branch }) }),
        );
      };
      // A path was allowed to its own caller; another is not to write there again.
      const jobId = parts.jobs.start(`Export as ${format}`, work, { again: path === undefined });
      return { jobId };
    },
    getExport({ jobId, offset }) {
      const { fileName, mediaType, size, bytes, loss, lossTotal } = finished(parts.jobs, jobId, 'an export', results);
      return { header: { fileName, mediaType, size, offset, loss: [...loss], lossTotal }, body: bytes.slice(offset, offset + PIECE) };
    },
  };
}
