import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { investigation } from '#shared/contract/investigation.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { openDatabase } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { importItems } from '../knowledge/import/import-items.ts';
import { createImports } from '../knowledge/store/imports.ts';
import type { Knowledge } from '../knowledge/index.ts';
import { knowledgeMigrations } from '../knowledge/migrations/index.ts';
import { knowledgeReads } from '../knowledge/store/reads/index.ts';
import { createStore } from '../knowledge/store/store.ts';
import { createInvestigationHandlers } from './handlers.ts';

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'redoubt-brief-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const signal = new AbortController().signal;
const context = { caller: { door: 'engine' as const, permissions: new Set(['read' as const]) }, signal };

describe('writeBrief', () => {
  it('writes what the workspace holds as one file', async () => {
    const database = openDatabase(join(folder, 'w.db'), new Uint8Array(32), { create: true });
    database.pragma('synchronous=off');
    migrate(database, knowledgeMigrations);
    const now = () => Date.UTC(2026, 10, 23, 21, 40);
    let ids = 0;
    const newId = () => `00000000-0000-4000-9000-${String(++ids).padStart(12, '0')}`;
    const store = createStore(database, { device: newId(), actor: 'analyst', now });
    const imports = createImports(database, { now, newId });
    const { objects } = JSON.parse(readFileSync(join(root, 'resources/demo/hospital.json'), 'utf8')) as { objects: StixObject[] };
    const items = async function* () {
      yield objects.map((object, index) => ({ kind: 'object' as const, object, path: `objects[${index}]` }));
    };
    await importItems(store, imports, now, {
      kind: 'demo',
      source: 'Demo hospital',
      format: 'stix',
      sha256: 'ab'.repeat(32),
      items: items(),
      job: { jobId: 'j', signal, progress: () => {} },
    });

    const knowledge: Pick<Knowledge, 'read' | 'onBranch' | 'listImports'> = {
      read: async (name, params) => (knowledgeReads[name] as (database: unknown, params: unknown) => never)(database, params),
      listImports: () => imports.list(),
      onBranch: () => {
        throw new Error('this brief is of main');
      },
    };
    const audit = { valid: true, operations: 1, ledgerEntries: 0, head: 'cd'.repeat(32), problems: [] };
    const handlers = createInvestigationHandlers({ knowledge, now, ledger: () => [], verifyAudit: async () => audit });
    const input = investigation.writeBrief.input.parse({ title: 'Brief: Patient portal, Öffnung', summary: 'Opens next month.' });
    const brief = investigation.writeBrief.output.parse(await handlers.writeBrief(input, context));

    expect(brief.header).toEqual({
      fileName: 'brief-patient-portal-offnung-2026-11-23.html',
      mediaType: 'text/html',
      size: brief.body.length,
    });
    const text = new TextDecoder('utf-8', { fatal: true }).decode(brief.body);
    for (const said of [
      'Night Ward',
      'WARDLOCK',
      'Edge firewall',
      'CVE-2022-42475',
      '18 of 64 assets',
      'Demo hospital',
      '0 requests left this machine',
      audit.head,
    ])
      expect(text).toContain(said);
    // What the demo names of ATT&CK is not here without a pack, and the brief says so instead of guessing.
    expect(text).toContain('No imported threat uses a technique of ATT&amp;CK that this workspace knows.');
    expect(text).toContain('is not in this workspace');
    const again = await handlers.writeBrief(input, context);
    expect(Buffer.from(again.body).equals(Buffer.from(brief.body))).toBe(true);
  });
});
