import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyAuditFile } from '#main/platform/audit/audit-file.ts';
import { auditFirstLine, auditLastLine, auditLine } from '#shared/domain/admin/audit-file.ts';
import { openEngine } from '../fixtures/open-engine.ts';

async function* each(lines: readonly string[]) {
  yield* lines;
}

describe('an exported audit file', () => {
  let world: Awaited<ReturnType<typeof openEngine>>;
  let lines: string[] = [];
  beforeAll(async () => {
    world = await openEngine();
    const { client } = world;
    await client.admin.allowHost({ host: 'feeds.example', purpose: 'feeds' });
    await client.admin.revokeHost({ host: 'feeds.example', purpose: 'feeds' });
    await client.admin.unlock({ passphrase: 'not this one' }).catch(() => {});
    const page = await client.admin.listAudit({ of: 'operations', limit: 1000 });
    const head = page.rows.at(-1)?.chain ?? '';
    const ends = { operations: { count: page.rows.length, head }, ledger: { count: 0, head: '0'.repeat(64) } };
    lines = [
      auditFirstLine({ workspace: page.workspace, version: page.version, at: '2026-11-24T00:00:00.000Z' }),
      ...page.rows.map((row) => auditLine('operations', row)),
      auditLastLine(ends),
    ].map((line) => line.trimEnd());
  });
  afterAll(() => world?.close());

  it('proves itself without the workspace, and ends where the workspace’s own chain does', async () => {
    const verdict = await verifyAuditFile(each(lines));
    expect(verdict.problems).toEqual([]);
    expect(verdict.head).toBe((await world.client.admin.verifyAudit()).head);
  });

  it('shows a changed entry, a missing one, one added at the end, and a cut', async () => {
    const at = lines.findIndex((line) => line.includes('feeds.example'));
    const changed = lines.with(at, (lines[at] ?? '').replace('feeds.example', 'other.example'));
    expect((await verifyAuditFile(each(changed))).problems.join()).toContain('was changed after it was written');
    expect((await verifyAuditFile(each(lines.toSpliced(at, 1)))).problems.join()).toContain('is missing');
    expect((await verifyAuditFile(each([...lines, lines[at] ?? '']))).problems.join()).toContain('after the end');
    expect((await verifyAuditFile(each(lines.slice(0, -1)))).problems.join()).toContain('cut off');
    await expect(verifyAuditFile(each(['{"format":"else"}']))).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('lists newest first, filtered by kind, and refused commands by door', async () => {
    const { client } = world;
    const audit = await client.admin.listAudit({ of: 'operations', newestFirst: true, kind: 'audit', limit: 2 });
    expect(audit.rows[0]?.number).toBeGreaterThan(audit.rows[1]?.number ?? 0);
    expect(audit.kinds.find(({ value }) => value === 'audit')?.count).toBe(audit.matching);
    const failed = await client.admin.listAudit({ of: 'operations', failed: true });
    expect(failed.rows.map(({ entry }) => entry.value)).toEqual([{ name: 'admin.unlock', door: 'cli' }]);
    expect(failed.doors).toEqual([{ value: 'cli', count: 1 }]);
  });

  it('says what the workspace weighs', async () => {
    const facts = await world.client.admin.getWorkspaceFacts();
    expect(facts.folder).toBe(world.dataDir);
    expect(facts.database + facts.writeAheadLog).toBeGreaterThan(4096);
  });
});

describe('a renewed recovery code', () => {
  it('opens the workspace; the old one and a wrong passphrase do not', async () => {
    const world = await openEngine();
    try {
      const { client } = world;
      await expect(client.admin.renewRecoveryCode({ passphrase: 'wrong passphrase' })).rejects.toMatchObject({ code: 'wrong_passphrase' });
      const first = await client.admin.renewRecoveryCode({ passphrase: 'correct horse battery' });
      const second = await client.admin.renewRecoveryCode({ passphrase: 'correct horse battery' });
      expect(second.recoveryCode).not.toBe(first.recoveryCode);
      await client.admin.lock();
      await expect(client.admin.unlock({ recoveryCode: first.recoveryCode })).rejects.toMatchObject({ code: 'wrong_passphrase' });
      expect((await client.admin.unlock({ recoveryCode: second.recoveryCode })).state).toBe('open');
      await client.admin.lock();
      expect((await client.admin.unlock({ passphrase: 'correct horse battery' })).state).toBe('open');
    } finally {
      await world.close();
    }
  });

  it('asks for a keychain where there is none in a sentence', async () => {
    const world = await openEngine();
    try {
      await expect(world.client.admin.setKeychain({ remember: true })).rejects.toMatchObject({ code: 'unavailable' });
    } finally {
      await world.close();
    }
  });
});
