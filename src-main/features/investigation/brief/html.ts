import type { AuditVerification, LedgerEntry } from '#shared/contract/admin.ts';
import type { Matrix } from '#shared/contract/coverage.ts';
import type { Branch, ImportRecord, Stats } from '#shared/contract/knowledge.ts';
import { matrixSection } from './matrix-section.ts';
import { style } from './style.ts';
import { count, html, type Markup, number, time } from './text.ts';

/** All that a brief says; the same facts and the same time give the same bytes. */
export interface BriefContent {
  readonly title: string;
  readonly summary?: string | undefined;
  readonly at: Date;
  readonly stats: Stats;
  /** The branch that was read; absent: main. */
  readonly branch?: Pick<Branch, 'name' | 'state'> | undefined;
  readonly imports: readonly ImportRecord[];
  readonly threats: {
    readonly rows: readonly { readonly name: string; readonly type: string; readonly techniques: number; readonly source: string }[];
    readonly total: number;
  };
  readonly assets: {
    readonly rows: readonly {
      readonly name: string;
      readonly zone: string | null;
      readonly exposure: string | null;
      readonly criticality: number | null;
      readonly owner: string | null;
      readonly vulnerabilities: readonly string[];
    }[];
    readonly total: number;
  };
  readonly assetCount: number;
  readonly issues: {
    readonly rows: readonly {
      readonly importId: string;
      readonly kind: 'rejected' | 'loss';
      readonly what: string;
      readonly count: number;
    }[];
    readonly total: number;
  };
  readonly matrices: readonly Matrix[];
  readonly ledger: readonly LedgerEntry[];
  readonly audit: AuditVerification;
}

/** One self-contained HTML file: no scripts, nothing fetched, every text escaped. */
export function briefHtml(content: BriefContent): string {
  const { title, at } = content;
  return `${
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${title}</title>
<style>${{ markup: style }}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p class="when">Written ${time(at.toISOString())} from this workspace alone.</p>
${onBranch(content.branch)}${summaryParagraphs(content.summary)}
${glance(content)}
${threats(content)}
${matrixSection(content.matrices)}
${assets(content)}
${holdings(content.stats)}
${imports(content.imports)}
${issues(content)}
${conduct(content)}
<footer>Every figure was computed from the workspace when this brief was written. A threat counts as imported where it, or the relationship that says what it uses, came by an import or was written by the user and no pack holds it too. ATT&amp;CK content © 2025 The MITRE Corporation; this work is reproduced and distributed with the permission of The MITRE Corporation.</footer>
</main>
</body>
</html>`.markup
  }\n`;
}

function onBranch(branch: BriefContent['branch']): Markup | undefined {
  if (!branch) return undefined;
  const said = branch.state === 'merged' ? 'It has since been merged.' : 'Its changes are not part of main.';
  return html`<p class="when"><strong>This is the branch “${branch.name}”</strong>: main with the changes made on the branch. ${said}</p>\n`;
}

function summaryParagraphs(summary: string | undefined): readonly Markup[] {
  const paragraphs = (summary ?? '').split(/\r?\n\s*\r?\n/).map((paragraph) => paragraph.trim());
  return paragraphs.filter((paragraph) => paragraph !== '').map((paragraph) => html`<p>${paragraph}</p>\n`);
}

function glance({ stats, threats: { total }, assets: exploited, assetCount, matrices, ledger }: BriefContent): Markup {
  const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((all, one) => all + one, 0);
  const used = matrices.reduce((all, matrix) => all + matrix.used, 0);
  const facts: readonly (readonly [string, string])[] = [
    ['Objects', number(sum(stats.objects))],
    ['Relationships', number(sum(stats.relationships))],
    ['Imported threats and reports', number(total)],
    ['Techniques they use', number(used)],
    ['Assets', number(assetCount)],
    ['Assets with KEV findings', number(exploited.total)],
    ['Requests that left', number(ledger.filter(left).length)],
  ];
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

interface Column<Row> {
  readonly title: string;
  readonly numeric?: boolean;
  readonly cell: (row: Row) => Markup | string;
}

function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Markup {
  const kind = ({ numeric }: Column<Row>) => (numeric ? html` class="n"` : undefined);
  return html`<div class="wide" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${kind(column)}>${column.title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${columns.map((column) => html`<td${kind(column)}>${column.cell(row)}</td>`)}</tr>\n`)}</tbody></table></div>`;
}

