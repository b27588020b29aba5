import type { AuditVerification, LedgerEntry } from '#shared/contract/admin.ts';
import { attackDomains } from '#shared/contract/coverage.ts';
import type { investigation } from '#shared/contract/investigation.ts';
import type { Handlers } from '#shared/transport/serve.ts';
import type { Knowledge } from '../knowledge/index.ts';
import { briefHtml } from './brief/html.ts';

export interface InvestigationTerms {
  readonly knowledge: Pick<Knowledge, 'read' | 'listImports' | 'stats'>;
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
    async writeBrief({ title, summary }, { signal }) {
      const [stats, facts, audit, ...matrices] = await Promise.all([
        knowledge.stats({ signal }),
        knowledge.read('investigation.briefFacts', most, { signal }),
        terms.verifyAudit(signal),
        ...attackDomains.map((domain) => knowledge.read('coverage.matrix', { domain }, { signal })),
      ]);
      const at = new Date(terms.now());
      const html = briefHtml({
        title,
        summary,
        at,
        stats,
        imports: knowledge.listImports(),
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
