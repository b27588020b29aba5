import { describe, expect, it } from 'vitest';
import type { Matrix, MatrixCell } from '#shared/contract/coverage.ts';
import { type BriefContent, briefHtml } from './html.ts';
import { escapeText } from './text.ts';

const id = (type: string, n: number) => `${type}--00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const cell = (
  n: number,
  externalId: string,
  name: string,
  usedBy: number,
  subTechniques: MatrixCell['subTechniques'] = [],
): MatrixCell => ({
  id: id('attack-pattern', n),
  externalId,
  name,
  usedBy,
  usedByAll: usedBy + 10,
  platforms: ['Windows'],
  subTechniques,
});
const matrix: Matrix = {
  domain: 'enterprise-attack',
  version: '18.1',
  tactics: [
    {
      id: id('x-mitre-tactic', 1),
      externalId: 'TA0002',
      shortName: 'execution',
      name: 'Execution',
      techniques: [
        cell(1, 'T1059', 'Command and Scripting Interpreter', 0, [
          { id: id('attack-pattern', 2), externalId: 'T1059.001', name: 'PowerShell', usedBy: 2, usedByAll: 3, platforms: [] },
        ]),
        cell(3, 'T1106', 'Native API', 0),
      ],
    },
    {
      id: id('x-mitre-tactic', 2),
      externalId: 'TA0040',
      shortName: 'impact',
      name: 'Impact',
      techniques: [cell(4, 'T1486', 'Data Encrypted for Impact', 1)],
    },
  ],
  techniques: 3,
  subTechniques: 1,
  used: 2,
  platforms: ['Windows'],
};

const content: BriefContent = {
  title: 'Threat brief for “Harbour & Vale” <draft>',
  summary: 'First paragraph.\n\nSecond: <img src=x onerror=alert(1)>',
  at: new Date('2026-11-23T21:40:00.000Z'),
  stats: { objects: { 'attack-pattern': 4, 'x-redoubt-asset': 1200, malware: 4 }, relationships: { uses: 3 } },
  imports: [
    {
      importId: 'i1',
      file: 'event\'"><script>alert(1)</script>.json',
      format: 'misp',
      kind: 'file',
      state: 'done',
      startedAt: '2026-11-23T20:00:00.000Z',
      sha256: 'ab'.repeat(32),
      created: 12,
      updated: 0,
      unchanged: 3,
      rejected: 1,
      lost: 2,
    },
  ],
  threats: {
    rows: [{ name: '</td><script>alert(2)</script>\u202egpj.exe', type: 'malware', techniques: 3, source: 'event.json' }],
    total: 9,
  },
  assets: {
    rows: [
      {
        name: 'Patient portal',
        zone: 'DMZ',
        exposure: 'internet',
        criticality: 5,
        owner: null,
        vulnerabilities: ['CVE-2021-44228', 'CVE-2023-3519'],
      },
    ],
    total: 1,
  },
  assetCount: 1200,
  issues: {
    rows: [
      { importId: 'i1', kind: 'rejected', what: 'no id', count: 1 },
      { importId: 'i1', kind: 'loss', what: 'a comment has no place', count: 2 },
    ],
    total: 2,
  },
  matrices: [matrix, { ...matrix, domain: 'ics-attack', used: 0 }],
  ledger: [
    {
      at: '2026-11-23T20:30:00.000Z',
      host: 'example.org',
      port: 443,
      method: 'GET',
      path: '/',
      purpose: 'feed',
      outcome: 'refused',
      bytesOut: 0,
      bytesIn: 0,
    },
  ],
  audit: { valid: true, operations: 7, ledgerEntries: 1, head: 'cd'.repeat(32), problems: [] },
};

describe('briefHtml', () => {
  it('writes the brief as it was approved', async () => {
    await expect(briefHtml(content)).toMatchFileSnapshot('./fixtures/brief.html');
  });

  it('gives the same bytes for the same facts and time', () => {
    expect(briefHtml(structuredClone(content))).toBe(briefHtml(content));
  });

  it('holds no script, no resource and no unescaped text', () => {
    const text = briefHtml(content);
    expect(text).not.toMatch(/<script|<img|<iframe|<link|<object|<embed|@import|url\(/i);
    for (const [tag] of text.matchAll(/<[a-z][^>]*>/gi)) expect(tag).not.toMatch(/\s(?:on[a-z]+|src|href|action|formaction)\s*=/i);
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(text).not.toContain('\u202e');
    expect(text).toContain('Shown 1 of 9 threats and reports that name techniques.');
  });

  it('says what to do where the workspace is empty', () => {
    const none = { rows: [], total: 0 };
    const empty = briefHtml({
      ...content,
      summary: undefined,
      stats: { objects: {}, relationships: {} },
      imports: [],
      threats: none,
      assets: none,
      assetCount: 0,
      issues: none,
      matrices: [],
      ledger: [],
    });
    expect(empty).toContain('No threats were imported yet.');
    expect(empty).toContain('The workspace holds no assets yet.');
    expect(empty).toContain('Nothing was rejected and nothing was lost.');
    expect(empty).toContain('0 requests left this machine.');
  });

  it('shows what left and a broken chain as such', () => {
    const bad = briefHtml({
      ...content,
      ledger: [{ ...(content.ledger[0] as BriefContent['ledger'][number]), outcome: 'sent', bytesOut: 1234 }],
      audit: { ...content.audit, valid: false, problems: ['Operation 3 is missing.'] },
    });
    expect(bad).toContain('1 request left this machine.');
    expect(bad).toContain('example.org:443');
    expect(bad).toContain('The audit chain is broken:</span> Operation 3 is missing.');
  });
});

describe('escapeText', () => {
  it('escapes what could end an element or a quoted attribute', () => {
    expect(escapeText(`<a href="x" b='y'>&\`\u0000`)).toBe('&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;&#96;\ufffd');
  });
});