/** “Shown 50 of 312.” where a list was cut, else how many there are. */
function shown(rows: number, total: number, what: string): string {
  return rows < total ? `Shown ${number(rows)} of ${number(total)} ${what}.` : `${number(total)} ${what}.`;
}

const typeTitles: Readonly<Record<string, string>> = {
  'intrusion-set': 'group',
  'threat-actor': 'threat actor',
  'attack-pattern': 'technique',
  'course-of-action': 'mitigation',
  'x-redoubt-asset': 'asset',
  'x-redoubt-control': 'control',
  'x-redoubt-log-source': 'log source',
  'x-redoubt-data-flow': 'data flow',
  'x-redoubt-finding': 'finding',
  'x-redoubt-layer': 'Navigator layer',
};

function typeTitle(type: string): string {
  return Object.hasOwn(typeTitles, type) ? (typeTitles[type] ?? type) : type.replace(/^x-(?:mitre-|redoubt-)?/, '').replaceAll('-', ' ');
}

function threats({ threats: { rows, total } }: BriefContent): Markup {
  if (total === 0)
    return html`<h2>Imported threats and reports</h2><p>No threats were imported yet. Import a STIX bundle, a MISP event or a report to see what they use.</p>`;
  return html`<h2>Imported threats and reports</h2>
${table(
  shown(rows.length, total, 'threats and reports that name techniques'),
  [
    { title: 'Name', cell: ({ name }) => name },
    { title: 'Kind', cell: ({ type }) => typeTitle(type) },
    { title: 'Source', cell: ({ source }) => source },
    { title: 'Techniques', numeric: true, cell: ({ techniques }) => number(techniques) },
  ],
  rows,
)}`;
}

const exposureTitles: Readonly<Record<string, string>> = {
  internet: 'the internet',
  partner: 'partners',
  internal: 'inside only',
  isolated: 'isolated',
};

function assets({ assets: { rows, total }, assetCount }: BriefContent): Markup {
  const heading = html`<h2>Assets with known-exploited vulnerabilities</h2>`;
  if (assetCount === 0) return html`${heading}<p>The workspace holds no assets yet. Import an asset list to see which of them matter.</p>`;
  if (total === 0)
    return html`${heading}<p>None of the ${count(assetCount, 'asset')} is related to a vulnerability that CISA lists as exploited.</p>`;
  return html`${heading}
<p>By the findings in this workspace and CISA's catalogue of known exploited vulnerabilities; the most exposed and most critical first.</p>
${table(
  shown(rows.length, total, `of ${count(assetCount, 'asset')}`).replace(' of of ', ' of '),
  [
    { title: 'Asset', cell: ({ name }) => name },
    { title: 'Zone', cell: ({ zone }) => zone ?? '–' },
    { title: 'Reachable from', cell: ({ exposure }) => (exposure === null ? '–' : (exposureTitles[exposure] ?? exposure)) },
    { title: 'Criticality', numeric: true, cell: ({ criticality }) => (criticality === null ? '–' : `${criticality} of 5`) },
    { title: 'Owner', cell: ({ owner }) => owner ?? '–' },
    { title: 'Vulnerabilities', cell: ({ vulnerabilities }) => vulnerabilities.join(', ') },
  ],
  rows,
)}`;
}

function holdings({ objects, relationships }: Stats): Markup {
  const sorted = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)) as readonly (readonly [string, number])[];
  const counted = (title: string, rows: readonly (readonly [string, number])[], caption: string) =>
    table(
      caption,
      [
        { title, cell: ([name]) => html`<code>${name}</code>` },
        { title: 'Live', numeric: true, cell: ([, n]) => number(n) },
      ],
      rows,
    );
  return html`<h2>What the workspace holds</h2>
<div class="pair">${counted('STIX type', sorted(objects), 'Objects, neither revoked, deprecated nor deleted')}
${counted('Relationship type', sorted(relationships), 'Relationships with both ends live')}</div>`;
}

