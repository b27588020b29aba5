import { auditFirstLine, auditLastLine, auditLine } from '#shared/domain/admin/audit-file.ts';
import type { RedoubtClient } from '#renderer/client/index.ts';

const nothing = () => ({ count: 0, head: '0'.repeat(64) });

/** Both chains as one file of JSON lines that verifies offline; asked for page by page. `onProgress` is told the share that is there. */
export async function auditFile(client: RedoubtClient, at: string, onProgress: (share: number) => void): Promise<Blob> {
  const parts: string[] = [];
  const ends = { operations: nothing(), ledger: nothing() };
  for (const part of ['operations', 'ledger'] as const) {
    for (;;) {
      const { rows, total, workspace, version } = await client.admin.listAudit({ of: part, from: ends[part].count, limit: 1000 });
      if (parts.length === 0) parts.push(auditFirstLine({ workspace, version, at }));
      const last = rows.at(-1);
      if (!last) break;
      ends[part] = { count: last.number, head: last.chain };
      parts.push(rows.map((row) => auditLine(part, row)).join(''));
      onProgress(Math.min(1, last.number / Math.max(1, total)));
    }
  }
  return new Blob([...parts, auditLastLine(ends)], { type: 'application/x-ndjson' });
}
