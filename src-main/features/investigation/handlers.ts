import type { AuditVerification, LedgerEntry } from '#shared/contract/admin.ts';
import { attackDomains } from '#shared/contract/coverage.ts';
import type { investigation } from '#shared/contract/investigation.ts';
import type { Handlers } from '#shared/transport/serve.ts';
import type { Knowledge } from '../knowledge/index.ts';
import { briefHtml } from './brief/html.ts';

export interface InvestigationTerms {
  readonly knowledge: Pick<Knowledge, 'read' | 'onBranch' | 'listImports'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** All of the egress ledger that is shown. */
  readonly ledger: () => readonly LedgerEntry[];
  readonly verifyAudit: (signal: AbortSignal) => Promise<AuditVerification>;
}

const most = { mostThreats: 50, mostAssets: 100, mostIssues: 200 };

export function createInvestigationHandlers(terms: InvestigationTerms): Handlers<{ investigation: typeof investigation }>['investigation'] {
  const { knowledge } = terms;
  return {
    async writeBrief({ title, summary, branch }, { signal }) {
      const on = branch === undefined ? knowledge : knowledge.onBranch(branch);
      const [stats, facts, audit, shown, ...matrices] = await Promise.all([
        on.read('knowledge.stats', undefined as never, { signal }),
        on.read('investigation.briefFacts', most, { signal }),
        terms.verifyAudit(signal),
        branch === undefined ? undefined : knowledge.read('knowledge.branch', { branch }, { signal }),
        ...attackDomains.map((domain) => on.read('coverage.matrix', { domain }, { signal })),
      ]);
      const at = new Date(terms.now());
      const html = briefHtml({
        title,
        summary,
        at,
        stats,
        imports: knowledge.listImports().filter((one) => one.branch === undefined || one.branch === branch),
        ...(shown && { branch: { name: shown.name, state: shown.state } }),
        ...facts,
        matrices,
        ledger: terms.ledger(),
        audit,
      });
      const body = new TextEncoder().encode(html);
      const fileName = `${slug(title)}-${at.toISOString().slice(0, 10)}.html`;
      return { header: { fileName, mediaType: 'text/html' as const, size: body.length }, body };
    },
  };
}

/** A file name that every system takes. */
function slug(title: string): string {
  const words = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return words || 'brief';
}