const kindTitles: Readonly<Record<ImportRecord['kind'], string>> = {
  file: 'file',
  pack: 'built-in pack',
  user: 'user',
  demo: 'demo',
  sync: 'sync',
};

function imports(records: readonly ImportRecord[]): Markup {
  if (records.length === 0) return html`<h2>Where it came from</h2><p>Nothing was imported yet.</p>`;
  return html`<h2>Where it came from</h2>
${table(
  shown(records.length, records.length, records.length === 1 ? 'import' : 'imports, newest first'),
  [
    {
      title: 'Source',
      cell: ({ file, kind, state }) => html`${file} <span class="soft">(${kindTitles[kind]}${state === 'done' ? '' : `, ${state}`})</span>`,
    },
    { title: 'Format', cell: ({ format }) => format },
    { title: 'When', cell: ({ startedAt }) => time(startedAt) },
    { title: 'New', numeric: true, cell: ({ created }) => number(created) },
    { title: 'Updated', numeric: true, cell: ({ updated }) => number(updated) },
    { title: 'Unchanged', numeric: true, cell: ({ unchanged }) => number(unchanged) },
    { title: 'Rejected', numeric: true, cell: ({ rejected }) => number(rejected) },
    { title: 'Lost', numeric: true, cell: ({ lost }) => number(lost) },
    { title: 'SHA-256', cell: ({ sha256 }) => html`<code>${sha256.slice(0, 16)}…</code>` },
  ],
  records,
)}`;
}

function issues({ issues: { rows, total }, imports: records }: BriefContent): Markup {
  const heading = html`<h2>Rejected and lost</h2>`;
  if (total === 0) return html`${heading}<p class="good">Nothing was rejected and nothing was lost.</p>`;
  const files = new Map(records.map(({ importId, file }) => [importId, file]));
  return html`${heading}
${table(
  shown(rows.length, total, total === 1 ? 'reason' : 'reasons'),
  [
    { title: 'Source', cell: ({ importId }) => files.get(importId) ?? importId },
    { title: 'What happened', cell: ({ kind }) => (kind === 'rejected' ? 'rejected' : 'lost or changed') },
    { title: 'Reason', cell: ({ what }) => what },
    { title: 'Times', numeric: true, cell: ({ count: times }) => number(times) },
  ],
  rows,
)}`;
}

function left({ outcome }: LedgerEntry): boolean {
  return outcome !== 'refused';
}

function conduct({ ledger, audit }: BriefContent): Markup {
  const sent = ledger.filter(left);
  const refused = ledger.length - sent.length;
  const ledgerLine =
    sent.length === 0
      ? html`<p><span class="good">0 requests left this machine.</span> ${count(refused, 'request')} ${refused === 1 ? 'was' : 'were'} refused by the network policy.</p>`
      : html`<p><span class="warn">${count(sent.length, 'request')} left this machine.</span></p>
${table(
  `${count(sent.length, 'request')} in the ledger`,
  [
    { title: 'When', cell: ({ at }) => time(at) },
    { title: 'To', cell: ({ host, port }) => `${host}:${port}` },
    { title: 'For', cell: ({ purpose }) => purpose },
    { title: 'Outcome', cell: ({ outcome }) => outcome },
    { title: 'Bytes out', numeric: true, cell: ({ bytesOut }) => number(bytesOut) },
  ],
  sent,
)}`;
  const auditLine = audit.valid
    ? html`<p><span class="good">The audit chain is valid</span>: ${count(audit.operations, 'operation')} and ${count(audit.ledgerEntries, 'ledger entry', 'ledger entries')} recomputed.</p>`
    : html`<p><span class="warn">The audit chain is broken:</span> ${audit.problems.slice(0, 10).join(' ')}</p>`;
  return html`<h2>Egress and audit</h2>
${ledgerLine}
${auditLine}
<p class="soft">Head of the chain: <code>${audit.head}</code></p>`;
}
