import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCli } from '#main/cli/run.ts';
import type { Terminal } from '#main/cli/terminal.ts';
import { temporaryFolder } from '../faults/world.ts';

const folder = temporaryFolder('backup-cli');
afterAll(() => folder.remove());
const dir = join(folder.path, 'workspace');

/** One command line in this process; the document of --json and what stood on standard error. */
interface Answer extends Record<string, unknown> {
  backups: { backupId: string }[];
  error?: { code: string; message: string };
}

async function redoubt(workspace: string, ...argv: string[]) {
  let out = '';
  let err = '';
  const io: Terminal = {
    env: { REDOUBT_PASSPHRASE: 'a long enough passphrase', REDOUBT_FILE_PASSPHRASE: 'the passphrase of the file' },
    isScreen: false,
    columns: 80,
    canAsk: false,
    out: async (text) => void (out += String(text)),
    err: (text) => void (err += text),
    progress: () => undefined,
    askHidden: async () => '',
    onInterrupt: () => () => undefined,
    abandon: () => undefined,
    finished: async () => undefined,
  };
  const code = await runCli([...argv, '--workspace', workspace, '--json'], io);
  return { code, err, document: JSON.parse(out) as Answer };
}

it('copies, lists, checks, restores with preview, and takes a workspace from one folder to another', async () => {
  expect((await redoubt(dir, 'init')).code).toBe(0);
  expect((await redoubt(dir, 'backup', 'list')).document.backups).toEqual([]);
  expect((await redoubt(dir, 'backup', 'restore')).document.error?.message).toContain('no verified copy yet');
  const made = await redoubt(dir, 'backup', 'create');
  expect(made.document).toMatchObject({ state: 'verified', reason: 'manual' });
  const backupId = String(made.document['backupId']);
  expect((await redoubt(dir, 'backup', 'verify')).document).toMatchObject({ backupId, state: 'verified' });
  expect((await redoubt(dir, 'backup', 'settings', '--keep-daily', '9')).document['settings']).toMatchObject({
    keepDaily: 9,
    keepWeekly: 4,
  });

  const preview = await redoubt(dir, 'backup', 'restore', backupId);
  expect(preview.document).toMatchObject({ restored: false, preview: { backup: { backupId }, lost: { operations: 0 } } });
  expect((await redoubt(dir, 'backup', 'restore', backupId, '--yes')).document).toMatchObject({ restored: true });

  const file = join(folder.path, 'whole.redoubt');
  const written = await redoubt(dir, 'workspace', 'export', file);
  expect(written.document).toMatchObject({ own: true, fingerprint: expect.any(String) });
  expect((await redoubt(dir, 'workspace', 'export', file)).document.error?.message).toContain('already');
  const elsewhere = join(folder.path, 'elsewhere');
  expect((await redoubt(elsewhere, 'workspace', 'verify', file)).document).toMatchObject({ content: { objects: 0 } });
  expect((await redoubt(dir, 'workspace', 'import', file)).document.error).toMatchObject({ code: 'conflict' });
  expect((await redoubt(elsewhere, 'workspace', 'import', file)).document).toMatchObject({
    workspace: elsewhere,
    recoveryCode: expect.any(String),
  });
  expect((await redoubt(elsewhere, 'stats')).code).toBe(0);
  expect((await redoubt(dir, 'workspace', 'import', file, '--replace')).document).toMatchObject({ kept: expect.any(String) });

  truncateSync(join(dir, 'workspace.db'), 30_000);
  const damaged = await redoubt(dir, 'stats');
  expect(damaged.document.error).toMatchObject({
    code: 'damaged',
    message: expect.stringMatching(/newest verified copy is of .*redoubt backup restore/),
  });
  expect((await redoubt(dir, 'backup', 'restore', '--yes')).document).toMatchObject({
    restored: true,
    preview: { missing: expect.any(Number) },
  });
  expect((await redoubt(dir, 'stats')).code).toBe(0);
  // Nothing secret was said.
  expect(JSON.stringify([made, preview, written, damaged])).not.toMatch(/long enough|of the file"/);
}, 180_000);
