import { useEffect, useState } from 'react';
import type { Backups } from '#shared/contract/admin.ts';
import { finished, type RedoubtClient, useClient, useQuery } from '#renderer/client/index.ts';

/** The copies as the engine tells of them, asked anew when one was made, checked or deleted. */
export function useBackups() {
  const client = useClient();
  const [told, setTold] = useState<Backups | undefined>();
  const { data, error, reload } = useQuery((engine, signal) => engine.admin.listBackups(undefined, { signal }), [], {
    refreshOn: 'nothing',
  });
  useEffect(() => client.admin.onBackupsChanged(setTold), [client]);
  return { backups: told ?? data, error, reload, show: setTold };
}

/** Runs a job to its end and answers with its id. */
export async function runJob(client: RedoubtClient, started: Promise<{ jobId: string }>): Promise<string> {
  const { jobId } = await started;
  await finished(client, jobId);
  return jobId;
}
