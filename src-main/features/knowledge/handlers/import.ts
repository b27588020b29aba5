import type { ImportPreview } from '#shared/contract/knowledge.ts';
import type { JobHandle } from '#main/platform/jobs/jobs.ts';
import { formatInfos } from '../formats/infos.ts';
import type { ReportedFile } from '../import/import-files.ts';
import type { KnowledgeHandlers } from '../handlers.ts';
import { finished, type KnowledgeParts } from '../knowledge.ts';

type Import = 'openUpload' | 'appendUpload' | 'previewImport' | 'getImportPreview' | 'runImport' | 'getImportReport' | 'listFormats';

export function importHandlers(parts: KnowledgeParts): Pick<KnowledgeHandlers, Import> {
  const { files, uploads, jobs } = parts;
  const previews = new Map<string, ImportPreview>();
  const reports = new Map<string, ReportedFile[]>();
  return {
    openUpload: ({ name, size }) => ({ uploadId: uploads.open(name, size) }),
    appendUpload: ({ uploadId, offset, base64 }) => ({ received: uploads.append(uploadId, offset, base64) }),
    previewImport({ files: wanted, branch }, { caller }) {
      const title = wanted.length === 1 ? 'Preview of a file' : `Preview of ${wanted.length} files`;
      const jobId = jobs.start(title, async (job) => {
        keep(previews, jobId, await files.preview(wanted, caller, job, branch));
      });
      return { jobId };
    },
    getImportPreview: ({ jobId }) => finished(jobs, jobId, 'a preview', previews),
    runImport({ previewId, mappings }) {
      const work = async (job: JobHandle) => {
        try {
          keep(reports, job.jobId, await files.run(previewId, mappings ?? {}, job));
        } finally {
          parts.changed('import');
        }
      };
      const jobId = jobs.start('Import', work, { again: true });
      return { jobId };
    },
    listFormats: () => formatInfos(),
    getImportReport: ({ jobId }) => finished(jobs, jobId, 'an import', reports),
  };
}

const MOST_KEPT = 20;

function keep<T>(results: Map<string, T>, jobId: string, result: T) {
  results.set(jobId, result);
  for (const old of results.keys()) {
    if (results.size <= MOST_KEPT) break;
    results.delete(old);
  }
}
